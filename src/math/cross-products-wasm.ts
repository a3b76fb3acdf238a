import { createWasmRoom, I32, V128, type WasmFunction, wasm } from './wasm-room.ts';

// Parameters 0 to 3 are those of `Tile` in cross-products.ts; the rest are its own.
const [TALL, WIDE, SUMS, STOP, A, B, W, FIRST] = [0, 1, [2, 3], 4, 5, 6, 7, 8] as const;

/**
 * The inner loop of `crossProducts`: 2 × 4 sums of products of columns of `rows` doubles, two rows at a time. `addTile` in
 * cross-products.ts is the same in TypeScript.
 */
export const tileRoomOf = (rows: number) => createWasmRoom(() => tileOf(rows));

function tileOf(rows: number): WasmFunction {
  const { add, addDoubles, addPairs, constant, get, lane, loadPair, multiplyPairs, set, tee } = wasm;
  const column = rows * 8;
  const products = [0, 1, 2, 3].flatMap((k) => [
    ...[...get(WIDE), ...loadPair(k * column), ...set(W)],
    ...[A, B].flatMap((side, i) => {
      const sum = FIRST + 4 * i + k;
      return [...get(sum), ...get(side), ...get(W), ...multiplyPairs, ...addPairs, ...set(sum)];
    }),
  ]);
  const loop = wasm.loop(
    [...get(TALL), ...loadPair(0), ...set(A), ...get(TALL), ...loadPair(column), ...set(B)],
    products,
    [...get(WIDE), ...constant(16), ...add, ...set(WIDE)],
    [...get(TALL), ...constant(16), ...add, ...tee(TALL), ...get(STOP), ...wasm.isBelow],
  );
  const stores = SUMS.flatMap((sums, i) =>
    [0, 1, 2, 3].flatMap((k) => {
      const sum = FIRST + 4 * i + k;
      const both = [...get(sum), ...lane(0), ...get(sum), ...lane(1), ...addDoubles];
      const before = wasm.loadDouble(8 * k);
      return [...get(sums), ...get(sums), ...before, ...both, ...addDoubles, ...wasm.storeDouble(8 * k)];
    }),
  );
  const stop = [...get(TALL), ...constant(column), ...add, ...set(STOP)];
  return {
    parameters: 4,
    locals: [
      [1, I32],
      [11, V128],
    ],
    code: [...stop, ...loop, ...stores],
  };
}
