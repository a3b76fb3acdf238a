import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHubspot } from '../integrations/hubspot/open-hubspot.ts';
import { sync } from '../src/jobs/sync.ts';
import { newIdentityKey, parseIdentityKeys } from '../src/store/identity-keys.ts';
import { openStore } from '../src/store/open-store.ts';

/** One full sync into a new store, in a process of its own. */
export interface SyncOrder {
  readonly url: string;
  /** Whether memory is watched, which costs time: everything unused is freed before each look. */
  readonly watchesMemory: boolean;
}

export interface SyncOutcome {
  readonly seconds: number;
  readonly calls: number;
  readonly tooMany: number;
  readonly counts: Readonly<Record<string, number>>;
  /** The most that was in use at once, in bytes, the engine's own memory left out. */
  readonly peakInUse: number;
  readonly peakRss: number;
}

async function run({ url, watchesMemory }: SyncOrder): Promise<SyncOutcome> {
  const dataDir = await mkdtemp(join(tmpdir(), 'kith-bench-'));
  const store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
  let [tooMany, peakInUse, peakRss] = [0, 0, 0];
  const watch = setInterval(() => {
    if (!watchesMemory) return;
    globalThis.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    peakInUse = Math.max(peakInUse, heapUsed + external);
    peakRss = Math.max(peakRss, rss);
  }, 250);
  try {
    const startedAt = performance.now();
    const { source } = await openHubspot({
      accessToken: 'bench',
      basePath: url,
      engagements: true,
      onWait: ({ reason }) => {
        tooMany += reason === 'too-many-requests' ? 1 : 0;
      },
    });
    const portal = await store.portal((await source.account()).portalId);
    const progress = { update: () => undefined };
    const report = await sync({ source, portal, progress, now: Date.now, full: false });
    const seconds = (performance.now() - startedAt) / 1000;
    return { seconds, calls: source.calls(), tooMany, counts: report.counts, peakInUse, peakRss };
  } finally {
    clearInterval(watch);
    await store.close();
    await rm(dataDir, { recursive: true });
  }
}

process.once('message', async (message) => {
  // The parent is bench/run-process.ts, which sends what its type says.
  process.send?.(await run(message as SyncOrder));
  process.disconnect();
});
