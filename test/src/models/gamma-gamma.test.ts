import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import { mean } from '../../../src/math/statistics.ts';
import { fitGammaGamma, gammaGammaExpected } from '../../../src/models/gamma-gamma.ts';
import { gammaDraw } from './draws.ts';

const options = (penalty = 0) => ({ penalty, random: seededRandom(2) });

function spending(n: number, p: number, q: number, v: number) {
  const random = seededRandom(3);
  const frequency = new Float64Array(n);
  const meanValue = new Float64Array(n);
  const ownMean = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const rate = gammaDraw(q, v, random);
    frequency[i] = 1 + Math.floor(6 * random());
    meanValue[i] = gammaDraw(p * frequency[i]!, rate, random) / frequency[i]!;
    ownMean[i] = p / rate;
  }
  return { frequency, meanValue, ownMean };
}

describe('Gamma-Gamma', () => {
  it('recovers its parameters, in any currency', () => {
    const { frequency, meanValue } = spending(12_000, 4, 3.5, 300);
    const fitted = fitGammaGamma({ frequency, meanValue }, options());
    expect(fitted.p).toBeCloseTo(4, 0);
    expect(Math.abs(fitted.q / 3.5 - 1)).toBeLessThan(0.06);
    const cents = fitGammaGamma({ frequency, meanValue: meanValue.map((money) => 100 * money) }, options());
    expect(cents.v / fitted.v).toBeCloseTo(100, 2);
    expect(fitGammaGamma({ frequency, meanValue }, options())).toEqual(fitted);
  });

  it('expects a customer’s own mean, drawn towards everybody’s the less it is known', () => {
    const { frequency, meanValue, ownMean } = spending(20_000, 4, 3.5, 300);
    const fitted = fitGammaGamma({ frequency, meanValue }, options(0.1));
    const expected = gammaGammaExpected(fitted, frequency, meanValue);
    expect(mean(expected) / mean(ownMean)).toBeCloseTo(1, 1);
    const error = (of: Float64Array): number => mean(of.map((value, i) => (value - ownMean[i]!) ** 2));
    expect(error(expected)).toBeLessThan(0.9 * error(meanValue));
    const [unknown, once, often] = gammaGammaExpected(fitted, [0, 1, 1000], [Number.NaN, 5000, 5000]);
    expect(unknown).toBeCloseTo((fitted.p * fitted.v) / (fitted.q - 1), 9);
    expect(once).toBeLessThan(often!);
    expect(often! / 5000).toBeCloseTo(1, 2);
  });

  it('leaves out rows without a purchase and counts a row as often as its weight says', () => {
    const { frequency, meanValue } = spending(300, 4, 3.5, 300);
    const plain = fitGammaGamma({ frequency, meanValue }, options());
    const more = fitGammaGamma(
      { frequency: Float64Array.from([...frequency, 0]), meanValue: Float64Array.from([...meanValue, -1]) },
      options(),
    );
    expect(more).toEqual(plain);
    const weighted = fitGammaGamma({ frequency, meanValue, weight: new Float64Array(300).fill(3) }, options());
    expect(weighted.q).toBeCloseTo(plain.q, 4);
    expect(weighted.logLikelihood).toBeCloseTo(3 * plain.logLikelihood, 4);
  });

  it('refuses amounts that are nothing, negative or no number, and too few of them', () => {
    const of = (...rows: [number, number][]) => ({
      frequency: Float64Array.from(rows, ([n]) => n),
      meanValue: Float64Array.from(rows, ([, money]) => money),
    });
    for (const amount of [0, -5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => fitGammaGamma(of([2, 30], [1, amount]), options())).toThrow(
        `Customer 1 of a Gamma-Gamma model has 1 purchases of ${amount}`,
      );
    }
    expect(() => fitGammaGamma(of([Number.NaN, 30]), options())).toThrow('NaN purchases');
    expect(() => fitGammaGamma(of([2, 30], [0, 0]), options())).toThrow('got 1 customers');
  });

  it('refuses to name a mean where amounts vary so much that none is finite', () => {
    const { frequency, meanValue } = spending(4000, 2, 0.5, 10);
    expect(() => fitGammaGamma({ frequency, meanValue }, options())).toThrow('no finite mean');
  });

  it('refuses or settles, never anything else, where all amounts are alike', () => {
    const alike = { frequency: new Float64Array(40).fill(2), meanValue: new Float64Array(40).fill(50) };
    try {
      const fitted = fitGammaGamma(alike, options(0.1));
      expect(gammaGammaExpected(fitted, [2], [50])[0]).toBeCloseTo(50, 0);
    } catch (error) {
      expect(error).toMatchObject({ code: 'model-input' });
    }
  });
});
