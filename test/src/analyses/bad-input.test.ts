import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AnalysisSettings, Computed, PresentedRow } from '../../../src/analyses/analysis.ts';
import { analyses } from '../../../src/analyses/index.ts';
import { customerForecastSchema } from '../../../src/analyses/value-summary.ts';
import type { Association, Ticket } from '../../../src/domain/crm.ts';
import type { EvidenceLevel } from '../../../src/domain/results.ts';
import { buildWonDeals } from '../../../src/features/won-deals.ts';
import { KithError } from '../../../src/lib/errors.ts';
import { seededRandom } from '../../../src/math/random.ts';
import type { Report } from '../../../src/report/report.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import type { AnalysedPortal } from '../../contracts/test-analysis.ts';
import { company, deal, link, stage } from '../features/records-fixture.ts';
import { withStore } from '../store/with-store.ts';

const DAY = 86_400_000;
const START = Date.UTC(2023, 0, 1);
const LAST_DAY = 800;
const kith = withStore();

interface Customer {
  readonly orders: readonly (readonly [day: number, amount: number])[];
  readonly tickets?: readonly number[];
}

const every = (gap: number, from: number, to: number, amount: number) =>
  Array.from({ length: Math.max(0, Math.ceil((to - from) / gap)) }, (_, k) => [from + k * gap, amount] as const);

/** Orders with gaps that vary by a fifth, from a day on until another. */
function roughly(random: () => number, gap: number, from: number, to: number, amount: () => number) {
  const orders: (readonly [number, number])[] = [];
  for (let day = from; day < to; day += Math.max(1, Math.round(gap * (0.8 + 0.4 * random())))) {
    orders.push([day, amount()]);
  }
  return orders;
}

/** Whose evidence is counted on something other than customers. */
const OWN_COUNT: readonly string[] = ['forecast', 'anomalies'];

const random = seededRandom(41);
const amount = (): number => 20 + Math.round(300 * random());

/** `most`: the highest evidence level that may be claimed; `says`: what an analysis must say of it. */
interface BadPortal {
  readonly customers: readonly Customer[];
  readonly most: Readonly<Record<string, EvidenceLevel>>;
  readonly says: Readonly<Record<string, RegExp>>;
}

