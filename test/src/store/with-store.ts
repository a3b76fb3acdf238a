import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { IdentityKey } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';

export const TEST_KEY: IdentityKey = { id: 'k1', secret: Buffer.alloc(32, 7) };

/** One store in a new folder for the tests of a file, closed and removed after them. */
export function withStore(): {
  readonly dataDir: string;
  portal(id: string): Promise<PortalStore>;
  portals(): Promise<readonly string[]>;
  /** Closes the store and opens it again, as a restart does. */
  reopen(keys?: readonly IdentityKey[]): Promise<void>;
} {
  let dataDir = '';
  let store: Store;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'kith-store-'));
    store = await openStore({ dataDir, keys: [TEST_KEY] });
  });
  afterAll(async () => {
    await store?.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  return {
    get dataDir() {
      return dataDir;
    },
    portal: (id) => store.portal(id),
    portals: () => store.portals(),
    async reopen(keys = [TEST_KEY]) {
      await store.close();
      store = await openStore({ dataDir, keys });
    },
  };
}
