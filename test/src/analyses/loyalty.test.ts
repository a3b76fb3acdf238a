import { describe, expect, it } from 'vitest';
import { loyalty } from '../../../src/analyses/loyalty.ts';
import { amountMissing, derivePointScale, loyaltyFacts, loyaltyPoints } from '../../../src/analyses/loyalty-points.ts';
import {
  type LoyaltySummary,
  loyaltyDetailsSchema,
  loyaltySummarySchema,
} from '../../../src/analyses/loyalty-summary.ts';
import {
  deriveThresholds,
  leastOfTop,
  nextTier,
  type TierState,
  tierFor,
} from '../../../src/analyses/loyalty-tiers.ts';
import { rhythm } from '../../../src/features/expected-gap.ts';
import { normal, seededRandom } from '../../../src/math/random.ts';
import { AS_OF_DAY, historyOf, type Purchases, run, stored, ticketsOf } from './make-history.ts';

const NAMES = ['Bronze', 'Silver', 'Gold', 'Platinum'] as const;

function compute(
  customers: Record<string, Purchases>,
  more: object = {},
  tickets: Parameters<typeof ticketsOf>[1] = {},
) {
  const history = historyOf(customers);
  const input = {
    customerIds: history.customerIds,
    history,
    tickets: ticketsOf(history.customerIds, tickets),
    asOfDay: AS_OF_DAY,
    horizonDays: 90,
    lastCompleteDay: AS_OF_DAY - 1,
    overrides: {},
    tierNames: NAMES,
    previous: null,
  };
  return loyalty.compute({ ...input, ...more }, 1);
}

const forty = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [
    `c${String(i).padStart(2, '0')}`,
    Array.from({ length: 2 + (i % 5) }, (_, k) => [AS_OF_DAY - 30 * k - i, 20 * (i + 1), 1] as const),
  ]),
) as Record<string, Purchases>;

const nobody = { language: 'en', run, rows: [], withheld: null, filter: '' } as const;

describe('loyalty points', () => {
  it('are the sum of visible parts, never more than 100', () => {
    const { scores, summary } = compute(forty, {}, { c01: [[AS_OF_DAY - 50, AS_OF_DAY - 40, 5]] });
    const { weights } = (summary as LoyaltySummary).scale;
    expect(Object.values(weights).reduce((a, b) => a + b, 0)).toBeCloseTo(100, 9);
    scores!.details.forEach((text, i) => {
      const parts = Object.values(loyaltyDetailsSchema.parse(JSON.parse(text)).parts);
      expect(parts.reduce((a, b) => a + b, 0)).toBeCloseTo(scores!.value[i]!, 9);
      expect(scores!.value[i]).toBeLessThanOrEqual(100);
    });
  });

  it('go to the other parts where the portal has no satisfaction or products', () => {
    const { summary } = compute({ a: [[AS_OF_DAY - 10, 5]], b: [[AS_OF_DAY - 400, 5]] });
    const { weights } = (summary as LoyaltySummary).scale;
    expect([weights.satisfaction, weights.breadth]).toEqual([0, 0]);
    expect(weights.value + weights.tenure + weights.regularity).toBeCloseTo(100, 9);
    expect(JSON.stringify(loyalty.present(stored(summary), nobody))).toContain(
      'No data here for breadth of products, satisfaction',
    );
  });

  it('count the money of the last 12 months alone and the answers known by then', () => {
    const history = historyOf({
      a: [
        [AS_OF_DAY - 365, 1_000],
        [AS_OF_DAY - 364, 40],
        [AS_OF_DAY, -10],
        [AS_OF_DAY + 1, 7],
      ],
    });
    const tickets = ticketsOf(['a'], {
      a: [
        [AS_OF_DAY - 9, AS_OF_DAY - 5, 4],
        [AS_OF_DAY - 3, AS_OF_DAY + 2, 1],
      ],
    });
    const facts = loyaltyFacts(history, tickets, rhythm(history, AS_OF_DAY));
    expect(facts.yearMoney[0]).toBe(30);
    expect(facts.satisfaction[0]).toBe(4);
  });

  it('say which purchases would earn the missing points', () => {
    const history = historyOf(forty);
    const facts = loyaltyFacts(history, ticketsOf(history.customerIds), rhythm(history, AS_OF_DAY));
    const scale = derivePointScale(facts);
    const before = loyaltyPoints(facts, 3, scale);
    const amount = amountMissing(facts.yearMoney[3]!, 5, scale)!;
    const richer = { ...facts, value: facts.value.map((money, i) => (i === 3 ? money + amount : money)) };
    expect(loyaltyPoints(richer, 3, scale).value - before.value).toBeCloseTo(5, 0);
    expect(amountMissing(scale.fullValue, 1, scale)).toBeNull();
  });
});

