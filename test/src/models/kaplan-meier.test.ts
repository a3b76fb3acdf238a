import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import { kaplanMeier, survivalAt } from '../../../src/models/kaplan-meier.ts';

describe('kaplanMeier', () => {
  it('gives the textbook curve of the 6-MP arm of the leukaemia trial (Freireich 1963)', () => {
    const ended = [6, 6, 6, 7, 10, 13, 16, 22, 23];
    const open = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
    const curve = kaplanMeier([...ended, ...open], [...ended.map(() => 1), ...open.map(() => 0)]);
    expect(curve.times).toEqual([6, 7, 10, 13, 16, 22, 23]);
    const published = [0.857, 0.807, 0.753, 0.69, 0.627, 0.538, 0.448];
    curve.survival.forEach((share, k) => {
      expect(share).toBeCloseTo(published[k]!, 3);
    });
  });

  it('is the plain share still going when nothing is censored', () => {
    const random = seededRandom(1);
    const durations = Array.from({ length: 50 }, () => Math.floor(random() * 20));
    const curve = kaplanMeier(
      durations,
      durations.map(() => 1),
    );
    for (let time = 0; time < 20; time++) {
      expect(survivalAt(curve, time)).toBeCloseTo(durations.filter((d) => d > time).length / 50, 10);
    }
  });

  it('stays at 1 when nothing has ended', () => {
    expect(survivalAt(kaplanMeier([3, 5], [0, 0]), 100)).toBe(1);
  });
});
