import { CHURN_FEATURES } from '../features/churn-features.ts';
import type { Rhythm } from '../features/expected-gap.ts';
import { AMOUNT_SCALE } from '../features/purchase-history.ts';
import { isOutOfSeason } from '../features/season.ts';
import { netMoney, valueInDays } from '../features/value-rate.ts';
import { sigmoid } from '../math/logistic.ts';
import type { Drafted, RowOf } from './analysis.ts';
import { bandOf } from './churn-bands.ts';
import { byBlock } from './churn-blocks.ts';
import { explainer, round } from './churn-explain.ts';
import type { Champion } from './churn-model.ts';
import { modelErrors, scoringRows } from './churn-models.ts';
import { type LastRun, movesOf } from './churn-moved.ts';
import { standingOutside } from './churn-outcome.ts';
import type { ChurnEvents } from './churn-panel.ts';
import { logOddsOf } from './churn-predict.ts';
import { MOST_SCENARIOS, scenariosOf } from './churn-scenarios.ts';
import type { ChurnDetails } from './churn-summary.ts';
import type { Evidence } from './evidence-level.ts';

/** The normal quantile of an 80 % interval. */
const INTERVAL_WIDTH = 1.2815515655446004;

export interface ScoringInput extends ChurnEvents {
  readonly customerIds: readonly string[];
  readonly asOfDay: number;
  /** The risk that the last run gave, by customer; NaN where it gave none. */
  readonly lastRisk: Float64Array;
}

export interface Scored {
  readonly scores: NonNullable<Drafted<unknown>['scores']>;
  readonly detailsOf: (i: number) => ChurnDetails;
  /** By position, in cents: the value in H of who stays active, and the part of it at risk, 0 where there is none. */
  readonly worths: Float64Array;
  readonly atRisk: Float64Array;
  /** A row of CHURN_FEATURES.length numbers, NaN for customers who are not asked about. */
  readonly matrixRow: RowOf;
}

/** `eligible`: positions of the customers asked about; `raw`: their rows. `last`: null where a run has no usable one before. */
export function scoreCustomers(
  input: ScoringInput,
  rhythms: Rhythm,
  evidence: Pick<Evidence, 'level' | 'stopped'>,
  champion: Champion | null,
  eligible: Int32Array,
  raw: Float64Array,
  last: LastRun | null,
): Scored {
  const n = input.customerIds.length;
  const p = CHURN_FEATURES.length;
  const money = netMoney(input.history, rhythms);
  const isOut = (i: number): boolean =>
    input.outcome.kind === 'no-order' && isOutOfSeason(rhythms, i, input.horizonDays);
  const exactWorths = Float64Array.from({ length: n }, (_, i) =>
    isOut(i) ? 0 : valueInDays(rhythms, money, i, input.horizonDays),
  );
  const inSeason = Int32Array.from(eligible.keys()).filter((row) => !isOut(eligible[row]!));
  const expected = { rows: inSeason, worths: exactWorths };
  const risks = champion === null ? null : risksOf(champion, input, eligible, raw, expected, last);
  const outside = standingOutside(input, rhythms);
  const rowOf = new Int32Array(n).fill(-1);
  eligible.forEach((i, row) => {
    rowOf[i] = row;
  });
  const value = new Float64Array(n).fill(Number.NaN);
  const worths = exactWorths.map(round2);
  const atRisk = new Float64Array(n);
  const label: ChurnDetails['standing'][] = [];
  const band: string[] = [];
  const levels = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const row = rowOf[i]!;
    const standing = row >= 0 ? 'eligible' : outside(i);
    const probability = risks === null || row === -1 ? null : risks.probabilities[row]!;
    if (probability !== null) {
      value[i] = probability;
      atRisk[i] = round2(probability * worths[i]!);
    }
    if (standing === 'lapsed') value[i] = input.lastRisk[i]!;
    label.push(standing);
    const lateness = input.outcome.kind === 'no-order' ? rhythms.offRhythm[i]! : Number.NaN;
    const ownBand = bandOf(evidence, probability, lateness);
    // Nobody is at risk for not ordering before their season, however sure it is that they will not.
    const bandNow = ownBand !== '' && isOut(i) ? 'low' : ownBand;
    band.push(standing === 'eligible' ? bandNow : standing);
    levels[i] = standing === 'eligible' ? evidence.level : 0;
  }
  const detailsOf = (i: number): ChurnDetails => {
    const row = rowOf[i]!;
    const standing = label[i]!;
    const risk = risks === null || row === -1 ? null : risks.of(row);
    const hasBought = rhythms.purchases[i]! > 0;
    return {
      standing,
      days_since: hasBought ? input.asOfDay - rhythms.lastDay[i]! : null,
      expected_gap: finite(rhythms.expectedGap[i]!),
      off_rhythm: finite(rhythms.offRhythm[i]!),
      is_yearly: rhythms.isYearly[i] === 1,
      out_of_season: standing === 'eligible' && isOut(i),
      orders: rhythms.purchases[i]!,
      order_size: hasBought ? round2(meanOrder(input, rhythms, i)) : null,
      value: worths[i]!,
      at_risk: risk === null ? null : atRisk[i]!,
      interval: risk?.interval ?? null,
      baseline: risk?.baseline ?? null,
      log_odds: risk?.logOdds ?? null,
      up: risk?.up ?? [],
      down: risk?.down ?? [],
      other: risk?.other ?? 0,
      moved: risk?.moved ?? null,
      scenarios: risk?.scenarios ?? [],
    };
  };
  return {
    scores: { value, label, band, evidence: levels, details: (i) => JSON.stringify(detailsOf(i)) },
    detailsOf,
    worths,
    atRisk,
    matrixRow: (i, into) => {
      const row = rowOf[i]!;
      if (row === -1) into.fill(Number.NaN, 0, p);
      else into.set(raw.subarray(row * p, (row + 1) * p));
    },
  };
}

