import { describe, expect, it } from 'vitest';
import { KithError } from '../../../src/lib/errors.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { bgNbdExpected, fitBgNbd } from '../../../src/models/bg-nbd.ts';
import { countDistribution, outlook } from '../../../src/models/future-purchases.ts';
import { fitMbgNbd, type MbgNbd, mbgNbdExpected, mbgNbdNoPurchase } from '../../../src/models/mbg-nbd.ts';
import { fitParetoNbd, paretoNbdAlive, paretoNbdExpected } from '../../../src/models/pareto-nbd.ts';
import { betaDraw, exponentialDraw, gammaDraw } from './draws.ts';
import { madeUpBuyers } from './made-up-buyers.ts';

const TRUTH = { r: 1.2, alpha: 60, a: 0.8, b: 6 };
const MONEY = { p: 4, q: 3.5, v: 300 };
const AGES = { from: 100, to: 900, horizon: 365 };
const options = (penalty = 0) => ({ penalty, random: seededRandom(1) });
const known = (parameters: Omit<MbgNbd, 'logLikelihood' | 'converged' | 'starts'>): MbgNbd => ({
  ...parameters,
  logLikelihood: 0,
  converged: true,
  starts: 1,
});
const columns = (...rows: [x: number, recency: number, age: number][]) => ({
  frequency: Float64Array.from(rows, ([x]) => x),
  recency: Float64Array.from(rows, ([, recency]) => recency),
  age: Float64Array.from(rows, ([, , age]) => age),
});

/** A population known to have come to (x, t_x, T): everybody is drawn, those who match are kept. */
function simulated(x: number, low: number, high: number, age: number, horizon: number) {
  const random = seededRandom(5);
  const kept = { alive: 0, purchases: 0, none: 0, n: 0 };
  for (let draw = 0; draw < 250_000; draw++) {
    const rate = gammaDraw(TRUTH.r, TRUTH.alpha, random);
    const leave = betaDraw(TRUTH.a, TRUTH.b, random);
    let time = 0;
    let last = 0;
    let count = 0;
    let isActive = random() >= leave;
    let later = 0;
    let wasActive = isActive;
    while (isActive) {
      time += exponentialDraw(rate, random);
      if (time > age + horizon) break;
      if (time <= age) {
        count++;
        last = time;
      } else later++;
      isActive = random() >= leave;
      if (!isActive && time <= age) wasActive = false;
    }
    if (count !== x || last < low || last > high) continue;
    kept.n++;
    if (wasActive) kept.alive++;
    kept.purchases += later;
    if (later === 0) kept.none++;
  }
  return kept;
}

