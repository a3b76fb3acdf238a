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

export const cents = (value: number): number => Math.round(value * 100) / 100;
