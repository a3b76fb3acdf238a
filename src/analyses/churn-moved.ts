import { CHURN_FEATURES, FAMILIES } from '../features/churn-features.ts';
import { ownAndNorm } from '../features/family-values.ts';
import type { Champion } from './churn-model.ts';
import { scoringRows } from './churn-models.ts';
import { probabilitiesOf } from './churn-predict.ts';
import { sharesOf } from './churn-shares.ts';
import type { ChurnMove } from './churn-summary.ts';

/** What the last run knew: its champion and every customer's row (NaN where it scored none). */
export interface LastRun {
  readonly champion: Champion;
  /** n × CHURN_FEATURES.length, row-major, by position in this run's customers. */
  readonly raw: Float64Array;
}

/** Points below which a move is not explained. */
const WORTH_TELLING = 0.01;
const DRIVERS = 2;

/**
 * Splits each customer's change of risk since the last run into what the customer did and what the model learnt: the mean
 * over both orders in which the two could have changed, so that the parts add up exactly. The customer's part is told by the
 * families of columns whose shares under today's model moved most. `rows`: positions of the customers; `raw`: their rows now,
 * n × p. Null for a customer whom the last run did not score.
 */
export function movesOf(last: LastRun, champion: Champion, rows: Int32Array, raw: Float64Array): (ChurnMove | null)[] {
  const p = CHURN_FEATURES.length;
  const before = new Float64Array(rows.length * p);
  rows.forEach((i, row) => {
    before.set(last.raw.subarray(i * p, (i + 1) * p), row * p);
  });
  const oldBefore = probabilitiesOf(last.champion, before);
  const oldNow = probabilitiesOf(last.champion, raw);
  const newBefore = probabilitiesOf(champion, before);
  const newNow = probabilitiesOf(champion, raw);
  const sharesBefore = sharesOf(champion, scoringRows(champion.recipe, before));
  const sharesNow = sharesOf(champion, scoringRows(champion.recipe, raw));
  const norms = Float64Array.from(champion.norms, (norm) => norm ?? Number.NaN);
  return Array.from(rows, (_, row): ChurnMove | null => {
    if (Number.isNaN(before[row * p]!)) return null;
    const byCustomer = (oldNow[row]! - oldBefore[row]! + newNow[row]! - newBefore[row]!) / 2;
    const byModel = (newBefore[row]! - oldBefore[row]! + newNow[row]! - oldNow[row]!) / 2;
    const move = { from: points(oldBefore[row]!), customer: points(byCustomer), model: points(byModel) };
    if (Math.abs(byCustomer) < WORTH_TELLING) return { ...move, drivers: [] };
    const [sumsBefore, sumsNow] = [sharesBefore(row).sums, sharesNow(row).sums];
    const drivers = FAMILIES.map((family, k) => {
      const { own: now, norm } = ownAndNorm(family, raw, row, norms);
      return {
        family,
        contribution: Math.round((sumsNow[k]! - sumsBefore[k]!) * 1e4) / 1e4,
        before: ownAndNorm(family, before, row, norms).own,
        now,
        norm,
      };
    })
      .filter((driver) => driver.contribution * byCustomer > 0 && driver.before !== driver.now)
      .toSorted((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
      .slice(0, DRIVERS);
    return { ...move, drivers };
  });
}

function points(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
