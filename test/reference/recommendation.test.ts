import { describe, expect, it } from 'vitest';
import { itemItemRecommender, neighbourLists, scoreByLists } from '../../src/models/neighbour-recommender.ts';
import { popularityRecommender } from '../../src/models/popularity.ts';
import { purchaseRows } from '../../src/models/purchase-rows.ts';
import { hitRateAt, ndcgAt, topOf } from '../../src/models/recommendation-metrics.ts';
import type { Recommender } from '../../src/models/recommender.ts';
import {
  entriesOf,
  expectWithin,
  type HoldOut,
  isHere,
  lastInvoiceHeldOut,
  lastRatingHeldOut,
  once,
  whySkipped,
} from './recommendation-data.ts';

describe.skipIf(!isHere)(`ten suggestions for every customer${whySkipped}`, () => {
  const entries = entriesOf('recommendation');
  const parts = {
    'movielens-small': once(() => withCommonCounts(lastRatingHeldOut())),
    'online-retail': once(() => withCommonCounts(lastInvoiceHeldOut())),
  };

  it('compares every entry once', () => {
    expect(entries).toHaveLength(10);
  });

  it.each(entries.map((entry) => [`${entry.dataset}: ${entry.settings.model}`, entry] as const))('%s', (_, entry) => {
    const { holdOut, common } = parts[entry.dataset as keyof typeof parts]();
    const { train } = holdOut;
    const { offsets } = purchaseRows(train).byProduct;
    const sizeOf = (product: number) => offsets[product + 1]! - offsets[product]!;
    // All the neighbours' similarities follow from how many customers bought both products.
    const byCounts = (similarity: (count: number, a: number, b: number) => number): Score => {
      const values = new Float64Array(common.values.length);
      for (let a = 0; a < train.products; a++) {
        for (let e = common.offsets[a]!; e < common.offsets[a + 1]!; e++) {
          values[e] = similarity(common.values[e]!, sizeOf(a), sizeOf(common.columns[e]!));
        }
      }
      return (customer, into) => scoreByLists(train, { ...common, values }, customer, into);
    };
    const methods: Record<string, () => Score> = {
      popularity: () => popularityRecommender(train).score,
      'item-item cosine, all neighbours': () => byCounts((count, a, b) => count / Math.sqrt(a * b)),
      'item-item jaccard, all neighbours': () => byCounts((count, a, b) => count / (a + b - count)),
      'co-purchase counts': () => byCounts((count) => count),
      'item-item cosine, 50 most similar kept per item (rows)': () =>
        itemItemRecommender(train, { neighbours: 50 }).score,
    };
    const found = judge(holdOut, methods[entry.settings.model]!());
    const wanted = entry.value as number[];
    expect(found[0]).toBe(wanted[0]);
    for (const [m, figure] of found.entries()) expectWithin(figure, wanted[m]!, entry.tolerance);
  });
});

type Score = Recommender['score'];

function withCommonCounts(holdOut: HoldOut) {
  const { byProduct, byCustomer } = purchaseRows(holdOut.train);
  return { holdOut, common: neighbourLists(byProduct, byCustomer, (common) => common, Number.POSITIVE_INFINITY) };
}

/** Customers, and the means of hit rate, recall, precision and NDCG at 10. */
function judge({ train, bought }: HoldOut, score: Score): number[] {
  const sums = new Float64Array(4);
  const scores = new Float64Array(train.products);
  let customers = 0;
  for (const [customer, later] of bought.entries()) {
    if (later.length === 0) continue;
    customers++;
    score(customer, scores);
    const owned = train.items.subarray(train.offsets[customer]!, train.offsets[customer + 1]!);
    const ranked = topOf(scores, 10, owned);
    const hits = ranked.filter((product) => later.includes(product)).length;
    sums[0]! += hitRateAt(10, ranked, later);
    sums[1]! += hits / later.length;
    sums[2]! += hits / 10;
    sums[3]! += ndcgAt(10, ranked, later);
  }
  return [customers, ...sums.map((sum) => sum / customers)];
}
