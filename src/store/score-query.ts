import type { EvidenceLevel, Portfolio, Score } from '../domain/results.ts';
import { numberColumn, textColumn } from './arrow-columns.ts';
import type { Database } from './database.ts';
import { RANKS } from './migrations/014-score-ranks.ts';
import type { QueryParameters, ScoreOrder, ScoreQuery, ValueQuery } from './portal-store.ts';
import { productOrdersSql } from './product-orders.ts';

/** A run's scores of an analysis. */
const ownScores = (analysis: string): string => `
  SELECT customer_id, value, label, band, evidence, details, ranks, forecast FROM {db:Identifier}.scores
  WHERE run_id = {run:String} AND analysis = ${analysis}`;

/** The same, where a customer was scored again since then the newest of those. */
const newestScores = (analysis: string, given = ''): string => `
  SELECT customer_id, value, label, band, evidence, details, ranks, forecast FROM {db:Identifier}.scores
  WHERE run_id = {run:String} AND analysis = ${analysis} AND customer_id NOT IN (
    SELECT customer_id FROM {db:Identifier}.rescored WHERE run_id = {run:String} AND analysis = ${analysis}${given})
  UNION ALL
  SELECT customer_id, value, label, band, evidence, details, ${RANKS} AS ranks,
    JSONExtract(details, 'forecast', 'value', 'Nullable(Float64)') AS forecast FROM {db:Identifier}.rescored
  WHERE run_id = {run:String} AND analysis = ${analysis}${given}
  ORDER BY seq DESC LIMIT 1 BY customer_id`;

/** A number of the details, kept beside them. */
const detail = (name: string): string => `tupleElement(ranks, '${name}')`;

const ORDERS: Readonly<Record<ScoreOrder, string>> = {
  'value-desc': 'value DESC NULLS LAST',
  'value-asc': 'value ASC NULLS LAST',
  customer: 'customer_id',
  'at-risk-desc': `${detail('at_risk')} DESC NULLS LAST`,
  'off-rhythm-desc': `${detail('off_rhythm')} DESC NULLS LAST`,
  'worth-desc': `${detail('value')} DESC NULLS LAST`,
  'likely-desc': `(1 - value) * ${detail('order_size')} DESC NULLS LAST`,
  'forecast-desc': 'ifNull(forecast, value) DESC NULLS LAST',
  'order-size-desc': `${detail('order_size')} DESC NULLS LAST`,
  // Where there is no chance of an order, the share of orders alone.
  'product-desc':
    '(1 - ifNull(value, 0)) * (held + {weight:Float64} * {share:Float64}) / (orders + {weight:Float64}) DESC NULLS LAST',
};

/**
 * The scores that a query asks for. `portfolio`: the run's, where owners or products are asked about; `rescored`: the analyses of which
 * the run has newer scores, null where that is not known.
 */
export async function readScores(
  database: Database,
  of: { runId: string; analysis: string; portfolio: Portfolio | null; rescored: readonly string[] | null },
  query: ScoreQuery,
): Promise<Score[]> {
  const { sql, parameters } = scoresSql(of, query, 'customer_id, value, label, band, evidence, details');
  const rows = await database.query<{
    customer_id: string;
    value: number | null;
    label: string;
    band: string;
    evidence: number;
    details: string;
  }>(sql, parameters);
  return rows.map((row) => ({
    customerId: row.customer_id,
    value: row.value,
    label: row.label,
    band: row.band,
    evidence: evidenceLevel(row.evidence),
    details: row.details === '' ? null : JSON.parse(row.details),
  }));
}

function scoresSql(
  of: Parameters<typeof readScores>[1],
  query: ScoreQuery,
  columns: string,
): { sql: string; parameters: QueryParameters } {
  const { runId, analysis, portfolio, rescored } = of;
  const isRescored = (name: string): boolean => rescored === null || rescored.includes(name);
  const scoresOf = (name: string, placeholder: string): string =>
    isRescored(name) ? newestScores(placeholder) : ownScores(placeholder);
  const filters = ['1'];
  const parameters: Record<string, QueryParameters[string]> = { run: runId, analysis };
  const filter = (sql: string, given: Readonly<Record<string, QueryParameters[string]>>): void => {
    filters.push(sql);
    Object.assign(parameters, given);
  };
  if (query.customerIds !== undefined) {
    filter('customer_id IN {customers:Array(String)}', { customers: query.customerIds });
  }
  if (query.after !== undefined) filter('customer_id > {after:String}', { after: query.after });
  if (query.label !== undefined) filter('label = {label:String}', { label: query.label });
  if (query.band !== undefined) filter('band = {band:String}', { band: query.band });
  if (query.bands !== undefined) filter('band IN {bands:Array(String)}', { bands: query.bands });
  if (query.ownerIds !== undefined) {
    const table = portfolio?.unit === 'contact' ? 'contacts' : 'companies';
    filter(
      `customer_id IN (SELECT id FROM {db:Identifier}.${table} FINAL WHERE owner_id != '' AND owner_id IN {owners:Array(String)})`,
      { owners: query.ownerIds },
    );
  }
  if (query.member !== undefined) {
    filter(
      `customer_id IN (SELECT customer_id FROM (${scoresOf(query.member.analysis, '{memberOf:String}')}) WHERE label = {member:String})`,
      { memberOf: query.member.analysis, member: query.member.label },
    );
  }
  if (query.dueWithin !== undefined) {
    filter(`${detail('expected_gap')} - ${detail('days_since')} <= {due:Float64}`, { due: query.dueWithin });
  }
  let joined = '';
  if (query.order === 'product-desc' && query.product !== undefined) {
    joined = `LEFT JOIN (${productOrdersSql()}) AS bought ON bought.customer = s.customer_id`;
    const { id: product, share, weight } = query.product;
    Object.assign(parameters, { product, share, weight, asOf: portfolio?.asOf ?? 0 });
  }
  if (query.limit !== undefined) parameters.limit = query.limit;
  const order = query.order ?? 'customer';
  const given = query.givenBy === undefined ? '' : " AND at <= fromUnixTimestamp64Milli({givenBy:Int64}, 'UTC')";
  if (query.givenBy !== undefined) parameters.givenBy = query.givenBy;
  // From the table itself, of a tuple's numbers only those that are asked for are read.
  const scores = isRescored(analysis) ? `(${newestScores('{analysis:String}', given)})` : '{db:Identifier}.scores';
  if (!isRescored(analysis)) filters.push('s.run_id = {run:String}', 's.analysis = {analysis:String}');
  const sql = `SELECT ${columns} FROM ${scores} AS s ${joined}
     WHERE ${filters.join(' AND ')} ORDER BY ${ORDERS[order]}, customer_id
     ${query.limit === undefined ? '' : 'LIMIT {limit:UInt32}'}`;
  return { sql, parameters };
}

/** Customers and their numbers, NaN where there is none, by id. */
export async function readValues(
  database: Database,
  of: Parameters<typeof readScores>[1],
  query: ValueQuery,
): Promise<{ customerIds: string[]; value: Float64Array }> {
  const { sql, parameters } = scoresSql(of, query, 'customer_id, ifNull(value, nan) AS number');
  const rows = await database.arrow(sql, parameters);
  return {
    customerIds: await textColumn(rows, 'customer_id'),
    value: numberColumn(rows, 'number', Float64Array),
  };
}

function evidenceLevel(value: number): EvidenceLevel {
  return value === 1 || value === 2 || value === 3 ? value : 0;
}
