import { numberColumn } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';
import type { RfmValues } from './rfm.ts';

/** Recency, frequency and money as a run's value analysis left them, one entry for each customer who had bought. */
export async function readRfmValues(portal: PortalStore, runId: string): Promise<RfmValues> {
  const rows = await portal.arrow(
    `SELECT toFloat64(JSONExtractInt(details, 'recencyDays')) AS recency,
       toFloat64(JSONExtractInt(details, 'purchases')) AS frequency, JSONExtractFloat(details, 'money') AS money
     FROM {db:Identifier}.scores
     WHERE run_id = {run:String} AND analysis = 'value' AND JSONHas(details, 'purchases') ORDER BY customer_id`,
    { run: runId },
  );
  return {
    recency: numberColumn(rows, 'recency', Float64Array),
    frequency: numberColumn(rows, 'frequency', Float64Array),
    money: numberColumn(rows, 'money', Float64Array),
  };
}
