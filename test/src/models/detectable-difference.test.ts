import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import { detectableRise } from '../../../src/models/detectable-difference.ts';
import { differenceOfShares } from '../../../src/models/difference-of-shares.ts';

describe('detectableRise', () => {
  it.each([
    // Sample sizes a group at 5 % and 80 %: Fleiss (1981) without the correction; R's power.prop.test.
    [0.5, 0.6, 388],
    [0.1, 0.2, 199],
    [0.5, 0.75, 58],
  ])('from %f finds %f with the published %d a group', (base, raised, n) => {
    expect(base + detectableRise(base, n, n)!).toBeCloseTo(raised, 2);
  });

  it('is found in about four of five made-up comparisons', () => {
    const random = seededRandom(3);
    const [n, m, base] = [120, 40, 0.3];
    const rise = detectableRise(base, n, m)!;
    let found = 0;
    for (let draw = 0; draw < 2000; draw++) {
      let [a, b] = [0, 0];
      for (let i = 0; i < n; i++) if (random() < base + rise) a += 1;
      for (let i = 0; i < m; i++) if (random() < base) b += 1;
      if (differenceOfShares({ some: a, all: n }, { some: b, all: m }).low > 0) found += 1;
    }
    expect(found / 2000).toBeGreaterThan(0.75);
    expect(found / 2000).toBeLessThan(0.86);
  });

  it('is none where no rise could show', () => {
    expect(detectableRise(0.9, 40, 4)).toBeNull();
    expect(detectableRise(0.2, 40, 0)).toBeNull();
    expect(detectableRise(1, 500, 500)).toBeNull();
  });
});
