import { describe, expect, it } from 'vitest';
import { regularity } from '../../../src/features/regularity.ts';
import {
  deriveRfmCutPoints,
  RFM_GROUP_NAMES,
  RFM_GROUPS,
  rfmGroup,
  rfmScore,
  rfmValues,
  roundedMoney,
} from '../../../src/features/rfm.ts';
import { segmentFeatures } from '../../../src/features/segment-features.ts';
import { zonedDay } from '../../../src/features/zoned-day.ts';
import { historyOf, ticketsOf } from '../analyses/make-history.ts';

const history = historyOf({
  a: [
    [100, 10, 1],
    [150, 20, 1],
    [160, -5],
    [300, 1_000, 4],
  ],
  b: [[140, 7.5, 1]],
  c: [],
});

describe('recency, frequency and money', () => {
  it('count purchase days, take refunds off the money alone, and see nothing after the cut-off', () => {
    const values = rfmValues(history, 200);
    expect([...values.recency]).toEqual([50, 60, Number.NaN]);
    expect([...values.frequency]).toEqual([2, 1, 0]);
    expect([...values.money]).toEqual([25, 7.5, 0]);
    expect(rfmScore(values, 2, deriveRfmCutPoints(values))).toBeNull();
  });

  it('have cut-points that ascend strictly, are rounded, and leave every score possible', () => {
    const customers = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [
        `c${i}`,
        Array.from({ length: i < 150 ? 1 : 2 + (i % 4) }, (_, k) => [1_000 - i - 2 * k, 123.4 + i * 17] as const),
      ]),
    );
    const points = deriveRfmCutPoints(rfmValues(historyOf(customers), 1_000));
    for (const cut of [points.recency, points.frequency, points.money]) {
      expect(cut).toHaveLength(4);
      expect(cut.every((value, i) => i === 0 || value > cut[i - 1]!)).toBe(true);
    }
    expect(points.frequency).toEqual([1, 2, 3, 4]);
    expect(points.money.every((value) => value === roundedMoney(value))).toBe(true);
  });

  it('call nobody long gone where everybody bought last week', () => {
    const customers = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`c${i}`, [[1_000 - (i % 9), 10 + i]] as const]),
    );
    const values = rfmValues(historyOf(customers), 1_000);
    const points = deriveRfmCutPoints(values);
    const scores = Array.from({ length: 50 }, (_, i) => rfmScore(values, i, points)!.r);
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(4);
  });

  it('map each of the 125 cells to exactly one named group, and use every group', () => {
    const found = new Set<string>();
    for (let r = 1; r <= 5; r++) {
      for (let f = 1; f <= 5; f++) {
        for (let m = 1; m <= 5; m++) {
          const group = rfmGroup({ r, f, m });
          expect(RFM_GROUPS).toContain(group);
          found.add(group);
        }
      }
    }
    expect([...found].sort()).toEqual([...RFM_GROUPS].sort());
    expect(rfmGroup({ r: 5, f: 5, m: 5 })).toBe('champions');
    expect(rfmGroup({ r: 1, f: 1, m: 1 })).toBe('lost');
    expect(rfmGroup({ r: 1, f: 5, m: 5 })).toBe('cannot-lose');
    for (const language of ['en', 'zh'] as const) {
      expect(new Set(RFM_GROUPS.map((group) => RFM_GROUP_NAMES[group][language])).size).toBe(RFM_GROUPS.length);
    }
  });

  it('round money to two digits', () => {
    expect([14_732, 99_600, 0.3517, 7, 0, -1_449].map(roundedMoney)).toEqual([15_000, 100_000, 0.35, 7, 0, -1_400]);
  });
});

describe('segment features', () => {
  it('are the same when everything after the cut-off is deleted', () => {
    const cut = historyOf({
      a: [
        [100, 10, 1],
        [150, 20, 1],
        [160, -5],
      ],
      b: [[140, 7.5, 1]],
      c: [],
    });
    const tickets = ticketsOf(history.customerIds, {
      a: [
        [150, 155, 4],
        [250, 260, 1],
      ],
    });
    const before = ticketsOf(history.customerIds, { a: [[150, 155, 4]] });
    const none = new Int32Array(3);
    const whole = segmentFeatures(history, tickets, none, 200);
    expect(segmentFeatures(cut, before, none, 200)).toEqual(whole);
    expect([...whole.customers]).toEqual([0, 1]);
    expect([...whole.values].every(Number.isFinite)).toBe(true);
    expect(whole.values.subarray(0, 3)).toEqual(Float64Array.of(Math.log1p(50), Math.log(2), Math.log1p(25)));
    expect(whole.values[4]).toBeCloseTo(Math.log1p(2), 12);
    expect(whole.values[5]).toBeCloseTo(Math.log1p(1), 12);
  });

  it('find clockwork regular and haste irregular', () => {
    const spaced = historyOf({
      a: [
        [0, 1],
        [30, 1],
        [60, 1],
        [90, 1],
      ],
      b: [
        [0, 1],
        [1, 1],
        [89, 1],
        [90, 1],
      ],
      c: [
        [0, 1],
        [5, 1],
      ],
    });
    const [clockwork, haste, unknown] = regularity(spaced, 100);
    expect(clockwork).toBe(1);
    expect(haste).toBeLessThan(0.5);
    expect(unknown).toBeNaN();
  });
});

describe('the day of an instant', () => {
  it('is the calendar day in the portal’s zone', () => {
    const instant = Date.parse('2026-03-01T23:30:00Z');
    expect(zonedDay(instant, 'UTC')).toBe(20_513);
    expect(zonedDay(instant, 'Europe/Berlin')).toBe(20_514);
    expect(zonedDay(instant, 'America/New_York')).toBe(20_513);
    expect(zonedDay(0, 'UTC')).toBe(0);
    expect(zonedDay(Date.parse('1969-12-31T12:00:00Z'), 'UTC')).toBe(-1);
  });
});
