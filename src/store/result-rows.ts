import type { Run } from '../domain/results.ts';
import { instantText } from './crm-rows.ts';
import { linesOf } from './encoded-rows.ts';
import type { ResultRows, ScoreColumns } from './portal-store.ts';

export const SCORE_COLUMNS = [
  'run_id',
  'analysis',
  'customer_id',
  'value',
  'label',
  'band',
  'evidence',
  'details',
] as const;
export const MATRIX_COLUMNS = ['run_id', 'analysis', 'customer_id', 'cut_off', 'features'] as const;
const LINE_FEED = 10;

/** `matrix`: what was known of the same customers at the run's as-of, row-major. */
export function resultRows(
  run: Pick<Run, 'id' | 'asOf'>,
  analysis: string,
  scores: ScoreColumns,
  matrix: { readonly columns: number; readonly values: Float64Array } | null = null,
): ResultRows {
  const { customerIds } = scores;
  const cutOff = instantText(run.asOf);
  return {
    customerIds,
    scores: bytesOf(customerIds.map((_, i) => scoreRow(run.id, analysis, scores, i))),
    matrix:
      matrix === null
        ? null
        : bytesOf(customerIds.map((id, i) => [run.id, analysis, id, cutOff, featuresOf(matrix, i)])),
  };
}

/** The rows of all parts, in their order; each has a matrix, or none has. */
export function joined(parts: readonly ResultRows[]): ResultRows {
  const matrices = parts.flatMap(({ matrix }) => matrix ?? []);
  return {
    customerIds: parts.flatMap(({ customerIds }) => customerIds),
    scores: concat(parts.map(({ scores }) => scores)),
    matrix: matrices.length === 0 ? null : concat(matrices),
  };
}

/** One customer's values in the order of `SCORE_COLUMNS`. */
export function scoreRow(runId: string, analysis: string, scores: ScoreColumns, i: number): unknown[] {
  const { customerIds, value, label, band, evidence, details } = scores;
  const score = Number.isFinite(value[i]) ? value[i] : null;
  return [runId, analysis, customerIds[i], score, label[i] ?? '', band[i] ?? '', evidence[i] ?? 0, details[i] ?? ''];
}

/** Those of the lines that stand at `kept`, ascending positions. */
export function keptLines(lines: Uint8Array, kept: readonly number[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let [line, start] = [0, 0];
  for (const wanted of kept) {
    for (; line < wanted; line++) start = lines.indexOf(LINE_FEED, start) + 1;
    parts.push(lines.subarray(start, lines.indexOf(LINE_FEED, start) + 1));
  }
  return concat(parts);
}

/** JSON has no NaN; the engine reads these words as the numbers they name. */
function featuresOf({ columns, values }: { readonly columns: number; readonly values: Float64Array }, i: number) {
  return Array.from(values.subarray(i * columns, (i + 1) * columns), (x) => (Number.isFinite(x) ? x : String(x)));
}

/** In memory of its own, which can go to another thread: small buffers of Node share theirs. */
function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function bytesOf(rows: readonly unknown[][]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(linesOf(rows));
}
