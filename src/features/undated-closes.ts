import type { Portfolio } from '../domain/results.ts';
import { numberColumn } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';

/**
 * Which tickets stand in a stage that their pipeline calls closed without a day on which they were closed: 1 for each of those, row by
 * row in the order of `readTicketHistory`. Nobody waits for them, and how long they were open is not known.
 */
export async function readUndatedCloses(portal: PortalStore, portfolio: Portfolio): Promise<Uint8Array> {
  const rows = await portal.arrow(
    `SELECT toInt32(c.idx) AS idx, toInt32(toDate32(toTimeZone(assumeNotNull(t.created_at), {zone:String}))) AS opened,
       toUInt8(t.closed_at IS NULL AND (t.pipeline_id, t.stage_id) IN (
         SELECT pipeline_id, stage_id FROM {db:Identifier}.pipelines FINAL WHERE object = 'tickets' AND is_closed)) AS undated
     FROM (SELECT * FROM {db:Identifier}.tickets FINAL WHERE NOT archived AND created_at IS NOT NULL) AS t
     INNER JOIN (SELECT from_id, to_id FROM {db:Identifier}.associations FINAL
       WHERE from_type = 'tickets' AND to_type = {toType:String}) AS a ON a.from_id = t.id
     INNER JOIN {db:Identifier}.customers AS c ON c.id = a.to_id
     WHERE t.created_at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')
     ORDER BY idx, opened, t.id`,
    {
      asOf: portfolio.asOf,
      zone: portfolio.timeZone,
      toType: portfolio.unit === 'company' ? 'companies' : 'contacts',
    },
  );
  return numberColumn(rows, 'undated', Uint8Array);
}
