import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type StandInHubspot, startStandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import type { PortalData } from '../../../demo/portal/portal-data.ts';
import { readPortalFolder } from '../../../demo/portal/read-portal-folder.ts';
import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import { analyses } from '../../../src/analyses/index.ts';
import type { CrmAccount } from '../../../src/domain/crm.ts';
import type { Viewer } from '../../../src/domain/people.ts';
import { presentRemoval } from '../../../src/jobs/present-removal.ts';
import { removeProperties } from '../../../src/jobs/remove-properties.ts';
import { scheduledWriteBack } from '../../../src/jobs/scheduled-write-back.ts';
import { undoWriteBack } from '../../../src/jobs/undo-write-back.ts';
import type { WriteBackOrder } from '../../../src/jobs/write-back.ts';
import { refusalsOf } from '../../../src/jobs/write-back-breakers.ts';
import { writeBackCsv } from '../../../src/jobs/write-back-csv.ts';
import { createWriteBackDesk, type WriteBackDesk } from '../../../src/jobs/write-back-desk.ts';
import { STEADY } from '../../../src/jobs/write-back-plan.ts';
import { type Audit, createAudit } from '../../../src/ledger/audit.ts';
import { createOutbox } from '../../../src/ledger/outbox.ts';
import { createWriteBackLog, type WriteBackLog } from '../../../src/ledger/write-back-log.ts';
import { LANGUAGES } from '../../../src/lib/text.ts';
import type { CrmSink } from '../../../src/ports/crm.ts';
import { createReader } from '../../../src/privacy/create-reader.ts';
import { commandLineViewer } from '../../../src/privacy/viewer.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';
import { expectReadable } from '../../contracts/test-command.ts';
import { virtualTime } from '../../integrations/hubspot/virtual-time.ts';
import { scored, synced, tiers, write } from './write-back-fixture.ts';

const HOUR = 60 * 60 * 1000;
const ids = Array.from({ length: 40 }, (_, n) => `${n + 1}`);
const limits = { perTenSeconds: 10_000, searchPerSecond: 100, daily: 250_000 };
const account: CrmAccount = { portalId: 'p', name: 'P', timeZone: 'UTC', currency: 'EUR', recordUrl: '' };
const quiet = { update: () => undefined };

let dataDir: string;
let folder: string;
let store: Store;
let data: PortalData;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kith-safe-'));
  folder = await mkdtemp(join(tmpdir(), 'kith-safe-crm-'));
  await writeFile(join(folder, 'companies.csv'), `id,name\n${ids.map((id) => `${id},Company ${id}`).join('\n')}\n`);
  data = await readPortalFolder(folder);
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
});
afterAll(async () => {
  await server?.close();
  await store.close();
  await rm(dataDir, { recursive: true });
  await rm(folder, { recursive: true });
});

const time = virtualTime();
const now = (): number => {
  void time.sleep(1);
  return time.now();
};
let server: StandInHubspot;
let sink: CrmSink;
let portal: PortalStore;
let log: WriteBackLog;
let audit: Audit;
let portals = 0;
beforeEach(async () => {
  await server?.close();
  server = await startStandInHubspot({ portal: data, token: 't', limits, now: time.now });
  sink = (await openHubspot({ accessToken: 't', basePath: server.url, ...time, random: () => 0.5 })).sink;
  await freshFolder();
});

/** A store that knows nothing of what was written before. */
async function freshFolder(): Promise<void> {
  portals += 1;
  portal = await synced(await store.portal(`p${portals}`), ids);
  log = createWriteBackLog(portal, now);
  audit = createAudit(portal, now);
}

async function tiersAre(tier: (id: string) => string, note?: string): Promise<void> {
  const score = (id: string) => ({ tier: tier(id), ...(note === undefined ? {} : { note }) });
  await scored(portal, now(), new Map(ids.map((id) => [id, score(id)])));
}
const writeNow = (order: Partial<WriteBackOrder> = {}, crm = sink) => write(portal, crm, now, order);
const held = (id: string) => server.portal.properties('companies', id);
const undo = (batch: string) => undoWriteBack({ sink, portal, log, audit, batch, actor: 'U1' });
const remove = (dryRun: boolean) =>
  removeProperties({ sink, portal, log, audit, analyses: [tiers], now, progress: quiet, dryRun, actor: 'U1' });
