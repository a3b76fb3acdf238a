import { recommend as analysis } from '../src/analyses/recommend.ts';
import { customerNextProducts, newcomersProducts } from '../src/analyses/recommend-customer-report.ts';
import { ownersNextProducts, rankedNextProducts } from '../src/analyses/recommend-list-report.ts';
import { recommendSummarySchema } from '../src/analyses/recommend-summary.ts';
import { trustLine } from '../src/analyses/trust-line.ts';
import type { Run } from '../src/domain/results.ts';
import { KithError } from '../src/lib/errors.ts';
import { say } from '../src/lib/text.ts';
import type { FoundCustomer } from '../src/privacy/privacy-reader.ts';
import { plural } from '../src/report/format.ts';
import type { Report } from '../src/report/report.ts';
import type { CommandContext, KithCommand } from './context.ts';
import { findCustomer } from './shared/find-customer.ts';
import { withUsableButtons } from './shared/may-create-task.ts';
import { myCustomers } from './shared/my-customers.ts';
import { needResult } from './shared/need-result.ts';
import { ownersNamed } from './shared/owners-named.ts';
import { readArgument } from './shared/read-argument.ts';
import { continued, inCurrency, READ_WHOLE, rounded, wholeList } from './shared/whole-list.ts';

/** Rows that are ranked; when there are more, the answer says so. */
const READ = 2_000;

export const recommend: KithCommand = {
  name: 'recommend',
  summary: {
    en: 'What a customer may buy next that it has not bought yet, and what that rests on',
    zh: '客户接下来可能购买的新产品及其依据',
  },
  usage: '[customer|owner|me]',
  onlyReads: () => true,
  async run(context, text) {
    const wanted = readArgument(context.language, text);
    const { run, summary } = await needResult(context, analysis.name);
    return withUsableButtons(context, await answer(context, run, summary, wanted));
  },
  async list(context, text) {
    const wanted = readArgument(context.language, text);
    const { run } = await needResult(context, analysis.name);
    const owners = wanted === '' ? 'all' : (await meant(context, wanted)).owners;
    if (owners === null) return null;
    const query = owners === 'all' ? {} : { ownerIds: owners.ownerIds };
    const { rows } = await openRows(context, run, query, READ_WHOLE);
    return wholeList(context, run, continued(rows, READ, rankedNextProducts), [
      { title: { en: 'Next product', zh: '下一个产品' }, cell: ({ suggestion }) => suggestion.product },
      {
        title: inCurrency(run, { en: 'Expected value', zh: '预期价值' }),
        cell: ({ suggestion }) => rounded(suggestion.expected),
      },
      {
        title: inCurrency(run, { en: 'Usual amount', zh: '通常金额' }),
        cell: ({ suggestion }) => rounded(suggestion.usualAmount),
      },
    ]);
  },
};

/** Whom the text means: one customer, customers of owners, or neither clearly. */
async function meant(context: CommandContext, wanted: string) {
  const mine = myCustomers(context, wanted);
  const found = mine === null ? await findOrNothing(context, wanted) : [];
  const only = found.length === 1 ? found[0] : undefined;
  return { found, only, owners: only === undefined ? (mine ?? (await ownersNamed(context, wanted))) : null };
}

async function answer(context: CommandContext, run: Run, stored: unknown, wanted: string): Promise<Report> {
  const { language } = context;
  if (wanted === '') {
    const shown = await openRows(context, run, {});
    return withCutNote(context, analysis.present(stored, { language, run, filter: '', ...shown }), shown.rows.length);
  }
  const { found, only, owners } = await meant(context, wanted);
  if (only !== undefined) return customerReport(context, run, stored, only);
  if (owners !== null) {
    const shown = await openRows(context, run, { ownerIds: owners.ownerIds });
    const summary = recommendSummarySchema.parse(stored);
    const report = ownersNextProducts(summary, { language, run, filter: '', ...shown }, owners.name);
    return withCutNote(context, report, shown.rows.length);
  }
  // Says what was meant where nobody is called like that.
  return choices(context, run, wanted, found.length > 0 ? found : await findCustomer(context, wanted));
}

async function findOrNothing(context: CommandContext, wanted: string): Promise<readonly FoundCustomer[]> {
  try {
    return await findCustomer(context, wanted);
  } catch (error) {
    if (error instanceof KithError && error.code === 'unknown-customer') return [];
    throw error;
  }
}

function openRows(
  { reader }: CommandContext,
  run: Run,
  query: { readonly ownerIds?: readonly string[] },
  most: number = READ,
) {
  return reader.rows(run, analysis.name, { ...query, band: 'open', order: 'value-desc', limit: most });
}

async function customerReport(
  { language, reader }: CommandContext,
  run: Run,
  stored: unknown,
  { customerId, name }: FoundCustomer,
): Promise<Report> {
  const summary = recommendSummarySchema.parse(stored);
  const { rows } = await reader.rows(run, analysis.name, { customerIds: [customerId] });
  const [row] = rows;
  // Whoever was found may be seen: without a row it has bought no product.
  return row === undefined
    ? newcomersProducts(language, run, summary, name)
    : customerNextProducts(language, run, summary, row);
}

function choices({ language }: CommandContext, run: Run, wanted: string, found: readonly FoundCustomer[]): Report {
  const count = plural(language, found.length, { one: 'customer', other: 'customers' }, '个客户');
  return {
    language,
    headline: say(language, {
      en: `“${wanted}” may mean ${count}: which one?`,
      zh: `“${wanted}”可能指以下${count}：请选择`,
    }),
    parts: found.map(({ customerId, name }) => ({ kind: 'item', title: name, text: `/recommend ${customerId}` })),
    trust: trustLine(language, run, 0, { en: 'names and ids only', zh: '仅名称与编号' }),
  };
}

function withCutNote({ language }: CommandContext, report: Report, rows: number): Report {
  if (rows < READ) return report;
  const text = say(language, {
    en: `Only the ${READ} customers with the most valuable next product were looked at.`,
    zh: `只考察了下一个产品价值最高的 ${READ} 位客户。`,
  });
  return { ...report, parts: [...report.parts, { kind: 'text', text }] };
}