describe('MBG/NBD', () => {
  it('recovers the parameters of customers who behave as it assumes', () => {
    const { history } = madeUpBuyers(12_000, TRUTH, MONEY, AGES, seededRandom(3));
    const fitted = fitMbgNbd(history, options());
    expect(Math.abs(fitted.r / TRUTH.r - 1)).toBeLessThan(0.06);
    expect(Math.abs(fitted.alpha / TRUTH.alpha - 1)).toBeLessThan(0.06);
    expect(Math.abs(fitted.a / (fitted.a + fitted.b) / (0.8 / 6.8) - 1)).toBeLessThan(0.06);
    expect(fitted).toMatchObject({ converged: true, starts: 4 });
  });

  it('gives the same bytes for the same seed, and the same answer in days and in weeks', () => {
    const { history } = madeUpBuyers(600, TRUTH, MONEY, AGES, seededRandom(4));
    const fitted = fitMbgNbd(history, options(0.1));
    expect(fitMbgNbd(history, options(0.1))).toEqual(fitted);
    const weeks = fitMbgNbd(
      { ...history, recency: history.recency.map((t) => t / 7), age: history.age.map((t) => t / 7) },
      options(0.1),
    );
    expect(weeks.alpha * 7).toBeCloseTo(fitted.alpha, 3);
    const inDays = mbgNbdExpected(fitted, [3], [200], [300], 365)[0]!;
    expect(mbgNbdExpected(weeks, [3], [200 / 7], [300 / 7], 365 / 7)[0]).toBeCloseTo(inDays, 5);
  });

  it('counts a row as often as its weight says', () => {
    const { history } = madeUpBuyers(300, TRUTH, MONEY, AGES, seededRandom(4));
    const twice = (values: Float64Array): Float64Array => Float64Array.from([...values, ...values]);
    const doubled = fitMbgNbd(
      { frequency: twice(history.frequency), recency: twice(history.recency), age: twice(history.age) },
      options(),
    );
    const weighted = fitMbgNbd({ ...history, weight: new Float64Array(300).fill(2) }, options());
    expect(weighted.r).toBeCloseTo(doubled.r, 6);
    expect(weighted.logLikelihood).toBeCloseTo(doubled.logLikelihood, 6);
  });

  it('agrees with simulated customers on who is active, how often they buy again and who does not', () => {
    const model = known(TRUTH);
    for (const [x, low, high] of [
      [0, 0, 0],
      [2, 140, 160],
    ] as const) {
      const found = simulated(x, low, high, 300, 200);
      const middle = (low + high) / 2;
      expect(found.n).toBeGreaterThan(1000);
      const error = 4 * Math.sqrt(0.25 / found.n);
      expect(Math.abs(outlook(model, 1, x, middle, 300).alive - found.alive / found.n)).toBeLessThan(error);
      const none = mbgNbdNoPurchase(model, [x], [middle], [300], 200)[0]!;
      expect(Math.abs(none - found.none / found.n)).toBeLessThan(error);
      const purchases = mbgNbdExpected(model, [x], [middle], [300], 200)[0]!;
      expect(Math.abs(purchases / (found.purchases / found.n) - 1)).toBeLessThan(0.12);
    }
  });

  it('has a distribution of counts that sums to 1, begins at P(no purchase) and has the expected purchases for its mean', () => {
    const probabilities = new Float64Array(4096);
    for (const parameters of [TRUTH, { ...TRUTH, a: 1 }, { ...TRUTH, a: 1e-6 }, { r: 40, alpha: 90, a: 2, b: 300 }]) {
      const model = known(parameters);
      for (const [x, recency, age] of [
        [0, 0, 400],
        [4, 300, 400],
        [60, 390, 400],
      ] as const) {
        const length = countDistribution(outlook(model, 1, x, recency, age), 365, probabilities, 1e-13);
        let sum = 0;
        let mean = 0;
        for (let n = 0; n < length; n++) {
          sum += probabilities[n]!;
          mean += n * probabilities[n]!;
        }
        expect(sum).toBeCloseTo(1, 10);
        expect(probabilities[0]).toBeCloseTo(mbgNbdNoPurchase(model, [x], [recency], [age], 365)[0]!, 12);
        expect(mbgNbdExpected(model, [x], [recency], [age], 365)[0]).toBeCloseTo(mean, 7);
      }
    }
  });

  it('stays right for thousands of purchases and for chances next to nothing', () => {
    const model = known({ r: 5000, alpha: 5000, a: 1e-9, b: 1 });
    // One purchase a day for certain, and nobody leaves.
    expect(mbgNbdExpected(model, [3000], [2999], [3000], 365)[0]).toBeCloseTo(365, 2);
    expect(mbgNbdNoPurchase(model, [3000], [2999], [3000], 365)[0]).toBeLessThan(1e-12);
    expect(mbgNbdExpected(model, [3000], [10], [3000], 365)[0]).toBeLessThan(1e-9);
    expect(mbgNbdNoPurchase(model, [3000], [10], [3000], 365)[0]).toBe(1);
    expect(mbgNbdNoPurchase(model, [1], [5], [9], 0)[0]).toBe(1);
    expect(mbgNbdExpected(model, [1], [5], [9], 0)[0]).toBe(0);
  });

  it('survives a population in which everybody buys at one rate and nobody leaves', () => {
    const random = seededRandom(8);
    const rows = Array.from({ length: 800 }, (): [number, number, number] => {
      const age = 200 + 300 * random();
      let x = 0;
      let last = 0;
      for (let time = exponentialDraw(1 / 30, random); time <= age; time += exponentialDraw(1 / 30, random)) {
        x++;
        last = time;
      }
      return [x, last, age];
    });
    const fitted = fitMbgNbd(columns(...rows), options(0.1));
    expect(fitted.r / fitted.alpha).toBeCloseTo(1 / 30, 3);
    expect(mbgNbdExpected(fitted, [10], [295], [300], 300)[0]).toBeGreaterThan(9);
  });

  it('refuses what cannot be fitted, and names the customer and the values', () => {
    const refusal = (history: Parameters<typeof fitMbgNbd>[0]): KithError => {
      try {
        fitMbgNbd(history, options());
      } catch (error) {
        return error as KithError;
      }
      throw new Error('was not refused');
    };
    const once = refusal(columns([0, 0, 100], [0, 0, 200]));
    expect(once).toBeInstanceOf(KithError);
    expect(once.code).toBe('model-input');
    expect(once.message).toContain('None of 2 customers bought a second time');
    expect(refusal(columns()).message).toContain('None of 0 customers');
    for (const row of [
      [1, Number.NaN, 10],
      [1, 5, Number.POSITIVE_INFINITY],
      [1, 11, 10],
      [1.5, 3, 10],
      [-1, 0, 10],
      [0, 3, 10],
    ] as const) {
      expect(refusal(columns([2, 5, 10], [...row])).message).toContain('Customer 1 of a model of repeat buying');
    }
    expect(refusal({ ...columns([2, 5, 10]), age: new Float64Array(2) }).message).toContain('2 ages');
    expect(() => fitMbgNbd(columns([2, 5, 10]), { penalty: -1, random: seededRandom(1) })).toThrow('penalty -1');
  });
});

