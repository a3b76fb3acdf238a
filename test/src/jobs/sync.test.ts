import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startStandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { readPortalFolder } from '../../../demo/portal/read-portal-folder.ts';
import { openCsvFolder } from '../../../integrations/csv/open-csv-folder.ts';
import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import type { ObjectType } from '../../../src/domain/crm.ts';
import { sync } from '../../../src/jobs/sync.ts';
import { KithError } from '../../../src/lib/errors.ts';
import type { CrmPage, CrmSource } from '../../../src/ports/crm.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';
import { writeCrmFolder } from '../../integrations/crm-folder.ts';
import { virtualTime } from '../../integrations/hubspot/virtual-time.ts';

const REFERENCE = process.env.KITH_REFERENCE ?? '../shared';
const RETAIL = join(REFERENCE, 'portals/online-retail');
const NOW = Date.UTC(2026, 0, 15);

let dataDir: string;
let store: Store;
let folder: Awaited<ReturnType<typeof writeCrmFolder>>;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kith-sync-'));
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()), now: () => NOW });
  folder = await writeCrmFolder();
});
afterAll(async () => {
  await store.close();
  await rm(dataDir, { recursive: true });
  await rm(folder.directory, { recursive: true });
});

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) {
    await close();
  }
});

const quiet = { update: () => undefined };