const desk = (isApproved: boolean): WriteBackDesk =>
  createWriteBackDesk({
    portal,
    log,
    audit,
    analyses: [tiers],
    now,
    isApproved: () => isApproved,
    withSink: (use) => use(sink),
  });
const acts = () =>
  portal.query<{ act: string; actor: string }>('SELECT act, actor FROM {db:Identifier}.audit ORDER BY seq');

describe('a plan', () => {
  it('is written exactly as it was shown, although the scores moved on', async () => {
    await tiersAre(() => 'Gold');
    const plan = await writeNow({ dryRun: true });
    expect(held('1')?.kith_loyalty_tier).toBeUndefined();
    await tiersAre(() => 'Bronze');
    const report = await writeNow({ plan: plan.batch, actor: 'U1' });
    expect(report).toMatchObject({ batch: plan.batch, replaces: null, changed: 40, written: 40, dryRun: false });
    expect(held('1')?.kith_loyalty_tier).toBe('Gold');
    await expect(writeNow({ plan: plan.batch })).rejects.toMatchObject({ code: 'usage' });
    await expect(writeNow({ plan: 'wb-none' })).rejects.toThrow("There is no write-back plan 'wb-none'");
  });

  it('is made anew, and not written, after a day or when a record changed since', async () => {
    await tiersAre(() => 'Gold');
    const first = await writeNow({ dryRun: true });
    await time.sleep(25 * HOUR);
    const second = await writeNow({ plan: first.batch });
    expect(second).toMatchObject({ dryRun: true, written: 0, replaces: { plan: first.batch, reason: 'old' } });
    await sink.prepare('companies', tiers.properties);
    server.portal.edit('companies', '7', { kith_loyalty_tier: 'Silver' });
    const third = await writeNow({ plan: second.batch });
    expect(third).toMatchObject({ written: 0, replaces: { plan: second.batch, reason: 'changed' }, changed: 39 });
    expect(third.leftAloneSample).toMatchObject([{ id: '7', theirs: 'Silver', reason: 'unknown' }]);
    expect(held('1')?.kith_loyalty_tier).toBeNull();
    expect(await writeNow({ plan: third.batch })).toMatchObject({ written: 39, failed: 0 });
    expect([held('1')?.kith_loyalty_tier, held('7')?.kith_loyalty_tier]).toEqual(['Gold', 'Silver']);
  });

  it('shows the largest moves first, and is a CSV that no spreadsheet runs', async () => {
    await tiersAre(() => 'Bronze', '=1+1');
    const first = await writeNow({ dryRun: true });
    const rows: Record<string, string>[] = parse(await writeBackCsv(log, first.batch), { columns: true });
    expect(rows).toHaveLength(40 * 3);
    expect(rows.find(({ property }) => property === 'kith_note')).toEqual({
      object: 'companies',
      record_id: '1',
      property: 'kith_note',
      before: '',
      after: "'=1+1",
      action: 'write',
      reason: '',
    });
    await writeNow();
    server.portal.edit('companies', '9', { kith_loyalty_tier: 'Silver' });
    await tiersAre((id) => (id === '5' ? 'Gold' : id === '3' ? 'Silver' : id === '9' ? 'Gold' : 'Bronze'));
    const second = await writeNow({ dryRun: true });
    expect(second.sample.map(({ id }) => id)).toEqual(['5', '3']);
    const left: Record<string, string>[] = parse(await writeBackCsv(log, second.batch), { columns: true });
    expect(left.find(({ record_id }) => record_id === '9')).toMatchObject({
      before: 'Silver',
      action: 'leave alone',
      reason: 'changed since Kith wrote it',
    });
  });
});

