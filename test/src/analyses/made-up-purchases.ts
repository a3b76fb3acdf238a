import type { PurchaseHistory } from '../../../src/features/purchase-history.ts';
import type { RandomSource } from '../../../src/math/random.ts';
import { betaDraw, exponentialDraw, gammaDraw } from '../models/draws.ts';
import { AS_OF_DAY, historyOf } from './make-history.ts';

/**
 * `n` customers who joined over `days` and behave as MBG/NBD and Gamma-Gamma assume, up to `later` days after the as-of day: mean
 * gaps of about two months, a chance of one in eight to leave after a purchase.
 */
export function madeUpPurchases(n: number, days: number, later: number, random: RandomSource): PurchaseHistory {
  const customers: Record<string, [number, number][]> = {};
  for (let i = 0; i < n; i++) {
    const rate = gammaDraw(1.5, 75, random);
    const leave = betaDraw(0.8, 5.6, random);
    const amountRate = gammaDraw(3.5, 300, random);
    let time = AS_OF_DAY - days + Math.floor((days - 30) * random());
    const bought = new Map<number, number>();
    do {
      const day = Math.floor(time);
      bought.set(day, (bought.get(day) ?? 0) + Math.max(0.01, gammaDraw(4, amountRate, random)));
      time += exponentialDraw(rate, random);
    } while (random() >= leave && time <= AS_OF_DAY + later);
    customers[`c${String(i).padStart(6, '0')}`] = [...bought];
  }
  return historyOf(customers);
}
