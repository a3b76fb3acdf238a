import type { ObjectType } from '../domain/crm.ts';
import { numberColumn, textColumn } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** The live records of a type as the store has them, by position. */
export interface StoredIds {
  readonly size: number;
  /** Milliseconds since 1970, by position; 0 where the CRM told none. */
  readonly updatedAt: Float64Array;
  /** −1 where the store has no such live record. */
  positionOf(id: string): number;
  idOf(position: number): string;
}

/** Ids that are numbers, as HubSpot's are, and exact as such: what a number is written as is the id again. */
const NUMBER = '^[1-9][0-9]{0,14}$';

/**
 * Reads the ids and last changes of all live records of a type. Ids that are numbers stand in one sorted typed array, sixteen bytes a
 * record with its instant, and are found by halving it; a map of five million texts took 1.5 GB and held up everything else for seconds.
 * Other ids are few, and follow in a map.
 */
export async function readStoredIds(portal: PortalStore, type: ObjectType): Promise<StoredIds> {
  const rows = (columns: string, where: string, order: string) =>
    portal.arrow(
      `SELECT ${columns}, toUnixTimestamp64Milli(updated_at)::Float64 AS at FROM {db:Identifier}.${type} FINAL
       WHERE ${where} ORDER BY ${order}`,
      { pattern: NUMBER },
    );
  const numbered = await rows('toFloat64(toUInt64OrZero(id)) AS number', 'match(id, {pattern:String})', 'number');
  const named = await rows('id', 'NOT match(id, {pattern:String})', 'id');
  const numbers = numberColumn(numbered, 'number', Float64Array);
  const names = await textColumn(named, 'id');
  const updatedAt = new Float64Array(numbers.length + names.length);
  updatedAt.set(numberColumn(numbered, 'at', Float64Array));
  updatedAt.set(numberColumn(named, 'at', Float64Array), numbers.length);
  const positions = new Map(names.map((id, i) => [id, numbers.length + i]));
  const isNumber = new RegExp(NUMBER);
  return {
    size: updatedAt.length,
    updatedAt,
    positionOf: (id) => (isNumber.test(id) ? positionIn(numbers, Number(id)) : (positions.get(id) ?? -1)),
    idOf: (position) =>
      position < numbers.length ? String(numbers[position]) : (names[position - numbers.length] ?? ''),
  };
}

/** Where a value stands in an ascending array; −1 where it does not. */
function positionIn(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = sorted[middle]!;
    if (found === value) return middle;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