describe('after writing', () => {
  it('reads back: what got lost is tried again, what something else changed is its own', async () => {
    await tiersAre(() => 'Gold');
    const unreliable: CrmSink = {
      ...sink,
      async write(type, writes) {
        const result = await sink.write(
          type,
          writes.filter(({ id }) => id !== '2'),
        );
        server.portal.edit('companies', '3', { kith_loyalty_tier: 'Bronze' });
        return { ...result, written: [...result.written, '2'] };
      },
    };
    const first = await writeNow({}, unreliable);
    expect(first).toMatchObject({ changed: 40, written: 38, failed: 2 });
    expect(first.failures).toEqual([
      { id: '2', reason: 'kith_loyalty_tier: read back, the record holds nothing instead of “Gold”' },
      { id: '3', reason: 'kith_loyalty_tier: read back, the record holds “Bronze” instead of “Gold”' },
    ]);
    const plan = await writeNow({ dryRun: true });
    expect(plan.quarantined.map(({ id }) => id)).toEqual(['2', '3']);
    expect(plan.leftAloneSample).toMatchObject([{ id: '3', property: 'kith_loyalty_tier', theirs: 'Bronze' }]);
    const second = await writeNow();
    expect(second).toMatchObject({ changed: 1, written: 1, failed: 0 });
    expect([held('2')?.kith_loyalty_tier, held('3')?.kith_loyalty_tier]).toEqual(['Gold', 'Bronze']);
    expect((await log.quarantined('companies')).has('2')).toBe(false);
  });

  it('is undone by batch, but for what a person changed since, which is listed', async () => {
    await tiersAre(() => 'Gold');
    const { batch } = await writeNow();
    server.portal.edit('companies', '4', { kith_loyalty_tier: 'Silver' });
    const report = await undo(batch);
    expect(report).toMatchObject({ restored: 79, leftAlone: 1, missing: 0, failed: [] });
    expect(report.leftAloneSample).toMatchObject([{ id: '4', theirs: 'Silver', ours: '' }]);
    expect([held('1')?.kith_loyalty_tier, held('4')?.kith_loyalty_tier]).toEqual([null, 'Silver']);
    expect(await undo(batch)).toMatchObject({ restored: 0, already: 79, leftAlone: 1 });
    expect(await undo(report.undo)).toMatchObject({ restored: 79, leftAlone: 0 });
    expect(held('1')?.kith_loyalty_tier).toBe('Gold');
    expect((await acts()).map(({ act }) => act)).toEqual([
      'wrote-back',
      ...Array.from({ length: 3 }, () => 'undid-write-back'),
    ]);
  });
});

describe('the circuit breakers', () => {
  const fine = { annotated: 100, moved: 20, customers: 100, deals: 10, revenue: null };
  const revenue = (amount: string, cause = 'unexplained') => ({
    ours: '979.00',
    crm_at: null,
    crm: '1000.00',
    currency: 'EUR',
    differences: [{ cause, count: 1, amount }],
  });

  it('open at their limits and not before, each in a sentence with its figures', () => {
    expect(refusalsOf(fine)).toEqual([]);
    expect(refusalsOf({ ...fine, moved: 21 })[0]?.en).toContain('21 of the 100 customers annotated before (21 %)');
    expect(refusalsOf({ ...fine, annotated: 9, moved: 9 })).toEqual([]);
    expect(refusalsOf({ ...fine, annotated: 10, moved: 3 })).toHaveLength(1);
    expect(refusalsOf({ ...fine, customers: 0 })[0]?.en).toContain('0 customer records and 10 deals');
    expect(refusalsOf({ ...fine, deals: 0 })).toHaveLength(1);
    expect(refusalsOf({ ...fine, revenue: revenue('20.00') })).toEqual([]);
    expect(refusalsOf({ ...fine, revenue: revenue('21.00') })[0]?.en).toContain('off by 2.1 %');
    expect(refusalsOf({ ...fine, revenue: revenue('-21.00') })[0]?.zh).toContain('2.1 %');
    expect(refusalsOf({ ...fine, revenue: revenue('500.00', 'no_customer') })).toEqual([]);
  });

  it('watch properties that the analyses have', () => {
    const names = analyses.flatMap(({ properties }) => properties.map(({ name }) => name));
    expect(names).toEqual(expect.arrayContaining([...STEADY]));
  });

  it('hold a write back that would change many tiers at once, unless it is forced, which the audit keeps', async () => {
    await tiersAre(() => 'Bronze');
    await writeNow();
    await tiersAre((id) => (Number(id) <= 9 ? 'Gold' : 'Bronze'));
    expect((await writeNow({ dryRun: true })).refusals[0]?.en).toContain('9 of the 40 customers');
    await expect(writeNow()).rejects.toMatchObject({
      code: 'write-back-refused',
      message: expect.stringMatching(/9 of the 40 .*22\.5 %.*kith write-back --plan wb-\w+ --yes --force$/),
    });
    expect(held('1')?.kith_loyalty_tier).toBe('Bronze');
    expect(await writeNow({ force: true, actor: 'command-line' })).toMatchObject({ written: 9 });
    expect((await acts()).at(-2)).toEqual({ act: 'forced-write-back', actor: 'command-line' });
  });

  it('hold it when the store holds no records', async () => {
    portal = await store.portal(`empty${portals}`);
    log = createWriteBackLog(portal, now);
    audit = createAudit(portal, now);
    await tiersAre(() => 'Bronze');
    await expect(writeNow()).rejects.toThrow('The last sync brought nothing to score');
  });
});

