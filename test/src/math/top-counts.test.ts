import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import { topCounts } from '../../../src/math/top-counts.ts';

it('keeps the k largest of counted values like a sort of all of them, ties included', () => {
  const random = seededRandom(3);
  for (let round = 0; round < 200; round++) {
    const k = 1 + Math.floor(random() * 12);
    const top = topCounts(k);
    for (let again = 0; again < 2; again++) {
      top.clear();
      const all: number[] = [];
      for (let added = 0; added < 15; added++) {
        const value = Math.floor(random() * 6);
        const count = 1 + Math.floor(random() * 4);
        top.add(value, count);
        all.push(...new Array<number>(count).fill(value));
        const kept = all.toSorted((a, b) => b - a).slice(0, k);
        const least = all.length < k ? Number.NEGATIVE_INFINITY : kept.at(-1)!;
        expect(top.least()).toBe(least);
        expect(top.places()).toBe(kept.filter((one) => one === least).length);
      }
    }
  }
});
