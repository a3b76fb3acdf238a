import { benjaminiHochberg } from '../models/benjamini-hochberg.ts';
import type { Anomaly } from './anomalies-summary.ts';

/** Who makes up a difference. */
export interface Driver {
  readonly customer: number;
  /** In major units of money, or a count of tickets. */
  readonly amount: number;
}

/** One question asked of the data: how surprising, and, if it is told, what to say. */
export interface AnomalyTest {
  readonly kind: Anomaly['kind'];
  readonly p: number;
  /** The customer that it is about, by position; −1 for the portfolio. */
  readonly customer: number;
  describe(): Omit<Anomaly, 'adjusted_p' | 'kind'>;
  drivers(): readonly Driver[];
}

/** Tests of one kind, of which there may be millions: what one says is worked out for those that are told. */
export interface TestFamily {
  readonly kind: Anomaly['kind'];
  /** One a test. */
  readonly p: ArrayLike<number>;
  test(at: number): AnomalyTest;
}

/** Few tests, each by itself. */
export function families(tests: readonly AnomalyTest[]): TestFamily[] {
  return tests.map((test) => ({ kind: test.kind, p: [test.p], test: () => test }));
}

/** The tests that are findings at a false discovery rate, when all of them are looked at together, in their order. */
export function surprising(
  asked: readonly TestFamily[],
  rate: number,
): { readonly test: AnomalyTest; readonly adjusted: number }[] {
  const p = new Float64Array(asked.reduce((sum, family) => sum + family.p.length, 0));
  let at = 0;
  for (const family of asked) {
    p.set(family.p, at);
    at += family.p.length;
  }
  const adjusted = benjaminiHochberg(p);
  const found: { test: AnomalyTest; adjusted: number }[] = [];
  let first = 0;
  for (const family of asked) {
    for (let k = 0; k < family.p.length; k++) {
      const value = adjusted[first + k]!;
      if (value <= rate) found.push({ test: family.test(k), adjusted: value });
    }
    first += family.p.length;
  }
  return found;
}

export const cents = (value: number): number => Math.round(value * 100) / 100;
