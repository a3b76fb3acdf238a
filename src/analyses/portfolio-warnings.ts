import type { PortfolioFacts } from '../features/portfolio-facts.ts';
import type { Reconciliation } from '../features/reconciliation.ts';
import type { Language, Text } from '../lib/text.ts';
import { formatCount, formatMoney, formatNumber } from '../report/format.ts';

/** Why won revenue of the CRM is not in ours, as people read it. */
export const CAUSES: Readonly<Record<string, Text>> = {
  no_amount: { en: 'won deals without an amount', zh: '没有金额的赢单' },
  no_rate: { en: 'won deals in a currency without a rate', zh: '币种缺少汇率的赢单' },
  no_customer: { en: 'won deals without a customer', zh: '没有客户的赢单' },
  no_close_date: { en: 'won deals without a close date', zh: '没有成交日期的赢单' },
  after_as_of: { en: 'won deals closed after the as-of', zh: '截止时间之后成交的赢单' },
  converted_here: { en: 'won deals that only Kith converted', zh: '仅由 Kith 换算的赢单' },
  changed_since: { en: 'deals changed about or after the CRM’s own sum was made', zh: '交易在 CRM 合计前后有变动' },
  unexplained: { en: 'unexplained', zh: '原因不明' },
};

/** What in the data deserves a look, each with how many records it concerns. */
export function portfolioWarnings(
  facts: PortfolioFacts,
  revenue: Reconciliation,
): { kind: string; count: number; en: string; zh: string }[] {
  const warnings: ({ kind: string; count: number } & Text)[] = revenue.differences.map(({ cause, count, amount }) => {
    const text = CAUSES[cause] ?? { en: cause, zh: cause };
    return {
      kind: cause,
      count,
      en: `${formatCount('en', count)} ${text.en}: ${money('en', amount, revenue.currency)}`,
      zh: `${formatCount('zh', count)} 笔${text.zh}：${money('zh', amount, revenue.currency)}`,
    };
  });
  for (const { currency, deals, amount } of facts.unconverted) {
    warnings.push({
      kind: 'unconverted',
      count: deals,
      en: `${formatCount('en', deals)} won deals, ${formatNumber('en', Number(amount))} ${currency} in all, have no rate to ${revenue.currency} and are in no sum`,
      zh: `${formatCount('zh', deals)} 笔赢单共 ${formatNumber('zh', Number(amount))} ${currency}，缺少兑 ${revenue.currency} 的汇率，未计入任何合计`,
    });
  }
  if (facts.contestedDeals > 0) {
    warnings.push({
      kind: 'several_customers',
      count: facts.contestedDeals,
      en: `${facts.contestedDeals} won deals name several customers and no single primary one: the oldest counts`,
      zh: `${facts.contestedDeals} 笔赢单关联多个客户且没有唯一主客户：按最早创建的客户计`,
    });
  }
  if (facts.rejected > 0) {
    warnings.push({
      kind: 'rejected',
      count: facts.rejected,
      en: `${facts.rejected} records could not be read and are left out`,
      zh: `${facts.rejected} 条记录无法读取，未计入`,
    });
  }
  return warnings;
}

/** To the cent, as revenue is reconciled. */
function money(language: Language, amount: string, currency: string): string {
  return formatMoney(language, amount, currency, { exact: true });
}
