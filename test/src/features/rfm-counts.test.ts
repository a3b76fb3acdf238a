import { describe, expect, it } from 'vitest';
import { RFM_GROUPS, type RfmScore, type RfmValues, rfmGroup, rfmScore } from '../../../src/features/rfm.ts';
import { countRfm, rfmCell, rfmMoves } from '../../../src/features/rfm-counts.ts';
import { seededRandom } from '../../../src/math/random.ts';

const random = seededRandom(4);
const column = (most: number): Float64Array => Float64Array.from({ length: 500 }, () => Math.floor(random() * most));
const values: RfmValues = { recency: column(400), frequency: column(12), money: column(9_000) };
const before = { recency: [30, 90, 180, 365], frequency: [1, 2, 4, 8], money: [100, 500, 2_000, 5_000] };
const after = { ...before, recency: [10, 20, 40, 80] };

describe('the 125 cells', () => {
  it('have a place of their own each, and exactly one group', () => {
    const scores: RfmScore[] = [];
    for (let r = 1; r <= 5; r++) for (let f = 1; f <= 5; f++) for (let m = 1; m <= 5; m++) scores.push({ r, f, m });
    expect(scores.map(rfmCell).sort((a, b) => a - b)).toEqual(Array.from({ length: 125 }, (_, place) => place));
    for (const score of scores) expect(RFM_GROUPS.filter((group) => group === rfmGroup(score))).toHaveLength(1);
    expect(new Set(scores.map(rfmGroup)).size).toBe(RFM_GROUPS.length);
  });

  it('count every buyer once, with the same money as one by one', () => {
    const { customers, cells, groups } = countRfm(values, before);
    const scored = [...values.frequency.keys()].flatMap((i) => {
      const score = rfmScore(values, i, before);
      return score === null ? [] : [{ i, score }];
    });
    expect(customers).toBe(scored.length);
    expect(cells.reduce((sum, count) => sum + count, 0)).toBe(customers);
    for (const { group, customers: count, money } of groups) {
      const own = scored.filter(({ score }) => rfmGroup(score) === group);
      expect(count).toBe(own.length);
      expect(money).toBeCloseTo(
        own.reduce((sum, { i }) => sum + values.money[i]!, 0),
        2,
      );
    }
  });
});

describe('moving cut-points', () => {
  it('tells who changes group, which is the difference of the counts', () => {
    const { changed, moves } = rfmMoves(values, before, after);
    expect(changed).toBe(moves.reduce((sum, { customers }) => sum + customers, 0));
    expect(changed).toBeGreaterThan(0);
    const [now, then] = [countRfm(values, before), countRfm(values, after)];
    for (const [place, { group, customers }] of then.groups.entries()) {
      const came = moves.filter(({ to }) => to === group).reduce((sum, move) => sum + move.customers, 0);
      const left = moves.filter(({ from }) => from === group).reduce((sum, move) => sum + move.customers, 0);
      expect(customers - now.groups[place]!.customers).toBe(came - left);
    }
    expect(rfmMoves(values, before, before)).toEqual({ changed: 0, moves: [] });
  });
});