describe('loyalty tiers', () => {
  const thresholds = [40, 60, 80] as const;
  const at = (tier: number, since: number): TierState => ({ tier, since, belowSince: null, belowDays: 0 });
  /** Runs every `step` days with the same points, until the tier changes or a year is over. */
  function daysUntilDown(points: number, start: TierState, step: number): number {
    let state = start;
    for (let day = 0; day <= 365; day += step) {
      state = nextTier(state, points, [...thresholds], day, day - step);
      if (state.tier < start.tier) return day;
    }
    return Number.POSITIVE_INFINITY;
  }

  it('begin at rounded points of the top half, fifth and twentieth', () => {
    const points = Array.from({ length: 100 }, (_, i) => i + 0.5);
    expect(deriveThresholds(points)).toEqual([50, 80, 95]);
    expect(leastOfTop([1, 2, 3, 4, 5], 0.5)).toBe(3);
    expect(deriveThresholds([7, 7, 7])).toEqual([7, 8, 9]);
    expect(deriveThresholds([])).toEqual([1, 2, 3]);
    expect([39.9, 40, 79, 80].map((p) => tierFor(p, [...thresholds]))).toEqual([0, 1, 2, 3]);
  });

  it('are gained at once, over several steps if the points reach so far', () => {
    expect(nextTier(at(0, 0), 85, [...thresholds], 10, 9)).toEqual(at(3, 10));
  });

  it('are kept at 0.85 of their threshold and lost below it after 28 days of runs', () => {
    expect(daysUntilDown(68, at(3, -200), 1)).toBe(Number.POSITIVE_INFINITY);
    expect(daysUntilDown(67.9, at(3, -200), 1)).toBe(28);
    expect(daysUntilDown(67.9, at(3, -200), 7)).toBe(28);
  });

  it('are kept for 90 days whatever happens', () => {
    expect(daysUntilDown(10, at(3, -20), 1)).toBe(70);
  });

  it('are lost one at a time, each after its own 28 and 90 days', () => {
    let state = at(3, -200);
    const steps: number[] = [];
    for (let day = 0; day <= 400; day++) {
      const next = nextTier(state, 1, [...thresholds], day, day - 1);
      if (next.tier < state.tier) steps.push(day);
      expect(state.tier - next.tier).toBeLessThanOrEqual(1);
      state = next;
    }
    expect(steps).toEqual([28, 118, 208]);
    expect(state.tier).toBe(0);
  });

  it('start counting anew when the points recover', () => {
    let state = nextTier(at(3, -200), 10, [...thresholds], 0, -1);
    expect(state.belowSince).toBe(0);
    for (let day = 1; day <= 20; day++) state = nextTier(state, 10, [...thresholds], day, day - 1);
    state = nextTier(state, 75, [...thresholds], 21, 20);
    expect(state).toEqual(at(3, -200));
  });

  it('are not lost over days on which nothing ran', () => {
    const warned = nextTier(at(3, -200), 10, [...thresholds], 0, -1);
    expect(nextTier(warned, 10, [...thresholds], 300, 0).tier).toBe(3);
  });

  it('move far less than plain thresholds when 500 customers are measured with noise for 52 weeks', () => {
    const random = seededRandom(4);
    let moves = 0;
    let plainMoves = 0;
    for (let customer = 0; customer < 500; customer++) {
      const level = 20 + 80 * random();
      let state = nextTier(null, level, [...thresholds], 0, 0);
      let plain = tierFor(level, [...thresholds]);
      for (let week = 1; week <= 52; week++) {
        const points = level + 4 * normal(random);
        const next = nextTier(state, points, [...thresholds], week * 7, (week - 1) * 7);
        if (next.tier !== state.tier) moves++;
        state = next;
        if (tierFor(points, [...thresholds]) !== plain) plainMoves++;
        plain = tierFor(points, [...thresholds]);
      }
    }
    expect(plainMoves).toBeGreaterThan(1_000);
    expect(moves).toBeLessThan(0.2 * plainMoves);
  });
});

