import type { Rhythm } from './expected-gap.ts';
import { AMOUNT_SCALE, type PurchaseHistory } from './purchase-history.ts';

/** A lifetime is never taken as shorter than this many days, so that one early order is not multiplied to a fortune. */
export const SHORTEST_LIFETIME_DAYS = 180;

/** Net won money up to the rhythm's cut-off day, per customer, in major units of the portal's currency. */
export function netMoney(history: PurchaseHistory, rhythms: Rhythm): Float64Array {
  return Float64Array.from({ length: rhythms.purchases.length }, (_, i) => {
    let sum = 0;
    for (let k = history.offsets[i]!; k < history.offsets[i + 1]! && history.day[k]! <= rhythms.cutOffDay; k++) {
      sum += history.amount[k]!;
    }
    return sum / AMOUNT_SCALE;
  });
}

/**
 * What a customer would bring in `days` if it stays as active as so far: net money ÷ lifetime × days, the lifetime no shorter
 * than one expected gap and 180 days; 0 for a customer whose refunds outweigh its purchases.
 */
export function valueInDays(rhythms: Rhythm, money: Float64Array, i: number, days: number): number {
  if (rhythms.purchases[i] === 0) return 0;
  const lived = rhythms.cutOffDay - rhythms.firstDay[i]!;
  const gap = Number.isNaN(rhythms.expectedGap[i]!) ? 0 : rhythms.expectedGap[i]!;
  return (Math.max(0, money[i]!) / Math.max(lived, gap, SHORTEST_LIFETIME_DAYS)) * days;
}
