import { type PortfolioSummary, portfolioSummarySchema } from '../analyses/portfolio-summary.ts';
import type { Text } from '../lib/text.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** What speaks for or against writing to the CRM now. */
export interface BreakerFacts {
  /** Customers who had a tier or a segment of Kith's before, and those of them for whom it would change. */
  readonly annotated: number;
  readonly moved: number;
  /** Live records in the store. */
  readonly customers: number;
  readonly deals: number;
  /** The won revenue of the newest run beside the CRM's; null before there is one. */
  readonly revenue: PortfolioSummary['revenue'] | null;
}

const MOST_MOVED = 0.2;
/** Fewer customers than these say nothing about a fifth of them. */
const FEWEST_ANNOTATED = 10;
const MOST_UNRECONCILED = 0.02;

/** Why nothing should be written now, a sentence each; empty when all is well. */
export function refusalsOf({ annotated, moved, customers, deals, revenue }: BreakerFacts): readonly Text[] {
  const refusals: Text[] = [];
  if (customers === 0 || deals === 0) {
    refusals.push({
      en: `The last sync brought nothing to score: Kith holds ${customers} customer records and ${deals} deals`,
      zh: `上次同步没有带来可用于评分的数据：Kith 中有 ${customers} 条客户记录和 ${deals} 笔交易`,
    });
  }
  if (annotated >= FEWEST_ANNOTATED && moved / annotated > MOST_MOVED) {
    const share = percent(moved / annotated);
    refusals.push({
      en: `${moved} of the ${annotated} customers annotated before (${share}) would change tier or segment; more than ${percent(MOST_MOVED)} at once is more often a fault than news`,
      zh: `此前标注过的 ${annotated} 位客户中有 ${moved} 位（${share}）将改变等级或分群；一次超过 ${percent(MOST_MOVED)} 多半是出了差错，而不是真实变化`,
    });
  }
  const off = revenue === null ? 0 : unreconciled(revenue);
  if (revenue !== null && off > MOST_UNRECONCILED) {
    refusals.push({
      en: `Won revenue is off by ${percent(off)}: Kith adds up ${revenue.ours} ${revenue.currency}, the CRM ${revenue.crm ?? ''}, and the causes it knows do not explain the difference`,
      zh: `成交收入相差 ${percent(off)}：Kith 合计为 ${revenue.ours} ${revenue.currency}，CRM 为 ${revenue.crm ?? ''}，已知原因无法解释这一差额`,
    });
  }
  return refusals;
}

export async function readBreakerFacts(
  portal: PortalStore,
  objectType: 'companies' | 'contacts',
): Promise<Omit<BreakerFacts, 'annotated' | 'moved'>> {
  const counts = await portal.crm.counts();
  const portfolio = await portal.results.latest('portfolio');
  return {
    customers: counts[objectType],
    deals: counts.deals,
    revenue: portfolio === null ? null : portfolioSummarySchema.parse(portfolio.summary).revenue,
  };
}

/** The part of the CRM's revenue that no cause explains. */
function unreconciled({ crm, differences }: PortfolioSummary['revenue']): number {
  if (crm === null) return 0;
  const unexplained = differences
    .filter(({ cause }) => cause === 'unexplained')
    .reduce((sum, { amount }) => sum + Math.abs(Number(amount)), 0);
  return unexplained === 0 ? 0 : unexplained / Math.max(Math.abs(Number(crm)), 1);
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 1000) / 10} %`;
}
