import { z } from 'zod';
import type { Instant } from '../domain/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';

const ACTS = ['began-task', 'created-task', 'refused-task'] as const;
const detailsSchema = z.object({ id: z.string().default('') });

export interface TaskEntry {
  readonly act: (typeof ACTS)[number];
  readonly at: Instant;
  /** The CRM's id of the task; '' before it was created. */
  readonly id: string;
}

/** What the audit knows of the tasks that were put on records. */
export interface TaskLog {
  newest(subject: string): Promise<TaskEntry | null>;
}

export function createTaskLog(portal: PortalStore): TaskLog {
  return {
    async newest(subject) {
      const [row] = await portal.query<{ act: TaskEntry['act']; at_ms: string; details: string }>(
        `SELECT act, toUnixTimestamp64Milli(at) AS at_ms, details FROM {db:Identifier}.audit
         WHERE subject = {subject:String} AND act IN ({acts:Array(String)}) ORDER BY seq DESC LIMIT 1`,
        { subject, acts: ACTS },
      );
      if (row === undefined) return null;
      return { act: row.act, at: Number(row.at_ms), id: detailsSchema.parse(JSON.parse(row.details)).id };
    },
  };
}
