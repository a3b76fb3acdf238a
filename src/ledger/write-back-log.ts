import type { Instant } from '../domain/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { createEventSequence } from './event-sequence.ts';

export interface LoggedWrite {
  readonly objectType: string;
  readonly recordId: string;
  readonly property: string;
  /** What the record held before; null when that is not known. */
  readonly before: string | null;
  readonly after: string;
}

/** 'planned' until the CRM has answered; a crash in between leaves it so. */
export type WriteOutcome = 'planned' | 'written' | 'failed';

export interface WriteBackBatch {
  readonly batch: string;
  readonly at: Instant;
  readonly records: number;
  readonly properties: number;
  readonly written: number;
  readonly failed: number;
}

export interface WriteBackLog {
  /** Before anything is sent to the CRM: what is about to be written, and what it replaces. */
  begin(batch: string, writes: readonly LoggedWrite[]): Promise<void>;
  /** After the CRM has answered for these records of the batch. */
  outcome(batch: string, recordIds: readonly string[], outcome: 'written' | 'failed', note: string): Promise<void>;
  /**
   * Every value that Kith may have left on the records the last time, by record and property: the newest one that was
   * written, and those planned after it of which the answer is not known.
   */
  lastWritten(
    objectType: string,
    recordIds: readonly string[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>>;
  /** A batch's writes with their outcomes, for undoing it. */
  writes(batch: string): Promise<readonly (LoggedWrite & { readonly outcome: WriteOutcome })[]>;
  /** The newest first. */
  batches(limit: number): Promise<readonly WriteBackBatch[]>;
}

/** Ids of one look-up. */
const LOOK_UP = 5_000;

/** What Kith wrote on CRM records, event by event: the table only grows. */
export function createWriteBackLog(portal: PortalStore, now: () => Instant): WriteBackLog {
  const sequence = createEventSequence(portal, 'write_backs');
  return {
    async begin(batch, writes) {
      const first = await sequence.take(writes.length);
      const at = new Date(now()).toISOString();
      await portal.insert(
        'write_backs',
        writes.map(({ objectType, recordId, property, before, after }, index) => ({
          batch,
          seq: first + index,
          at,
          object_type: objectType,
          record_id: recordId,
          property,
          before,
          after,
          outcome: 'planned' satisfies WriteOutcome,
          note: '',
        })),
      );
    },

    async outcome(batch, recordIds, outcome, note) {
      for (let start = 0; start < recordIds.length; start += LOOK_UP) {
        await portal.command(
          `INSERT INTO {db:Identifier}.write_backs
           SELECT batch, {seq:UInt64}, fromUnixTimestamp64Milli({at:Int64}, 'UTC'), object_type, record_id, property, before, after,
             {outcome:String}, {note:String}
           FROM {db:Identifier}.write_backs
           WHERE batch = {batch:String} AND outcome = 'planned' AND record_id IN {ids:Array(String)}`,
          {
            batch,
            seq: await sequence.take(1),
            at: Math.trunc(now()),
            outcome,
            note,
            ids: recordIds.slice(start, start + LOOK_UP),
          },
        );
      }
    },

    async lastWritten(objectType, recordIds) {
      const found = new Map<string, Map<string, readonly string[]>>();
      for (let start = 0; start < recordIds.length; start += LOOK_UP) {
        const rows = await portal.query<{ record: string; name: string; possible: string[] }>(
          `SELECT record_id AS record, property AS name,
             arrayMap(x -> x.2, arrayFilter(x -> x.1 >= newest, groupArray((begun, value)))) AS possible,
             maxIf(begun, state = 'written') AS newest
           FROM (
             SELECT record_id, property, batch, min(seq) AS begun, argMax(outcome, seq) AS state, argMin(after, seq) AS value
             FROM {db:Identifier}.write_backs
             WHERE object_type = {type:String} AND record_id IN {ids:Array(String)}
             GROUP BY record_id, property, batch
             HAVING state != 'failed'
             ORDER BY begun
           )
           GROUP BY record_id, property`,
          { type: objectType, ids: recordIds.slice(start, start + LOOK_UP) },
        );
        for (const { record, name, possible } of rows) {
          const properties = found.get(record) ?? new Map<string, readonly string[]>();
          properties.set(name, possible);
          found.set(record, properties);
        }
      }
      return found;
    },

    async writes(batch) {
      return portal.query<LoggedWrite & { outcome: WriteOutcome }>(
        `SELECT object_type AS objectType, record_id AS recordId, property, argMin(tuple(before), seq).1 AS before,
           argMin(after, seq) AS after, argMax(outcome, seq) AS outcome
         FROM {db:Identifier}.write_backs AS w
         WHERE w.batch = {batch:String} GROUP BY object_type, record_id, property ORDER BY object_type, record_id, property`,
        { batch },
      );
    },

    async batches(limit) {
      const rows = await portal.query<Record<Exclude<keyof WriteBackBatch, 'batch'>, string> & { name: string }>(
        `SELECT batch AS name, toUnixTimestamp64Milli(min(begun_at)) AS at, uniqExact(record_id) AS records, count() AS properties,
           countIf(state = 'written') AS written, countIf(state = 'failed') AS failed, max(begun) AS newest
         FROM (
           SELECT batch, record_id, object_type, property, min(at) AS begun_at, min(seq) AS begun, argMax(outcome, seq) AS state
           FROM {db:Identifier}.write_backs GROUP BY batch, object_type, record_id, property
         )
         GROUP BY batch ORDER BY newest DESC LIMIT {limit:UInt32}`,
        { limit },
      );
      return rows.map(({ name, at, records, properties, written, failed }) => ({
        batch: name,
        at: Number(at),
        records: Number(records),
        properties: Number(properties),
        written: Number(written),
        failed: Number(failed),
      }));
    },
  };
}
