import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { connect, type Engine } from '../../../src/store/connect.ts';
import type { IdentityKey } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';
import { type RunningClickHouse, startClickHouse } from './start-clickhouse.ts';

export const TEST_KEY: IdentityKey = { id: 'k1', secret: Buffer.alloc(32, 7) };

/** Whether the tests of this run keep their data on a server, reached over HTTP, instead of in their own process. */
export const ON_A_SERVER = process.env.KITH_TEST_STORE === 'server';

/** One store in a new folder for the tests of a file, closed and removed after them. */
export function withStore(): {
  readonly dataDir: string;
  portal(id: string): Promise<PortalStore>;
  portals(): Promise<readonly string[]>;
  /** The store of one of several tenants on the same engine. */
  tenant(name: string): Promise<Store>;
  /** Closes the store and opens it again, as a restart does. */
  reopen(keys?: readonly IdentityKey[]): Promise<void>;
} {
  let dataDir = '';
  let store: Store;
  let server: RunningClickHouse | null = null;
  let engine: Engine;
  async function open(keys: readonly IdentityKey[]): Promise<Store> {
    engine = await connect({ dataDir, ...(server === null ? {} : { url: server.url }) });
    const own = await openStore({ dataDir, keys, engine });
    return { ...own, close: () => engine.client.close() };
  }
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'kith-store-'));
    if (ON_A_SERVER) server = await startClickHouse(join(dataDir, 'server'));
    store = await open([TEST_KEY]);
  });
  afterAll(async () => {
    await store?.close();
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  return {
    get dataDir() {
      return dataDir;
    },
    portal: (id) => store.portal(id),
    portals: () => store.portals(),
    tenant: (tenant) => openStore({ dataDir, keys: [TEST_KEY], engine, tenant }),
    async reopen(keys = [TEST_KEY]) {
      await store.close();
      store = await open(keys);
    },
  };
}
