import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { churnDetailsSchema } from '../../../src/analyses/churn-summary.ts';
import type { CrmAccount, Owner } from '../../../src/domain/crm.ts';
import type { Run, Score } from '../../../src/domain/results.ts';
import { analyse } from '../../../src/jobs/analyse.ts';
import { deliver } from '../../../src/jobs/deliver.ts';
import { followHints, hasHints, rescoreAfter } from '../../../src/jobs/follow-hints.ts';
import { createHintQueue } from '../../../src/jobs/hint-queue.ts';
import { rescore } from '../../../src/jobs/rescore.ts';
import { runTask } from '../../../src/jobs/worker.ts';
import { createAudit } from '../../../src/ledger/audit.ts';
import { createOutbox, type Outbox } from '../../../src/ledger/outbox.ts';
import { seededRandom } from '../../../src/math/random.ts';
import type { Delivery, OutgoingMessage } from '../../../src/ports/chat.ts';
import type { CrmChanges } from '../../../src/ports/crm.ts';
import type { JobRunner } from '../../../src/ports/job-runner.ts';
import { createReader } from '../../../src/privacy/create-reader.ts';
import { commandLineViewer, digestViewer } from '../../../src/privacy/viewer.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';
import { mixedPortal } from '../analyses/churn-fixture.ts';
import { company, deal, link, stage } from '../features/records-fixture.ts';

const DAY = 86_400_000;
const START = Date.UTC(2023, 0, 1);
const NOW = START + 700 * DAY;
const SALES = 'C0SALES';
const NAME = 'churn-risk';
const account: CrmAccount = { portalId: 'rescore', name: 'x', timeZone: 'UTC', currency: 'EUR', recordUrl: '' };
const state = portalStateSchema.parse({ channels: { sales: SALES }, unit: 'company', horizonDays: 60 });
const owner: Owner = {
  id: 'o1',
  email: 'anna@kith.example',
  firstName: 'Anna',
  lastName: 'Meyer',
  createdAt: null,
  updatedAt: 1,
  archived: false,
  extra: {},
};

/** The analyses on this thread. */
const runner: JobRunner = {
  async run<Result>(task: string, input: unknown, options?: Parameters<JobRunner['run']>[2]): Promise<Result> {
    const answer = await runTask(task, input, async (rows) => options?.takeRows?.(rows));
    return answer as Result; // what the task gives
  },
  wake: async () => undefined,
  rest: async () => undefined,
  close: async () => undefined,
};

