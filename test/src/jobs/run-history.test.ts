import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyses } from '../../../src/analyses/index.ts';
import { portfolioSummarySchema } from '../../../src/analyses/portfolio-summary.ts';
import type { Association, Deal, Engagement, Instant, LineItem, Product, Ticket } from '../../../src/domain/crm.ts';
import type { KeptRun } from '../../../src/domain/results.ts';
import { analyse } from '../../../src/jobs/analyse.ts';
import { compareRuns } from '../../../src/jobs/compare-runs.ts';
import { createWorkerPool } from '../../../src/jobs/worker-pool.ts';
import { seededRandom } from '../../../src/math/random.ts';
import type { JobRunner } from '../../../src/ports/job-runner.ts';
import { type PortalState, portalStateSchema } from '../../../src/state/portal-state.ts';
import type { PortalStore } from '../../../src/store/portal-store.ts';
import { mixedPortal } from '../analyses/churn-fixture.ts';
import { company, deal, stage } from '../features/records-fixture.ts';
import { withStore } from '../store/with-store.ts';

const kith = withStore();
const START = Date.UTC(2023, 0, 1);
const DAY = 86_400_000;
const CUSTOMERS = 60;
const account = { name: 'x', timeZone: 'UTC', currency: 'EUR', recordUrl: '' };
const defaults = portalStateSchema.parse({});

const base = { updatedAt: 0, archived: false, extra: {} };
const product = (id: string): Product => ({
  ...base,
  id,
  createdAt: 0,
  name: `Product ${id}`,
  sku: id,
  price: '10.00',
});
const lineItem = (id: string, productId: string): LineItem => ({
  ...base,
  id,
  createdAt: 0,
  productId,
  name: '',
  sku: '',
  quantity: '1',
  price: '10.00',
  amount: '10.00',
  recurringPeriod: '',
  recurringFrequency: '',
  startsAt: null,
  endsAt: null,
});
const ticket = (id: string, createdAt: Instant, closedAt: Instant): Ticket => ({
  ...base,
  id,
  createdAt,
  closedAt,
  subject: '',
  pipelineId: 't',
  stageId: 'done',
  priority: '',
  satisfaction: null,
  ownerId: '',
});
const engagement = (id: string, at: Instant): Engagement => ({
  ...base,
  id,
  createdAt: at,
  at,
  type: 'email',
  direction: '',
  outcome: '',
  score: null,
});

let runner: JobRunner;
beforeAll(() => {
  runner = createWorkerPool();
});
afterAll(() => runner.close());