const PORTALS: Readonly<Record<string, BadPortal>> = {
  'one class only: nobody stops': {
    customers: Array.from({ length: 120 }, (_, i) => ({ orders: roughly(random, 20, i % 20, LAST_DAY, amount) })),
    most: { 'churn-risk': 1 },
    says: { 'churn-risk': /no probability|No probability/ },
  },
  'one class only: everybody stopped': {
    customers: Array.from({ length: 120 }, (_, i) => ({ orders: roughly(random, 20, i % 20, 500, amount) })),
    most: { 'churn-risk': 0 },
    says: {},
  },
  'one customer': {
    customers: [{ orders: roughly(random, 20, 0, LAST_DAY, amount), tickets: [100, 200] }],
    // A forecast counts months, and an anomaly the customer's own past.
    most: Object.fromEntries(analyses.filter(({ name }) => !OWN_COUNT.includes(name)).map(({ name }) => [name, 0])),
    says: {
      portfolio: /^.*1 company, /,
      'churn-risk': /Too little history to score: 1 customer,/,
      segments: /1 segment of 1 customer;/,
    },
  },
  'all equal': {
    customers: Array.from({ length: 120 }, () => ({ orders: every(30, 0, LAST_DAY, 100) })),
    most: { 'churn-risk': 1 },
    says: {},
  },
  'a feature that separates perfectly': {
    // Whoever opens a ticket never orders again, and everybody else does within days.
    customers: Array.from({ length: 260 }, (_, i) => {
      const stops = i % 2 === 0 ? 200 + Math.floor(random() * 590) : LAST_DAY;
      const orders = roughly(random, 8, i % 8, stops, amount);
      return { orders, tickets: i % 2 === 0 ? [stops] : [] };
    }),
    most: { 'churn-risk': 1 },
    says: {
      'churn-risk':
        /“[^”]+” alone tells who stops apart almost perfectly \(AUC 0\.9\d+\).*check the dates of the records/,
    },
  },
  'a likelihood that cannot converge': {
    // Once each, all on one day, for one amount: neither a rate nor a spread of amounts can be told.
    customers: Array.from({ length: 120 }, () => ({ orders: [[100, 50]] })),
    most: { 'churn-risk': 0, value: 0 },
    says: { value: /historic value, no prediction/ },
  },
  'amounts without any spread': {
    // Enough of both outcomes for every model, and an amount that tells a spread's likelihood nothing.
    customers: Array.from({ length: 150 }, (_, i) => ({
      orders: roughly(random, 25, i % 20, i % 2 === 0 ? 250 + Math.floor(random() * 540) : LAST_DAY, () => 100),
    })),
    most: {},
    says: {},
  },
  'negative totals': {
    customers: Array.from({ length: 120 }, (_, i) => ({
      orders: roughly(random, 25, i % 20, LAST_DAY, amount).flatMap(([day, sum]) => [
        [day, sum] as const,
        [day + 1, -2 * sum] as const,
      ]),
    })),
    most: {},
    says: { value: /historic value, no prediction/, portfolio: /-€/ },
  },
  'everything in the future': {
    customers: Array.from({ length: 80 }, (_, i) => ({
      orders: roughly(random, 20, LAST_DAY + 1 + (i % 20), LAST_DAY + 400, amount),
      tickets: [LAST_DAY + 30],
    })),
    most: Object.fromEntries(analyses.map(({ name }) => [name, 0])),
    says: {
      'churn-risk': /nobody has bought yet/,
      value: /nobody has bought/,
      anomalies: /Nothing could be tested yet/,
      forecast: /No forecast yet/,
    },
  },
};

async function open(name: string, { customers }: BadPortal): Promise<AnalysedPortal> {
  const portal = await kith.portal(name.replaceAll(/[^a-z]+/g, '-'));
  const list = { origin: 'list' } as const;
  const idOf = (i: number): string => `c${1000 + i}`;
  await portal.crm.upsert('pipelines', [stage('won', true, 1)], list);
  await portal.crm.upsert(
    'companies',
    customers.map((_, i) => company(idOf(i))),
    list,
  );
  const placed = customers.flatMap(({ orders }, i) => orders.map(([day, sum], k) => ({ i, k, day, sum })));
  const deals = placed.map(({ i, k, day, sum }) =>
    deal(`d${i}-${k}`, { amount: sum.toFixed(2), closedAt: START + day * DAY + 3_600_000 }),
  );
  await portal.crm.upsert('deals', deals, list);
  await portal.crm.replaceAssociations(
    'deals',
    'companies',
    deals.map(({ id }) => id),
    placed.map(({ i }, k) => link(deals[k]!.id, idOf(i), true)),
  );
  const opened = customers.flatMap(({ tickets = [] }, i) => tickets.map((day, k) => ({ i, id: `t${i}-${k}`, day })));
  const tickets = opened.map(
    ({ id, day }): Ticket => ({
      id,
      createdAt: START + day * DAY,
      updatedAt: 0,
      archived: false,
      extra: {},
      subject: '',
      pipelineId: 's',
      stageId: '1',
      priority: 'HIGH',
      closedAt: START + (day + 2) * DAY,
      satisfaction: 1,
      ownerId: '',
    }),
  );
  await portal.crm.upsert('tickets', tickets, list);
  await portal.crm.replaceAssociations(
    'tickets',
    'companies',
    tickets.map(({ id }) => id),
    opened.map(
      ({ id, i }): Association => ({
        fromType: 'tickets',
        fromId: id,
        toType: 'companies',
        toId: idOf(i),
        isPrimary: true,
      }),
    ),
  );
  const shared = { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: START + LAST_DAY * DAY } as const;
  await buildWonDeals(portal, shared);
  const settings: AnalysisSettings = portalStateSchema.parse({});
  return { portal, portfolio: { ...shared, horizonDays: 60, seed: 1 }, settings };
}

