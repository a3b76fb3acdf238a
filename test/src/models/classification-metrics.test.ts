import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import {
  accuracy,
  areaUnderCurve,
  brierScore,
  calibrationError,
  logLosses,
} from '../../../src/models/classification-metrics.ts';

describe('classification metrics', () => {
  it('areaUnderCurve counts the pairs that are in order, ties as half', () => {
    const random = seededRandom(5);
    const scores = Array.from({ length: 80 }, () => Math.floor(random() * 12));
    const labels = scores.map((score) => +(random() * 12 < score));
    let pairs = 0;
    let right = 0;
    for (const [i, a] of scores.entries()) {
      for (const [j, b] of scores.entries()) {
        if (labels[i] !== 1 || labels[j] !== 0) continue;
        pairs++;
        right += a > b ? 1 : a === b ? 0.5 : 0;
      }
    }
    expect(areaUnderCurve(scores, labels)).toBeCloseTo(right / pairs, 12);
    expect(areaUnderCurve([1, 2], [1, 1])).toBeNaN();
  });

  it('the losses are those of the definitions', () => {
    expect([...logLosses([0.8, 0.3], [1, 0])]).toEqual([-Math.log(0.8), -Math.log1p(-0.3)]);
    expect(logLosses([0], [1])[0]).toBeCloseTo(-Math.log(1e-15), 10);
    expect(brierScore([0.8, 0.3], [1, 0])).toBeCloseTo((0.04 + 0.09) / 2, 12);
    expect(accuracy([0.5, 0.4, 0.6], [1, 0, 0])).toBeCloseTo(2 / 3, 12);
    expect(calibrationError([0.25, 0.25, 0.25, 0.25], [1, 0, 0, 0])).toBe(0);
    expect(calibrationError([0.9, 0.9], [0, 0])).toBeCloseTo(0.9, 12);
  });
});
