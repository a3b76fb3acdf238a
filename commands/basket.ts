import type { PresentedRow } from '../src/analyses/analysis.ts';
import { basket as analysis } from '../src/analyses/basket.ts';
import { opportunitiesReport, rankedOpportunities } from '../src/analyses/basket-opportunity-report.ts';
import { basketSummarySchema } from '../src/analyses/basket-summary.ts';
import { sequences } from '../src/analyses/sequences.ts';
import { sequencesSummarySchema } from '../src/analyses/sequences-summary.ts';
import type { Run } from '../src/domain/results.ts';
import { nearest } from '../src/lib/nearest.ts';
import { say } from '../src/lib/text.ts';
import type { Rows } from '../src/privacy/privacy-reader.ts';
import { capitalised } from '../src/report/format.ts';
import type { Report } from '../src/report/report.ts';
import type { CommandContext, KithCommand } from './context.ts';
import { withUsableButtons } from './shared/may-create-task.ts';
import { myCustomers } from './shared/my-customers.ts';
import { needResult } from './shared/need-result.ts';
import { ownersNamed } from './shared/owners-named.ts';
import { readArgument, suggestion } from './shared/read-argument.ts';
import { continued, inCurrency, READ_WHOLE, rounded, wholeList } from './shared/whole-list.ts';

/** Rows of each kind that are ranked; when there are more, the answer says so. */
const READ = 2_000;

export const basket: KithCommand = {
  name: 'basket',
  summary: {
    en: 'Which products are bought together, what comes next, and who could buy more',
    zh: '哪些产品经常一起购买、之后买什么、哪些客户可追加销售',
  },
  usage: '[product|owner|me]',
  onlyReads: () => true,
  async run(context, text) {
    const { language } = context;
    const wanted = readArgument(language, text);
    const { run, summary } = await needResult(context, analysis.name);
    const next = await context.reader.result(sequences.name);
    const products = productsOf(summary, next?.summary ?? null);
    const isProduct = isNamed(products, wanted);
    const owners = await ownersMeant(context, wanted, isProduct);
    const ownerIds = owners === null ? {} : { ownerIds: owners.ownerIds };
    const [open, late] = await Promise.all([
      readRows(context, run, analysis.name, { band: 'open', ...ownerIds }),
      readRows(context, run, sequences.name, { band: 'late', ...ownerIds }),
    ]);
    const filter = owners === null ? wanted : '';
    const shown = { language, run, filter };
    const report =
      owners === null
        ? analysis.present(summary, { ...shown, ...open })
        : opportunitiesReport({ ...shown, ...open }, owners.name);
    const steps =
      next === null ? null : sequences.present(next.summary, { ...shown, run: next.run, ...late, withheld: null });
    return withUsableButtons(context, {
      ...report,
      parts: [
        ...hint(context, wanted, isProduct || owners !== null ? [] : products),
        ...report.parts,
        ...nextParts(context, steps, owners !== null),
        ...cutNote(context, Math.max(open.rows.length, late.rows.length)),
      ],
    });
  },
  async list(context, text) {
    const wanted = readArgument(context.language, text);
    const { run, summary } = await needResult(context, analysis.name);
    const next = await context.reader.result(sequences.name);
    const owners = await ownersMeant(context, wanted, isNamed(productsOf(summary, next?.summary ?? null), wanted));
    const query = owners === null ? {} : { ownerIds: owners.ownerIds };
    const { rows } = await readRows(context, run, analysis.name, { band: 'open', ...query }, READ_WHOLE);
    const product = owners === null ? wanted : '';
    const lines = continued(rows, READ, (some) => rankedOpportunities(some, product));
    return wholeList(context, run, lines, [
      { title: { en: 'Could buy', zh: '可追加购买' }, cell: ({ suggestion }) => suggestion.product },
      { title: { en: 'Has bought', zh: '已购买' }, cell: ({ suggestion }) => suggestion.with.join(' + ') },
      { title: { en: 'Similar customers', zh: '相似客户' }, cell: ({ suggestion }) => suggestion.similar },
      { title: { en: 'Of them bought it', zh: '其中已购买' }, cell: ({ suggestion }) => suggestion.bought },
      {
        title: inCurrency(run, { en: 'Expected value', zh: '预期价值' }),
        cell: ({ suggestion }) => rounded(suggestion.expected),
      },
    ]);
  },
};

function isNamed(products: readonly string[], wanted: string): boolean {
  return products.some((name) => name.toLowerCase().includes(wanted.toLowerCase()));
}

/** The owners that the text means; null where it means a product, or nothing in particular. */
async function ownersMeant(context: CommandContext, wanted: string, isProduct: boolean) {
  if (wanted === '') return null;
  return myCustomers(context, wanted) ?? (isProduct ? null : await ownersNamed(context, wanted));
}

async function readRows(
  { reader }: CommandContext,
  run: Run,
  name: string,
  query: { band: string; ownerIds?: readonly string[] },
  most: number = READ,
): Promise<Rows & { readonly rows: readonly PresentedRow[] }> {
  return reader.rows(run, name, { ...query, order: 'value-desc', limit: most });
}

function cutNote({ language }: CommandContext, rows: number): Report['parts'] {
  if (rows < READ) return [];
  const text = say(language, {
    en: `Only the ${READ} customers with the most at stake were looked at.`,
    zh: `只考察了价值最高的 ${READ} 位客户。`,
  });
  return [{ kind: 'text', text }];
}

function productsOf(summary: unknown, next: unknown): string[] {
  const { rules } = basketSummarySchema.parse(summary);
  const steps = next === null ? [] : sequencesSummarySchema.parse(next).steps;
  return [
    ...new Set([
      ...rules.flatMap((rule) => [...rule.if, ...rule.then]),
      ...steps.flatMap((step) => [...step.after, step.next]),
    ]),
  ];
}

function hint({ language }: CommandContext, wanted: string, products: readonly string[]): Report['parts'] {
  const close = wanted === '' ? [] : nearest(wanted, [...products]);
  if (close.length === 0) return [];
  const text = suggestion(language, close, { en: '', zh: '' });
  // Only the first letter is raised: the rest may be a product's own spelling.
  return [{ kind: 'text', text: capitalised(text) }];
}

/** What comes next, under its own heading; for an owner's customers only who is late. */
function nextParts({ language }: CommandContext, steps: Report | null, isOfOwner: boolean): Report['parts'] {
  if (steps === null) return [];
  const parts = isOfOwner ? steps.parts.filter(({ kind }) => kind === 'item') : steps.parts;
  if (parts.length === 0) return [];
  const heading = isOfOwner
    ? { en: 'Late with their usual next step', zh: '后续购买已迟的客户' }
    : { en: `What comes next · ${steps.headline}`, zh: `后续购买 · ${steps.headline}` };
  return [{ kind: 'heading', text: say(language, heading) }, ...parts];
}
