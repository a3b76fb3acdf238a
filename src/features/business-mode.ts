import type { Portfolio } from '../domain/results.ts';
import type { PortalStore } from '../store/portal-store.ts';

/**
 * What kind of business a portal is, which decides what churn means there: customers who buy again and again, customers under
 * contract, customers of one project each, or some of both.
 */
export const BUSINESS_MODES = ['transactional', 'contract', 'project', 'mixed'] as const;
export type BusinessMode = (typeof BUSINESS_MODES)[number];

/** What the mode is read off. */
export interface ModeFacts {
  /** Customers with a purchase, and those of them with two. */
  readonly buyers: number;
  readonly repeatBuyers: number;
  /** Won deals that count; then those of them that recur, for any of the three reasons below. */
  readonly wonDeals: number;
  readonly recurringDeals: number;
  /** With a line item that is billed again. */
  readonly withRecurringItems: number;
  /** In a pipeline that is named after renewals, subscriptions or contracts. */
  readonly inRenewalPipeline: number;
  /** With an end: of a line item, or in the property that people named. */
  readonly withEnd: number;
}

/** The share of buyers who bought twice from which purchases have a rhythm. */
export const REPEAT_SHARE = 0.25;
/** The share of won deals that recur from which the business is one of contracts, and from which it is partly one. */
export const CONTRACT_SHARE = 0.5;
export const SOME_CONTRACTS_SHARE = 0.1;

/** Mostly recurring deals: contract; some: mixed; else transactional from a quarter of repeat buyers on; else project. */
export function businessModeOf(facts: ModeFacts): BusinessMode {
  const recurring = facts.wonDeals === 0 ? 0 : facts.recurringDeals / facts.wonDeals;
  if (recurring >= CONTRACT_SHARE) return 'contract';
  if (recurring >= SOME_CONTRACTS_SHARE) return 'mixed';
  return facts.buyers > 0 && facts.repeatBuyers / facts.buyers >= REPEAT_SHARE ? 'transactional' : 'project';
}

/** A pipeline's label says what is sold through it; a stage's never decides anything. */
export const RENEWAL_WORDS: readonly string[] = ['renew', 'subscri', 'contract', '续', '订阅', '合同'];

/** The ids of those pipelines; `RENEWAL_WORDS` is the query's parameter `words`. */
export const RENEWAL_PIPELINES = `SELECT pipeline_id FROM {db:Identifier}.pipelines FINAL
  WHERE object = 'deals' AND multiSearchAnyCaseInsensitiveUTF8(pipeline_label, {words:Array(String)})`;

/** Counts over `won_deals` as `buildWonDeals` left them. `endProperty`: the deal property that holds a contract's end. */
export async function readModeFacts(
  portal: PortalStore,
  portfolio: Portfolio,
  endProperty: string | null,
): Promise<ModeFacts> {
  const [row] = await portal.query<
    Record<'buyers' | 'repeats' | 'won' | 'recurring' | 'items' | 'renewal' | 'ends', string>
  >(
    `WITH billed AS (
       SELECT DISTINCT a.to_id AS deal_id, i.has_end AS has_end
       FROM (SELECT from_id, to_id FROM {db:Identifier}.associations FINAL
         WHERE from_type = 'line_items' AND to_type = 'deals') AS a
       INNER JOIN (SELECT id, isNotNull(ends_at) AS has_end FROM {db:Identifier}.line_items FINAL
         WHERE NOT archived AND (recurring_period != '' OR recurring_frequency != '' OR isNotNull(ends_at))) AS i
         ON i.id = a.from_id
     ), dealt AS (
       SELECT w.deal_id AS deal_id,
         w.deal_id IN (SELECT deal_id FROM billed) AS is_billed,
         d.pipeline_id IN (${RENEWAL_PIPELINES}) AS is_renewal,
         w.deal_id IN (SELECT deal_id FROM billed WHERE has_end) OR d.extra[{end:String}] != '' AS has_end
       FROM (SELECT deal_id FROM {db:Identifier}.won_deals WHERE cause = '') AS w
       INNER JOIN (SELECT id, pipeline_id, extra FROM {db:Identifier}.deals FINAL) AS d ON d.id = w.deal_id
     ), bought AS (
       SELECT customer_id, count() AS days FROM (
         SELECT customer_id, day FROM {db:Identifier}.won_deals
         WHERE cause = '' AND at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')
         GROUP BY customer_id, day HAVING sum(amount) > 0)
       GROUP BY customer_id
     )
     SELECT toString((SELECT count() FROM bought)) AS buyers, toString((SELECT countIf(days > 1) FROM bought)) AS repeats,
       toString(count()) AS won, toString(countIf(is_billed OR is_renewal OR has_end)) AS recurring,
       toString(countIf(is_billed)) AS items, toString(countIf(is_renewal)) AS renewal, toString(countIf(has_end)) AS ends
     FROM dealt`,
    { words: RENEWAL_WORDS, end: endProperty ?? '', asOf: portfolio.asOf },
  );
  const count = (text: string | undefined) => Number(text ?? 0);
  return {
    buyers: count(row?.buyers),
    repeatBuyers: count(row?.repeats),
    wonDeals: count(row?.won),
    recurringDeals: count(row?.recurring),
    withRecurringItems: count(row?.items),
    inRenewalPipeline: count(row?.renewal),
    withEnd: count(row?.ends),
  };
}
