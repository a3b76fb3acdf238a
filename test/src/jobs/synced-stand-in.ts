import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type StandInHubspotOptions, startStandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import { type SyncPart, type SyncReport, sync } from '../../../src/jobs/sync.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';
import { NO_LIMITS, smallPortal, TOKEN } from '../../demo/hubspot/small-portal.ts';
import { TEST_KEY } from '../store/with-store.ts';

export const MINUTE = 60_000;

/** One store and one clock for the tests of a file, and stand-ins whose records are copied into portals of their own. */
export function syncedStandIns() {
  let time = Date.UTC(2026, 5, 1, 12);
  const now = () => time;
  const closing: (() => Promise<void>)[] = [];
  let store: Store;
  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'kith-lanes-'));
    store = await openStore({ dataDir, keys: [TEST_KEY], now });
    closing.push(() => rm(dataDir, { recursive: true }), store.close);
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });
  return {
    now,
    pass(milliseconds: number) {
      time += milliseconds;
    },
    /** A stand-in, and its records copied once. */
    async open(name: string, options: Partial<StandInHubspotOptions> = {}) {
      const server = await startStandInHubspot({
        portal: smallPortal(),
        token: TOKEN,
        limits: NO_LIMITS,
        now,
        ...options,
      });
      closing.push(server.close);
      const { source } = await openHubspot({
        accessToken: TOKEN,
        basePath: server.url,
        now,
        random: () => 0.5,
        sleep: async (milliseconds) => {
          time += milliseconds;
        },
      });
      const portal = await store.portal(name);
      const run = (part: SyncPart = 'all', more: { full?: boolean; signal?: AbortSignal } = {}): Promise<SyncReport> =>
        sync({ source, portal, progress: { update: () => undefined }, now, full: false, part, ...more });
      await run();
      return { crm: server.portal, server, source, portal, run };
    },
  };
}

export async function nameOf(portal: PortalStore, id: string): Promise<string | null> {
  const [row] = await portal.query<{ name: string }>(
    'SELECT name FROM {db:Identifier}.companies FINAL WHERE id = {id:String}',
    { id },
  );
  return row?.name ?? null;
}

/** Every association, as `deals:500>companies:1000!` with a sign for a primary one. */
export async function linksIn(portal: PortalStore): Promise<string[]> {
  const rows = await portal.query<{ link: string }>(
    `SELECT concat(from_type, ':', from_id, '>', to_type, ':', to_id, if(is_primary, '!', '')) AS link
     FROM {db:Identifier}.associations FINAL ORDER BY link`,
  );
  return rows.map(({ link }) => link);
}
