import type { Table } from 'apache-arrow';
import { KithError } from '../lib/errors.ts';

/** What reads answers in columns; loaded by the first that asks for one, since few commands do. */
export const loadArrow = () => import('apache-arrow');

interface Numbers {
  readonly length: number;
  set(values: ArrayLike<number>, offset: number): void;
}

/** Columns of more bytes are shared with the threads that compute, not copied for each. */
const SHARED_FROM = 1_000_000;

/** A numeric column as a typed array of its own: Arrow's may be a view of a larger buffer, which would be copied with it. */
export function numberColumn<T extends Numbers>(
  table: Table,
  name: string,
  type: { readonly BYTES_PER_ELEMENT: number; new (buffer: ArrayBuffer | SharedArrayBuffer): T },
): T {
  const column = table.getChild(name);
  if (column === null) {
    // An answer without rows may come without its columns.
    if (table.numRows === 0) return new type(new ArrayBuffer(0));
    throw new KithError('store-query', `The store's answer has no column "${name}"`);
  }
  const bytes = column.length * type.BYTES_PER_ELEMENT;
  const values = new type(bytes < SHARED_FROM ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes));
  let at = 0;
  // Chunk by chunk: put together first, they would be in memory twice.
  for (const chunk of column.data) {
    values.set(chunk.values.subarray(0, chunk.length), at);
    at += chunk.length;
  }
  return values;
}

/** How many texts are decoded before the event loop gets its turn. */
const TEXTS_PER_TURN = 20_000;

export async function textColumn(table: Table, name: string): Promise<string[]> {
  const column = table.getChild(name);
  if (column === null) {
    if (table.numRows === 0) return [];
    throw new KithError('store-query', `The store's answer has no column "${name}"`);
  }
  const texts = new Array<string>(column.length);
  for (let i = 0; i < column.length; i++) {
    texts[i] = String(column.get(i) ?? '');
    if (i % TEXTS_PER_TURN === TEXTS_PER_TURN - 1) await new Promise((resolve) => setImmediate(resolve));
  }
  return texts;
}
