import type { RecommendInput } from './recommend-input.ts';
import { sharePrior, shrunkenShare } from './shrunken-share.ts';

/** Of those who bought a product and had a horizon's time since, how many bought it on another day too. */
export interface Repeats {
  readonly buyers: Int32Array;
  readonly again: Int32Array;
  /** again ÷ buyers, drawn towards that of all products where buyers are few. */
  readonly share: Float64Array;
}

/** A repeat product is one that at least this share buys again: it is due again one day, and never a next product. */
export const REPEAT_SHARE = 0.5;

export function productRepeats({ offsets, days, items, products, today, horizonDays }: RecommendInput): Repeats {
  const buyers = new Int32Array(products.length);
  const again = new Int32Array(products.length);
  const seenBy = new Int32Array(products.length).fill(-1);
  const isRepeated = new Uint8Array(products.length);
  for (let c = 0; c + 1 < offsets.length; c++) {
    for (let at = offsets[c]!; at < offsets[c + 1]!; at++) {
      const item = items[at]!;
      if (seenBy[item] === c) {
        if (isRepeated[item] === 1) continue;
        isRepeated[item] = 1;
        again[item]!++;
        continue;
      }
      seenBy[item] = c;
      // Who bought it for the first time lately has had no time to buy it again.
      isRepeated[item] = days[at]! <= today - horizonDays ? 0 : 1;
      if (isRepeated[item] === 0) buyers[item]!++;
    }
  }
  const totals = { customers: 0, orders: 0, held: 0, squaredOrders: 0, spread: 0 };
  for (const [item, count] of buyers.entries()) {
    totals.orders += count;
    totals.held += again[item]!;
  }
  for (const [item, count] of buyers.entries()) {
    if (count === 0) continue;
    totals.customers++;
    totals.squaredOrders += count * count;
    totals.spread += count * (again[item]! / count - totals.held / totals.orders) ** 2;
  }
  const prior = sharePrior(totals);
  return { buyers, again, share: Float64Array.from(buyers, (count, i) => shrunkenShare(prior, again[i]!, count)) };
}
