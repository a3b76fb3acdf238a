import { churnRisk as analysis } from '../src/analyses/churn-risk.ts';
import type { Run } from '../src/domain/results.ts';
import { KithError } from '../src/lib/errors.ts';
import { nearest } from '../src/lib/nearest.ts';
import { say } from '../src/lib/text.ts';
import type { PrivacyReader, Rows } from '../src/privacy/privacy-reader.ts';
import type { CommandContext, KithCommand } from './context.ts';
import { findCustomer } from './shared/find-customer.ts';
import { needResult } from './shared/need-result.ts';
import { quoted, readArgument, suggestion } from './shared/read-argument.ts';
import { readSegments } from './shared/read-segments.ts';

type RowQuery = NonNullable<Parameters<PrivacyReader['rows']>[2]>;

export const churnRisk: KithCommand = {
  name: 'churn-risk',
  summary: { en: 'Which customers may not order again, and why', zh: '哪些客户可能不再下单，以及原因' },
  usage: '[owner|segment|customer]',
  async run(context, text) {
    const { language, reader } = context;
    const wanted = readArgument(language, text);
    const { run, summary } = await needResult(context, analysis.name);
    const { query, filter, isCustomer } = await readTarget(context, run, wanted);
    const { rows, withheld } = isCustomer
      ? await reader.rows(run, analysis.name, query)
      : await mostAtRisk(reader, run, query);
    return analysis.present(summary, { language, run, rows, withheld, filter });
  },
};

// The presentation ranks by money at risk; whoever is beyond these by risk alone does not come near its first ten.
const READ_PER_BAND = 300;

/** Those at risk, or everybody where nobody is; lapsed customers are not at risk any more. */
async function mostAtRisk(reader: PrivacyReader, run: Run, query: RowQuery): Promise<Rows> {
  const inBand = (band: string): Promise<Rows> =>
    reader.rows(run, analysis.name, { ...query, band, order: 'value-desc', limit: READ_PER_BAND });
  const high = await inBand('high');
  const medium = await inBand('medium');
  const rows = [...high.rows, ...medium.rows];
  return rows.length > 0 ? { rows, withheld: high.withheld } : inBand('low');
}

interface Target {
  readonly query: RowQuery;
  readonly filter: string;
  readonly isCustomer: boolean;
}

const MINE = ['me', 'my', 'mine', '我', '我的'];

/** Whom the text means: the asker's own customers, a segment, an owner's customers, or customers by name. */
async function readTarget(context: CommandContext, run: Run, wanted: string): Promise<Target> {
  const { language, reader } = context;
  if (wanted === '') return { query: {}, filter: '', isCustomer: false };
  if (MINE.includes(wanted.toLowerCase())) return mine(context);

  const segments = await readSegments(context);
  const segment = segments.find(({ names }) => names.some((name) => name.toLowerCase() === wanted.toLowerCase()));
  if (segment !== undefined) {
    const members = await reader.rows(run, 'segments', { label: segment.label });
    return {
      query: { customerIds: members.rows.map((row) => row.customerId) },
      filter: segment.shown,
      isCustomer: false,
    };
  }
  const owners = await reader.findOwners(wanted);
  if (owners.length > 0) {
    const filter = owners.map((owner) => owner.name).join(', ');
    return { query: { ownerIds: owners.map((owner) => owner.id) }, filter, isCustomer: false };
  }
  const close = nearest(
    wanted,
    segments.flatMap(({ names }) => names),
  );
  try {
    const found = await findCustomer(context, wanted);
    const filter = found.length === 1 ? found[0]!.name : wanted;
    return { query: { customerIds: found.map((one) => one.customerId) }, filter, isCustomer: true };
  } catch (error) {
    if (close.length === 0 || !(error instanceof KithError) || error.code !== 'unknown-customer') throw error;
    const hint = suggestion(language, close, { en: '', zh: '' });
    const typed = quoted(wanted);
    throw new KithError(
      'unknown-customer',
      say(language, {
        en: `No owner, segment or customer is called “${typed}”: ${hint}`,
        zh: `没有名为“${typed}”的负责人、分群或客户：${hint}`,
      }),
      { cause: error },
    );
  }
}

function mine({ language, reader }: CommandContext): Target {
  const { ownerIds } = reader.viewer;
  if (ownerIds.length === 0) {
    throw new KithError(
      'not-allowed',
      say(language, {
        en: 'Kith does not know which CRM owner you are, so it cannot pick your customers: ask an admin to set your owner id, or give an owner’s name',
        zh: '系统不知道您对应哪位 CRM 负责人，无法筛选您的客户：请管理员设置您的负责人编号，或直接输入负责人姓名',
      }),
    );
  }
  return { query: { ownerIds }, filter: say(language, { en: 'your customers', zh: '您的客户' }), isCustomer: false };
}
