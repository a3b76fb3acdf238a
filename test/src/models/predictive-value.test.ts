import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import { quantile } from '../../../src/math/statistics.ts';
import { fitGammaGamma, type GammaGamma } from '../../../src/models/gamma-gamma.ts';
import { fitMbgNbd, type MbgNbd } from '../../../src/models/mbg-nbd.ts';
import { expectedSpend, predictValue } from '../../../src/models/predictive-value.ts';
import { betaDraw, exponentialDraw, gammaDraw } from './draws.ts';
import { madeUpBuyers } from './made-up-buyers.ts';

const COUNTS: MbgNbd = { r: 1.2, alpha: 60, a: 0.4, b: 9, logLikelihood: 0, converged: true, starts: 1 };
const MONEY: GammaGamma = { p: 4, q: 3.5, v: 300, logLikelihood: 0, converged: true, starts: 1 };

describe('predicted value', () => {
  it('has intervals that hold 80 % of what made-up customers bought later, in money and in purchases', () => {
    const horizon = 365;
    const made = madeUpBuyers(6000, COUNTS, MONEY, { from: 100, to: 700, horizon }, seededRandom(3));
    const options = { penalty: 0.1, random: seededRandom(1) };
    const counts = fitMbgNbd(made.history, options);
    const purchases = made.history.frequency.map((repeats) => repeats + 1);
    const money = fitGammaGamma({ frequency: purchases, meanValue: made.meanValue }, options);
    const found = predictValue(counts, money, { ...made.history, meanValue: made.meanValue }, horizon);
    const share = (isHeld: (i: number) => boolean, of = [...purchases.keys()]): number =>
      of.filter(isHeld).length / of.length;
    const held = (i: number): boolean =>
      made.laterMoney[i]! >= found.spendLow[i]! && made.laterMoney[i]! <= found.spendHigh[i]!;
    expect(share(held)).toBeGreaterThan(0.75);
    expect(share(held)).toBeLessThan(0.85);
    const open = [...purchases.keys()].filter((i) => found.spendHigh[i]! > 0);
    expect(open.length).toBeGreaterThan(3000);
    expect(share(held, open)).toBeGreaterThan(0.78);
    expect(share(held, open)).toBeLessThan(0.82);
    const counted = share((i) => made.later[i]! >= found.purchasesLow[i]! && made.later[i]! <= found.purchasesHigh[i]!);
    // Whole numbers hold a little more than asked.
    expect(counted).toBeGreaterThan(0.79);
    expect(counted).toBeLessThan(0.9);
    const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
    expect(Math.abs(total(found.spend) / total(made.laterMoney) - 1)).toBeLessThan(0.05);
    expect(Math.abs(total(found.purchases) / total(made.later) - 1)).toBeLessThan(0.05);
  });

  it('has the quantiles of a simulation from what is known of one customer', () => {
    const customer = { frequency: [5], recency: [280], age: [300], meanValue: [150] };
    const found = predictValue(COUNTS, MONEY, customer, 365);
    expect(found.noPurchase[0]).toBeLessThan(0.1);
    const random = seededRandom(11);
    const spends = Float64Array.from({ length: 40_000 }, () => {
      if (random() >= found.alive[0]!) return 0;
      const rate = gammaDraw(COUNTS.r + 5, COUNTS.alpha + 300, random);
      const leave = betaDraw(COUNTS.a, COUNTS.b + 6, random);
      const amountRate = gammaDraw(MONEY.q + 6 * MONEY.p, MONEY.v + 6 * 150, random);
      let spent = 0;
      for (let time = exponentialDraw(rate, random); time <= 365; time += exponentialDraw(rate, random)) {
        spent += gammaDraw(MONEY.p, amountRate, random);
        if (random() < leave) break;
      }
      return spent;
    });
    expect(Math.abs(found.spendLow[0]! / quantile(spends, 0.1) - 1)).toBeLessThan(0.05);
    expect(Math.abs(found.spendHigh[0]! / quantile(spends, 0.9) - 1)).toBeLessThan(0.03);
    expect(Math.abs(found.spend[0]! / (spends.reduce((a, b) => a + b, 0) / 40_000) - 1)).toBeLessThan(0.02);
  });

  it('is nothing to nothing for who is as good as gone, and begins at nothing for who may be', () => {
    const customers = { frequency: [12, 0, 12], recency: [100, 0, 395], age: [900, 500, 400], meanValue: [90, 90, 90] };
    const { spendLow, spendHigh, noPurchase, purchasesHigh } = predictValue(COUNTS, MONEY, customers, 365);
    expect(noPurchase[0]).toBeGreaterThan(0.8);
    expect([spendLow[0], spendHigh[0], purchasesHigh[0]]).toEqual([0, 0, 0]);
    expect(noPurchase[1]).toBeGreaterThan(0.1);
    expect(spendLow[1]).toBe(0);
    expect(spendHigh[1]).toBeGreaterThan(0);
    expect(spendLow[2]).toBeGreaterThan(0);
  });

  it('does not depend on the order of the customers, and widens with the coverage', () => {
    const forth = { frequency: [3, 1], recency: [250, 90], age: [300, 120], meanValue: [80, 400] };
    const back = { frequency: [1, 3], recency: [90, 250], age: [120, 300], meanValue: [400, 80] };
    const first = predictValue(COUNTS, MONEY, forth, 365);
    const second = predictValue(COUNTS, MONEY, back, 365);
    expect([...first.spendHigh]).toEqual([...second.spendHigh].reverse());
    expect(expectedSpend(COUNTS, MONEY, forth, 365)).toEqual(first.spend);
    const wide = predictValue(COUNTS, MONEY, forth, 365, 0.95);
    expect(wide.spendHigh[0]).toBeGreaterThan(first.spendHigh[0]!);
    expect(() => predictValue(COUNTS, MONEY, forth, 365, 1)).toThrow('asked to hold 1 of');
  });
});
