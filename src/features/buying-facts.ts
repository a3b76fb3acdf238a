import type { Rhythm } from './expected-gap.ts';
import { AMOUNT_SCALE, type PurchaseHistory } from './purchase-history.ts';

/** What models of repeat buying are told about those who bought up to a cut-off day; row k is customer `position[k]`. */
export interface BuyingFacts {
  readonly position: Int32Array;
  /** Repeat purchases: days with a positive net amount, the first one not counted. */
  readonly frequency: Float64Array;
  /** Days from the first purchase to the last, and to the cut-off. */
  readonly recency: Float64Array;
  readonly age: Float64Array;
  /** Mean amount of all purchases, refunds of other days not taken off, in major units. */
  readonly meanValue: Float64Array;
  /** Net money of all customers ÷ what they paid before refunds, from 0 to 1; 1 without a purchase. */
  readonly keptShare: number;
}

/** Facts of all customers who bought, or of those at `positions` who did; nothing later than the rhythm's cut-off is looked at. */
export function buyingFacts(history: PurchaseHistory, rhythms: Rhythm, positions?: Int32Array): BuyingFacts {
  const position = (positions ?? Int32Array.from(rhythms.purchases.keys())).filter((i) => rhythms.purchases[i]! > 0);
  const meanValue = new Float64Array(position.length);
  let paid = 0;
  let kept = 0;
  position.forEach((i, k) => {
    let own = 0;
    for (
      let row = history.offsets[i]!;
      row < history.offsets[i + 1]! && history.day[row]! <= rhythms.cutOffDay;
      row++
    ) {
      if (history.amount[row]! > 0) own += history.amount[row]!;
      kept += history.amount[row]!;
    }
    paid += own;
    meanValue[k] = own / AMOUNT_SCALE / rhythms.purchases[i]!;
  });
  return {
    position,
    frequency: Float64Array.from(position, (i) => rhythms.purchases[i]! - 1),
    recency: Float64Array.from(position, (i) => rhythms.lastDay[i]! - rhythms.firstDay[i]!),
    age: Float64Array.from(position, (i) => rhythms.cutOffDay - rhythms.firstDay[i]!),
    meanValue,
    keptShare: paid > 0 ? Math.max(0, kept / paid) : 1,
  };
}
