import { churnSummarySchema } from '../src/analyses/churn-summary.ts';
import { SOON_DAYS } from '../src/analyses/likely-due.ts';
import { LISTED, type LikelyFacts, type LikelyProduct, presentLikely } from '../src/analyses/likely-report.ts';
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

// Of those whose contract ends in the horizon; the presentation lists ten by chance × what the contract is worth.
const READ_RENEWALS = 2_000;

export const likely: KithCommand = {
  name: 'likely',
  summary: {
    en: 'Who is likely to buy next, when and for how much; or who is likely to buy a product',
    zh: '谁最可能下单、何时、金额多少；或谁最可能购买某个产品',
  },
  usage: '[me|owner|segment|product]',
  async run(context, text) {
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
        ? { order: 'product-desc', product: { id: product.id, ...prior }, limit: LISTED }
        : basis.kind === 'renewal'
          ? { order: 'worth-desc', limit: READ_RENEWALS }
          : { order: basis.hasChance ? 'likely-desc' : 'order-size-desc', limit: LISTED }),
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
    return presentLikely(summary, { language, run, rows, withheld, filter: group.filter }, facts);
  },
};

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
