import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import type { CopiedProperties } from '../../../src/domain/crm.ts';
import { backfillUnderWay } from '../../../src/jobs/backfill.ts';
import { type SyncPart, sync } from '../../../src/jobs/sync.ts';
import { SYNC_CURSORS } from '../../../src/jobs/sync-cursors.ts';
import type { CrmSource } from '../../../src/ports/crm.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';
import { NO_LIMITS, smallPortal, TOKEN } from '../../demo/hubspot/small-portal.ts';
import { TEST_KEY } from '../store/with-store.ts';

const ALL = 1_200;
const MINUTE = 60_000;
const COLOURS: CopiedProperties = { companies: ['favourite_colour'] };
let time = Date.UTC(2026, 5, 1, 12);
const now = () => time;
const closing: (() => Promise<void>)[] = [];
let store: Store;
beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'kith-made-with-'));
  store = await openStore({ dataDir, keys: [TEST_KEY], now });
  closing.push(() => rm(dataDir, { recursive: true }), store.close);
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

/** A stand-in in which every company has a favourite colour, copied once without it. */
async function open(name: string) {
  const server = await startStandInHubspot({ portal: smallPortal(), token: TOKEN, limits: NO_LIMITS, now });
  closing.push(server.close);
  // Enough for more than one page.
  for (let n = 250; n < ALL; n++) server.portal.create('companies', { name: `Company ${n}` });
  for (const id of server.portal.ids('companies'))
    server.portal.edit('companies', id, { favourite_colour: 'green' }, { stamps: false });
  let copied: CopiedProperties = {};
  const { source } = await openHubspot({
    accessToken: TOKEN,
    basePath: server.url,
    copied: () => copied,
    now,
    random: () => 0.5,
    sleep: async (milliseconds) => {
      time += milliseconds;
    },
  });
  const portal = await store.portal(name);
  const run = (part: SyncPart = 'all', from: CrmSource = source) => {
    time += 2 * MINUTE;
    return sync({ source: from, portal, progress: { update: () => undefined }, now, full: false, part, copied });
  };
  await run();
  return {
    crm: server.portal,
    portal,
    run,
    source,
    choose(properties: CopiedProperties) {
      copied = properties;
    },
  };
}

async function coloured(portal: PortalStore): Promise<number> {
  const [row] = await portal.query<{ n: string }>(
    `SELECT count() AS n FROM {db:Identifier}.companies FINAL WHERE extra['favourite_colour'] = 'green'`,
  );
  return Number(row?.n);
}

/** Gives pages as the source does, and fails after so many of companies: a sync that is cut short. */
function cutAfter(source: CrmSource, pages: number): CrmSource {
  return {
    ...source,
    async *read(type, options) {
      let given = 0;
      for await (const page of source.read(type, options)) {
        if (type === 'companies' && given === pages) throw new Error('the line broke');
        given++;
        yield page;
      }
    },
  };
}

describe('a copy that lacks what is wanted of every record', () => {
  it('is made again once when a property is named, and not again after that', async () => {
    const { crm, portal, run, choose } = await open('named');
    expect((await run()).backfilled, 'nothing has changed').toBe(false);
    choose(COLOURS);
    crm.archive('companies', '1003');
    expect(await coloured(portal)).toBe(0);
    const report = await run();
    expect(report.backfilled).toBe(true);
    expect(await coloured(portal), 'the archived one is gone').toBe(ALL - 1);
    expect((await run()).backfilled).toBe(false);
    expect((await run('safe')).backfilled).toBe(false);
  });

  it('is made again when it was made by a Kith that copied fewer columns', async () => {
    const { portal, run } = await open('older');
    await portal.crm.saveCursor(SYNC_CURSORS.madeWith, null);
    expect((await run('safe')).backfilled).toBe(true);
    expect((await run('safe')).backfilled).toBe(false);
    const made: { format: number } = JSON.parse((await portal.crm.cursor(SYNC_CURSORS.madeWith)) ?? '');
    await portal.crm.saveCursor(SYNC_CURSORS.madeWith, JSON.stringify({ ...made, format: made.format - 1 }));
    expect((await run()).backfilled).toBe(true);
  });

  it('goes on where it was cut short, instead of beginning again every time', async () => {
    const { portal, run, source, choose } = await open('cut');
    choose(COLOURS);
    await expect(run('all', cutAfter(source, 1))).rejects.toThrow('the line broke');
    const begun = await backfillUnderWay(portal);
    const checkpoint = await portal.crm.cursor('backfill/companies');
    expect(JSON.parse(checkpoint ?? '')).toMatchObject({ isDone: false });
    const asked: (string | undefined)[] = [];
    const watched: CrmSource = {
      ...source,
      read(type, options) {
        if (type === 'companies') asked.push(options?.after);
        return source.read(type, options);
      },
    };
    expect((await run('all', watched)).backfilled).toBe(true);
    expect(asked).toEqual([JSON.parse(checkpoint ?? '').after]);
    expect(begun?.madeWith).toBe(await portal.crm.cursor(SYNC_CURSORS.madeWith));
    expect(await coloured(portal)).toBe(ALL);
  });

  it('begins anew when another property is named half-way', async () => {
    const { portal, run, source, choose } = await open('changed-mind');
    choose({ companies: ['domain_owner'] });
    await expect(run('all', cutAfter(source, 1))).rejects.toThrow('the line broke');
    choose(COLOURS);
    expect((await run()).backfilled).toBe(true);
    expect(await coloured(portal), 'also of the pages that were read before').toBe(ALL);
    expect((await run()).backfilled).toBe(false);
  });

  it('leaves the fast lane running until it is whole', async () => {
    const { crm, portal, run, source, choose } = await open('meanwhile');
    choose(COLOURS);
    await expect(run('all', cutAfter(source, 1))).rejects.toThrow('the line broke');
    crm.edit('companies', '1006', { name: 'Meanwhile' });
    const fast = await run('fast');
    expect(fast.lanes.map(({ lane }) => lane)).toEqual(['fast']);
    const [row] = await portal.query<{ name: string }>(
      `SELECT name FROM {db:Identifier}.companies FINAL WHERE id = '1006'`,
    );
    expect(row?.name).toBe('Meanwhile');
    expect((await run('safe')).backfilled).toBe(true);
  });
});