/** Companies of several habits, with what they bought, complained about and answered, up to a day. */
async function fill(portal: PortalStore, until: number): Promise<void> {
  await portal.crm.saveAccount({ ...account, portalId: portal.portalId });
  await portal.crm.upsert('pipelines', [stage('won', true, 1)], { origin: 'list' });
  const ids = Array.from({ length: CUSTOMERS }, (_, i) => `c${1000 + i}`);
  await portal.crm.upsert(
    'companies',
    ids.map((id) => company(id)),
    { origin: 'list' },
  );
  const products = Array.from({ length: 5 }, (_, i) => product(`p${i}`));
  await portal.crm.upsert('products', products, { origin: 'list' });
  const random = seededRandom(5);
  const events = mixedPortal(random, CUSTOMERS, 800).flatMap((all, i) =>
    all.map(([day, amount]) => ({ day, amount, customer: ids[i]!, what: random() })),
  );
  const chosen = events.filter(({ day }) => day <= until);
  const at = (day: number): Instant => START + day * DAY;
  const id = ({ customer, day }: { customer: string; day: number }) => `${customer}-${day}`;
  await portal.crm.upsert(
    'deals',
    chosen.map((event) =>
      deal(id(event), { amount: String(event.amount), createdAt: at(event.day), closedAt: at(event.day) }),
    ),
    { origin: 'list' },
  );
  const items = chosen.flatMap((event) => {
    const first = Math.floor(event.what * 5);
    return [first, (first + 1) % 5].map((p) => ({ id: `${id(event)}-${p}`, product: `p${p}`, deal: id(event) }));
  }, 120_000);
  await portal.crm.upsert(
    'line_items',
    items.map((item) => lineItem(item.id, item.product)),
    { origin: 'list' },
  );
  const complaints = chosen.filter(({ what }) => what < 0.2);
  await portal.crm.upsert(
    'tickets',
    complaints.map((event) => ticket(`t${id(event)}`, at(event.day), at(event.day + 3))),
    { origin: 'list' },
  );
  const answers = chosen.filter(({ what }) => what > 0.6);
  await portal.crm.upsert(
    'engagements',
    answers.map((event) => engagement(`e${id(event)}`, at(event.day))),
    { origin: 'list' },
  );
  const to = (type: 'deals' | 'tickets' | 'engagements', prefix: string, of: typeof chosen): Association[] =>
    of.map((event) => ({
      fromType: type,
      fromId: `${prefix}${id(event)}`,
      toType: 'companies',
      toId: event.customer,
      isPrimary: true,
    }));
  for (const [type, links] of [
    ['deals', to('deals', '', chosen)],
    ['tickets', to('tickets', 't', complaints)],
    ['engagements', to('engagements', 'e', answers)],
  ] as const) {
    await portal.crm.replaceAssociations(
      type,
      'companies',
      links.map(({ fromId }) => fromId),
      links,
    );
  }
  await portal.crm.replaceAssociations(
    'line_items',
    'deals',
    items.map((item) => item.id),
    items.map((item) => ({
      fromType: 'line_items',
      fromId: item.id,
      toType: 'deals',
      toId: item.deal,
      isPrimary: true,
    })),
  );
}

function run(
  portal: PortalStore,
  day: number,
  more: { asOf?: Instant; state?: PortalState; only?: readonly string[] } = {},
): Promise<KeptRun> {
  const { asOf = null, state = defaults, only = [] } = more;
  const now = () => START + day * DAY;
  return analyse({ portal, runner, state, now, asOf, horizonDays: null, only, progress: { update: () => undefined } });
}

/** Everything that a run stored, as it is stored, by analysis. */
async function stored(portal: PortalStore, { id }: KeptRun): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const { name } of analyses) {
    const rows = async (table: string, columns: string, order: string) =>
      portal.query(
        `SELECT ${columns} FROM {db:Identifier}.${table} WHERE run_id = {id:String} AND analysis = {name:String} ORDER BY ${order}`,
        { id, name },
      );
    all[name] = JSON.stringify([
      await rows('results', 'summary, model', 'summary'),
      await rows('scores', 'customer_id, value, label, band, evidence, details', 'customer_id'),
      await rows('matrices', 'customer_id, cut_off, toString(features)', 'customer_id, cut_off'),
    ]);
  }
  return all;
}

const changed: PortalState = {
  ...defaults,
  horizonDays: 33,
  tierNames: ['Wood', 'Tin', 'Iron', 'Steel'],
  segmentNames: { s1: 'Ours' },
  valueThresholds: { medium: 10, high: 20 },
  minimumSupport: 0.4,
};

