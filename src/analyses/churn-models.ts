import { logit, sigmoid } from '../math/logistic.ts';
import type { RandomSource } from '../math/random.ts';
import { fitBaseRate } from '../models/base-rate.ts';
import { logLosses } from '../models/classification-metrics.ts';
import { clusteredCovariance } from '../models/clustered-covariance.ts';
import { fitOverdueRatio } from '../models/overdue-ratio.ts';
import { fitPlatt } from '../models/platt.ts';
import { fitRidgeLogistic, ridgeLogOdds } from '../models/ridge-logistic.ts';
import { fitTextbookLogistic } from '../models/textbook-logistic.ts';

/** From simple to complex: the order in which they challenge the incumbent. */
export const ENTRANTS = ['base-rate', 'overdue-ratio', 'ridge-logistic', 'textbook-logistic'] as const;
export type EntrantName = (typeof ENTRANTS)[number];

/** What every entrant ends as: log-odds that are a sum, so that each customer's reasons add up exactly. */
export interface Scorecard {
  readonly name: EntrantName;
  /** Positions among the design's columns. */
  readonly columns: readonly number[];
  readonly intercept: number;
  readonly coefficients: readonly number[];
  /** (columns + 1)², row-major, of intercept and coefficients; null where the method gives none. */
  readonly covariance: readonly number[] | null;
  /** The ridge's chosen λ; null for the others. */
  readonly penalty: number | null;
}

/** Training rows, ready for a linear model. */
export interface TrainingSet {
  /** n × q, row-major, standardised. */
  readonly design: Float64Array;
  readonly columns: number;
  readonly labels: Uint8Array;
  /** n customers' positions: folds never part a customer's rows. */
  readonly customers: Int32Array;
  /** The design's columns that stability selection kept. */
  readonly kept: readonly number[];
  /** The design's column of log(1 + off-rhythm); -1 when it does not vary. */
  readonly overdueColumn: number;
}

const PENALTIES = [0.3, 3, 30, 300] as const;
const FOLDS = 5;
/** `ml-logistic-regression` takes 58 ms a step at 20,000 × 20: it learns from a sample. */
const TEXTBOOK = { rows: 1500, steps: 200, rate: 2 };

export function fitEntrant(name: EntrantName, training: TrainingSet, random: RandomSource): Scorecard {
  switch (name) {
    case 'base-rate':
      return { ...plain(name), intercept: logit(fitBaseRate(training.labels).probability) };
    case 'overdue-ratio':
      return overdueScorecard(training);
    case 'ridge-logistic':
      return ridgeScorecard(training);
    case 'textbook-logistic':
      return textbookScorecard(training, random);
  }
}

/** Log-odds of the n rows of a design (n × q, row-major). */
export function scorecardLogOdds(card: Scorecard, design: Float64Array, q: number, n: number): Float64Array {
  if (card.columns.length === 0) return new Float64Array(n).fill(card.intercept);
  return ridgeLogOdds(card, pick(design, q, card.columns));
}

/** Standard errors of the log-odds of each row; null where the card has no covariance. */
export function scorecardErrors(card: Scorecard, design: Float64Array, q: number): Float64Array | null {
  const { covariance, columns } = card;
  if (covariance === null) return null;
  const size = columns.length + 1;
  const row = new Float64Array(size);
  return Float64Array.from({ length: design.length / q }, (_, i) => {
    row[0] = 1;
    for (let j = 0; j < columns.length; j++) row[j + 1] = design[i * q + columns[j]!]!;
    let variance = 0;
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++) variance += row[a]! * covariance[a * size + b]! * row[b]!;
    return Math.sqrt(Math.max(0, variance));
  });
}

function plain(name: EntrantName): Scorecard {
  return { name, columns: [], intercept: 0, coefficients: [], covariance: null, penalty: null };
}

/** The rule reads the ratio through the design's standardised column; Platt's sigmoid takes care of the scale. */
function overdueScorecard(training: TrainingSet): Scorecard {
  const { overdueColumn, labels, design, columns } = training;
  if (overdueColumn === -1) return { ...plain('overdue-ratio'), intercept: logit(fitBaseRate(labels).probability) };
  const platt = fitOverdueRatio(pick(design, columns, [overdueColumn]), labels);
  return {
    ...plain('overdue-ratio'),
    columns: [overdueColumn],
    intercept: platt.intercept,
    coefficients: [platt.slope],
  };
}

