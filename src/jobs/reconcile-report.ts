import { z } from 'zod';
import { KithError } from '../lib/errors.ts';
import type { PortalStore } from '../store/portal-store.ts';

const count = z.number().int().nonnegative();

/** How the records of one type compared before they were mended; every difference is in exactly one of the classes. */
const typeSchema = z.object({
  in_crm: count,
  in_store: count,
  /** Live in the CRM and never read, or read and changed there since without having been noticed. */
  late: count,
  archived: count,
  merged: count,
  purged: count,
  /** Live in the CRM again after it was gone. */
  restored: count,
  /** Live in the CRM and not copied: a value that cannot be read, or a person who asked to be forgotten. */
  unreadable: count,
  forgotten: count,
});
export type ReconciledType = z.infer<typeof typeSchema>;

const reportSchema = z.object({
  /** Epoch milliseconds at which it began. */
  at: z.number(),
  seconds: z.number(),
  calls: count,
  /** By object type; none for a source that can only be read as a whole. */
  types: z.record(z.string(), typeSchema),
  /** Won revenue as decimal text: the CRM's own sum, the store's, and the first less the second. */
  revenue: z.object({
    currency: z.string(),
    in_crm: z.string(),
    in_store: z.string(),
    difference: z.string(),
    deals_in_crm: count,
    deals_in_store: count,
  }),
});
export type ReconciliationReport = z.infer<typeof reportSchema>;

/** The classes of differences that a reconciliation mends. */
export const MENDED_CLASSES = ['late', 'archived', 'merged', 'purged', 'restored'] as const;

export const NOTHING_FOUND: Omit<ReconciledType, 'in_crm' | 'in_store'> = {
  late: 0,
  archived: 0,
  merged: 0,
  purged: 0,
  restored: 0,
  unreadable: 0,
  forgotten: 0,
};

const CURSOR = 'reconciliation';

export async function saveReconciliation(portal: PortalStore, report: ReconciliationReport): Promise<void> {
  await portal.crm.saveCursor(CURSOR, JSON.stringify(report));
}

/** The last reconciliation; null before the first. */
export async function lastReconciliation(portal: PortalStore): Promise<ReconciliationReport | null> {
  const saved = await portal.crm.cursor(CURSOR);
  if (saved === null) return null;
  const report = reportSchema.safeParse(JSON.parse(saved));
  if (!report.success) {
    throw new KithError('store-damaged', {
      en: `The last reconciliation of portal ${portal.portalId} is not in a form that Kith wrote; run 'kith sync --report' to make a new one`,
      zh: `门户 ${portal.portalId} 的上次核对结果不是 Kith 写入的格式；请运行 kith sync --report 重新核对`,
    });
  }
  return report.data;
}
