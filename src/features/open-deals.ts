import type { Portfolio } from '../domain/results.ts';
import { numberColumn, textColumn } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { IS_WON } from './customer-unit.ts';
import { AMOUNT_SCALE } from './purchase-history.ts';

/** Deals in a stage that is not closed, ascending by id. */
export interface OpenDeals {
  readonly ids: readonly string[];
  /** `<pipelineId>/<stageId>` */
  readonly stage: readonly string[];
  /** Days since 1970-01-01 in the portal's zone on which the CRM expects them to close; −1 for none. */
  readonly expectedDay: Int32Array;
  /** Ten-thousandths of the portal's currency; 0 where `isPriced` is. */
  readonly amount: Float64Array;
  /** 1 where the amount and its rate are known. */
  readonly isPriced: Uint8Array;
}

/** How many deals of a pipeline were closed, and how. */
export interface ClosedDeals {
  readonly pipelineId: string;
  readonly won: number;
  readonly lost: number;
}

const STAGES = `SELECT pipeline_id, stage_id, max(is_closed) AS closed, max(is_closed AND probability = 1) AS wins, 1 AS known
  FROM {db:Identifier}.pipelines FINAL WHERE object = 'deals' AND NOT archived GROUP BY pipeline_id, stage_id`;

/** Closed more than this many days ago tells little about how deals end now. */
const REMEMBERED_DAYS = 730;

export async function readOpenDeals(portal: PortalStore, portfolio: Portfolio): Promise<OpenDeals> {
  const rows = await portal.arrow(
    `SELECT d.id AS id, concat(d.pipeline_id, '/', d.stage_id) AS stage,
       if(isNull(d.closed_at), -1, toInt32(toDate32(toTimeZone(assumeNotNull(d.closed_at), {zone:String})))) AS expected,
       toFloat64(ifNull(toString(toInt64(round(multiIf(isNotNull(d.home_amount), d.home_amount, isNull(d.amount), NULL,
         d.currency IN ('', {currency:String}), d.amount, isNotNull(d.exchange_rate),
         CAST(round(toDecimal256(assumeNotNull(d.amount), 6) * toDecimal256(assumeNotNull(d.exchange_rate), 12), 6),
           'Nullable(Decimal(38, 6))'), NULL) * ${AMOUNT_SCALE}))), 'nan')) AS amount
     FROM (SELECT * FROM {db:Identifier}.deals FINAL WHERE NOT archived) AS d
     INNER JOIN (${STAGES}) AS s ON s.pipeline_id = d.pipeline_id AND s.stage_id = d.stage_id
     WHERE NOT s.closed AND NOT ifNull(d.is_closed_won, false)
       AND (isNull(d.created_at) OR d.created_at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC'))
     ORDER BY id`,
    { zone: portfolio.timeZone, currency: portfolio.currency, asOf: portfolio.asOf },
  );
  const amount = numberColumn(rows, 'amount', Float64Array);
  return {
    ids: await textColumn(rows, 'id'),
    stage: await textColumn(rows, 'stage'),
    expectedDay: numberColumn(rows, 'expected', Int32Array),
    amount: amount.map((value) => (Number.isNaN(value) ? 0 : value)),
    isPriced: Uint8Array.from(amount, (value) => (Number.isNaN(value) ? 0 : 1)),
  };
}

/** Stages of deals by `<pipelineId>/<stageId>`. */
export type StageFacts = Readonly<
  Record<
    string,
    {
      /** What people call it: `Pipeline: Stage`. */
      readonly label: string;
      /** What somebody set in the CRM, from 0 to 1; null where nobody did. */
      readonly probability: number | null;
    }
  >
>;

export async function readStages(portal: PortalStore): Promise<StageFacts> {
  const rows = await portal.query<{ stage: string; label: string; probability: number | null }>(
    `SELECT concat(pipeline_id, '/', stage_id) AS stage, concat(any(pipeline_label), ': ', any(stage_label)) AS label,
       any(probability) AS probability
     FROM {db:Identifier}.pipelines FINAL WHERE object = 'deals' AND NOT archived GROUP BY pipeline_id, stage_id`,
  );
  return Object.fromEntries(
    rows.map(({ stage, label, probability }) => [
      stage,
      { label, probability: probability !== null && probability >= 0 && probability <= 1 ? probability : null },
    ]),
  );
}

/** Deals closed in the two years before the portfolio's as-of, by pipeline. */
export async function readClosedDeals(portal: PortalStore, portfolio: Portfolio): Promise<readonly ClosedDeals[]> {
  const rows = await portal.query<{ pipeline: string; won: number | string; lost: number | string }>(
    `SELECT d.pipeline_id AS pipeline, toInt32(countIf(${IS_WON})) AS won,
       toInt32(count()) - won AS lost
     FROM (SELECT * FROM {db:Identifier}.deals FINAL WHERE NOT archived) AS d
     LEFT JOIN (${STAGES}) AS s ON s.pipeline_id = d.pipeline_id AND s.stage_id = d.stage_id
     WHERE (s.closed OR ifNull(d.is_closed_won, false)) AND d.closed_at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')
       AND d.closed_at > fromUnixTimestamp64Milli({asOf:Int64}, 'UTC') - INTERVAL ${REMEMBERED_DAYS} DAY
     GROUP BY pipeline ORDER BY pipeline`,
    { asOf: portfolio.asOf },
  );
  return rows.map((row) => ({ pipelineId: row.pipeline, won: Number(row.won), lost: Number(row.lost) }));
}

/** Which of the deals were won and which lost by the portfolio's as-of; those still open then or gone are in neither. */
export async function readFates(
  portal: PortalStore,
  portfolio: Portfolio,
  ids: readonly string[],
): Promise<{ readonly won: readonly string[]; readonly lost: readonly string[] }> {
  if (ids.length === 0) return { won: [], lost: [] };
  const rows = await portal.query<{ id: string; won: number | string | boolean }>(
    `SELECT d.id AS id, toUInt8(${IS_WON}) AS won
     FROM (SELECT * FROM {db:Identifier}.deals FINAL WHERE NOT archived AND id IN ({ids:Array(String)})) AS d
     LEFT JOIN (${STAGES}) AS s ON s.pipeline_id = d.pipeline_id AND s.stage_id = d.stage_id
     WHERE (s.closed OR ifNull(d.is_closed_won, false)) AND d.closed_at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')
     ORDER BY id`,
    { ids, asOf: portfolio.asOf },
  );
  const isWon = (row: (typeof rows)[number]) => Number(row.won) === 1;
  return { won: rows.filter(isWon).map(({ id }) => id), lost: rows.filter((row) => !isWon(row)).map(({ id }) => id) };
}