/** λ by grouped folds, then Platt's calibration of the same out-of-fold scores folded into the weights. */
function ridgeScorecard(training: TrainingSet): Scorecard {
  const { labels, kept, customers } = training;
  if (kept.length === 0) return { ...plain('ridge-logistic'), intercept: logit(fitBaseRate(labels).probability) };
  const x = pick(training.design, training.columns, kept);
  const folds = foldRows(customers, labels.length);
  let best: { penalty: number; loss: number; odds: Float64Array } | null = null;
  for (const penalty of PENALTIES) {
    const odds = new Float64Array(labels.length);
    for (const { inside, outside } of folds) {
      const rate = fitBaseRate(inside.length === 0 ? [] : Array.from(inside, (row) => labels[row]!)).probability;
      const hasBoth = inside.some((row) => labels[row] === 0) && inside.some((row) => labels[row] === 1);
      const fitted = hasBoth ? fitRidgeLogistic(x, labels, kept.length, { penalty, rows: inside }) : null;
      for (const row of outside) {
        odds[row] = fitted === null ? logit(rate) : rowOdds(fitted, x, row);
      }
    }
    const losses = logLosses(odds.map(sigmoid), labels);
    const loss = losses.reduce((sum, value) => sum + value, 0);
    if (best === null || loss < best.loss) best = { penalty, loss, odds };
  }
  const platt = fitPlatt(best!.odds, labels);
  const fitted = fitRidgeLogistic(x, labels, kept.length, { penalty: best!.penalty });
  return {
    name: 'ridge-logistic',
    columns: kept,
    intercept: platt.slope * fitted.intercept + platt.intercept,
    coefficients: fitted.coefficients.map((weight) => platt.slope * weight),
    // A customer's rows at several cut-offs are no independent evidence.
    covariance: clusteredCovariance(fitted, x, labels, customers).map((value) => platt.slope ** 2 * value),
    penalty: best!.penalty,
  };
}

function textbookScorecard(training: TrainingSet, random: RandomSource): Scorecard {
  const { labels, kept } = training;
  if (kept.length === 0) return { ...plain('textbook-logistic'), intercept: logit(fitBaseRate(labels).probability) };
  const n = labels.length;
  const share = Math.min(1, TEXTBOOK.rows / n);
  const rows: number[] = [];
  for (let i = 0; i < n; i++) if (random() < share) rows.push(i);
  const outcomes = rows.map((row) => labels[row]!);
  if (new Set(outcomes).size < 2)
    return { ...plain('textbook-logistic'), intercept: logit(fitBaseRate(labels).probability) };
  const x = pick(training.design, training.columns, kept);
  const sample = new Float64Array(rows.length * kept.length);
  for (let k = 0; k < rows.length; k++) {
    sample.set(x.subarray(rows[k]! * kept.length, (rows[k]! + 1) * kept.length), k * kept.length);
  }
  const fitted = fitTextbookLogistic(sample, outcomes, kept.length, TEXTBOOK);
  return { ...plain('textbook-logistic'), columns: kept, ...fitted };
}

function rowOdds(fitted: { intercept: number; coefficients: readonly number[] }, x: Float64Array, row: number): number {
  const p = fitted.coefficients.length;
  let sum = fitted.intercept;
  for (let j = 0; j < p; j++) sum += fitted.coefficients[j]! * x[row * p + j]!;
  return sum;
}

/** Five folds of whole customers, dealt by position so that they repeat. */
function foldRows(customers: Int32Array, n: number): { inside: Int32Array; outside: Int32Array }[] {
  return Array.from({ length: FOLDS }, (_, fold) => {
    const inside: number[] = [];
    const outside: number[] = [];
    for (let i = 0; i < n; i++) (customers[i]! % FOLDS === fold ? outside : inside).push(i);
    return { inside: Int32Array.from(inside), outside: Int32Array.from(outside) };
  });
}

function pick(design: Float64Array, q: number, columns: readonly number[]): Float64Array {
  const n = q === 0 ? 0 : design.length / q;
  const picked = new Float64Array(n * columns.length);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < columns.length; j++) picked[i * columns.length + j] = design[i * q + columns[j]!]!;
  }
  return picked;
}
