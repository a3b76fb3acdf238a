import { lastCompleteDay } from '../features/calendar.ts';
import { type Rhythm, rhythm, standingOf } from '../features/expected-gap.ts';
import { gapsUpTo } from '../features/horizon.ts';
import { type PortfolioFacts, readPortfolioFacts } from '../features/portfolio-facts.ts';
import { type PurchaseHistory, readPurchaseHistory } from '../features/purchase-history.ts';
import { type Reconciliation, reconcile } from '../features/reconciliation.ts';
import { netMoney } from '../features/value-rate.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { quantileSorted } from '../math/statistics.ts';
import { type Drafted, defineAnalysis } from './analysis.ts';
import { type Business, chooseOutcome, type Outcome, readOutcome } from './churn-outcome.ts';
import { readCrmRevenue } from './crm-revenue.ts';
import { evidenceOf } from './evidence-level.ts';
import { presentPortfolio } from './portfolio-report.ts';
import { type PortfolioSummary, portfolioSummarySchema, type Quantiles } from './portfolio-summary.ts';
import { portfolioWarnings } from './portfolio-warnings.ts';

interface PortfolioInput {
  readonly customerIds: readonly string[];
  readonly history: PurchaseHistory;
  readonly unit: 'company' | 'contact';
  readonly asOf: number;
  readonly asOfDay: number;
  readonly lastCompleteDay: number;
  readonly horizonDays: number;
  readonly revenue: Reconciliation;
  readonly facts: PortfolioFacts;
  readonly business: Business;
  readonly outcome: Outcome;
}

/** Who the customers are: how many, how active, how much, and whether our revenue is the CRM's. */
export const portfolio = defineAnalysis<PortfolioInput, PortfolioSummary>({
  name: 'portfolio',
  title: { en: 'Customers', zh: '客户概览' },
  summary: portfolioSummarySchema,
  async read(context) {
    const { portal, portfolio: shared } = context;
    const history = await readPurchaseHistory(portal);
    const { choice, business } = await chooseOutcome(context);
    return {
      customerIds: history.customerIds,
      history,
      unit: shared.unit,
      asOf: shared.asOf,
      asOfDay: zonedDay(shared.asOf, shared.timeZone),
      lastCompleteDay: lastCompleteDay(shared.asOf, shared.timeZone),
      horizonDays: shared.horizonDays,
      revenue: await reconcile(portal, await readCrmRevenue(portal), shared.currency),
      facts: await readPortfolioFacts(portal, shared),
      business,
      outcome: await readOutcome(portal, shared, choice),
    };
  },
  compute: computePortfolio,
  present: presentPortfolio,
  properties: [],
});

export function computePortfolio(input: PortfolioInput): Drafted<PortfolioSummary> {
  const { history, horizonDays } = input;
  const rhythms = rhythm(history, input.asOfDay);
  const money = netMoney(history, rhythms);
  const n = input.customerIds.length;
  const label = Array.from({ length: n }, (_, i) => standingOf(rhythms, i, horizonDays));
  const evidence = evidenceOf(input, rhythms, input.lastCompleteDay);
  const count = (standing: string) => label.filter((one) => one === standing).length;
  const buyers = Array.from(rhythms.purchases.keys()).filter((i) => rhythms.purchases[i]! > 0);
  const repeat = buyers.filter((i) => rhythms.purchases[i]! > 1).length;
  const { durations, ended } = gapsUpTo(history, input.asOfDay);
  const byLevel: Record<string, number> = { '0': 0, '1': 0, '2': 0, '3': 0 };
  byLevel['0'] = n - count('eligible');
  byLevel[String(evidence.level)] = byLevel[String(evidence.level)]! + count('eligible');
  return {
    summary: {
      unit: input.unit,
      as_of: new Date(input.asOf).toISOString(),
      horizon_days: horizonDays,
      mode: input.business.mode,
      customers: {
        total: n,
        eligible: count('eligible'),
        lapsed: count('lapsed'),
        too_new: count('too-new'),
        by_level: byLevel,
      },
      evidence_level: evidence.level,
      revenue: { ...input.revenue, differences: [...input.revenue.differences] },
      repeat_buyers: repeat,
      purchases: quantilesOf(buyers.map((i) => rhythms.purchases[i]!)),
      gaps: quantilesOf(durations.filter((_, k) => ended[k] === 1)),
      money: quantilesOf(buyers.map((i) => money[i]!)),
      warnings: portfolioWarnings(input.facts, input.revenue),
    },
    model: null,
    scores: {
      value: money,
      label,
      band: label.map((standing) => (standing === 'eligible' ? '' : standing)),
      evidence: new Uint8Array(n),
      details: (i) => JSON.stringify(factsOf(rhythms, i)),
    },
    matrix: null,
  };
}

/** One customer's facts: purchases, and days since 1970-01-01 of the first and the last; gaps in days. */
function factsOf(rhythms: Rhythm, i: number) {
  const hasBought = rhythms.purchases[i]! > 0;
  return {
    orders: rhythms.purchases[i]!,
    first_day: hasBought ? rhythms.firstDay[i]! : null,
    last_day: hasBought ? rhythms.lastDay[i]! : null,
    days_since: hasBought ? rhythms.cutOffDay - rhythms.lastDay[i]! : null,
    expected_gap: finite(rhythms.expectedGap[i]!),
    off_rhythm: finite(rhythms.offRhythm[i]!),
  };
}

function quantilesOf(values: ArrayLike<number>): Quantiles | null {
  if (values.length === 0) return null;
  const ascending = Float64Array.from(values).sort();
  const at = (share: number) => Math.round(quantileSorted(ascending, share) * 100) / 100;
  return { p10: at(0.1), p25: at(0.25), p50: at(0.5), p75: at(0.75), p90: at(0.9) };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 1e4) / 1e4 : null;
}