async function run(source: CrmSource, portal: PortalStore, options: { full?: boolean; signal?: AbortSignal } = {}) {
  return sync({
    source,
    portal,
    progress: quiet,
    now: () => NOW,
    full: options.full ?? false,
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/** What the store holds, without the versions that tell one copy of a row from another. */
async function contents(portal: PortalStore) {
  const deals = await portal.query('SELECT * EXCEPT version FROM {db:Identifier}.deals FINAL ORDER BY id');
  const links = await portal.query(
    'SELECT from_type, from_id, to_type, to_id, is_primary FROM {db:Identifier}.associations FINAL ORDER BY ALL',
  );
  return { counts: await portal.crm.counts(), deals, links, rejects: await portal.crm.rejects() };
}

const standInHubspot = async () => {
  const time = virtualTime();
  const server = await startStandInHubspot({
    portal: await readPortalFolder(folder.directory),
    token: 't',
    limits: { perTenSeconds: 190, searchPerSecond: 5, daily: 250_000 },
    now: time.now,
  });
  closing.push(server.close);
  const { source } = await openHubspot({
    accessToken: 't',
    basePath: server.url,
    engagements: true,
    ...time,
    random: () => 0.5,
  });
  return { server, source };
};

describe('a sync', () => {
  it('copies every record and association of a folder, with the bad ones set aside, the revenue and the account', async () => {
    const portal = await store.portal('whole');
    const { source } = await openCsvFolder(folder.directory);
    const steps: string[] = [];
    const report = await sync({
      source,
      portal,
      progress: { update: ({ en }, done, total) => steps.push(`${en} ${done} ${total}`) },
      now: () => NOW,
      full: false,
    });
    const expected = Object.fromEntries(Object.entries(folder.ids).map(([type, ids]) => [type, ids.length]));
    expect(report).toMatchObject({
      // The one archived owner is kept, but not counted.
      counts: { ...expected, owners: 2, engagements: folder.engagements.length },
      rejected: 1,
      revenue: folder.revenue,
    });
    expect(report.calls).toBeGreaterThanOrEqual(9);
    expect((await contents(portal)).links).toHaveLength(folder.links.length);
    expect(await portal.crm.rejects()).toHaveLength(1);
    expect(await portal.crm.account()).toEqual(await source.account());
    expect(JSON.parse((await portal.crm.cursor('raw-revenue')) ?? '')).toMatchObject(folder.revenue);
    expect(await portal.crm.cursor('last-sync')).toBe(String(NOW));
    expect(steps).toContain('line items 5600 5600');
  });

  it('changes nothing when it is repeated', async () => {
    const portal = await store.portal('twice');
    const { source } = await openCsvFolder(folder.directory);
    await run(source, portal);
    const before = await contents(portal);
    await run(source, portal);
    expect(await contents(portal)).toEqual(before);
  });

  it('brings the same deals over HTTP as from the files', async () => {
    const [files, http] = [await store.portal('files'), await store.portal('http')];
    await run((await openCsvFolder(folder.directory)).source, files);
    const { source, server } = await standInHubspot();
    const report = await run(source, http);
    expect(report.calls).toBe(server.calls() - 1);
    expect(report.revenue).toEqual(folder.revenue);
    const amounts = 'SELECT id, amount, stage_id, closed_at FROM {db:Identifier}.deals FINAL ORDER BY id';
    expect(await http.query(amounts)).toEqual(await files.query(amounts));
  });

  it('asks for four types at a time over the network, owners and stages first, with one bar over all of them', async () => {
    const { source } = await standInHubspot();
    const open = new Set<string>();
    const begun: string[] = [];
    let most = 0;
    let openTheGate = (): void => undefined;
    // Nobody gets a page before four have asked for one.
    const gate = new Promise<void>((resolve) => {
      openTheGate = resolve;
    });
    const watched: CrmSource = {
      ...source,
      async *read(type, options) {
        open.add(type);
        begun.push(type);
        most = Math.max(most, open.size);
        if (open.size === 4) openTheGate();
        if (type !== 'owners' && type !== 'pipelines') await gate;
        yield* source.read(type, options);
        open.delete(type);
      },
    };
    const steps: string[] = [];
    await sync({
      source: watched,
      portal: await store.portal('at-once'),
      progress: { update: ({ en }, done, total) => steps.push(`${en} ${done} ${total}`) },
      now: () => NOW,
      full: false,
    });
    expect(most).toBe(4);
    expect(begun.slice(0, 2).sort()).toEqual(['owners', 'pipelines']);
    expect(new Set(steps.map((step) => step.split(' ')[0]))).toEqual(new Set(['records', 'revenue']));
    expect(steps.filter((step) => step.startsWith('records')).at(-1)).toMatch(/^records (\d+) \1$/);
  });

  it('brings all of it through every kind of trouble, whatever part of the calls it hits', async () => {
    const whole = await store.portal('no-trouble');
    const troubled = await store.portal('trouble');
    const { source, server } = await standInHubspot();
    await run(source, whole);
    server.setFault({
      seed: 7,
      share: 0.15,
      kinds: [
        '429-ten-secondly',
        '429-ten-secondly-bare',
        '429-secondly',
        '429-html',
        '423',
        '477',
        '500',
        '502',
        '504',
        '524',
        'done-reset',
        'reset',
      ],
    });
    const before = server.calls();
    const report = await run(source, troubled);
    expect(report.revenue).toEqual(folder.revenue);
    expect(server.calls() - before).toBe(report.calls);
    server.setFault(null);
    expect(await contents(troubled)).toEqual(await contents(whole));
  });

  it('follows records whose associations and values changed', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kith-changed-'));
    closing.push(() => rm(directory, { recursive: true }));
    const write = (rows: string) => writeFile(join(directory, 'deals.csv'), `id,amount,company_id,contact_id\n${rows}`);
    const portal = await store.portal('changed');
    await write('1,10,7,8\n2,20,7,\n');
    await run((await openCsvFolder(directory)).source, portal);
    await write('1,11,9,\n2,20,7,\n');
    await run((await openCsvFolder(directory)).source, portal);
    const links = await portal.query<{ link: string }>(
      "SELECT concat(from_id, '>', to_type, '>', to_id) AS link FROM {db:Identifier}.associations FINAL ORDER BY link",
    );
    expect(links.map(({ link }) => link)).toEqual(['1>companies>9', '2>companies>7']);
    expect(
      await portal.query('SELECT toString(amount) AS amount FROM {db:Identifier}.deals FINAL ORDER BY id'),
    ).toEqual([{ amount: '11' }, { amount: '20' }]);
  });
});

describe('a sync that is cut short', () => {
  /** A source that fails once it has given this page of this type, and remembers what it was asked for. */
  function failing(source: CrmSource, type: ObjectType, pages: number, asked: string[]): CrmSource {
    return {
      ...source,
      async *read<T extends ObjectType>(
        wanted: T,
        options?: { after?: string; signal?: AbortSignal },
      ): AsyncGenerator<CrmPage<T>> {
        asked.push(`${wanted} ${options?.after ?? ''}`.trim());
        let given = 0;
        for await (const page of source.read(wanted, options)) {
          if (wanted === type && given++ === pages) {
            throw new KithError('crm-limit', 'The day is used up');
          }
          yield page;
        }
      },
    };
  }

  it('keeps what it had read and goes on after it, with the same result as one that ran through', async () => {
    const whole = await store.portal('ran-through');
    const { source } = await openCsvFolder(folder.directory);
    await run(source, whole);
    const cut = await store.portal('cut-short');
    await expect(run(failing(source, 'line_items', 1, []), cut)).rejects.toMatchObject({ code: 'crm-limit' });
    expect((await cut.crm.counts()).line_items).toBe(5000);
    expect(await cut.crm.cursor('last-sync')).toBeNull();
    const asked: string[] = [];
    await run(failing(source, 'line_items', 99, asked), cut);
    expect(asked).toEqual([expect.stringMatching(/^line_items 5000\/\d/), 'tickets', 'engagements']);
    expect(await contents(cut)).toEqual(await contents(whole));
  });

  it('begins anew when it is told to, and after it has run through', async () => {
    const portal = await store.portal('anew');
    const { source } = await openCsvFolder(folder.directory);
    await expect(run(failing(source, 'deals', 0, []), portal)).rejects.toMatchObject({ code: 'crm-limit' });
    const asked: string[] = [];
    await run(failing(source, 'deals', 99, asked), portal, { full: true });
    expect(asked).toHaveLength(9);
    await run(failing(source, 'deals', 99, asked), portal);
    expect(asked.slice(9)).toEqual(asked.slice(0, 9));
  });

  it('stops between pages at a signal, and loses nothing', async () => {
    const portal = await store.portal('stopped');
    const { source } = await standInHubspot();
    const stop = new AbortController();
    const stopping: CrmSource = {
      ...source,
      async *read(type, options) {
        for await (const page of source.read(type, options)) {
          yield page;
          if (type === 'deals') {
            stop.abort(new Error('SIGTERM'));
          }
        }
      },
    };
    await expect(run(stopping, portal, { signal: stop.signal })).rejects.toThrow('SIGTERM');
    const before = source.calls();
    const report = await run(source, portal);
    expect(report.counts.deals).toBe(folder.ids.deals.length);
    expect(report.counts.line_items).toBe(folder.ids.line_items.length);
    expect(source.calls() - before).toBe(report.calls);
  });
});

describe.skipIf(!existsSync(RETAIL))('online-retail (skipped where the reference portals are absent)', () => {
  it('is imported in little processor time and reconciles to the cent', async () => {
    const portal = await store.portal('retail');
    const before = process.cpuUsage();
    const report = await run((await openCsvFolder(RETAIL)).source, portal);
    const { user, system } = process.cpuUsage(before);
    expect(report.counts).toMatchObject({ contacts: 4372, deals: 22_190, line_items: 406_829, products: 3684 });
    const [ours] = await portal.query<{ won: string }>(
      "SELECT toString(sum(amount)) AS won FROM {db:Identifier}.deals FINAL WHERE stage_id = 'order_paid'",
    );
    expect(Number(ours?.won)).toBe(Number(report.revenue?.amount));
    expect((user + system) / 1e6).toBeLessThan(60);
  }, 240_000);
});
