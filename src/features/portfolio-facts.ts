import type { Portfolio } from '../domain/results.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** What the records show about how business is done here, and what in them deserves a warning. */
export interface PortfolioFacts {
  /** Won deals that count. */
  readonly wonDeals: number;
  readonly contestedDeals: number;
  /** Won deals with a line item that recurs, or in a pipeline of renewals. */
  readonly recurringDeals: number;
  readonly rejected: number;
  /** Won deals without a rate, by their own currency: amounts that could not be added. */
  readonly unconverted: readonly { currency: string; deals: number; amount: string }[];
}

export async function readPortfolioFacts(portal: PortalStore, portfolio: Portfolio): Promise<PortfolioFacts> {
  const [counts] = await portal.query<{ won: string; contested: string; recurring: string; rejected: string }>(
    `SELECT toString(count()) AS won, toString(countIf(is_contested)) AS contested,
       toString(countIf(deal_id IN (
         SELECT a.to_id FROM (SELECT from_id, to_id FROM {db:Identifier}.associations FINAL
           WHERE from_type = 'line_items' AND to_type = 'deals') AS a
         INNER JOIN (SELECT id FROM {db:Identifier}.line_items FINAL WHERE recurring_period != '' AND NOT archived) AS i
           ON i.id = a.from_id
         UNION ALL
         SELECT id FROM {db:Identifier}.deals FINAL WHERE pipeline_id IN (
           SELECT pipeline_id FROM {db:Identifier}.pipelines FINAL WHERE object = 'deals'
             AND (positionCaseInsensitive(pipeline_label, 'renew') > 0 OR position(pipeline_label, '续') > 0))
       ))) AS recurring,
       toString((SELECT count() FROM {db:Identifier}.rejects FINAL WHERE reason != '')) AS rejected
     FROM {db:Identifier}.won_deals WHERE cause = ''`,
  );
  const unconverted = await portal.query<{ currency: string; deals: string; amount: string }>(
    `SELECT d.currency AS currency, toString(count()) AS deals, toString(sum(ifNull(d.amount, 0))) AS amount
     FROM (SELECT deal_id FROM {db:Identifier}.won_deals WHERE cause = 'no_rate') AS w
     INNER JOIN (SELECT id, currency, amount FROM {db:Identifier}.deals FINAL) AS d ON d.id = w.deal_id
     WHERE currency != {currency:String} GROUP BY currency ORDER BY currency`,
    { currency: portfolio.currency },
  );
  return {
    wonDeals: Number(counts?.won ?? 0),
    contestedDeals: Number(counts?.contested ?? 0),
    recurringDeals: Number(counts?.recurring ?? 0),
    rejected: Number(counts?.rejected ?? 0),
    unconverted: unconverted.map((row) => ({ ...row, deals: Number(row.deals) })),
  };
}
