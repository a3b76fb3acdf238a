import { z } from 'zod';
import { numberColumn } from '../features/arrow-columns.ts';
import { CHURN_FEATURES } from '../features/churn-features.ts';
import { rhythm } from '../features/expected-gap.ts';
import { readPurchaseHistory } from '../features/purchase-history.ts';
import { readTicketHistory } from '../features/ticket-history.ts';
import { buildWonDeals } from '../features/won-deals.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { KithError } from '../lib/errors.ts';
import type { AnalysisResult, PortalStore, ScoreColumns } from '../store/portal-store.ts';
import { scoreCustomers } from './churn-compute.ts';
import { ENTRANTS } from './churn-models.ts';
import { churnSummarySchema } from './churn-summary.ts';

const numbers = z.array(z.number());

/** What a run's champion needs to score a customer again; the rest of what is stored of it is for people to read. */
const championSchema = z.object({
  card: z.object({
    name: z.enum(ENTRANTS),
    columns: numbers,
    intercept: z.number(),
    coefficients: numbers,
    covariance: numbers.nullable(),
    penalty: z.number().nullable(),
  }),
  recipe: z.object({
    medians: numbers,
    lows: numbers,
    highs: numbers,
    columns: z.array(z.object({ raw: z.number(), isFlag: z.boolean(), mean: z.number(), sd: z.number() })),
  }),
  columns: z.array(z.string()),
  portfolioMedianGap: z.number(),
});

const NAME = 'churn-risk';
/** Of a larger portfolio a sample tells what is usual, and does not hold up those who wait for an answer. */
const MOST_OTHERS = 20_000;

/**
 * Scores a few customers as of an instant with the model that a run left behind: nothing is fitted, and nobody else's data is
 * read but the rows that the run kept, against which the reasons are told. Cost: the customers' own deals and tickets, and
 * one pass over the run's matrix.
 */
export async function rescoreChurn(
  portal: PortalStore,
  result: AnalysisResult,
  customerIds: readonly string[],
  asOf: number,
): Promise<ScoreColumns> {
  const { run } = result;
  const summary = churnSummarySchema.parse(result.summary);
  const champion = result.model === null ? null : readChampion(result);
  const { unit, timeZone, currency, horizonDays } = run.portfolio;
  const portfolio = { ...run.portfolio, asOf };
  const tables = 'rescore_';
  await buildWonDeals(portal, { unit, timeZone, currency, asOf }, { customerIds, tables });
  const history = await readPurchaseHistory(portal, portfolio, { tables });
  const tickets = await readTicketHistory(portal, portfolio, { tables });
  const asOfDay = zonedDay(asOf, timeZone);
  const ids = history.customerIds;
  const rhythms = rhythm(history, asOfDay, {
    portfolioMedianGap: champion?.portfolioMedianGap ?? summary.portfolio_gap ?? Number.NaN,
  });
  const input = {
    customerIds: ids,
    history,
    tickets: { ...tickets, customerIds: ids },
    horizonDays,
    asOfDay,
    lastCompleteDay: asOfDay - 1,
    currency,
    lastRisk: await readLastRisk(portal, run.id, ids),
  };
  const evidence = { level: summary.evidence_level, stopped: summary.outcomes.stopped };
  const others = champion === null ? new Float64Array() : await readOthers(portal, run.id, ids);
  return { customerIds: ids, ...scoreCustomers(input, rhythms, evidence, champion, others).scores };
}

function readChampion(result: AnalysisResult): z.infer<typeof championSchema> {
  const champion = championSchema.safeParse(result.model);
  const isCurrent =
    champion.success && champion.data.columns.join() === CHURN_FEATURES.map((feature) => feature.name).join();
  if (!isCurrent) {
    throw new KithError(
      'model-input',
      `The model of run ${result.run.id} was fitted by another version of Kith, on other features; run 'kith analyse' once`,
    );
  }
  return champion.data;
}

/** What each was last given; customers who lapse keep it. */
async function readLastRisk(portal: PortalStore, runId: string, ids: readonly string[]): Promise<Float64Array> {
  const scores = await portal.results.scores(runId, NAME, { customerIds: ids });
  const risks = new Map(scores.map((score) => [score.customerId, score.value]));
  return Float64Array.from(ids, (id) => risks.get(id) ?? Number.NaN);
}

/** The run's rows of everybody else who was eligible: the ones whose first column has a value. */
async function readOthers(portal: PortalStore, runId: string, ids: readonly string[]): Promise<Float64Array> {
  const p = CHURN_FEATURES.length;
  const rows = await portal.arrow(
    `SELECT arrayJoin(features) AS value FROM (
       SELECT features FROM {db:Identifier}.matrices WHERE run_id = {run:String} AND analysis = {analysis:String}
         AND length(features) = ${p} AND NOT isNaN(features[1]) AND customer_id NOT IN {ids:Array(String)}
       ORDER BY cityHash64(customer_id), customer_id LIMIT ${MOST_OTHERS})`,
    { run: runId, analysis: NAME, ids },
  );
  return numberColumn(rows, 'value', Float64Array);
}