/**
 * `expected`: of the eligible rows, those in whose horizon an order is expected: for them alone changes are tried out. What a row's
 * risk is made of is worked out when it is asked for.
 */
function risksOf(
  champion: Champion,
  input: ScoringInput,
  eligible: Int32Array,
  raw: Float64Array,
  expected: { readonly rows: Int32Array; readonly worths: Float64Array },
  last: LastRun | null,
) {
  const odds = logOddsOf(champion, raw);
  const probabilities = odds.map(sigmoid);
  // Where there are many, those worth most are worked out.
  const { rows: tried, worths } = expected;
  const order = tried.toSorted((a, b) => worths[eligible[b]!]! - worths[eligible[a]!]! || a - b);
  const chosen = order.slice(0, MOST_SCENARIOS).sort();
  const scenarios = scenariosOf(
    champion,
    input,
    input.asOfDay,
    chosen.map((row) => eligible[row]!),
    Float64Array.from(chosen, (row) => probabilities[row]!),
  );
  const scenarioOf = new Map(Array.from(chosen, (row, k) => [row, scenarios[k]!]));
  const blockOf = byBlock(raw, ({ first, raw: some }) => {
    const rows = scoringRows(champion.recipe, some);
    const customers = eligible.subarray(first, first + rows.count);
    return {
      errors: modelErrors(champion.model, rows),
      explain: explainer(champion, rows),
      moves: last === null ? null : movesOf(last, champion, customers, some),
    };
  });
  return {
    probabilities,
    of(row: number) {
      const { block, at } = blockOf(row);
      const { errors, explain, moves } = block;
      const centre = odds[row]!;
      const width = errors === null ? null : INTERVAL_WIDTH * errors[at]!;
      const interval: [number, number] | null =
        width === null ? null : [round4(sigmoid(centre - width)), round4(sigmoid(centre + width))];
      return {
        logOdds: round(centre),
        interval,
        moved: moves?.[at] ?? null,
        scenarios: scenarioOf.get(row) ?? [],
        ...explain(at),
      };
    },
  };
}

/** Mean amount of a day with a purchase, in major units. */
function meanOrder({ history }: ChurnEvents, { cutOffDay, purchases }: Rhythm, i: number): number {
  let sum = 0;
  for (let k = history.offsets[i]!; k < history.offsets[i + 1]! && history.day[k]! <= cutOffDay; k++) {
    sum += Math.max(0, history.amount[k]!);
  }
  return sum / purchases[i]! / AMOUNT_SCALE;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? round4(value) : null;
}

function round4(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