const opened = new Map<string, AnalysedPortal>();
beforeAll(async () => {
  for (const [name, portal] of Object.entries(PORTALS)) opened.set(name, await open(name, portal));
}, 120_000);
afterAll(() => opened.clear());

interface Answer {
  readonly customerIds: readonly string[];
  readonly computed: Computed<unknown>;
  readonly report: Report;
}

/** What an analysis says of a portal, with every customer as a row; null where it refuses by name. */
async function answer(portalName: string, name: string): Promise<Answer | null> {
  const at = opened.get(portalName)!;
  const analysis = analyses.find((one) => one.name === name)!;
  const { customerIds, ...input } = await analysis.read({ ...at, previous: null });
  let computed: Computed<unknown>;
  try {
    computed = analysis.compute({ customerIds, ...input }, 7);
  } catch (error) {
    expect(error).toBeInstanceOf(KithError);
    return null;
  }
  const { scores } = computed;
  const rows: PresentedRow[] =
    scores === null
      ? []
      : customerIds.map((customerId, i) => ({
          customerId,
          value: Number.isNaN(scores.value[i]!) ? null : scores.value[i]!,
          label: scores.label[i]!,
          band: scores.band[i]!,
          // A level: the contract of analyses checks it.
          evidence: scores.evidence[i]! as EvidenceLevel,
          details: JSON.parse(scores.details[i]!),
          name: customerId,
          link: '',
          owner: null,
        }));
  const { asOf } = at.portfolio;
  const run = { id: 'run', startedAt: asOf, finishedAt: asOf, status: 'done', asOf, fingerprint: '' } as const;
  const stored: unknown = JSON.parse(JSON.stringify(computed.summary));
  const presentation = {
    language: 'en',
    run: { ...run, portfolio: at.portfolio },
    rows,
    withheld: null,
    filter: '',
  } as const;
  return { customerIds, computed, report: analysis.present(stored, presentation) };
}

describe.each(Object.entries(PORTALS))('on a portal of %s', (portalName, { most, says }) => {
  it.each(analyses.map(({ name }) => name))('%s says no wrong number', async (name) => {
    const found = await answer(portalName, name);
    if (found === null) return;
    const { computed, report } = found;
    if (name === 'value') checkForecasts(computed);
    const text = JSON.stringify(report);
    expect(text).not.toMatch(/NaN|Infinity|undefined|∞|-0\.0|\[object/);
    const { scores } = computed;
    const limit = most[name];
    if (limit !== undefined) {
      expect(report.trust).not.toMatch(new RegExp(`evidence level [${limit + 1}-9]`));
      for (const level of scores?.evidence ?? []) expect(level).toBeLessThanOrEqual(limit);
    }
    if (says[name] !== undefined) expect(text).toMatch(says[name]);
    if (name === 'churn-risk' && scores !== null) {
      scores.value.forEach((value, i) => {
        // A probability, and none below level 2.
        if (scores.evidence[i]! < 2) expect(value).toBeNaN();
        else if (!Number.isNaN(value)) expect(value > 0 && value < 1).toBe(true);
      });
    }
  });
});

/** No customer's 12-month value is below nothing or outside its own interval, and no chance is more than certain. */
function checkForecasts({ scores }: Computed<unknown>): void {
  for (const text of scores?.details ?? []) {
    const { forecast } = z.object({ forecast: customerForecastSchema.optional() }).parse(JSON.parse(text));
    if (forecast === undefined) continue;
    const { value, low, high, alive, purchases } = forecast;
    expect(value).toBeGreaterThanOrEqual(0);
    if (low !== null && high !== null) expect(low >= 0 && low <= high).toBe(true);
    if (alive !== null) expect(alive >= 0 && alive <= 1).toBe(true);
    if (purchases !== null) expect(purchases).toBeGreaterThanOrEqual(0);
  }
}
