import type { CustomerUnit, Instant } from '../domain/crm.ts';
import type { Run } from '../domain/results.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** More than anybody reads; `purchasesInAll` says how many there are. */
const PURCHASES = 500;

/** Days on which the customer's won deals sum to more than zero, up to the run's cut-off, newest first. */
export async function readPurchases(
  portal: PortalStore,
  run: Run,
  customerId: string,
): Promise<{ purchases: { day: string; amount: string }[]; purchasesInAll: number }> {
  const rows = await portal.query<{ day_text: string; total: string; days: string }>(
    `SELECT toString(toDate32(day)) AS day_text, toString(sum(amount)) AS total, count() OVER () AS days
     FROM {db:Identifier}.won_deals
     WHERE customer_id = {customer:String} AND cause = '' AND at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')
     GROUP BY day HAVING sum(amount) > 0 ORDER BY day DESC LIMIT {limit:UInt32}`,
    { customer: customerId, asOf: run.asOf satisfies Instant, limit: PURCHASES },
  );
  return {
    purchases: rows.map(({ day_text, total }) => ({ day: day_text, amount: total })),
    purchasesInAll: Number(rows[0]?.days ?? 0),
  };
}

/** Tickets of the customer that are neither closed nor in a stage that their pipeline calls closed. */
export async function countOpenTickets(portal: PortalStore, unit: CustomerUnit, customerId: string): Promise<number> {
  const [row] = await portal.query<{ open: string }>(
    `SELECT count() AS open FROM {db:Identifier}.tickets FINAL
     WHERE id IN (SELECT from_id FROM {db:Identifier}.associations FINAL
         WHERE from_type = 'tickets' AND to_type = {type:String} AND to_id = {customer:String})
       AND closed_at IS NULL
       AND (pipeline_id, stage_id) NOT IN (
         SELECT pipeline_id, stage_id FROM {db:Identifier}.pipelines FINAL WHERE object = 'tickets' AND is_closed)`,
    { type: unit === 'company' ? 'companies' : 'contacts', customer: customerId },
  );
  return Number(row?.open ?? 0);
}

/** The analyses of a run that say something about the customer. */
export async function analysesOf(portal: PortalStore, run: Run, customerId: string): Promise<readonly string[]> {
  const rows = await portal.query<{ analysis: string }>(
    `SELECT DISTINCT analysis FROM (
       SELECT analysis FROM {db:Identifier}.scores WHERE run_id = {run:String} AND customer_id = {customer:String}
       UNION ALL
       SELECT analysis FROM {db:Identifier}.rescored WHERE run_id = {run:String} AND customer_id = {customer:String})
     ORDER BY analysis`,
    { run: run.id, customer: customerId },
  );
  return rows.map(({ analysis }) => analysis);
}
