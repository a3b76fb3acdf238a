import { z } from 'zod';
import type { Instant } from '../domain/crm.ts';
import type { PlaybookAssignment, PlaybookRun } from '../domain/playbooks.ts';
import { KithError } from '../lib/errors.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { createSerial } from '../store/serial.ts';
import { createEventSequence } from './event-sequence.ts';

/** Playbooks as they were carried out: who started which, when, and which customers were drawn. */
export interface PlaybookLog {
  /** 'known' when a run of this id was ever started: it is started once, however often somebody clicks. */
  start(
    run: Omit<PlaybookRun, 'startedAt' | 'stoppedAt'>,
    assignments: readonly PlaybookAssignment[],
  ): Promise<'started' | 'known'>;
  stop(run: Pick<PlaybookRun, 'id' | 'target'>, actor: string): Promise<void>;
  /** The newest first; of one target or of all. */
  runs(target?: string): Promise<readonly PlaybookRun[]>;
  /** By customer id. Who was erased since is no longer among them. */
  assignments(run: string): Promise<readonly PlaybookAssignment[]>;
  /** The arms that one customer was drawn for, by run. */
  armsOf(customerIds: readonly string[]): Promise<ReadonlyMap<string, PlaybookAssignment['arm']>>;
}

const textSchema = z.object({ en: z.string(), zh: z.string() });
const detailsSchema = z.object({
  name: textSchema,
  text: textSchema,
  owner: z.object({ kind: z.enum(['crm', 'chat']), id: z.string() }).nullable(),
  holdOut: z.number(),
  unit: z.enum(['company', 'contact']),
  dueAt: z.number(),
  outcomeAt: z.number(),
  treated: z.number(),
  heldOut: z.number(),
});

interface EventRow {
  run: string;
  at_ms: string;
  event: 'started' | 'stopped';
  actor: string;
  target: string;
  details: string;
}

export function createPlaybookLog(portal: PortalStore, now: () => Instant): PlaybookLog {
  const sequence = createEventSequence(portal, 'playbook_runs');
  // Looking whether a run is known and starting it must not interleave.
  const serially = createSerial();

  async function append(event: EventRow['event'], run: string, target: string, actor: string, details: object | null) {
    const seq = await sequence.take(1);
    const at = new Date(now()).toISOString();
    await portal.insert('playbook_runs', [{ run, seq, at, event, actor, target, details: JSON.stringify(details) }]);
  }

  return {
    start: ({ id, target, startedBy, ...run }, assignments) =>
      serially(async () => {
        const known = await portal.query(
          'SELECT 1 FROM {db:Identifier}.playbook_runs WHERE run = {id:String} LIMIT 1',
          { id },
        );
        if (known.length > 0) return 'known';
        // A start that was cut short left assignments of the same draw and no run.
        const drawn = await portal.query<{ customer_id: string }>(
          'SELECT customer_id FROM {db:Identifier}.playbook_assignments WHERE run = {id:String}',
          { id },
        );
        const there = new Set(drawn.map(({ customer_id }) => customer_id));
        await portal.insert(
          'playbook_assignments',
          assignments.flatMap(({ customerId, arm }) =>
            there.has(customerId) ? [] : [{ run: id, unit: run.unit, customer_id: customerId, arm }],
          ),
        );
        await append('started', id, target, startedBy, run);
        return 'started';
      }),

    stop: ({ id, target }, actor) => append('stopped', id, target, actor, null),

    async runs(target) {
      const events = await portal.query<EventRow>(
        `SELECT run, toUnixTimestamp64Milli(at) AS at_ms, event, actor, target, details FROM {db:Identifier}.playbook_runs
         ${target === undefined ? '' : 'WHERE target = {target:String}'} ORDER BY seq`,
        target === undefined ? {} : { target },
      );
      const runs = new Map<string, PlaybookRun>();
      for (const { run: id, at_ms, event, actor, target: of, details } of events) {
        const known = runs.get(id);
        if (event === 'stopped') {
          if (known !== undefined) runs.set(id, { ...known, stoppedAt: known.stoppedAt ?? Number(at_ms) });
          continue;
        }
        const parsed = detailsSchema.safeParse(JSON.parse(details));
        if (!parsed.success) {
          throw new KithError(
            'store-damaged',
            {
              en: `The playbook run ${id} is not one that Kith wrote; restore the data folder from a backup`,
              zh: `方案运行记录 ${id} 不是 Kith 写入的格式；请从备份恢复数据文件夹`,
            },
            { cause: parsed.error },
          );
        }
        const began = { id, target: of, startedBy: actor, startedAt: Number(at_ms), stoppedAt: null };
        runs.set(id, { ...began, ...parsed.data });
      }
      return [...runs.values()].reverse();
    },

    async assignments(run) {
      const rows = await portal.query<{ customer_id: string; arm: PlaybookAssignment['arm'] }>(
        'SELECT customer_id, arm FROM {db:Identifier}.playbook_assignments WHERE run = {run:String} ORDER BY customer_id',
        { run },
      );
      return rows.map(({ customer_id, arm }) => ({ customerId: customer_id, arm }));
    },

    async armsOf(customerIds) {
      const rows = await portal.query<{ run: string; arm: PlaybookAssignment['arm'] }>(
        'SELECT run, arm FROM {db:Identifier}.playbook_assignments WHERE customer_id IN {ids:Array(String)}',
        { ids: customerIds },
      );
      return new Map(rows.map(({ run, arm }) => [run, arm]));
    },
  };
}
