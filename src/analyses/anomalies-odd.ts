import { isoDay } from '../features/calendar.ts';
import type { Rhythm } from '../features/expected-gap.ts';
import type { PurchaseHistory } from '../features/purchase-history.ts';
import type { TicketHistory } from '../features/ticket-history.ts';
import { cholesky } from '../math/cholesky.ts';
import { type RandomSource, shuffledIndices } from '../math/random.ts';
import { fitIsolationForest, isolationScores } from '../models/isolation-forest.ts';
import { robustSpread } from '../models/robust-spread.ts';
import { cents, type TestFamily } from './anomalies-test.ts';

export const ODD_COLUMNS = ['recency', 'purchases', 'amount', 'breadth', 'tickets'] as const;
type OddColumn = (typeof ODD_COLUMNS)[number];

const LEAST_PURCHASES = 3;
const LEAST_CUSTOMERS = 100;
const TICKET_DAYS = 180;
/** The tail of the scores that chance alone gives is fitted beyond this share. */
const TAIL = 0.02;
/** Shuffled copies that show how odd rows get by chance. */
const MOST_COPIES = 16;
const FEWEST_COPIES = 3;
/** Scores by chance that a tail is read off. */
const CHANCE_ROWS = 5_000;
const MOST_ROWS = 20_000;
/** Keeps a column that follows from the others usable. */
const RIDGE = 1e-3;

/**
 * Customers whose figures together are unlike anybody's: isolation forest over recency, purchases, mean amount, breadth and
 * tickets, as ranks freed of what ties the figures together anyway (who buys often buys more products). How odd a row gets by chance is read off copies in which every column is shuffled by itself: they
 * keep each figure's own distribution, and no combination.
 */
export function oddTests(
  history: PurchaseHistory,
  tickets: TicketHistory,
  rhythms: Rhythm,
  money: Float64Array,
  lastDay: number,
  random: RandomSource,
): TestFamily[] {
  const rows = Int32Array.from(rhythms.purchases.keys()).filter(
    (i) => rhythms.purchases[i]! >= LEAST_PURCHASES && money[i]! > 0,
  );
  if (rows.length < LEAST_CUSTOMERS) return [];
  const columns = ODD_COLUMNS.length;
  const data = new Float64Array(rows.length * columns);
  for (const [r, i] of rows.entries()) data.set(figuresOf(history, tickets, rhythms, money, lastDay, i), r * columns);
  const unrelated = whitened(data, columns);
  const scores = isolationScores(fitIsolationForest(unrelated, columns, random), unrelated);
  const chance = chanceScores(unrelated, columns, random);
  const first = Math.floor(chance.length * (1 - TAIL));
  const threshold = chance[first]!;
  let excess = 0;
  for (let k = first; k < chance.length; k++) excess += chance[k]! - threshold;
  const count = chance.length - first;
  // Widened by two of its own standard errors.
  const mean = Math.max(1e-6, (excess / count) * (1 + 2 / Math.sqrt(count)));
  const spreads = ODD_COLUMNS.map((_, j) => robustSpread(Float64Array.from(rows, (_row, r) => data[r * columns + j]!)));
  const usual = robustSpread(scores).centre;
  const p = Float64Array.from(scores, (score) =>
    score <= threshold ? 1 : TAIL * Math.exp(-(score - threshold) / mean),
  );
  return [
    {
      kind: 'customer-odd',
      p,
      test: (r) => ({
        kind: 'customer-odd',
        p: p[r]!,
        customer: rows[r]!,
        describe: () => ({
          key: `customer-odd:${isoDay(lastDay).slice(0, 7)}`,
          direction: 'up',
          subject: '',
          unit: 'score',
          day: isoDay(lastDay),
          block_days: 1,
          observed: scores[r]!,
          usual,
          low: 0,
          high: threshold,
          money: cents(money[rows[r]!]!),
          series: null,
          columns: ODD_COLUMNS.map((name, j) => ({
            name: name as string,
            z: spreads[j]!.spread > 0 ? cents((data[r * columns + j]! - spreads[j]!.centre) / spreads[j]!.spread) : 0,
          }))
            .sort((a, b) => Math.abs(b.z) - Math.abs(a.z))
            .slice(0, 3),
        }),
        drivers: () => [],
      }),
    },
  ];
}

