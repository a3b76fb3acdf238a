import { churnSummarySchema } from '../src/analyses/churn-summary.ts';
import { SOON_DAYS } from '../src/analyses/likely-due.ts';
import { type LikelyFacts, type LikelyLine, type LikelyProduct, likelyLines } from '../src/analyses/likely-lines.ts';
import { LISTED, presentLikely } from '../src/analyses/likely-report.ts';
import { likelyBasis } from '../src/analyses/likely-words.ts';
import { sharePrior } from '../src/analyses/shrunken-share.ts';
import type { Run } from '../src/domain/results.ts';
import { KithError } from '../src/lib/errors.ts';
import { nearest } from '../src/lib/nearest.ts';
import { say } from '../src/lib/text.ts';
import type { CommandContext, KithCommand } from './context.ts';
import { needResult } from './shared/need-result.ts';
import { quoted, readArgument, suggestion } from './shared/read-argument.ts';
import { type Group, type RowQuery, readGroup } from './shared/read-group.ts';
import { readSegments } from './shared/read-segments.ts';
import { continued, inCurrency, READ_WHOLE, rounded, wholeList } from './shared/whole-list.ts';

// Of those whose contract ends in the horizon; the presentation lists ten by chance × what the contract is worth.
const READ_RENEWALS = 2_000;

export const likely: KithCommand = {
  name: 'likely',
  summary: {
    en: 'Who is likely to buy next, when and for how much; or who is likely to buy a product',
    zh: '谁最可能下单、何时、金额多少；或谁最可能购买某个产品',
  },
  usage: '[me|owner|segment|product]',
  onlyReads: () => true,
  async run(context, text) {
    const { language } = context;
    const { run, summary, group, rows, withheld, facts } = await readLikely(context, text, LISTED);
    return presentLikely(summary, { language, run, rows, withheld, filter: group.filter }, facts);
  },
  async list(context, text) {
    const { run, summary, rows, facts } = await readLikely(context, text, READ_WHOLE);
    const isRenewal = likelyBasis(summary).kind === 'renewal';
    const lines = continued(rows, isRenewal ? READ_RENEWALS : LISTED, (some) => likelyLines(summary, run, some, facts));
    return wholeList(context, run, lines, [
      { title: { en: 'Chance of an order', zh: '下单概率' }, cell: ({ chance }) => rounded(chance, 4) },
      ...(facts.product === null
        ? []
        : [{ title: shareTitle(facts.product.name), cell: ({ share }: LikelyLine) => rounded(share, 4) }]),
      { title: inCurrency(run, { en: 'Usual amount', zh: '通常金额' }), cell: ({ amount }) => rounded(amount) },
      { title: { en: 'Expected on', zh: '预计日期' }, cell: ({ day }) => (day === null ? null : dayOf(day)) },
    ]);
  },
};

/** Of the product that was asked for. */
function shareTitle(product: string): { en: string; zh: string } {
  return { en: `Share of orders with ${product}`, zh: `含 ${product} 的订单占比` };
}

/** `day` is in days since 1970-01-01. */
function dayOf(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** Whom the text asks for, those first who are most likely, or due: at most `most` of them. */
async function readLikely(context: CommandContext, text: string, most: number) {
  const { language, reader } = context;
  const wanted = readArgument(language, text);
  const { run, summary: stored } = await needResult(context, 'churn-risk');
  const summary = churnSummarySchema.parse(stored);
  const { group, product } = await readWanted(context, run, wanted);
  const basis = likelyBasis(summary);
  const prior = product === null ? null : sharePrior(await reader.productTotals(run, product.id));
  const query: RowQuery = {
    ...group.query,
    label: 'eligible',
    ...(basis.kind === 'rhythm' ? { dueWithin: SOON_DAYS } : {}),
    ...(product !== null && prior !== null
      ? { order: 'product-desc', product: { id: product.id, ...prior }, limit: most }
      : basis.kind === 'renewal'
        ? { order: 'worth-desc', limit: Math.max(most, READ_RENEWALS) }
        : { order: basis.hasChance ? 'likely-desc' : 'order-size-desc', limit: most }),
  };
  const { rows, withheld } = await reader.rows(run, 'churn-risk', query);
  const ids = rows.map((row) => row.customerId);
  const facts: LikelyFacts = {
    product:
      product === null || prior === null
        ? null
        : ({
            name: product.name,
            prior,
            orders: await reader.productOrders(run, product.id, ids),
          } satisfies LikelyProduct),
    renewals:
      summary.outcome.kind === 'no-renewal' ? await reader.renewals(run, summary.outcome.contracts, ids) : new Map(),
  };
  return { run, summary, group, rows, withheld, facts };
}

interface Wanted {
  readonly group: Group;
  readonly product: { readonly id: string; readonly name: string } | null;
}

const EVERYBODY: Group = { query: {}, filter: '' };

/** A product by its whole name, a group of customers, or a product by a part of its name that fits no other. */
async function readWanted(context: CommandContext, run: Run, wanted: string): Promise<Wanted> {
  if (wanted === '') return { group: EVERYBODY, product: null };
  const products = await context.reader.products(run);
  const typed = wanted.toLowerCase();
  const exact = products.find(({ id, name }) => name.toLowerCase() === typed || id === wanted);
  if (exact !== undefined) return { group: EVERYBODY, product: exact };
  const group = await readGroup(context, wanted);
  if (group !== null) return { group, product: null };
  const close = products.filter(({ name }) => name.toLowerCase().includes(typed));
  if (close.length === 1) return { group: EVERYBODY, product: close[0]! };
  const segments = await readSegments(context);
  const names = [...products.map(({ name }) => name), ...segments.flatMap((segment) => segment.names)];
  const choices = close.length > 1 ? close.slice(0, 5).map(({ name }) => name) : nearest(wanted, names);
  throw unknown(context, wanted, choices);
}

function unknown({ language }: CommandContext, wanted: string, choices: readonly string[]): KithError {
  const hint = suggestion(language, choices, {
    en: 'name an owner, a segment or a product as the CRM calls it',
    zh: '请输入 CRM 中的负责人、分群或产品名称',
  });
  const typed = quoted(wanted);
  return new KithError(
    'usage',
    say(language, {
      en: `No owner, segment or product is called “${typed}”: ${hint}`,
      zh: `没有名为“${typed}”的负责人、分群或产品：${hint}`,
    }),
  );
}