describe('when the log is lost', () => {
  it('knows its own values by their history, and leaves every other alone', async () => {
    await tiersAre(() => 'Bronze');
    await writeNow();
    server.portal.edit('companies', '6', { kith_loyalty_tier: 'Silver' });
    await freshFolder();
    await tiersAre(() => 'Gold');
    const report = await writeNow({ force: true });
    expect(report).toMatchObject({ changed: 39, written: 39, leftAlone: 1 });
    expect(report.leftAloneSample).toMatchObject([{ id: '6', theirs: 'Silver', ours: 'Gold', reason: 'unknown' }]);
    expect(held('6')?.kith_loyalty_tier).toBe('Silver');
  });

  it('leaves all of them alone where the CRM keeps no history, but for those that are as they should be', async () => {
    await tiersAre(() => 'Bronze');
    await writeNow();
    await freshFolder();
    await tiersAre((id) => (id === '1' ? 'Gold' : 'Bronze'));
    const { authors: _, ...forgetful } = sink;
    expect(await writeNow({}, forgetful)).toMatchObject({ changed: 0, leftAlone: 1 });
    expect(held('1')?.kith_loyalty_tier).toBe('Bronze');
  });
});

describe('definitions and removal', () => {
  it('writes the rest when somebody changed a property’s type, and says so', async () => {
    await tiersAre(() => 'Gold', 'a note');
    await writeNow();
    const { properties } = server.portal.object('companies').catalogue;
    properties.set('kith_note', { ...properties.get('kith_note')!, type: 'number', fieldType: 'number' });
    await tiersAre((id) => (id === '1' ? 'Silver' : 'Gold'), 'another note');
    const report = await writeNow();
    expect(report).toMatchObject({ written: 1, byProperty: { kith_loyalty_tier: 1 } });
    expect(report.drift).toEqual([{ property: 'kith_note', kind: 'type', found: 'number' }]);
    expect(properties.get('kith_note')?.type).toBe('number');
  });

  it('removes what is its own from the records after counting it, leaves the rest, and can be undone', async () => {
    await tiersAre(() => 'Gold');
    await writeNow();
    server.portal.edit('companies', '8', { kith_loyalty_tier: 'Silver' });
    const counted = await remove(true);
    expect(counted).toMatchObject({ dryRun: true, found: 79, cleared: 0, leftAlone: 1 });
    expect(counted.next[0]?.en).toContain("'kith write-back remove --yes'");
    const [english, chinese] = LANGUAGES.map((language) => presentRemoval(counted, language));
    expectReadable(english!, 'en');
    expectReadable(chinese!, 'zh');
    expect(held('1')?.kith_loyalty_tier).toBe('Gold');
    const removed = await remove(false);
    expect(removed).toMatchObject({ found: 79, cleared: 40, leftAlone: 1, failed: [] });
    expect(removed.next[0]?.en).toContain('Settings → Properties');
    expect(held('1')).toMatchObject({ kith_loyalty_tier: null, kith_scored_at: null });
    expect(held('8')).toMatchObject({ kith_loyalty_tier: 'Silver', kith_scored_at: null });
    expect(await undo(removed.batch)).toMatchObject({ restored: 79, leftAlone: 0 });
    expect(held('1')?.kith_loyalty_tier).toBe('Gold');
  });

  it('waits while somebody is forgotten, undone or removed, and then puts nothing back of them', async () => {
    await tiersAre(() => 'Gold');
    const { batch } = await writeNow();
    const forget = (id: string): Promise<void> =>
      new Promise((begun) => {
        void portal.erasures.erasing(async () => {
          begun();
          // Long enough for whoever does not wait.
          for (let query = 0; query < 30; query += 1) await acts();
          // As the erasure of a record does.
          for (const [table, column] of [
            ['write_backs', 'record_id'],
            ['companies', 'id'],
          ]) {
            const which = `${column} = {id:String} SETTINGS mutations_sync = 2`;
            await portal.command(`ALTER TABLE {db:Identifier}.${table} DELETE WHERE ${which}`, { id });
          }
        });
      });
    await forget('4');
    expect(await desk(true).undo(batch, 'U1')).toMatchObject({ restored: 78, failed: [] });
    expect([held('1')?.kith_loyalty_tier, held('4')?.kith_loyalty_tier]).toEqual([null, 'Gold']);
    await writeNow();
    await forget('5');
    const removed = await desk(true).remove({ dryRun: false, actor: 'U1', progress: quiet });
    expect(removed).toMatchObject({ failed: [] });
    expect([held('1')?.kith_loyalty_tier, held('5')?.kith_loyalty_tier]).toEqual([null, 'Gold']);
  });
});