let dataDir: string;
let store: Store;
let portal: PortalStore;
let outbox: Outbox;
let run: Run;
let later = 0;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kith-rescore-'));
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()), now: () => NOW });
  portal = await store.portal('rescore');
  outbox = createOutbox(portal, () => NOW);
  await portal.crm.saveAccount(account);
  await portal.crm.upsert('owners', [owner], { origin: 'list' });
  await portal.crm.upsert('pipelines', [stage('won', true, 1)], { origin: 'list' });
  const customers = mixedPortal(seededRandom(5), 240, 700);
  const idOf = (i: number) => `c${1000 + i}`;
  await portal.crm.upsert(
    'companies',
    customers.map((_, i) => ({ ...company(idOf(i)), ownerId: 'o1', name: `Company ${i}` })),
    { origin: 'list' },
  );
  const deals = customers.flatMap((events, i) =>
    events.map(([day, amount]) => ({
      record: deal(`d${i}-${day}`, { amount: String(amount), createdAt: START, closedAt: START + day * DAY }),
      link: link(`d${i}-${day}`, idOf(i), true),
    })),
  );
  await portal.crm.upsert(
    'deals',
    deals.map(({ record }) => record),
    { origin: 'list' },
  );
  await portal.crm.replaceAssociations(
    'deals',
    'companies',
    deals.map(({ record }) => record.id),
    deals.map((one) => one.link),
  );
  run = await analyse({
    portal,
    runner,
    state,
    now: () => NOW,
    asOf: NOW,
    horizonDays: null,
    progress: { update: () => undefined },
  });
}, 120_000);
afterAll(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

const scores = (customerIds?: readonly string[]) =>
  portal.results.scores(run.id, NAME, customerIds === undefined ? {} : { customerIds });
/** At high risk, and at a lower one after an order of the usual size, as the scenarios of the run say. */
const wouldCross = async (): Promise<Score[]> =>
  (await scores()).filter(
    ({ band, details }) =>
      band === 'high' && churnDetailsSchema.parse(details).scenarios.some(({ kind }) => kind === 'order'),
  );
const scoreOf = async (id: string): Promise<Score> => (await scores([id]))[0]!;

async function again(customerIds: readonly string[]) {
  const viewer = digestViewer('rescore', 'sales', SALES);
  const reader = createReader({ portal, account, state, viewer });
  return rescore({ portal, account, state, outbox, reader, customerIds, asOf: NOW, now: () => NOW });
}

async function buy(companyId: string, amount: string): Promise<void> {
  later += 1;
  const id = `later${later}`;
  await portal.crm.upsert('deals', [deal(id, { amount, createdAt: NOW - DAY, closedAt: NOW - DAY })], {
    origin: 'by-id',
  });
  await portal.crm.replaceAssociations('deals', 'companies', [id], [link(id, companyId, true)]);
}

/** A CRM that is not asked anything. */
const untouched: CrmChanges = {
  types: [],
  modified: () => expect.unreachable(),
  byId: () => expect.unreachable(),
  ids: () => expect.unreachable(),
  associations: () => expect.unreachable(),
};

describe('scoring a customer again', () => {
  it('gives exactly what the run gave, reasons included, while nothing has changed', async () => {
    const before = await scores();
    const { model } = (await portal.results.latest(NAME))!;
    expect(model).not.toBeNull();
    const some = before.filter((_, i) => i % 20 === 0);
    expect(some.some(({ label }) => label === 'eligible')).toBe(true);
    expect(await again(some.map(({ customerId }) => customerId))).toEqual({ rescored: 12, crossed: 0, told: 0 });
    for (const one of await scores()) {
      const was = before.find(({ customerId }) => customerId === one.customerId)!;
      expect(one).toMatchObject({ band: was.band, label: was.label, evidence: was.evidence });
      if (was.value === null) expect(one.value).toBeNull();
      else expect(one.value).toBeCloseTo(was.value, 12);
      const [details, asBefore] = [churnDetailsSchema.parse(one.details), churnDetailsSchema.parse(was.details)];
      expect(details.up.map(({ family }) => family)).toEqual(asBefore.up.map(({ family }) => family));
      expect(details.value).toBe(asBefore.value);
      if (details.log_odds !== null) {
        const sum = [...details.up, ...details.down].reduce((all, { contribution }) => all + contribution, 0);
        expect(details.baseline! + sum + details.other).toBeCloseTo(details.log_odds, 6);
      }
    }
    expect(await scores()).toHaveLength(240);
  });

  it('tells the owner once that a band was crossed, and shows the new score where people look', async () => {
    const high = (await wouldCross())[0]!;
    await buy(high.customerId, '50');
    const report = await again([high.customerId]);
    expect(report).toEqual({ rescored: 1, crossed: 1, told: 1 });
    const now = await scoreOf(high.customerId);
    expect(now.band).not.toBe('high');
    expect(now.value!).toBeLessThan(high.value!);
    const [message] = await outbox.pending();
    expect(message).toMatchObject({ channelId: SALES, kind: 'band-crossed' });
    expect(message!.key).toBe(`band-crossed:${high.customerId}:${now.band}:2024-12-01`);
    expect(message!.report.headline).toMatch(/^Company \d+: no-order risk is now (low|medium) \(\d+%\), it was high$/);
    expect(message!.report.parts[0]).toMatchObject({ kind: 'item', owner: { id: 'o1', mention: true } });

    // The same again, as when the events of one purchase come in several calls.
    expect(await again([high.customerId])).toEqual({ rescored: 1, crossed: 0, told: 0 });
    expect(await outbox.pending()).toHaveLength(1);

    const reader = createReader({ portal, account, state, viewer: commandLineViewer() });
    const rows = await reader.rows(run, NAME, { customerIds: [high.customerId] });
    expect(rows.rows.map(({ band }) => band)).toEqual([now.band]);
    expect((await reader.rows(run, NAME, { band: 'high' })).rows.map(({ customerId }) => customerId)).not.toContain(
      high.customerId,
    );
    expect((await reader.customer(run, high.customerId))!.scores[NAME]!.band).toBe(now.band);
  });

  it('overwrites nothing: the run keeps what it gave', async () => {
    const [row] = await portal.query<{ run: string; again: string }>(
      `SELECT (SELECT count() FROM {db:Identifier}.scores WHERE analysis = '${NAME}') AS run,
         (SELECT count() FROM {db:Identifier}.rescored) AS again`,
    );
    expect(Number(row!.run)).toBe(240);
    expect(Number(row!.again)).toBeGreaterThanOrEqual(14);
  });

  it('mentions an owner once a day, however many of their customers cross', async () => {
    const two = (await wouldCross()).slice(0, 2);
    for (const { customerId } of two) await buy(customerId, '50');
    expect((await again(two.map(({ customerId }) => customerId))).told).toBe(2);
    const said: OutgoingMessage[] = [];
    const chat = {
      async deliver(message: OutgoingMessage): Promise<Delivery> {
        said.push(message);
        const { channelId } = message;
        return { outcome: 'sent', messageId: `17.${said.length}`, chartBytes: 0, reduced: [], channelId, fileIds: [] };
      },
    };
    await deliver({ chat, outbox });
    const mentions = said.flatMap(({ report }) =>
      report.parts.flatMap((part) => (part.kind === 'item' && part.owner?.mention === true ? [part.owner.id] : [])),
    );
    expect(said.length).toBeGreaterThan(1);
    expect(mentions).toEqual([...new Set(mentions)]);
    // What else is said of one of these customers follows in the thread of the first message about it.
    const [entry] = await outbox.recent(1);
    expect(await outbox.firstSince(entry!.key.split(':').slice(0, 2).join(':'), 0)).toMatchObject({ state: 'sent' });
  });

  it('scores a customer that is new since the run, and crosses no band with it', async () => {
    await portal.crm.upsert('companies', [{ ...company('c9'), ownerId: 'o1', name: 'Newcomer' }], { origin: 'by-id' });
    await buy('c9', '80');
    expect(await again(['c9'])).toEqual({ rescored: 1, crossed: 0, told: 0 });
    expect((await scoreOf('c9')).label).toBe('eligible');
    const reader = createReader({ portal, account, state, viewer: commandLineViewer() });
    expect((await reader.customer(run, 'c9'))!.scores[NAME]).toBeDefined();
  });

  it('comes once more after a run for those who were scored while it ran, whatever stopped meanwhile', async () => {
    const queue = createHintQueue(portal, () => NOW);
    const follow = () => {
      const reader = createReader({ portal, account, state, viewer: commandLineViewer() });
      const audit = createAudit(portal, () => NOW);
      const changes = untouched;
      const kept = { state, updateState: async () => state };
      return followHints({
        changes,
        portal,
        account,
        ...kept,
        queue,
        audit,
        outbox,
        reader,
        asOf: NOW,
        now: () => NOW,
      });
    };
    await again(['c1000']);
    await rescoreAfter(portal, { startedAt: NOW + 1 });
    expect(await hasHints(portal, queue)).toBe(false);
    await rescoreAfter(portal, { startedAt: NOW });
    expect(
      await hasHints(
        portal,
        createHintQueue(portal, () => NOW),
      ),
    ).toBe(true);
    const { rescored } = await follow();
    expect(rescored).toBeGreaterThan(0);
    expect(await hasHints(portal, queue)).toBe(false);
    expect(await follow()).toEqual({ read: 0, erased: 0, rescored: 0, told: 0 });
  });

  it('leaves the tables of a run alone, and asks nobody before the first run', async () => {
    const before = await portal.query('SELECT count() AS n FROM {db:Identifier}.won_deals');
    await again(['c1000']);
    expect(await portal.query('SELECT count() AS n FROM {db:Identifier}.won_deals')).toEqual(before);
    const empty = await store.portal('empty');
    await empty.crm.saveAccount(account);
    const reader = createReader({ portal: empty, account, state, viewer: commandLineViewer() });
    const none = await rescore({
      portal: empty,
      account,
      state,
      outbox,
      reader,
      customerIds: ['c1'],
      asOf: null,
      now: () => NOW,
    });
    expect(none).toEqual({ rescored: 0, crossed: 0, told: 0 });
  });

  it('is what a lapsed customer keeps in the next run', async () => {
    const lapsed = (await scores()).filter(({ label, value }) => label === 'lapsed' && value === null)[0]!;
    const { customerId, label, band, evidence, details } = lapsed;
    await portal.results.rescore(run.id, NAME, {
      customerIds: [customerId],
      value: Float64Array.of(0.4321),
      label: [label],
      band: [band],
      evidence: Uint8Array.of(evidence),
      details: [JSON.stringify(details)],
    });
    const progress = { update: () => undefined };
    const now = () => NOW + 24 * 3_600_000;
    const next = await analyse({ portal, runner, state, now, asOf: null, horizonDays: null, progress });
    expect((await portal.results.scores(next.id, NAME, { customerIds: [customerId] }))[0]).toMatchObject({
      label: 'lapsed',
      value: 0.4321,
    });
  });
});
