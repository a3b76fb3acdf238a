import type { Table } from 'apache-arrow';
import { KithError } from '../lib/errors.ts';

interface Numbers {
  readonly length: number;
}

/** A numeric column as a typed array of its own: Arrow's may be a view of a larger buffer, which would be copied with it. */
export function numberColumn<T extends Numbers>(
  table: Table,
  name: string,
  type: { new (length: number): T; from(values: ArrayLike<number>): T },
): T {
  const column = table.getChild(name);
  if (column === null) {
    // An answer without rows may come without its columns.
    if (table.numRows === 0) return new type(0);
    throw new KithError('store-query', `The store's answer has no column "${name}"`);
  }
  return type.from(column.toArray());
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
