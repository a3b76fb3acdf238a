import type { CustomerUnit } from '../domain/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';

/**
 * What a customer is in this portal: a company when at least half of the won deals have one (or when nothing is won yet
 * and there are companies), else a contact.
 */
export async function chooseUnit(portal: PortalStore): Promise<CustomerUnit> {
  const [row] = await portal.query<{ won: string; with_company: string; companies: string }>(
    // Grouped, which goes on in files where there are millions of deals; sets of their ids would not.
    `SELECT toString(countIf(is_won)) AS won, toString(countIf(is_won AND has_company)) AS with_company,
       toString((SELECT count() FROM {db:Identifier}.companies FINAL WHERE NOT archived)) AS companies
     FROM (
       SELECT deal, max(won) AS is_won, max(company) AS has_company FROM (
         SELECT id AS deal, true AS won, false AS company FROM (${WON_DEALS})
         UNION ALL
         SELECT a.from_id AS deal, false AS won, true AS company
         FROM (SELECT from_id, to_id FROM {db:Identifier}.associations FINAL
           WHERE from_type = 'deals' AND to_type = 'companies') AS a
         INNER JOIN (SELECT id FROM {db:Identifier}.companies FINAL WHERE NOT archived) AS c ON c.id = a.to_id)
       GROUP BY deal)`,
  );
  const won = Number(row?.won ?? 0);
  if (won === 0) return Number(row?.companies ?? 0) > 0 ? 'company' : 'contact';
  return Number(row?.with_company ?? 0) * 2 >= won ? 'company' : 'contact';
}

/** What says whether a deal `d` is won: the CRM's own flag where it has one, else its stage `s` is closed with a probability of 1. */
export const IS_WON = 'if(isNull(d.is_closed_won), ifNull(s.wins, 0) = 1, ifNull(d.is_closed_won, false))';

/** Won deals. A stage's name never decides. */
export const WON_DEALS = `
  SELECT d.* FROM (SELECT * FROM {db:Identifier}.deals FINAL WHERE NOT archived) AS d
  LEFT JOIN (SELECT pipeline_id, stage_id, max(is_closed AND probability = 1) AS wins
    FROM {db:Identifier}.pipelines FINAL WHERE object = 'deals' AND NOT archived GROUP BY pipeline_id, stage_id) AS s
    ON s.pipeline_id = d.pipeline_id AND s.stage_id = d.stage_id
  WHERE ${IS_WON}`;
