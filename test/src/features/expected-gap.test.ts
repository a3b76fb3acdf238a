import { describe, expect, it } from 'vitest';
import { eligibleCustomers, rhythm, standingOf } from '../../../src/features/expected-gap.ts';
import { isOutOfSeason } from '../../../src/features/season.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { median } from '../../../src/math/statistics.ts';
import { type Event, historyOf } from './history-fixture.ts';

describe('rhythm', () => {
  it('shrinks a customer’s own median gap towards the portfolio’s by three gaps', () => {
    const history = historyOf([
      [
        [0, 10],
        [10, 10],
        [20, 10],
      ],
      [
        [0, 5],
        [40, 5],
      ],
    ]);
    const rhythms = rhythm(history, 50);
    expect(rhythms.portfolioMedianGap).toBe(10);
    expect([...rhythms.expectedGap]).toEqual([(2 * 10 + 3 * 10) / 5, (40 + 30) / 4]);
    expect([...rhythms.offRhythm]).toEqual([30 / 10, 10 / 17.5]);
  });

  it('lets refunds touch neither recency nor frequency nor gaps', () => {
    const plain = rhythm(
      historyOf([
        [
          [0, 10],
          [30, 10],
        ],
      ]),
      60,
    );
    const refunded = rhythm(
      historyOf([
        [
          [0, 10],
          [15, -4],
          [30, 10],
          [55, -10],
        ],
      ]),
      60,
    );
    expect(refunded).toEqual(plain);
  });

  it('agrees with a slow reading of the definition, at any cut-off', () => {
    const random = seededRandom(7);
    const customers = Array.from({ length: 60 }, (_, i) => {
      const most = i % 6 === 0 ? 90 : 8;
      const days = new Set(Array.from({ length: Math.floor(random() * most) }, () => Math.floor(random() * 400)));
      return [...days].sort((a, b) => a - b).map((day): Event => [day, random() < 0.2 ? -5 : 20]);
    });
    const history = historyOf(customers);
    for (const cutOff of [0, 57, 200, 399]) {
      const fast = rhythm(history, cutOff);
      const days = customers.map((events) =>
        events.filter(([day, sum]) => day <= cutOff && sum > 0).map(([day]) => day),
      );
      const gaps = days.map((own) => own.slice(1).map((day, k) => day - own[k]!));
      const all = gaps.flat();
      const middle = all.length === 0 ? Number.NaN : median(all);
      days.forEach((own, i) => {
        const n = gaps[i]!.length;
        const expected = n === 0 ? middle : (n * median(gaps[i]!) + 3 * middle) / (n + 3);
        expect(fast.purchases[i]).toBe(own.length);
        // Who buys once a year is expected in its own season.
        if (fast.isYearly[i] === 1) return;
        expect(fast.expectedGap[i]).toBe(expected);
        if (own.length > 0) expect(fast.offRhythm[i]).toBe((cutOff - own.at(-1)!) / expected);
      });
    }
  });
});

describe('once-a-year buyers', () => {
  const monthly = Array.from({ length: 24 }, (_, k): Event => [k * 30, 10]);
  const yearly: Event[] = [
    [0, 10],
    [360, 10],
    [385, 10],
    [725, 10],
  ];
  const history = historyOf([monthly, yearly, monthly, monthly]);

  it('are expected in their own season, whatever the others do, and are not late before it', () => {
    const rhythms = rhythm(history, 1000);
    expect([...rhythms.isYearly]).toEqual([0, 1, 0, 0]);
    expect(rhythms.portfolioMedianGap).toBe(30);
    // Seasons began on days 0, 360 and 725.
    expect(rhythms.expectedGap[1]).toBe(362.5);
    expect(rhythms.offRhythm[1]).toBe(275 / 362.5);
    expect(standingOf(rhythms, 1, 90)).toBe('eligible');
    expect(standingOf(rhythms, 0, 90)).toBe('lapsed');
  });

  it('are expected a season after the last one began, not after what they bought on top of it', () => {
    expect(rhythm(history, 400).expectedGap[1]).toBe(360 - 25);
  });

  it('are out of season until it begins within the horizon, and never while it is overdue', () => {
    // The next season begins on day 1087.5; it is overdue from then on.
    const isOut = (cutOff: number, horizon: number) => isOutOfSeason(rhythm(history, cutOff), 1, horizon);
    expect([isOut(800, 90), isOut(1000, 87), isOut(1000, 88), isOut(1200, 90)]).toEqual([true, true, false, false]);
    expect(isOutOfSeason(rhythm(history, 800), 0, 90)).toBe(false);
  });

  it('are not those who buy in between, nor those who came back after years', () => {
    const others = historyOf([
      [
        [0, 1],
        [180, 1],
        [365, 1],
      ],
      [
        [0, 1],
        [800, 1],
      ],
      [[0, 1]],
    ]);
    expect([...rhythm(others, 900).isYearly]).toEqual([0, 0, 0]);
  });
});

describe('standing', () => {
  const history = historyOf([
    [],
    [
      [0, 1],
      [10, 1],
      [20, 1],
      [30, 1],
    ],
    [
      [0, 1],
      [10, 1],
      [20, 1],
      [95, 1],
    ],
  ]);

  it('calls a customer lapsed only at three expected gaps and a horizon of silence', () => {
    const rhythms = rhythm(history, 100);
    expect(standingOf(rhythms, 1, 60)).toBe('lapsed');
    expect(standingOf(rhythms, 1, 71)).toBe('eligible');
    expect(standingOf(rhythms, 2, 60)).toBe('eligible');
  });

  it('calls a customer too new who has never bought, and counts everybody once', () => {
    const rhythms = rhythm(history, 100);
    expect(standingOf(rhythms, 0, 60)).toBe('too-new');
    expect([...eligibleCustomers(rhythms, 60)]).toEqual([2]);
  });
});
