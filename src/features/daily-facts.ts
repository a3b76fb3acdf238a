import type { Portfolio } from '../domain/results.ts';
import { numberColumn } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { AMOUNT_SCALE } from './purchase-history.ts';

/** One row a day of the portal's zone on which anything happened, ascending. */
export interface DailyFacts {
  readonly day: Int32Array;
  /** Won, in ten-thousandths of the portal's currency. */
  readonly revenue: Float64Array;
  readonly won: Int32Array;
  readonly lost: Int32Array;
  /** Opened. */
  readonly tickets: Int32Array;
}

/** The portal's days up to its as-of: won revenue, deals won and lost by close date, tickets by opening. */
export async function readDailyFacts(portal: PortalStore, portfolio: Portfolio): Promise<DailyFacts> {
  const rows = await portal.arrow(
    `SELECT toInt32(day) AS day, toFloat64(toInt64(round(sum(revenue) * ${AMOUNT_SCALE}))) AS revenue,
       toInt32(sum(won)) AS won, toInt32(sum(lost)) AS lost, toInt32(sum(tickets)) AS tickets
     FROM (
       SELECT day, assumeNotNull(amount) AS revenue, 1 AS won, 0 AS lost, 0 AS tickets FROM {db:Identifier}.won_deals
       WHERE cause IN ('', 'no_customer') AND isNotNull(amount) AND at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')
       UNION ALL
       SELECT toInt32(toDate32(toTimeZone(assumeNotNull(d.closed_at), {zone:String}))) AS day,
         toDecimal128('0', 6) AS revenue, 0 AS won, 1 AS lost, 0 AS tickets
       FROM (SELECT * FROM {db:Identifier}.deals FINAL WHERE NOT archived AND isNotNull(closed_at)) AS d
       INNER JOIN (SELECT pipeline_id, stage_id, max(is_closed) AS closed, max(is_closed AND probability = 1) AS wins
         FROM {db:Identifier}.pipelines FINAL WHERE object = 'deals' AND NOT archived GROUP BY pipeline_id, stage_id) AS s
         ON s.pipeline_id = d.pipeline_id AND s.stage_id = d.stage_id
       WHERE s.closed AND NOT ifNull(d.is_closed_won, ifNull(s.wins, false))
         AND d.closed_at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')
       UNION ALL
       SELECT toInt32(toDate32(toTimeZone(assumeNotNull(created_at), {zone:String}))) AS day,
         toDecimal128('0', 6) AS revenue, 0 AS won, 0 AS lost, 1 AS tickets
       FROM {db:Identifier}.tickets FINAL
       WHERE NOT archived AND isNotNull(created_at) AND created_at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')
     ) WHERE day > 0 GROUP BY day ORDER BY day`,
    { asOf: portfolio.asOf, zone: portfolio.timeZone },
  );
  return {
    day: numberColumn(rows, 'day', Int32Array),
    revenue: numberColumn(rows, 'revenue', Float64Array),
    won: numberColumn(rows, 'won', Int32Array),
    lost: numberColumn(rows, 'lost', Int32Array),
    tickets: numberColumn(rows, 'tickets', Int32Array),
  };
}