describe('the loyalty analysis', () => {
  it('keeps scale, thresholds and tiers from run to run, warns before it takes a tier, and says what is missing', () => {
    const first = compute(forty);
    const best = [...first.scores!.value.keys()].reduce((a, b) =>
      first.scores!.value[b]! > first.scores!.value[a]! ? b : a,
    );
    expect(first.scores!.label[best]).toBe('Platinum');
    const id = Object.keys(forty)[best]!;
    // The best customer's purchases turn out to have been one small one.
    const poorer = { ...forty, [id]: [[AS_OF_DAY - 100, 10, 1]] as Purchases };
    let previous: unknown = stored({ ...(first.model as object), since: Array(40).fill(AS_OF_DAY - 200) });
    const seen: string[] = [];
    for (let week = 1; week <= 5; week++) {
      const { scores, model, summary } = compute(poorer, { previous, asOfDay: AS_OF_DAY + 7 * week });
      expect((summary as LoyaltySummary).isFrozen).toBe(true);
      const details = loyaltyDetailsSchema.parse(JSON.parse(scores!.details[best]!));
      if (week === 1) {
        expect(details.warning!.downOn).toBe(AS_OF_DAY + 35);
        expect(details.warning!.points).toBeGreaterThan(0);
        const row = {
          customerId: id,
          value: scores!.value[best]!,
          label: 'Platinum',
          band: '',
          evidence: 1,
          details,
          name: 'Acme',
          link: '',
          owner: null,
        } as const;
        const report = JSON.stringify(loyalty.present(stored(summary), { ...nobody, rows: [row] }));
        expect(report).toMatch(/Gold from 5 Apr 2026 unless (€[\d,.]+ \()?[\d.]+ points\)? more/);
      }
      seen.push(scores!.label[best]!);
      previous = stored(model);
    }
    expect(seen).toEqual(['Platinum', 'Platinum', 'Platinum', 'Platinum', 'Gold']);
  });

  it('freezes nothing while there are fewer than 20 customers', () => {
    const few = Object.fromEntries(Object.entries(forty).slice(0, 5));
    const previous = stored(compute(few).model);
    const { summary } = compute(forty, { previous });
    expect((summary as LoyaltySummary).isFrozen).toBe(false);
    expect((summary as LoyaltySummary).tiers.map((tier) => tier.customers).every((count) => count > 0)).toBe(true);
  });

  it('presents tiers, weights, thresholds and a chart in both languages, with the names that people gave', () => {
    const { summary } = compute(forty, { tierNames: ['Start', 'Plus', 'Pro', 'Max'] });
    expect(loyaltySummarySchema.parse(stored(summary))).toEqual(summary);
    const report = loyalty.present(stored(summary), nobody);
    expect(report.headline).toMatch(/^Max \d+ · Pro \d+ · Plus \d+ · Start \d+ – nobody about to drop$/);
    expect(JSON.stringify(report)).toContain('12-month value');
    const chinese = loyalty.present(stored(summary), { ...nobody, language: 'zh' });
    expect(chinese.headline).toContain('没有客户面临降级');
    expect(report.parts.filter((part) => part.kind === 'chart')).toHaveLength(1);
  });

  it('moves far fewer customers than plain tertiles through a year of noisy weeks', () => {
    const random = seededRandom(11);
    // Customers of long standing, so that what moves them is noise and not their growing tenure.
    const begin = AS_OF_DAY - 2_000;
    const all: Record<string, Purchases> = {};
    for (let i = 0; i < 500; i++) {
      const gap = [7, 30, 90, 200][i % 4]!;
      const size = [50, 4_000, 300, 1_000][(i >> 2) % 4]!;
      const purchases: [number, number, number][] = [];
      for (let day = 0.2 * gap * random(); day < 2_364; day += gap * (0.5 + random())) {
        purchases.push([begin + Math.round(day), size * (0.5 + random()), purchases.length < 6 ? 1 : 0]);
      }
      all[`c${String(i).padStart(3, '0')}`] = purchases;
    }
    let previous: unknown = null;
    let before: { labels: readonly string[]; thirds: number[] } | null = null;
    let moves = 0;
    let plainMoves = 0;
    for (let week = 0; week < 52; week++) {
      const asOfDay = AS_OF_DAY + 7 * week;
      const { scores, model } = compute(all, { previous, asOfDay, lastCompleteDay: asOfDay - 1 });
      previous = stored(model);
      const ascending = Float64Array.from(scores!.value).sort();
      const thirds = Array.from(scores!.value, (points) =>
        [166, 333].reduce((third, place) => third + Number(points >= ascending[place]!), 0),
      );
      const last = before;
      before = { labels: scores!.label, thirds };
      if (last === null) continue;
      moves += scores!.label.filter((label, i) => label !== last.labels[i]).length;
      plainMoves += thirds.filter((third, i) => third !== last.thirds[i]).length;
    }
    expect(plainMoves).toBeGreaterThan(200);
    expect(moves / plainMoves).toBeLessThan(0.2);
  }, 120_000);

  it('lets a person’s tier win until the day it ends, and the earned one go on below it', () => {
    const first = compute(forty);
    const worst = [...first.scores!.value.keys()].reduce((a, b) =>
      first.scores!.value[b]! < first.scores!.value[a]! ? b : a,
    );
    expect(first.scores!.label[worst]).toBe('Bronze');
    const overrides = { [Object.keys(forty)[worst]!]: { tier: 3, until: AS_OF_DAY + 7 } };
    const seen = [0, 7, 8].map((days) => {
      const { scores, summary } = compute(forty, {
        overrides,
        previous: stored(first.model),
        asOfDay: AS_OF_DAY + days,
      });
      const { overridden, up } = summary as LoyaltySummary;
      return { label: scores!.label[worst], overridden, up, text: JSON.stringify(loyalty.present(summary, nobody)) };
    });
    expect(seen.map(({ label }) => label)).toEqual(['Platinum', 'Platinum', 'Bronze']);
    expect(seen.map(({ overridden }) => overridden)).toEqual([1, 1, 0]);
    expect(seen[0]!.up).toBe(1);
    expect(seen[0]!.text).toContain('1 customer is in a tier that a person gave');
  });

  it('tells next quarter’s points where what was learned beats “same as now”, and says how well', () => {
    // Half buy every month and go on; half bought as often and stopped at some time in the last two years.
    const random = seededRandom(3);
    const some: Record<string, Purchases> = {};
    for (let i = 0; i < 200; i++) {
      const end = i % 2 === 0 ? 0 : Math.round(700 * random());
      some[`c${String(i).padStart(3, '0')}`] = Array.from({ length: 30 }, (_, k) => [
        AS_OF_DAY - end - 30 * k - Math.round(5 * random()),
        100 * (1 + (i % 7)),
        1,
      ]);
    }
    const { scores, summary } = compute(some);
    const { outlook } = summary as LoyaltySummary;
    expect(outlook!.winner).not.toBe('same');
    expect(Math.max(outlook!.rSquared.boosting!, outlook!.rSquared.ridge!)).toBeGreaterThan(outlook!.rSquared.same!);
    expect([outlook!.checkedOn, outlook!.learnedFrom]).toEqual([200, 600]);
    const details = loyaltyDetailsSchema.parse(JSON.parse(scores!.details[1]!));
    expect(details.nextQuarter).toBeGreaterThanOrEqual(0);
    expect(JSON.stringify(loyalty.present(stored(summary), nobody))).toMatch(/R²: gradient boosting 0\.\d+/);
    expect((compute(forty).summary as LoyaltySummary).outlook).toBeNull();
  });

  it('gives one customer, equal ones, and ones whose refunds outweigh their purchases, points that are points', () => {
    const alike = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`c${i}`, [[AS_OF_DAY - 5, 100, 1]] as Purchases]),
    );
    const refunded = [
      [AS_OF_DAY - 20, 50, 1],
      [AS_OF_DAY - 10, -500],
    ] as Purchases;
    for (const customers of [{ a: [[AS_OF_DAY - 5, 10]] as Purchases }, alike, { a: refunded, b: refunded }]) {
      const { scores, summary } = compute(customers);
      for (const points of scores!.value) expect(points >= 0 && points <= 100).toBe(true);
      expect(new Set(scores!.label).size).toBe(1);
      expect(loyaltySummarySchema.parse(stored(summary))).toEqual(stored(summary));
      const report = JSON.stringify(loyalty.present(stored(summary), nobody));
      expect(report).not.toMatch(/NaN|Infinity|undefined/);
    }
    const { scores } = compute({ a: refunded, b: refunded });
    expect(loyaltyDetailsSchema.parse(JSON.parse(scores!.details[0]!)).parts.value).toBe(0);
  });

  it('survives an empty portal and one where nobody has bought', () => {
    for (const customers of [{}, { a: [] }] as Record<string, Purchases>[]) {
      const report = loyalty.present(stored(compute(customers).summary), nobody);
      expect(report.headline).toBe('No loyalty tiers yet: nobody has bought anything');
    }
  });

  it('writes tiers by fixed values, so that renaming one breaks no CRM property', () => {
    const { scores } = compute(forty, { tierNames: ['A', 'B', 'C', 'D'] });
    const property = loyalty.properties[0]!;
    const score = { customerId: 'x', value: 1, band: '', evidence: 1 as const };
    const written = scores!.label.map((label, i) =>
      property.value({ ...score, label, details: JSON.parse(scores!.details[i]!) }, run),
    );
    expect(new Set(written)).toEqual(new Set(['bronze', 'silver', 'gold', 'platinum']));
    expect(property.options!.map((option) => option.value)).toEqual(['bronze', 'silver', 'gold', 'platinum']);
    expect(property.value({ ...score, label: '', details: {} }, run)).toBeNull();
  });
});
