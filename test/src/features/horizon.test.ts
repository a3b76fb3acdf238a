import { describe, expect, it } from 'vitest';
import { chooseHorizon } from '../../../src/analyses/choose-horizon.ts';
import { gapsUpTo, horizonFrom } from '../../../src/features/horizon.ts';
import { type Event, historyOf } from './history-fixture.ts';

describe('horizon', () => {
  it('is the smallest candidate by which four gaps in five have ended', () => {
    expect(horizonFrom((days) => (days < 90 ? 0.3 : 0.2), 2000)).toBe(90);
    expect(horizonFrom(() => 0.1, 2000)).toBe(60);
    expect(horizonFrom(() => 0.5, 2000)).toBe(365);
  });

  it('is capped at a quarter of the history', () => {
    expect(horizonFrom(() => 0.5, 400)).toBe(100);
  });

  it('censors the gap that is open at the cut-off', () => {
    const gaps = gapsUpTo(
      historyOf([
        [
          [0, 1],
          [20, 1],
          [90, 1],
        ],
      ]),
      50,
    );
    expect([...gaps.durations]).toEqual([20, 30]);
    expect([...gaps.ended]).toEqual([1, 0]);
  });

  it('does not look at the last quarter of the history, which tests the models', () => {
    const regular = (gap: number, until: number): Event[] =>
      Array.from({ length: Math.floor(until / gap) + 1 }, (_, k): Event => [k * gap, 1]);
    const steady = historyOf(Array.from({ length: 30 }, () => regular(70, 750)));
    const late = historyOf(Array.from({ length: 30 }, () => [...regular(70, 750), [999, 1] as const]));
    expect(chooseHorizon(steady, 1000)).toBe(90);
    expect(chooseHorizon(late, 1000)).toBe(90);
  });
});
