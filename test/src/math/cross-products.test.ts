import { describe, expect, it } from 'vitest';
import { addTile, BLOCK_ROWS, crossProducts } from '../../../src/math/cross-products.ts';
import { seededRandom } from '../../../src/math/random.ts';

describe('crossProducts', () => {
  it.each([1, 4, 7, 22])('sums the products of every two of %d columns over its blocks', (columns) => {
    const random = seededRandom(columns);
    const { padded, block, sums, add } = crossProducts(columns);
    const expected = new Float64Array(padded * padded);
    for (let turn = 0; turn < 3; turn++) {
      for (let i = 0; i < columns * BLOCK_ROWS; i++) block[i] = random() - 0.5;
      add();
      for (let i = 0; i < padded; i++) {
        for (let k = 0; k < padded; k++) {
          for (let row = 0; row < BLOCK_ROWS; row++) {
            expected[i * padded + k]! += block[i * BLOCK_ROWS + row]! * block[k * BLOCK_ROWS + row]!;
          }
        }
      }
    }
    for (let i = 0; i < padded; i++) {
      for (let k = 0; k <= i; k++) expect(sums[i * padded + k]).toBeCloseTo(expected[i * padded + k]!, 10);
    }
  });

  it('gives the bytes that its TypeScript twin gives', () => {
    const random = seededRandom(9);
    const { padded, block, sums, add } = crossProducts(8);
    for (let i = 0; i < block.length; i++) block[i] = random() * 1e3;
    const memory = Float64Array.from([...block, ...sums]);
    add();
    for (let i = 0; i < padded; i += 2) {
      for (let k = 0; k <= i; k += 4) {
        const out = (block.length + i * padded + k) * 8;
        addTile(memory, i * BLOCK_ROWS * 8, k * BLOCK_ROWS * 8, out, out + padded * 8);
      }
    }
    expect([...memory.subarray(block.length)]).toEqual([...sums]);
  });

  it('begins again at 0, also when it needs more room than before', () => {
    crossProducts(4).block.fill(1);
    const large = crossProducts(200);
    expect(large.block.every((value) => value === 0) && large.sums.every((value) => value === 0)).toBe(true);
  });
});
