import type { Portfolio } from '../domain/results.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** What in the records deserves a warning. */
export interface PortfolioFacts {
  /** Won deals that count and name several customers, no single one of them as the primary. */
  readonly contestedDeals: number;
  readonly rejected: number;
  /** Won deals without a rate, by their own currency: amounts that could not be added. */
  readonly unconverted: readonly { currency: string; deals: number; amount: string }[];
}

export async function readPortfolioFacts(portal: PortalStore, portfolio: Portfolio): Promise<PortfolioFacts> {
  const [counts] = await portal.query<{ contested: string; rejected: string }>(
    `SELECT toString(countIf(is_contested)) AS contested,
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
    contestedDeals: Number(counts?.contested ?? 0),
    rejected: Number(counts?.rejected ?? 0),
    unconverted: unconverted.map((row) => ({ ...row, deals: Number(row.deals) })),
  };
}
