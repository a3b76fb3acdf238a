import { isoDay } from '../features/calendar.ts';
import { AMOUNT_SCALE } from '../features/purchase-history.ts';
import { MIX_BLOCK_DAYS, MIX_BLOCKS, type PurchaseMix } from '../features/purchase-mix.ts';
import { mean } from '../math/statistics.ts';
import { studentTail } from '../models/tail-probability.ts';
import { type AnomalyTest, cents } from './anomalies-test.ts';

const LEAST_BLOCKS = 6;
/** Deals a block below which a share is noise. */
const LEAST_DEALS = 20;
/** Blocks that a dimension's variation counts for against a category's own. */
const PRIOR = 10;

/**
 * Whether a product's or country's share of the purchases of the newest four weeks is another than before. The
 * spread is that of as many independent purchases, or what the earlier blocks of the dimension and the category show beyond it.
 */
export function mixTests(mix: PurchaseMix, lastDay: number, positionOf: (customerId: string) => number): AnomalyTest[] {
  const totals = new Map<string, { deals: Float64Array; amount: Float64Array }>();
  const categories = new Map<
    string,
    { dimension: string; category: string; deals: Float64Array; amount: Float64Array }
  >();
  for (let k = 0; k < mix.block.length; k++) {
    const dimension = mix.dimension[k]!;
    const category = mix.category[k]!;
    const at = MIX_BLOCKS - 1 - mix.block[k]!;
    const total = totals.get(dimension) ?? {
      deals: new Float64Array(MIX_BLOCKS),
      amount: new Float64Array(MIX_BLOCKS),
    };
    totals.set(dimension, total);
    const key = JSON.stringify([dimension, category]);
    const one = categories.get(key) ?? {
      dimension,
      category,
      deals: new Float64Array(MIX_BLOCKS),
      amount: new Float64Array(MIX_BLOCKS),
    };
    categories.set(key, one);
    for (const into of [total, one]) {
      into.deals[at] = into.deals[at]! + mix.deals[k]!;
      into.amount[at] = into.amount[at]! + mix.amount[k]!;
    }
  }
  const dispersions = new Map(
    [...totals].map(([dimension, total]) => {
      const own = [...categories.values()].filter((one) => one.dimension === dimension);
      return [dimension, dispersionOf(own, total)] as const;
    }),
  );
  return [...categories.values()].flatMap((one) => {
    const total = totals.get(one.dimension)!;
    const test = shareTest(one, total, dispersions.get(one.dimension)!);
    if (test === null) return [];
    const { dimension, category } = one;
    const newest = MIX_BLOCKS - 1;
    return [
      {
        // The dimensions are those of the feature's query.
        kind: `mix-${dimension}` as AnomalyTest['kind'],
        p: test.p,
        customer: -1,
        describe: () => ({
          key: `mix-${dimension}:${category}:${isoDay(lastDay)}`,
          direction: test.observed >= test.usual ? ('up' as const) : ('down' as const),
          subject: category,
          unit: 'percent' as const,
          day: isoDay(lastDay),
          block_days: MIX_BLOCK_DAYS,
          observed: test.observed,
          usual: test.usual,
          low: test.low,
          high: test.high,
          money: cents((one.amount[newest]! - usualMoney(one.amount, total.amount)) / AMOUNT_SCALE),
          series: {
            labels: test.blocks.map((at) => isoDay(lastDay - (newest - at) * MIX_BLOCK_DAYS)),
            values: test.blocks.map((at) => one.deals[at]! / total.deals[at]!),
            low: test.blocks.map(() => test.low),
            high: test.blocks.map(() => test.high),
          },
          columns: [],
        }),
        drivers: () =>
          mix.drivers
            .filter((driver) => driver.dimension === dimension && driver.category === category)
            .slice(0, 3)
            .map(({ customerId, amount }) => ({
              customer: positionOf(customerId),
              amount: cents(amount / AMOUNT_SCALE),
            }))
            .filter(({ customer }) => customer >= 0),
      },
    ];
  });
}

/** What the category would have brought at its earlier share of the money. */
function usualMoney(amount: Float64Array, total: Float64Array): number {
  const newest = MIX_BLOCKS - 1;
  let part = 0;
  let whole = 0;
  for (let k = 0; k < newest; k++) {
    part += amount[k]!;
    whole += total[k]!;
  }
  return whole > 0 ? (part / whole) * total[newest]! : 0;
}

/** How much more the shares of a dimension vary between blocks than those of independent purchases would; 1 at least. */
function dispersionOf(categories: readonly { deals: Float64Array }[], total: { deals: Float64Array }) {
  const blocks = usableBlocks(total);
  const factors = categories.map((one) => factorOf(one, total, blocks));
  const degrees = Math.max(1, (blocks.length - 1) * Math.max(1, categories.length - 1));
  return { factor: Math.max(1, factors.length === 0 ? 1 : mean(factors)), degrees };
}

function usableBlocks(total: { deals: Float64Array }): number[] {
  return Array.from({ length: MIX_BLOCKS - 1 }, (_, k) => k).filter((k) => total.deals[k]! >= LEAST_DEALS);
}

/** The variance-stabilising angle of a share (Anscombe 1948); of independent purchases its variance is 1 ÷ 4n. */
function angle(part: number, whole: number): number {
  return Math.asin(Math.sqrt((part + 3 / 8) / (whole + 3 / 4)));
}

function factorOf(one: { deals: Float64Array }, total: { deals: Float64Array }, blocks: readonly number[]): number {
  if (blocks.length < 2) return 1;
  const angles = blocks.map((k) => angle(one.deals[k]!, total.deals[k]!));
  const centre = mean(angles);
  const squares = angles.reduce((sum, value, j) => sum + 4 * total.deals[blocks[j]!]! * (value - centre) ** 2, 0);
  return squares / (blocks.length - 1);
}

function shareTest(
  one: { deals: Float64Array },
  total: { deals: Float64Array },
  dispersion: { readonly factor: number; readonly degrees: number },
) {
  const newest = MIX_BLOCKS - 1;
  const now = total.deals[newest]!;
  const blocks = usableBlocks(total);
  if (now < LEAST_DEALS || blocks.length < LEAST_BLOCKS) return null;
  const n = blocks.length;
  const centre = mean(blocks.map((k) => angle(one.deals[k]!, total.deals[k]!)));
  // A category's own variation counts as far as its blocks tell it apart from its dimension's.
  const own = (factorOf(one, total, blocks) * (n - 1) + PRIOR * dispersion.factor) / (n - 1 + PRIOR);
  const spread = Math.sqrt((Math.max(dispersion.factor, own) / (4 * now)) * (1 + 1 / n));
  const z = (angle(one.deals[newest]!, now) - centre) / spread;
  const share = (value: number): number => Math.sin(Math.min(Math.PI / 2, Math.max(0, value))) ** 2;
  return {
    p: 2 * studentTail(Math.abs(z), dispersion.degrees),
    observed: one.deals[newest]! / now,
    usual: share(centre),
    low: share(centre - 2 * spread),
    high: share(centre + 2 * spread),
    blocks: [...blocks, newest],
  };
}
