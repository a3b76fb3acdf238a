import { z } from 'zod';
import { KithError } from '../lib/errors.ts';
import type { PortalStore } from '../store/portal-store.ts';

const headerSchema = z.object({
  /** The plan's id, and the batch that it is written as. */
  batch: z.string(),
  plannedAt: z.number(),
  state: z.enum(['open', 'written', 'replaced']),
  objectType: z.enum(['companies', 'contacts']),
  /** The cut-off of the scores. */
  asOf: z.number(),
  examined: z.number(),
  changed: z.number(),
  missing: z.number(),
  leftAlone: z.number(),
  /** Customers who had a tier or a segment of Kith's before, and those for whom it would change. */
  annotated: z.number(),
  moved: z.number(),
  byProperty: z.record(z.string(), z.number()),
});
/** What a plan is, beside the values it proposes, which are in the ledger. */
export type PlanHeader = z.infer<typeof headerSchema>;

/** Plans by id, so that what is approved is exactly what was shown. */
export interface WriteBackPlans {
  save(plan: PlanHeader): Promise<void>;
  /** KithError('usage') when there is no such plan. */
  read(batch: string): Promise<PlanHeader>;
}

const PLAN_ID = /^wb-\w{1,40}$/;

export function createWriteBackPlans(portal: PortalStore): WriteBackPlans {
  return {
    save: (plan) => portal.crm.saveCursor(cursorOf(plan.batch), JSON.stringify(plan)),
    async read(batch) {
      const stored = PLAN_ID.test(batch) ? await portal.crm.cursor(cursorOf(batch)) : null;
      const plan = stored === null ? null : headerSchema.safeParse(JSON.parse(stored)).data;
      if (plan == null) {
        const named = batch.slice(0, 60);
        throw new KithError('usage', {
          en: `There is no write-back plan '${named}'; 'kith write-back --dry-run' makes one and says its id`,
          zh: `没有写入计划“${named}”；kith write-back --dry-run 可生成计划并显示其编号`,
        });
      }
      return plan;
    },
  };
}

function cursorOf(batch: string): string {
  return `write-back-plan:${batch}`;
}