describe('BG/NBD and Pareto/NBD beside it', () => {
  it('BG/NBD takes one-time buyers for active and has the closed form of its authors for expected purchases', () => {
    const model = known(TRUTH);
    expect(outlook(model, 0, 0, 0, 900).alive).toBe(1);
    const [x, recency, age, t] = [3, 200, 300, 100];
    const { r, alpha, a, b } = TRUTH;
    let term = 1;
    let series = 1;
    const z = t / (alpha + age + t);
    for (let k = 0; k < 500; k++) {
      term *= ((r + x + k) * (b + x + k) * z) / ((a + b + x - 1 + k) * (k + 1));
      series += term;
    }
    const closed =
      ((a + b + x - 1) / (a - 1)) *
      (1 - ((alpha + age) / (alpha + age + t)) ** (r + x) * series) *
      outlook(model, 0, x, recency, age).alive;
    expect(bgNbdExpected(model, [x], [recency], [age], t)[0]).toBeCloseTo(closed, 10);
  });

  it('BG/NBD recovers the parameters of customers who leave after repeat purchases only', () => {
    const { history } = madeUpBuyers(8000, { ...TRUTH, firstChance: 0 }, MONEY, AGES, seededRandom(6));
    const fitted = fitBgNbd(history, options());
    expect(Math.abs(fitted.r / fitted.alpha / 0.02 - 1)).toBeLessThan(0.06);
    expect(Math.abs(fitted.a / (fitted.a + fitted.b) / (0.8 / 6.8) - 1)).toBeLessThan(0.1);
  });

  it('Pareto/NBD recovers the mean rates of customers who leave at any time, and their number', () => {
    const random = seededRandom(7);
    const rows: [number, number, number][] = [];
    let active = 0;
    let later = 0;
    for (let i = 0; i < 1500; i++) {
      const rate = gammaDraw(1.5, 50, random);
      const leaves = exponentialDraw(gammaDraw(2, 700, random), random);
      const age = 200 + 500 * random();
      let x = 0;
      let last = 0;
      for (let time = exponentialDraw(rate, random); time <= Math.min(leaves, age + 200); ) {
        if (time <= age) {
          x++;
          last = time;
        } else later++;
        time += exponentialDraw(rate, random);
      }
      if (leaves > age) active++;
      rows.push([x, last, age]);
    }
    const history = columns(...rows);
    const { frequency, recency, age } = history;
    const fitted = fitParetoNbd(history, { ...options(), starts: 1 });
    expect(Math.abs(fitted.r / fitted.alpha / 0.03 - 1)).toBeLessThan(0.1);
    const alive = paretoNbdAlive(fitted, frequency, recency, age).reduce((sum, p) => sum + p, 0);
    expect(Math.abs(alive / active - 1)).toBeLessThan(0.1);
    const expected = paretoNbdExpected(fitted, frequency, recency, age, 200).reduce((sum, n) => sum + n, 0);
    expect(Math.abs(expected / later - 1)).toBeLessThan(0.1);
  });
});
