import { connect, type Engine } from './connect.ts';
import { createCrmStore } from './crm-store.ts';
import { createDatabase } from './database.ts';
import { databaseName, databasePrefix, portalIdOf } from './database-name.ts';
import { createErasureGate } from './erasure-gate.ts';
import { erasureRecord } from './erasure-record.ts';
import { createIdentityVault, type IdentityKey, type IdentityVault } from './identity-keys.ts';
import { createIdentityStore } from './identity-store.ts';
import { checkSecrets } from './key-check.ts';
import { migrate } from './migrate.ts';
import type { PortalStore, Store } from './portal-store.ts';
import { noMemory, withReadMemory } from './read-memory.ts';
import { createResultStore } from './result-store.ts';
import { openSequence } from './sequence.ts';
import { storeError } from './store-error.ts';

/**
 * Opens the store: the embedded engine over `dataDir`, or the server at `url`. The embedded engine may be opened once per
 * process, and only in the main thread; `acquireDataLock` keeps other processes out. Several tenants of one process share an
 * `engine` that is open already, and each sees its own databases only.
 */
export async function openStore(options: {
  dataDir: string;
  url?: string;
  /** What the embedded engine may take; null or absent: its share of the machine. */
  engineMemoryBytes?: number | null;
  engine?: Engine;
  tenant?: string | null;
  keys: readonly IdentityKey[];
  now?: () => number;
}): Promise<Store> {
  const { tenant = null } = options;
  const engine = options.engine ?? (await connect(options));
  const { client, replicated, isServer } = engine;
  const now = options.now ?? Date.now;
  const opened = new Map<string, Promise<PortalStore>>();
  const vaults: IdentityVault[] = [];
  let { keys } = options;

  async function openPortal(portalId: string): Promise<PortalStore> {
    const name = databaseName(portalId, tenant);
    const vault = createIdentityVault(keys, portalId);
    vaults.push(vault);
    const replication = replicated
      ? ` ENGINE = Replicated('/clickhouse/databases/${name}', '{shard}', '{replica}')`
      : '';
    try {
      await client.command({ query: `CREATE DATABASE IF NOT EXISTS \`${name}\`${replication}` });
    } catch (error) {
      throw storeError(error, 'write', [name], true);
    }
    const plain = createDatabase(engine, name);
    // The embedded engine has one process, which sees every write.
    const { database, memory } = isServer ? { database: plain, memory: noMemory } : withReadMemory(plain);
    await migrate(database, { now: now(), replicated });
    await checkSecrets(database, vault, keys);
    const sequence = await openSequence(database);
    const record = erasureRecord(options.dataDir, portalId);
    const crm = createCrmStore({ database, vault, sequence, record, now, memory });
    return {
      portalId,
      database: name,
      query: database.query,
      arrow: database.arrow,
      command: database.command,
      insert: database.insert,
      // A server looks after itself, and asks for a privilege.
      freeMemory: async () => (isServer ? undefined : database.command('SYSTEM JEMALLOC PURGE')),
      crm,
      erasures: createErasureGate(),
      identity: createIdentityStore(database, vault),
      results: createResultStore(database, sequence, now, crm.noProfileOf, memory),
    };
  }

  return {
    async portal(portalId) {
      const known = opened.get(portalId);
      if (known !== undefined) return known;
      const opening = openPortal(portalId);
      opened.set(portalId, opening);
      // A failure is not remembered, so that a portal can be opened once its cause is gone.
      opening.catch(() => opened.delete(portalId));
      return opening;
    },
    async portals() {
      try {
        const answer = await client.query({
          query: `SELECT database FROM system.tables WHERE name = 'migrations' AND startsWith(database, {prefix:String}) ORDER BY database`,
          query_params: { prefix: databasePrefix(tenant) },
          format: 'JSONEachRow',
        });
        const rows = await answer.json<{ database: string }>();
        return rows.flatMap(({ database }) => portalIdOf(database, tenant) ?? []);
      } catch (error) {
        throw storeError(error, 'read', [], true);
      }
    },
    adopt(key) {
      keys = [key, ...keys.filter(({ id }) => id !== key.id)];
      for (const vault of vaults) vault.adopt(key);
    },
    close: async () => (options.engine === undefined ? client.close() : undefined),
  };
}
