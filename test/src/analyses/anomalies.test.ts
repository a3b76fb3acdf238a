import { describe, expect, it } from 'vitest';
import { anomalies, computeAnomalies, FALSE_DISCOVERY_RATE } from '../../../src/analyses/anomalies.ts';
import { type Anomaly, anomaliesSummarySchema } from '../../../src/analyses/anomalies-summary.ts';
import { anomalySentence } from '../../../src/analyses/anomalies-words.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { DAYS, inputOf, type MadeUp, noise } from './anomalies-fixture.ts';
import { run } from './make-history.ts';

const CUSTOMERS = 110;

function toldOf(made: MadeUp, seed = 1): readonly Anomaly[] {
  return computeAnomalies(inputOf(made), seed).summary.told;
}

describe('anomalies', () => {
  it('are told on at most their level of 200 portals of pure noise', { timeout: 240_000 }, () => {
    let alarms = 0;
    for (let seed = 1; seed <= 200; seed++) {
      if (computeAnomalies(inputOf(noise(seededRandom(seed), CUSTOMERS)), seed).summary.found > 0) alarms++;
    }
    // On pure noise every finding is false: the rate is the share of portals with any.
    expect(alarms / 200).toBeLessThanOrEqual(FALSE_DISCOVERY_RATE);
  });

  it('find a purchase twenty times the usual one, and say what it is worth', () => {
    const made = noise(seededRandom(3), CUSTOMERS);
    const events = made.customers[7]!;
    while (events.length > 0 && events[events.length - 1]![0] > DAYS - 30) events.pop();
    events.push([DAYS - 3, 20_000]);
    const computed = computeAnomalies(inputOf(made), 1);
    const told = computed.summary.told.find(({ kind }) => kind === 'customer-spend')!;
    expect(told).toMatchObject({ direction: 'up', observed: 20_000 });
    expect(told.money).toBeGreaterThan(18_000);
    expect(told.series!.values.at(-1)).toBe(20_000);
    // The row, and not the summary, says whose it is.
    expect(computed.scores!.label[7]).toBe('customer-spend');
    expect(JSON.parse(computed.scores!.details[7]!).roles).toContainEqual({
      key: told.key,
      role: 'self',
      amount: told.money,
    });
    expect(JSON.stringify(computed.summary)).not.toContain('c00007');
  });

  it('find a burst of tickets', () => {
    const made = noise(seededRandom(4), CUSTOMERS);
    made.tickets[11]!.push(...[1, 2, 3, 5, 8, 9, 12, 15].map((back) => DAYS - back));
    const told = toldOf(made).find(({ kind }) => kind === 'customer-tickets')!;
    expect(told.observed).toBeGreaterThanOrEqual(8);
    expect(told.usual).toBeLessThan(2);
  });

  it('find a regular buyer that has gone quiet, before it counts as lapsed', () => {
    const made = noise(seededRandom(5), CUSTOMERS);
    made.customers[20] = Array.from({ length: 95 }, (_, k) => [1 + 7 * k + (k % 3), 100 + (k % 5)] as const).filter(
      ([day]) => day < DAYS - 60,
    );
    const told = toldOf(made).find(({ kind }) => kind === 'customer-gap')!;
    expect(told.usual).toBe(8);
    expect(told.observed).toBeGreaterThan(59);
    expect(told.money).toBeLessThan(0);
  });

  it('find a week of three times the revenue and name the customers that made it', () => {
    const made = noise(seededRandom(6), CUSTOMERS);
    for (const i of [1, 2, 3]) made.customers[i]!.push([DAYS - 2, 30_000]);
    for (const events of made.customers) events.sort((a, b) => a[0] - b[0]);
    const { summary, scores } = computeAnomalies(inputOf(made), 1);
    const week = summary.told.find(({ kind }) => kind === 'weekly-revenue')!;
    expect(week.money).toBeGreaterThan(80_000);
    const drivers = scores!.details.flatMap((text, i) =>
      JSON.parse(text).roles.some(
        ({ key, role }: { key: string; role: string }) => key === week.key && role === 'driver',
      )
        ? [i]
        : [],
    );
    expect(drivers).toEqual([1, 2, 3]);
  });

  it('find a product whose share of the purchases shifts', () => {
    const made = noise(seededRandom(7), CUSTOMERS);
    made.mix[12] = [30, 25, 65];
    const shifted = toldOf(made).filter(({ kind }) => kind === 'mix-product');
    expect(shifted.find(({ subject }) => subject === 'Chair')).toMatchObject({ direction: 'up' });
  });

  it('of a mix of segments are still read from older runs', () => {
    const made = noise(seededRandom(7), CUSTOMERS);
    made.mix[12] = [30, 25, 65];
    const { summary } = computeAnomalies(inputOf(made), 1);
    const told = summary.told.map((one) => (one.kind === 'mix-product' ? { ...one, kind: 'mix-segment' } : one));
    const older = { ...summary, tests: { ...summary.tests, 'mix-segment': 4 }, told };
    const read = anomaliesSummarySchema.parse(JSON.parse(JSON.stringify(older)));
    const shifted = read.told.find(({ kind }) => kind === 'mix-segment')!;
    expect(anomalySentence(shifted, 'EUR').en).toMatch(/% of purchases in .+, usually/);
  });

  it('are five at most, the ones that weigh most, and count every test made', () => {
    const made = noise(seededRandom(8), CUSTOMERS);
    for (let i = 0; i < 12; i++) made.tickets[i]!.push(...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((back) => DAYS - back));
    const { summary } = computeAnomalies(inputOf(made), 1);
    expect(summary.told).toHaveLength(5);
    expect(summary.found).toBeGreaterThanOrEqual(12);
    const tests = Object.values(summary.tests).reduce((sum, count) => sum + count!, 0);
    expect(tests).toBeGreaterThan(3 * CUSTOMERS);
  });

  it('have nothing to say of no customers, of one, and of a history too short to know what is usual', () => {
    const none: MadeUp = { customers: [], tickets: [], mix: [] };
    const single: MadeUp = { customers: [[[DAYS - 3, 100]]], tickets: [[]], mix: [] };
    const bought = noise(seededRandom(11), 20);
    const short = { ...bought, customers: bought.customers.map((events) => events.slice(-3)), mix: [] };
    for (const made of [none, single]) {
      const { summary } = computeAnomalies(inputOf({ ...made, tickets: made.customers.map(() => []) }), 1);
      expect(summary.told).toEqual([]);
      const report = anomalies.present(summary, { language: 'en', run, rows: [], withheld: null, filter: '' });
      expect(report.headline).toBe('Nothing could be tested yet');
      expect(JSON.stringify(report.parts)).toContain('Nothing could be tested yet: too short a history.');
    }
    const { summary } = computeAnomalies(inputOf({ ...short, tickets: bought.customers.map(() => []) }), 1);
    expect(summary.tests['customer-spend']).toBeUndefined();
  });

  it('take weeks without revenue for weeks of nothing, and not for gaps', () => {
    const made = noise(seededRandom(12), CUSTOMERS);
    const isOpen = (day: number): boolean => day % 70 < 56;
    const closed = { ...made, customers: made.customers.map((events) => events.filter(([day]) => isOpen(day))) };
    const { summary } = computeAnomalies(inputOf(closed), 1);
    expect(summary.tests['weekly-revenue']).toBe(1);
    // Two closed weeks of every ten are what is usual here.
    expect(summary.told.filter(({ kind }) => kind === 'weekly-revenue')).toEqual([]);
  });
});
