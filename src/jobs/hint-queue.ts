import { z } from 'zod';
import { OBJECT_TYPES } from '../domain/crm.ts';
import { createEventSequence } from '../ledger/event-sequence.ts';
import type { Hint, UnreadableEvent } from '../ports/webhooks.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { createSerial } from '../store/serial.ts';

/** A hint that waits; `seq` tells it from one about the same record that came later. */
export interface WaitingHint extends Hint {
  readonly seq: number;
}

/** What a CRM's events pointed at and has not been looked at yet: each record once, kept over a restart. */
export interface HintQueue {
  add(hints: readonly Hint[], unreadable?: readonly UnreadableEvent[]): Promise<void>;
  /** The oldest first. */
  waiting(limit: number): Promise<readonly WaitingHint[]>;
  counts(): Promise<{ readonly waiting: number; readonly quarantined: number }>;
  /** One that was hinted at again since it was taken goes on waiting. */
  settle(taken: readonly WaitingHint[], note: string): Promise<void>;
  /** Removes every trace of what was hinted at. */
  forget(taken: readonly WaitingHint[]): Promise<void>;
}

const rowSchema = z.object({
  object_type: z.enum(OBJECT_TYPES),
  id: z.string(),
  seq: z.coerce.number(),
  state: z.enum(['waiting', 'erase']),
});

/** Events that could not be read are kept here too, under the name that they gave themselves. */
const QUARANTINED = 'quarantined';

/** One queue a process: it is what keeps two writers from taking turns over one record. */
export function createHintQueue(portal: PortalStore, now: () => number): HintQueue {
  const sequence = createEventSequence(portal, 'hints');
  // Looking at a state and changing it must not interleave.
  const serially = createSerial();

  /** The newest state of each, by type and id. */
  async function states(ids: readonly string[]): Promise<ReadonlyMap<string, { seq: number; state: string }>> {
    const rows = await portal.query<{ object_type: string; id: string; seq: string; state: string }>(
      'SELECT object_type, id, seq, state FROM {db:Identifier}.hints FINAL WHERE id IN {ids:Array(String)}',
      { ids },
    );
    return new Map(rows.map((row) => [keyOf(row.object_type, row.id), { seq: Number(row.seq), state: row.state }]));
  }

  async function write(rows: readonly { type: string; id: string; state: string; note: string }[]): Promise<void> {
    if (rows.length === 0) return;
    const first = await sequence.take(rows.length);
    const at = new Date(now()).toISOString();
    await portal.insert(
      'hints',
      rows.map(({ type, id, state, note }, index) => ({ object_type: type, id, seq: first + index, at, state, note })),
    );
  }

  return {
    add: (hints, unreadable = []) =>
      serially(async () => {
        const known = hints.length === 0 ? new Map() : await states(hints.map(({ id }) => id));
        const rows = hints
          // A change that is told after an erasure must not take its place.
          .filter((hint) => known.get(keyOf(hint.objectType, hint.id))?.state !== 'erase')
          .map(({ objectType, id, kind }) => ({
            type: objectType,
            id,
            state: kind === 'erased' ? 'erase' : 'waiting',
            note: '',
          }));
        const aside = unreadable.map(({ id, subscription, reason }) => ({
          type: `event:${subscription}`,
          id,
          state: QUARANTINED,
          note: reason,
        }));
        await write([...rows, ...aside]);
      }),

    async waiting(limit) {
      const rows = await portal.query(
        `SELECT object_type, id, seq, state FROM {db:Identifier}.hints FINAL WHERE state IN ('erase', 'waiting')
         ORDER BY state, seq LIMIT {limit:UInt32}`,
        { limit },
      );
      return rows.map((raw) => {
        const row = rowSchema.parse(raw);
        const kind = row.state === 'erase' ? 'erased' : 'changed';
        return { objectType: row.object_type, id: row.id, seq: row.seq, kind };
      });
    },

    async counts() {
      const [row] = await portal.query<{ waiting: string; quarantined: string }>(
        `SELECT countIf(state IN ('erase', 'waiting')) AS waiting, countIf(state = '${QUARANTINED}') AS quarantined
         FROM {db:Identifier}.hints FINAL`,
      );
      return { waiting: Number(row?.waiting ?? 0), quarantined: Number(row?.quarantined ?? 0) };
    },

    settle: (taken, note) =>
      serially(async () => {
        if (taken.length === 0) return;
        const known = await states(taken.map(({ id }) => id));
        const same = taken.filter(({ objectType, id, seq }) => known.get(keyOf(objectType, id))?.seq === seq);
        await write(same.map(({ objectType, id }) => ({ type: objectType, id, state: 'done', note })));
      }),

    forget: (taken) =>
      serially(async () => {
        for (const type of new Set(taken.map(({ objectType }) => objectType))) {
          await portal.command(
            `ALTER TABLE {db:Identifier}.hints DELETE WHERE object_type = {type:String} AND id IN {ids:Array(String)}
             SETTINGS mutations_sync = 2`,
            { type, ids: taken.filter(({ objectType }) => objectType === type).map(({ id }) => id) },
          );
        }
      }),
  };
}

function keyOf(type: string, id: string): string {
  return `${type}\n${id}`;
}