describe('the schedule', () => {
  const state = portalStateSchema.parse({ channels: { sales: 'C0SALES' } });
  function run(change: Partial<typeof state> = {}) {
    const current = { ...state, ...change };
    const outbox = createOutbox(portal, now);
    const reader = (viewer: Viewer) => createReader({ portal, account, state: current, viewer });
    const options = { portal, account, outbox, reader, progress: quiet };
    const { signal } = new AbortController();
    const note = scheduledWriteBack({ ...options, signal, desk: desk(current.writeBackApproved), state: current });
    return { note, outbox };
  }

  it('posts the plan for approval, with its button after the first week only, and writes once approved', async () => {
    await tiersAre(() => 'Gold');
    const early = run();
    expect((await early.note).en).toMatch(
      /^40 records would change; nothing is written until it is approved; the plan wb-/,
    );
    const [first] = await early.outbox.pending();
    expect(first).toMatchObject({ channelId: 'C0SALES', kind: 'write-back' });
    expect(JSON.stringify(first?.report)).not.toContain('approve-write-back');
    expect(JSON.stringify(first?.report)).toContain("In a portal's first week nothing is written from here");
    await time.sleep(8 * 24 * HOUR);
    const later = run();
    await later.note;
    const second = (await later.outbox.pending()).at(-1);
    expect(JSON.stringify(second?.report)).toContain('approve-write-back');
    expect(held('1')?.kith_loyalty_tier).toBeUndefined();
    expect((await run({ writeBackApproved: true }).note).en).toMatch(/^40 of 40 records written as wb-/);
    expect(held('1')?.kith_loyalty_tier).toBe('Gold');
    expect(await run({ writeBackApproved: true }).note).toEqual({
      en: 'no record would change',
      zh: '没有需要修改的记录',
    });
  });

  it('posts it also when it is approved and a breaker opens, and says what is missing without a channel', async () => {
    await tiersAre(() => 'Bronze');
    await writeNow();
    await tiersAre(() => 'Gold');
    const { note, outbox } = run({ writeBackApproved: true });
    expect(await note).toEqual({
      en: expect.stringContaining('nothing is written: 40 of the 40 customers annotated before'),
      zh: expect.stringMatching(/^将修改 40 条记录；未写入任何内容：此前标注过的 40 位客户.*已发布到销售部频道$/s),
    });
    const [message] = await outbox.pending();
    expect(message?.report.headline).toBe('Write-back is held: 40 companies would change');
    expect(JSON.stringify(message?.report)).not.toContain('approve-write-back');
    expect(held('1')?.kith_loyalty_tier).toBe('Bronze');
    expect((await run({ channels: {} }).note).en).toContain('no channel is set for finance or sales');
  });

  it('is refused from a chat in the first week, and lets one write run at a time', async () => {
    await tiersAre(() => 'Gold');
    const reader = createReader({ portal, account, state, viewer: commandLineViewer() });
    const to = { reader, language: 'en', timeZone: 'UTC' } as const;
    const plan = await desk(false).write({ dryRun: true, progress: quiet });
    await expect(desk(false).controls(to).approve(plan.batch)).rejects.toThrow("In a portal's first week");
    const one = desk(true);
    const running = one.controls(to).preview();
    await expect(one.undo(plan.batch, 'U1')).rejects.toMatchObject({ code: 'job-busy' });
    await running;
    expect((await one.controls(to).approve(plan.batch)).headline).toBe('40 companies annotated in the CRM');
    expect((await acts()).map(({ act, actor }) => [act, actor])).toEqual([
      ['approved-write-back', 'command-line'],
      ['wrote-back', 'command-line'],
    ]);
  });
});
