import type { CustomerUnit } from '../domain/crm.ts';
import { textColumn } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** The industry of each customer, '' where the CRM has none; of people none is known. */
export async function readIndustries(
  portal: PortalStore,
  unit: CustomerUnit,
  customerIds: readonly string[],
): Promise<readonly string[]> {
  if (unit !== 'company') return customerIds.map(() => '');
  const rows = await portal.arrow(`SELECT id, industry FROM {db:Identifier}.companies FINAL WHERE industry != ''`);
  const ids = await textColumn(rows, 'id');
  const industries = await textColumn(rows, 'industry');
  const known = new Map(ids.map((id, i) => [id, industries[i]!]));
  return customerIds.map((id) => known.get(id) ?? '');
}
