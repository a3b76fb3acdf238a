import type { Instant } from '../domain/crm.ts';
import { groupBy } from '../lib/group-by.ts';
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

/** What a plan proposes to write, or leaves alone and why; nothing of it is written until it is approved. */
export interface Proposal extends LoggedWrite {
  readonly kind: 'proposed' | 'left-alone';
  /** Why it is left alone; '' for what is proposed. */
  readonly note: string;
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
  /** Keeps a part of a plan under the batch that it will be written as. */
  propose(batch: string, proposals: readonly Proposal[]): Promise<void>;
  /** What a plan proposes for the next `records` records after one, by record id. */
  proposed(batch: string, page: { after: string; records: number }): Promise<readonly LoggedWrite[]>;
  /** All of a plan, with what is left alone. */
  proposals(batch: string): Promise<readonly Proposal[]>;
  /** Forgets what was proposed before an instant; what was written stays. */
  dropProposals(before: Instant): Promise<void>;
  /** Before anything is sent to the CRM: what is about to be written, and what it replaces. */
  begin(batch: string, writes: readonly LoggedWrite[]): Promise<void>;
  /** After the CRM has answered: what became of each write, with the reason where there is one. */
  settle(
    batch: string,
    writes: readonly (LoggedWrite & { readonly outcome: 'written' | 'failed'; readonly note: string })[],
  ): Promise<void>;
  /** Writes whose answer never came, by batch: Kith was stopped in between. */
  open(): Promise<readonly { readonly batch: string; readonly writes: readonly LoggedWrite[] }[]>;
  /** Records whose last write failed, with the reason. */
  quarantined(objectType: string): Promise<ReadonlyMap<string, string>>;
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

/** The events of what was really sent; a plan's are not. */
const SENT = `w.outcome IN ('planned', 'written', 'failed')`;

/** What Kith wrote on CRM records, event by event; of what was sent, nothing is ever removed but for a person's erasure. */
export function createWriteBackLog(portal: PortalStore, now: () => Instant): WriteBackLog {
  const sequence = createEventSequence(portal, 'write_backs');

  async function append(
    batch: string,
    events: readonly (LoggedWrite & { readonly outcome: WriteOutcome | Proposal['kind']; readonly note: string })[],
  ): Promise<void> {
    if (events.length === 0) return;
    const first = await sequence.take(events.length);
    const at = new Date(now()).toISOString();
    await portal.insert(
      'write_backs',
      events.map(({ objectType, recordId, property, before, after, outcome, note }, index) => ({
        batch,
        seq: first + index,
        at,
        object_type: objectType,
        record_id: recordId,
        property,
        before,
        after,
        outcome,
        note,
      })),
    );
  }

  return {
    propose: (batch, proposals) =>
      append(
        batch,
        proposals.map(({ kind, ...rest }) => ({ ...rest, outcome: kind })),
      ),

    async proposed(batch, { after, records }) {
      return portal.query<LoggedWrite>(
        `SELECT object_type AS objectType, record_id AS recordId, property, before, after
         FROM {db:Identifier}.write_backs
         WHERE batch = {batch:String} AND outcome = 'proposed' AND record_id IN (
           SELECT DISTINCT record_id FROM {db:Identifier}.write_backs
           WHERE batch = {batch:String} AND outcome = 'proposed' AND record_id > {after:String}
           ORDER BY record_id LIMIT {records:UInt32}
         )
         ORDER BY record_id, seq`,
        { batch, after, records },
      );
    },

    async proposals(batch) {
      return portal.query<Proposal>(
        `SELECT object_type AS objectType, record_id AS recordId, property, before, after, outcome AS kind, note
         FROM {db:Identifier}.write_backs
         WHERE batch = {batch:String} AND outcome IN ('proposed', 'left-alone') ORDER BY seq`,
        { batch },
      );
    },

    async dropProposals(before) {
      const [old] = await portal.query<{ rows: string }>(
        `SELECT count() AS rows FROM {db:Identifier}.write_backs
         WHERE outcome IN ('proposed', 'left-alone') AND at < fromUnixTimestamp64Milli({before:Int64}, 'UTC')`,
        { before: Math.trunc(before) },
      );
      // A mutation rewrites whole parts, so it runs only where there is something to drop.
      if (Number(old?.rows ?? 0) === 0) return;
      await portal.command(
        `ALTER TABLE {db:Identifier}.write_backs DELETE
         WHERE outcome IN ('proposed', 'left-alone') AND at < fromUnixTimestamp64Milli({before:Int64}, 'UTC')
         SETTINGS mutations_sync = 2`,
        { before: Math.trunc(before) },
      );
    },

    begin: (batch, writes) =>
      append(
        batch,
        writes.map((write) => ({ ...write, outcome: 'planned', note: '' })),
      ),

    settle: append,

    async open() {
      const rows = await portal.query<LoggedWrite & { batch: string }>(
        `SELECT batch, object_type AS objectType, record_id AS recordId, property, argMin(tuple(before), seq).1 AS before,
           argMin(after, seq) AS after
         FROM {db:Identifier}.write_backs AS w
         WHERE ${SENT}
         GROUP BY batch, object_type, record_id, property HAVING argMax(w.outcome, seq) = 'planned'
         ORDER BY min(seq)`,
      );
      return [...groupBy(rows, ({ batch }) => batch)].map(([batch, ofBatch]) => ({
        batch,
        writes: ofBatch.map(({ batch: _, ...write }) => write),
      }));
    },

    async quarantined(objectType) {
      const rows = await portal.query<{ id: string; reason: string }>(
        `SELECT record AS id, argMax(why, last_event) AS reason FROM (
           SELECT record_id AS record, property, argMax(outcome, seq) AS state, argMax(note, seq) AS why, max(seq) AS last_event
           FROM {db:Identifier}.write_backs AS w
           WHERE object_type = {type:String} AND ${SENT} GROUP BY record_id, property HAVING state = 'failed'
         ) GROUP BY record ORDER BY record`,
        { type: objectType },
      );
      return new Map(rows.map(({ id, reason }) => [id, reason]));
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
             FROM {db:Identifier}.write_backs AS w
             WHERE object_type = {type:String} AND record_id IN {ids:Array(String)} AND ${SENT}
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
         WHERE w.batch = {batch:String} AND ${SENT} GROUP BY object_type, record_id, property ORDER BY object_type, record_id, property`,
        { batch },
      );
    },

    async batches(limit) {
      const rows = await portal.query<Record<Exclude<keyof WriteBackBatch, 'batch'>, string> & { name: string }>(
        `SELECT batch AS name, toUnixTimestamp64Milli(min(begun_at)) AS at, uniqExact(record_id) AS records, count() AS properties,
           countIf(state = 'written') AS written, countIf(state = 'failed') AS failed, max(begun) AS newest
         FROM (
           SELECT batch, record_id, object_type, property, min(at) AS begun_at, min(seq) AS begun, argMax(outcome, seq) AS state
           FROM {db:Identifier}.write_backs AS w WHERE ${SENT} GROUP BY batch, object_type, record_id, property
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
