import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/math/random.ts';
import { fitIsolationForest, isolationScores } from '../../src/models/isolation-forest.ts';
import { robustSpread } from '../../src/models/robust-spread.ts';

const DATA = join(process.env.KITH_REFERENCE ?? '../shared', 'data');
const isHere = existsSync(`${DATA}/reference.json`);
const why = isHere ? '' : ' (skipped: the reference data is not on this machine)';

interface Entry {
  readonly dataset: string;
  readonly task: string;
  readonly settings: { readonly model: string };
  readonly metric: string;
  readonly value: number;
  readonly tolerance: number;
  readonly source: string;
}

const entries: readonly Entry[] = isHere
  ? (JSON.parse(readFileSync(`${DATA}/reference.json`, 'utf8')) as Entry[]).filter(({ task }) => task === 'anomaly')
  : [];
const TRIALS = 10;
const TRAINING = 0.6;

function load(dataset: string): { rows: number[][]; outlier: boolean[] } {
  const lines = readFileSync(`${DATA}/${dataset}.csv`, 'utf8').trim().split('\n').slice(1);
  const rows = lines.map((line) => line.split(',').map(Number));
  return { rows: rows.map((row) => row.slice(0, -1)), outlier: rows.map((row) => row[row.length - 1] === 1) };
}

/** The chance that an outlier scores above another row, ties counting half. */
function auc(scores: ArrayLike<number>, outlier: readonly boolean[]): number {
  const order = Array.from(scores, (score, i) => ({ score, isOutlier: outlier[i]! })).sort((a, b) => a.score - b.score);
  let ranks = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && order[to]!.score === order[from]!.score) to++;
    for (let k = from; k < to; k++) if (order[k]!.isOutlier) ranks += (from + to + 1) / 2;
    from = to;
  }
  const positive = outlier.filter(Boolean).length;
  return (ranks - (positive * (positive + 1)) / 2) / (positive * (outlier.length - positive));
}

/** NumPy's `RandomState(seed).permutation(n)`, after which scikit-learn takes the first part as the test rows. */
function numpyPermutation(seed: number, n: number): number[] {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let i = 1; i < 624; i++) {
    const before = state[i - 1]! ^ (state[i - 1]! >>> 30);
    state[i] = Math.imul(1_812_433_253, before) + i;
  }
  let at = 624;
  const next = (): number => {
    if (at === 624) {
      for (let k = 0; k < 624; k++) {
        const y = (state[k]! & 0x80000000) | (state[(k + 1) % 624]! & 0x7fffffff);
        state[k] = state[(k + 397) % 624]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      at = 0;
    }
    let y = state[at++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const mask = 2 ** (32 - Math.clz32(i)) - 1;
    let j = (next() & mask) >>> 0;
    while (j > i) j = (next() & mask) >>> 0;
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function meanAuc(dataset: string): number {
  const { rows, outlier } = load(dataset);
  const columns = rows[0]!.length;
  let sum = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const order = numpyPermutation(trial, rows.length);
    const cut = Math.ceil((1 - TRAINING) * rows.length);
    const training = Float64Array.from(order.slice(cut).flatMap((i) => rows[i]!));
    const forest = fitIsolationForest(training, columns, seededRandom(trial + 1));
    const test = order.slice(0, cut);
    const scores = isolationScores(forest, Float64Array.from(test.flatMap((i) => rows[i]!)));
    sum += auc(
      scores,
      test.map((i) => outlier[i]!),
    );
  }
  return sum / TRIALS;
}

describe.skipIf(!isHere)(`isolation forest and robust z${why}`, () => {
  const forests = entries.filter(({ settings }) => settings.model === 'IForest');

  it.each(forests.map((e) => [`${e.dataset} (${e.source})`, e] as const))(
    '%s: AUC',
    (_, { dataset, value, tolerance }) => {
      // Splits at cuts between values do not change with the scale: no column is standardised here.
      expect(Math.abs(meanAuc(dataset) - value)).toBeLessThanOrEqual(tolerance);
    },
  );

  const robust = entries.filter(
    ({ settings, metric }) => settings.model === 'largest robust z' && metric === 'roc_auc',
  );
  it.each(robust.map((e) => [e.dataset, e] as const))(
    '%s: AUC of the largest robust z',
    (_, { dataset, value, tolerance }) => {
      const { rows, outlier } = load(dataset);
      const spreads = rows[0]!.map((_value, j) => robustSpread(rows.map((row) => row[j]!)));
      const largest = rows.map((row) =>
        Math.max(...spreads.map(({ centre, spread }, j) => (spread > 0 ? Math.abs(row[j]! - centre) / spread : 0))),
      );
      expect(Math.abs(auc(largest, outlier) - value)).toBeLessThanOrEqual(tolerance);
    },
  );
});