/** Logistic scores of the ranks, column by column, without their correlation: the rows of L⁻¹ z with L Lᵀ the correlation. */
function whitened(data: Float64Array, columns: number): Float64Array {
  const n = data.length / columns;
  const z = new Float64Array(data.length);
  for (let j = 0; j < columns; j++) {
    const order = Int32Array.from({ length: n }, (_, r) => r);
    order.sort((a, b) => data[a * columns + j]! - data[b * columns + j]! || a - b);
    let squares = 0;
    for (let from = 0; from < n; ) {
      let to = from + 1;
      while (to < n && data[order[to]! * columns + j] === data[order[from]! * columns + j]) to++;
      // Equal values share their mean rank.
      const share = (from + to) / 2 / n;
      const score = Math.log(share / (1 - share));
      for (let k = from; k < to; k++) z[order[k]! * columns + j] = score;
      squares += (to - from) * score * score;
      from = to;
    }
    const spread = Math.sqrt(squares / n) || 1;
    for (let r = 0; r < n; r++) z[r * columns + j] = z[r * columns + j]! / spread;
  }
  const correlation = new Float64Array(columns * columns);
  for (let a = 0; a < columns; a++) {
    for (let b = 0; b < columns; b++) {
      let sum = 0;
      for (let r = 0; r < n; r++) sum += z[r * columns + a]! * z[r * columns + b]!;
      correlation[a * columns + b] = sum / n + (a === b ? RIDGE : 0);
    }
  }
  const lower = cholesky(correlation, columns);
  if (lower === null) return z;
  for (let r = 0; r < n; r++) {
    for (let a = 0; a < columns; a++) {
      let value = z[r * columns + a]!;
      for (let k = 0; k < a; k++) value -= lower[a * columns + k]! * z[r * columns + k]!;
      z[r * columns + a] = value / lower[a * columns + a]!;
    }
  }
  return z;
}

function chanceScores(data: Float64Array, columns: number, random: RandomSource): Float64Array {
  const n = Math.min(data.length / columns, MOST_ROWS);
  const copies = Math.min(MOST_COPIES, Math.max(FEWEST_COPIES, Math.ceil(CHANCE_ROWS / n)));
  const all = new Float64Array(n * copies);
  for (let copy = 0; copy < copies; copy++) {
    const shuffled = new Float64Array(n * columns);
    for (let j = 0; j < columns; j++) {
      const order = shuffledIndices(data.length / columns, random);
      for (let r = 0; r < n; r++) shuffled[r * columns + j] = data[order[r]! * columns + j]!;
    }
    all.set(isolationScores(fitIsolationForest(shuffled, columns, random), shuffled), copy * n);
  }
  return all.sort();
}

/** In the order of `ODD_COLUMNS`; logs where figures are skewed. */
function figuresOf(
  history: PurchaseHistory,
  tickets: TicketHistory,
  rhythms: Rhythm,
  money: Float64Array,
  lastDay: number,
  i: number,
): number[] {
  let products = 0;
  for (let row = history.offsets[i]!; row < history.offsets[i + 1]!; row++) {
    if (history.day[row]! > lastDay) break;
    products += history.newProducts[row]!;
  }
  let recent = 0;
  for (let row = tickets.offsets[i]!; row < tickets.offsets[i + 1]!; row++) {
    if (tickets.openedDay[row]! > lastDay - TICKET_DAYS && tickets.openedDay[row]! <= lastDay) recent++;
  }
  const figures: Record<OddColumn, number> = {
    recency: Math.log1p(Math.max(0, lastDay - rhythms.lastDay[i]!)),
    purchases: Math.log(rhythms.purchases[i]!),
    amount: Math.log(money[i]! / rhythms.purchases[i]!),
    breadth: Math.log1p(products),
    tickets: Math.log1p(recent),
  };
  return ODD_COLUMNS.map((name) => figures[name]);
}
