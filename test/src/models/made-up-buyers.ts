import type { RandomSource } from '../../../src/math/random.ts';
import type { BuyingHistory } from '../../../src/models/buying-history.ts';
import { betaDraw, exponentialDraw, gammaDraw } from './draws.ts';

export interface MadeUpBuyers {
  readonly history: BuyingHistory;
  /** Mean amount of all purchases up to the age. */
  readonly meanValue: Float64Array;
  /** In the horizon after the age. */
  readonly later: Float64Array;
  readonly laterMoney: Float64Array;
}

/** Customers who behave exactly as MBG/NBD (or, `firstChance` 0, BG/NBD) and Gamma-Gamma assume. */
export function madeUpBuyers(
  n: number,
  counts: { r: number; alpha: number; a: number; b: number; firstChance?: 0 | 1 },
  money: { p: number; q: number; v: number },
  ages: { from: number; to: number; horizon: number },
  random: RandomSource,
): MadeUpBuyers {
  const frequency = new Float64Array(n);
  const recency = new Float64Array(n);
  const age = new Float64Array(n);
  const meanValue = new Float64Array(n);
  const later = new Float64Array(n);
  const laterMoney = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const rate = gammaDraw(counts.r, counts.alpha, random);
    const leave = betaDraw(counts.a, counts.b, random);
    const amountRate = gammaDraw(money.q, money.v, random);
    age[i] = ages.from + (ages.to - ages.from) * random();
    let time = 0;
    let spent = gammaDraw(money.p, amountRate, random);
    let isActive = counts.firstChance === 0 || random() >= leave;
    while (isActive) {
      time += exponentialDraw(rate, random);
      if (time > age[i]! + ages.horizon) break;
      const amount = gammaDraw(money.p, amountRate, random);
      if (time <= age[i]!) {
        frequency[i] = frequency[i]! + 1;
        recency[i] = time;
        spent += amount;
      } else {
        later[i] = later[i]! + 1;
        laterMoney[i] = laterMoney[i]! + amount;
      }
      isActive = random() >= leave;
    }
    meanValue[i] = spent / (frequency[i]! + 1);
  }
  return { history: { frequency, recency, age }, meanValue, later, laterMoney };
}
