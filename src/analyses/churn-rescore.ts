import { churnFeatures } from '../features/churn-features.ts';
import { readEngagementHistory } from '../features/engagement-history.ts';
import { rhythm } from '../features/expected-gap.ts';
import { readPurchaseHistory } from '../features/purchase-history.ts';
import { readTicketHistory } from '../features/ticket-history.ts';
import { buildWonDeals } from '../features/won-deals.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { KithError } from '../lib/errors.ts';
import type { AnalysisResult, PortalStore, ScoreColumns } from '../store/portal-store.ts';
import { whole } from './analysis.ts';
import { readChampion, readLastRisk } from './churn-last-run.ts';
import { atStake, readOutcome } from './churn-outcome.ts';
import { scoreCustomers } from './churn-score.ts';
import { churnSummarySchema } from './churn-summary.ts';

/**
 * Scores a few customers as of an instant with the model that a run left behind: nothing is fitted, and nobody else's data is
 * read. Cost: the customers' own deals, tickets and engagements.
 */
export async function rescoreChurn(
  portal: PortalStore,
  result: AnalysisResult,
  customerIds: readonly string[],
  asOf: number,
): Promise<ScoreColumns> {
  const { run } = result;
  const summary = churnSummarySchema.parse(result.summary);
  const champion = result.model === null ? null : needChampion(result);
  const { unit, timeZone, currency, horizonDays } = run.portfolio;
  const portfolio = { ...run.portfolio, asOf };
  const tables = 'rescore_';
  await buildWonDeals(portal, { unit, timeZone, currency, asOf }, { customerIds, tables });
  const history = await readPurchaseHistory(portal, { tables });
  const tickets = await readTicketHistory(portal, portfolio, { tables });
  const engagements = await readEngagementHistory(portal, portfolio, { tables });
  const asOfDay = zonedDay(asOf, timeZone);
  const ids = history.customerIds;
  const rhythms = rhythm(history, asOfDay, {
    portfolioMedianGap: champion?.portfolioMedianGap ?? summary.portfolio_gap ?? Number.NaN,
  });
  const input = {
    customerIds: ids,
    history,
    tickets: { ...tickets, customerIds: ids },
    engagements: { ...engagements, customerIds: ids },
    outcome: await readOutcome(portal, portfolio, summary.outcome, { tables }),
    horizonDays,
    asOfDay,
    lastRisk: await readLastRisk(portal, run.id, ids, ids),
  };
  const evidence = { level: summary.evidence_level, stopped: summary.outcomes.stopped };
  const eligible = atStake(input, rhythms);
  const raw = churnFeatures(input, rhythms, horizonDays, eligible);
  const { scores } = scoreCustomers(input, rhythms, evidence, champion, eligible, raw, null);
  return { customerIds: ids, ...whole({ summary: null, model: null, scores, matrix: null }).scores! };
}

function needChampion(result: AnalysisResult) {
  const champion = readChampion(result.model);
  if (champion !== null) return champion;
  throw new KithError('model-input', {
    en: `The model of run ${result.run.id} was fitted by another version of Kith, on other features; run 'kith analyse' once`,
    zh: `运行 ${result.run.id} 的模型由另一版本的 Kith 基于其他特征拟合；请运行一次 'kith analyse'`,
  });
}
