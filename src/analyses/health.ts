import {
  type LooseRecords,
  type MissingField,
  type ProblemDeals,
  readLooseRecords,
  readMissingFields,
  readProblemDeals,
  readWonTotals,
  type WonTotals,
} from '../features/data-health.ts';
import {
  readSameDomains,
  readSharedIdentities,
  type SameDomain,
  type SharedIdentities,
} from '../features/duplicates.ts';
import { readEngagementLoad } from '../features/engagement-load.ts';
import { rhythm } from '../features/expected-gap.ts';
import { readPortfolioFacts } from '../features/portfolio-facts.ts';
import { type PurchaseHistory, readPurchaseHistory } from '../features/purchase-history.ts';
import { fromMillionths, type Reconciliation, reconcile, toMillionths } from '../features/reconciliation.ts';
import { segmentFeatures } from '../features/segment-features.ts';
import { readTicketHistory, type TicketHistory } from '../features/ticket-history.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { type Computed, defineAnalysis } from './analysis.ts';
import { readCrmRevenue } from './crm-revenue.ts';
import { duplicateGroups } from './health-duplicates.ts';
import { presentHealth } from './health-report.ts';
import { imputedOf, outliersOf } from './health-spread.ts';
import {
  type HealthFinding,
  type HealthKind,
  type HealthSummary,
  healthSummarySchema,
  UNCOUNTED_KINDS,
} from './health-summary.ts';

interface HealthInput {
  readonly customerIds: readonly string[];
  readonly history: PurchaseHistory;
  readonly tickets: TicketHistory;
  readonly engagements: Int32Array;
  readonly asOfDay: number;
  readonly currency: string;
  readonly companiesAreCustomers: boolean;
  readonly won: WonTotals;
  readonly deals: readonly ProblemDeals[];
  readonly unconverted: readonly { readonly currency: string; readonly deals: number; readonly amount: string }[];
  readonly fields: readonly MissingField[];
  readonly loose: LooseRecords;
  readonly shared: { readonly email: SharedIdentities; readonly phone: SharedIdentities };
  readonly sameDomains: readonly SameDomain[];
  readonly revenue: Reconciliation;
}

/** Groups of companies that a finding points at. */
const GROUPS = 3;

/** What in the CRM's records is missing, doubled, impossible or extreme, and what that costs. */
export const health = defineAnalysis<HealthInput, HealthSummary>({
  name: 'health',
  title: { en: 'Data health', zh: '数据健康' },
  summary: healthSummarySchema,
  async read({ portal, portfolio }) {
    const history = await readPurchaseHistory(portal);
    return {
      customerIds: history.customerIds,
      history,
      tickets: await readTicketHistory(portal, portfolio),
      engagements: await readEngagementLoad(portal, portfolio),
      asOfDay: zonedDay(portfolio.asOf, portfolio.timeZone),
      currency: portfolio.currency,
      companiesAreCustomers: portfolio.unit === 'company',
      won: await readWonTotals(portal),
      deals: await readProblemDeals(portal),
      unconverted: (await readPortfolioFacts(portal, portfolio)).unconverted,
      fields: await readMissingFields(portal, portfolio),
      loose: await readLooseRecords(portal),
      shared: await readSharedIdentities(portal, portfolio),
      sameDomains: await readSameDomains(portal, portfolio),
      revenue: await reconcile(portal, await readCrmRevenue(portal), portfolio.currency),
    };
  },
  compute: computeHealth,
  present: presentHealth,
  properties: [],
});

export function computeHealth(input: HealthInput): Computed<HealthSummary> {
  const { history, tickets, won, revenue } = input;
  const rhythms = rhythm(history, input.asOfDay);
  const findings = findingsOf(input);
  const uncounted = findings.filter(({ kind }) => UNCOUNTED_KINDS.includes(kind));
  const matrix = segmentFeatures(history, tickets, input.engagements, input.asOfDay);
  return {
    summary: {
      currency: input.currency,
      won: { ...won, amount: cents(won.amount) },
      uncounted: {
        deals: uncounted.reduce((sum, { count }) => sum + count, 0),
        money: fromMillionths(uncounted.reduce((sum, { money }) => sum + toMillionths(money ?? '0'), 0n)),
      },
      findings,
      fields: input.fields
        .map((field) => ({ ...field, money: field.money === null ? null : cents(field.money) }))
        .sort((a, b) => byMoney(a.money, b.money) || b.missing - a.missing),
      buyers: matrix.customers.length,
      outliers: outliersOf(matrix),
      imputed: imputedOf(history, tickets, rhythms),
      revenue: { ...revenue, differences: [...revenue.differences] },
    },
    model: null,
    scores: null,
    matrix: null,
  };
}

/** The most money first, whatever its sign; what has none after it, the most records first. */
function findingsOf(input: HealthInput): HealthFinding[] {
  const { loose, shared } = input;
  const found: HealthFinding[] = [];
  const add = (kind: HealthKind, count: number, money: string | null, more: Partial<HealthFinding> = {}): void => {
    if (count === 0) return;
    found.push({ kind, count, money: money === null ? null : cents(money), parts: [], examples: [], ...more });
  };
  for (const { problem, deals, money, examples } of input.deals) {
    const parts = problem === 'no_rate' ? input.unconverted : [];
    add(problem, deals, money, {
      parts: parts.map((part) => ({ name: part.currency, count: part.deals, amount: cents(part.amount) })),
      examples: examples.map((id) => [id]),
    });
  }
  const groups = duplicateGroups(input.sameDomains);
  const apart = groups.map((group) => {
    const money = group.map((company) => Math.round(company.money * 100));
    return money.reduce((sum, one) => sum + one, 0) - Math.max(...money);
  });
  const order = [...groups.keys()].sort((a, b) => apart[b]! - apart[a]! || a - b);
  add(
    'same_company',
    groups.reduce((sum, group) => sum + group.length - 1, 0),
    input.companiesAreCustomers ? (apart.reduce((sum, one) => sum + one, 0) / 100).toFixed(2) : null,
    { examples: order.slice(0, GROUPS).map((at) => groups[at]!.map(({ id }) => id)) },
  );
  add('same_email', shared.email.extra, shared.email.money);
  add('same_phone', shared.phone.extra, shared.phone.money);
  add('orphan_items', loose.orphanItems, null);
  add('backward_tickets', loose.backwardTickets, null);
  add(
    'quarantined',
    loose.quarantined.reduce((sum, { records }) => sum + records, 0),
    null,
    { parts: loose.quarantined.map(({ object, records }) => ({ name: object, count: records, amount: null })) },
  );
  return found.sort((a, b) => byMoney(a.money, b.money) || b.count - a.count);
}

function byMoney(a: string | null, b: string | null): number {
  const size = (money: string | null): number => Math.abs(Number(money ?? 0));
  return size(b) - size(a);
}

/** Decimal text without the zeros of its scale. */
function cents(amount: string): string {
  return fromMillionths(toMillionths(amount));
}
