import { describe, expect, it } from 'vitest';
import { bitCount, bitCounters } from '../../../src/math/bit-counters.ts';
import { seededRandom } from '../../../src/math/random.ts';

const WORDS = 3;

describe('bit counters', () => {
  it('count as one by one, whatever they counted before', () => {
    const random = seededRandom(23);
    for (const most of [1, 2, 3, 4, 7, 8, 31, 40]) {
      const counters = bitCounters(WORDS, most);
      for (let round = 0; round < 20; round++) {
        const size = 1 + Math.floor(random() * most);
        const padded = Math.ceil(size / 4) * 4;
        const share = random() ** 0.3;
        const holds = Array.from({ length: padded }, (_, row) =>
          Array.from({ length: WORDS * 32 }, () => row < size && random() < share),
        );
        const bits = new Int32Array(padded * WORDS);
        for (const [row, line] of holds.entries()) {
          for (const [place, isHeld] of line.entries()) {
            if (isHeld) bits[row * WORDS + (place >> 5)]! |= 1 << (place & 31);
          }
        }
        const bases = Int32Array.from({ length: padded }, (_, row) => row * WORDS);
        const from = round % WORDS;
        counters.count(bits, bases, from, WORDS);
        const cleared = from * 32 + Math.floor(random() * 32);
        counters.clear(cleared);
        for (let place = from * 32; place < WORDS * 32; place++) {
          const wanted = place === cleared ? 0 : holds.filter((line) => line[place]).length;
          expect(counters.at(place)).toBe(wanted);
          for (const least of [1, 2, wanted, size]) {
            const isEnough = ((counters.atLeast(least, place >> 5) >>> (place & 31)) & 1) === 1;
            expect(isEnough).toBe(wanted >= least);
          }
        }
      }
    }
  });
});

it('counts the bits of a word that are 1', () => {
  expect([0, 1, -1, 0x80000000 | 0, 0x55555555, 0x7fffffff].map(bitCount)).toEqual([0, 1, 32, 1, 16, 31]);
});
