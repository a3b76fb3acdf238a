import { z } from 'zod';
import type { RevenueOfCrm } from '../features/reconciliation.ts';
import type { PortalStore } from '../store/portal-store.ts';

const rawRevenueSchema = z.object({
  currency: z.string(),
  amount: z.string(),
  deals: z.number(),
  unconverted: z.array(z.object({ currency: z.string(), deals: z.number(), amount: z.string() })),
  taken: z.object({ at: z.number(), inStore: z.string(), deals: z.number() }).optional(),
});

/** The CRM's own won revenue, as the last sync summed its raw answers; null before one did. */
export async function readCrmRevenue(portal: PortalStore): Promise<RevenueOfCrm | null> {
  const raw = await portal.crm.cursor('raw-revenue');
  return raw === null ? null : rawRevenueSchema.parse(JSON.parse(raw));
}
