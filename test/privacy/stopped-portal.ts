import { connect } from '../../src/store/connect.ts';
import { createCrmStore } from '../../src/store/crm-store.ts';
import { createDatabase, type Database } from '../../src/store/database.ts';
import { databaseName } from '../../src/store/database-name.ts';
import { createErasureGate } from '../../src/store/erasure-gate.ts';
import { type ErasureRecord, erasureRecord } from '../../src/store/erasure-record.ts';
import { createIdentityVault, type IdentityKey } from '../../src/store/identity-keys.ts';
import { createIdentityStore } from '../../src/store/identity-store.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { PortalStore } from '../../src/store/portal-store.ts';
import { createResultStore } from '../../src/store/result-store.ts';
import { openSequence } from '../../src/store/sequence.ts';

/** What a process that ended says of every statement from its last on. */
export class Stopped extends Error {}

export interface StoppableStore {
  /** As a restart opens it: nothing is remembered of what the last one knew. Statements that write, from number `stopAt` on, never come to be. */
  portal(portalId: string, keys: readonly IdentityKey[], stopAt?: number): Promise<PortalStore>;
  close(): Promise<void>;
}

/** A store whose portals can be stopped before any of their writing statements, the file beside the tables among them. */
export async function openStoppable(dataDir: string, now: () => number): Promise<StoppableStore> {
  const engine = await connect({ dataDir });
  const { client, replicated } = engine;

  return {
    async portal(portalId, keys, stopAt = Number.POSITIVE_INFINITY) {
      const name = databaseName(portalId);
      await client.command({ query: `CREATE DATABASE IF NOT EXISTS \`${name}\`` });
      const whole = createDatabase(engine, name);
      await migrate(whole, { now: now(), replicated });
      let done = 0;
      const step = async <Result>(write: () => Promise<Result>): Promise<Result> => {
        if (done >= stopAt) throw new Stopped(`stopped before statement ${stopAt}`);
        done += 1;
        return write();
      };
      const database: Database = {
        ...whole,
        command: (...given) => step(() => whole.command(...given)),
        insert: async (table, rows) => (rows.length === 0 ? undefined : step(() => whole.insert(table, rows))),
        insertValues: async (table, columns, rows, row) =>
          rows === 0 ? undefined : step(() => whole.insertValues(table, columns, rows, row)),
        insertLines: (...given) => step(() => whole.insertLines(...given)),
      };
      const vault = createIdentityVault(keys, portalId);
      const sequence = await openSequence(database);
      const file = erasureRecord(dataDir, portalId);
      const record: ErasureRecord = {
        read: file.read,
        add: (...given) => step(() => file.add(...given)),
        begin: (...given) => step(() => file.begin(...given)),
        end: (id) => step(() => file.end(id)),
      };
      const crm = createCrmStore({ database, vault, sequence, record, now });
      return {
        portalId,
        database: name,
        query: database.query,
        arrow: database.arrow,
        command: database.command,
        insert: database.insert,
        freeMemory: async () => undefined,
        crm,
        erasures: createErasureGate(),
        identity: createIdentityStore(database, vault),
        results: createResultStore(database, sequence, now, crm.noProfileOf),
      };
    },
    close: () => client.close(),
  };
}
