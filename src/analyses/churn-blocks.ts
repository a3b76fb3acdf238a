import { CHURN_FEATURES } from '../features/churn-features.ts';

/** Rows that are brought into a model's form at once: a million of them at once would be several times their memory. */
const BLOCK_ROWS = 10_000;

/** Raw rows (n × CHURN_FEATURES.length) some at a time, in their order; `first` is the position of a block's first row. */
export function* blocksOf(raw: Float64Array): Generator<{ readonly first: number; readonly raw: Float64Array }> {
  const p = CHURN_FEATURES.length;
  for (let first = 0; first * p < raw.length; first += BLOCK_ROWS) {
    yield { first, raw: raw.subarray(first * p, (first + BLOCK_ROWS) * p) };
  }
}

/** Gives the part of every row, made block by block: rows asked for in their order cost each block once. */
export function byBlock<Block>(
  raw: Float64Array,
  make: (block: { readonly first: number; readonly raw: Float64Array }) => Block,
): (row: number) => { readonly block: Block; readonly at: number } {
  const p = CHURN_FEATURES.length;
  let known: { readonly first: number; readonly block: Block } | null = null;
  return (row) => {
    const first = row - (row % BLOCK_ROWS);
    if (known?.first !== first) {
      known = { first, block: make({ first, raw: raw.subarray(first * p, (first + BLOCK_ROWS) * p) }) };
    }
    return { block: known.block, at: row - first };
  };
}