describe('the history of runs', () => {
  it('says the same bytes twice as of the same instant, in every analysis', async () => {
    const portal = await kith.portal('twice');
    await fill(portal, 800);
    await run(portal, 690);
    const first = await run(portal, 700);
    const second = await run(portal, 700);
    expect(second.id > first.id).toBe(true);
    expect(second.kind, 'as of the present, as often as it is asked').toBe('current');
    expect(await stored(portal, second)).toEqual(await stored(portal, first));
    expect(second.fingerprint).toBe(first.fingerprint);
  }, 120_000);

  it('makes a kept run again to the byte: with its settings, after the run before it, without what was given since', async () => {
    const portal = await kith.portal('again');
    await fill(portal, 640);
    const first = await run(portal, 600);
    const kept = await run(portal, 640);
    const ids = ['c1001', 'c1002'];
    const since = {
      customerIds: ids,
      value: Float64Array.from([0.99, 0.98]),
      label: ['eligible', 'eligible'],
      band: ['high', 'high'],
      evidence: Uint8Array.from([3, 3]),
      details: ['{}', '{}'],
    };
    const newest = await run(portal, 647, { state: changed });
    await portal.results.rescore(first.id, 'churn-risk', since);
    await portal.results.rescore(kept.id, 'churn-risk', since);
    const replay = await run(portal, 660, { asOf: kept.asOf, state: changed });
    expect(replay).toMatchObject({ kind: 'replay', replayOf: kept.id, asOf: kept.asOf, portfolio: kept.portfolio });
    expect(await stored(portal, replay)).toEqual(await stored(portal, kept));
    const comparison = await compareRuns(portal, kept, replay);
    expect(comparison).toMatchObject({ isSame: true, isSameData: true, hasSettings: true, differing: 0 });
    expect(comparison.analyses.map(({ analysis }) => analysis).toSorted()).toEqual(
      analyses.map(({ name }) => name).toSorted(),
    );
    expect(comparison.customers).toBe(CUSTOMERS);

    // Nobody is shown a replay, and the tables that people's answers are read from are the newest run's.
    expect((await portal.results.runs(5)).map(({ id }) => id)).not.toContain(replay.id);
    for (const { name } of analyses) expect((await portal.results.latest(name))?.run.id).toBe(newest.id);
    const [row] = await portal.query<{ late: string }>(
      `SELECT countIf(cause = 'after_as_of') AS late FROM {db:Identifier}.won_deals`,
    );
    expect(Number(row?.late)).toBe(0);
    expect((await portal.results.kept(1))[0]).toMatchObject({ id: replay.id, kind: 'replay', status: 'done' });

    // The next run compares with the newest, and not with the replay.
    const next = await run(portal, 661, { state: changed, only: ['churn-risk'] });
    expect(next).toMatchObject({ kind: 'current', replayOf: null });
  }, 120_000);

  it('says which analyses and how many customers differ once a record of the past was changed', async () => {
    const portal = await kith.portal('edited');
    await fill(portal, 640);
    const kept = await run(portal, 640);
    const [big] = await portal.query<{ id: string; day: number }>(
      `SELECT deal_id AS id, day FROM {db:Identifier}.won_deals WHERE cause = '' ORDER BY customer_id, day LIMIT 1`,
    );
    const closedAt = big!.day * DAY;
    await portal.crm.upsert(
      'deals',
      [deal(big!.id, { amount: '99999', createdAt: START, closedAt, updatedAt: closedAt + 1 })],
      {
        origin: 'by-id',
      },
    );
    const replay = await run(portal, 650, { asOf: kept.asOf });
    const comparison = await compareRuns(portal, kept, replay);
    expect(comparison).toMatchObject({ isSame: false, isSameData: false, customers: CUSTOMERS });
    expect(comparison.differing).toBeGreaterThan(0);
    const value = comparison.analyses.find(({ analysis }) => analysis === 'value');
    expect(value?.differing).toBeGreaterThan(0);
    expect(value?.summary).toContain('perYear');
  }, 120_000);

  it('looks at an instant at which no run was kept with today’s settings, and shows it to nobody else', async () => {
    const portal = await kith.portal('past');
    await fill(portal, 640);
    const current = await run(portal, 640);
    const past = await run(portal, 650, { asOf: START + 500 * DAY, only: ['portfolio', 'value'] });
    expect(past).toMatchObject({ kind: 'replay', replayOf: null });
    expect((await portal.results.latest('value'))?.run.id).toBe(current.id);
    expect((await portal.results.result(past.id, 'value'))?.run.asOf).toBe(START + 500 * DAY);
    expect(await portal.results.latest('value', { asOfBefore: START + 640 * DAY })).toBeNull();
  }, 120_000);

  it('takes a named instant that is the portal’s own for the present', async () => {
    const portal = await kith.portal('folder-own');
    await fill(portal, 640);
    const own = (await portal.crm.lastEventAt())!;
    const named = await run(portal, 900, { asOf: own, only: ['portfolio'] });
    expect(named).toMatchObject({ kind: 'current', asOf: own });
    expect((await portal.results.latest('portfolio'))?.run.id).toBe(named.id);
  }, 120_000);

  it('is the same to the byte when everything after the as-of is deleted', async () => {
    const whole = await kith.portal('whole');
    await fill(whole, 800);
    const cut = await kith.portal('cut');
    await fill(cut, 640);
    const asOf = START + 641 * DAY - 1;
    const [late, early] = [await run(whole, 900, { asOf }), await run(cut, 900, { asOf })];
    const [a, b] = [await stored(whole, late), await stored(cut, early)];
    const differing = analyses.map(({ name }) => name).filter((name) => a[name] !== b[name]);
    // These compare with the CRM, and look through the records, as they are on the day of the run.
    expect(differing.filter((name) => name !== 'health' && name !== 'portfolio')).toEqual([]);
    const portfolioOf = async (portal: PortalStore, { id }: KeptRun) => {
      const summary = portfolioSummarySchema.parse((await portal.results.result(id, 'portfolio'))?.summary);
      return {
        ...summary,
        revenue: summary.revenue.ours,
        warnings: null,
        scores: await portal.results.scores(id, 'portfolio'),
      };
    };
    expect(await portfolioOf(whole, late)).toEqual(await portfolioOf(cut, early));
  }, 120_000);

  it('stays the same when customers and events come after it, and says what tells of the day alone', async () => {
    const portal = await kith.portal('grown');
    await fill(portal, 600);
    await portal.crm.upsert('pipelines', [stage('offer', false, 0.3)], { origin: 'list' });
    const offer = (i: number, more: Partial<Deal> = {}) =>
      deal(`offer${i}`, { stageId: 'offer', createdAt: START + 580 * DAY, closedAt: START + 610 * DAY, ...more });
    await portal.crm.upsert(
      'deals',
      Array.from({ length: 6 }, (_, i) => offer(i, i === 5 ? { amount: null } : {})),
      { origin: 'list' },
    );
    await run(portal, 590);
    await portal.crm.upsert('deals', [offer(0, { stageId: 'won', closedAt: START + 595 * DAY })], { origin: 'list' });
    const kept = await run(portal, 600);
    await portal.crm.upsert('deals', [offer(1, { stageId: 'won', closedAt: START + 605 * DAY })], { origin: 'list' });
    await portal.crm.upsert('companies', [company('new', { createdAt: START + 610 * DAY })], { origin: 'list' });
    await fill(portal, 640);
    const replay = await run(portal, 650, { asOf: kept.asOf });
    const comparison = await compareRuns(portal, kept, replay);
    expect(comparison).toMatchObject({ isSameAsOf: true, isSameData: false, differing: 0, customers: CUSTOMERS });
    const pipeline = comparison.analyses.find(({ analysis }) => analysis === 'forecast')!;
    expect(pipeline.summary.filter((part) => !pipeline.ofTheDay.includes(part))).toEqual([]);
    expect(pipeline.ofTheDay).toEqual(['pipeline', 'open_deals', 'model']);
    expect((await portal.results.result(kept.id, 'forecast'))!.summary).toMatchObject({
      open_deals: 5,
      pipeline: { open: 5, without_amount: 1 },
    });
    const closed = async ({ id }: KeptRun) =>
      ((await portal.results.result(id, 'forecast'))!.model as { memory: { closed: unknown } }).memory.closed;
    expect(await closed(kept), 'what closed between the runs, and nothing that closed since').toEqual({
      'p/offer': { won: 1, lost: 0 },
    });
    expect(await closed(replay)).toEqual(await closed(kept));
  }, 120_000);
});
