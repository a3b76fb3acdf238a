import { say, type Text } from '../lib/text.ts';
import { formatCount, formatInstant, formatMoney, formatNumber } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { Presentation } from './analysis.ts';
import type { PortfolioSummary, Quantiles } from './portfolio-summary.ts';
import { trustLine } from './trust-line.ts';

const MODES: Readonly<Record<PortfolioSummary['mode'], Text>> = {
  transactional: { en: 'transactional: customers come back', zh: '交易型：客户会复购' },
  contract: { en: 'contract: most deals recur', zh: '合同型：多数交易会续订' },
  project: { en: 'project: few customers come back', zh: '项目型：很少客户复购' },
  mixed: { en: 'mixed: some deals recur', zh: '混合型：部分交易会续订' },
};

/** `/customers`: the portfolio in numbers, and the reconciliation line. */
export function presentPortfolio(summary: PortfolioSummary, { language, run }: Presentation): Report {
  const { customers, revenue } = summary;
  const unit: Text =
    summary.unit === 'company' ? { en: 'companies', zh: '家公司' } : { en: 'contacts', zh: '位联系人' };
  const facts: [Text, string][] = [
    [{ en: 'Eligible', zh: '可评分' }, formatCount(language, customers.eligible)],
    [{ en: 'Lapsed', zh: '已流失' }, formatCount(language, customers.lapsed)],
    [{ en: 'Too new', zh: '尚未购买' }, formatCount(language, customers.too_new)],
    [{ en: 'Bought twice or more', zh: '复购客户' }, formatCount(language, summary.repeat_buyers)],
    [{ en: 'Business', zh: '业务模式' }, say(language, MODES[summary.mode])],
  ];
  const parts: ReportPart[] = [
    { kind: 'facts', facts: facts.map(([label, value]) => ({ label: say(language, label), value })) },
    ...spread(summary, language),
    { kind: 'text', text: say(language, reconciliation(summary, run.portfolio.timeZone)) },
    ...summary.warnings.map((warning) => ({ kind: 'text' as const, text: say(language, warning) })),
  ];
  const won = formatMoney(language, revenue.ours, revenue.currency);
  return {
    language,
    headline: say(language, {
      en: `${formatCount('en', customers.total)} ${unit.en}, ${formatCount('en', customers.eligible)} of them active, ${won} won so far`,
      zh: `共 ${formatCount('zh', customers.total)} ${unit.zh}，其中 ${formatCount('zh', customers.eligible)} 位活跃，累计成交 ${won}`,
    }),
    parts,
    trust: trustLine(language, run, summary.evidence_level, {
      en: `horizon ${summary.horizon_days} days`,
      zh: `预测期 ${summary.horizon_days} 天`,
    }),
  };
}

function reconciliation({ revenue }: PortfolioSummary, timeZone: string): Text {
  const ours = (language: 'en' | 'zh') => formatMoney(language, revenue.ours, revenue.currency, { exact: true });
  if (revenue.crm === null) {
    return {
      en: `Won revenue ${ours('en')}; the CRM’s own sum is not known`,
      zh: `成交收入 ${ours('zh')}；CRM 自身合计未知`,
    };
  }
  const crm = (language: 'en' | 'zh') => formatMoney(language, revenue.crm ?? 0, revenue.currency, { exact: true });
  const at = revenue.crm_at;
  return revenue.differences.length === 0
    ? { en: `Won revenue ${ours('en')}, the same as the CRM’s`, zh: `成交收入 ${ours('zh')}，与 CRM 一致` }
    : {
        en: `Won revenue ${ours('en')}; the CRM’s ${crm('en')}${at === null ? '' : `, summed ${formatInstant('en', at, timeZone)}`}`,
        zh: `成交收入 ${ours('zh')}；CRM 为 ${crm('zh')}${at === null ? '' : `（${formatInstant('zh', at, timeZone)} 合计）`}`,
      };
}

function spread(summary: PortfolioSummary, language: 'en' | 'zh'): ReportPart[] {
  const { currency } = summary.revenue;
  const lines: [Text, Quantiles | null, (value: number) => string][] = [
    [{ en: 'Orders', zh: '订单数' }, summary.purchases, (value) => formatNumber(language, value, 0)],
    [{ en: 'Days between orders', zh: '下单间隔（天）' }, summary.gaps, (value) => formatNumber(language, value, 0)],
    [{ en: 'Money', zh: '金额' }, summary.money, (value) => formatMoney(language, value, currency)],
  ];
  const rows = lines.flatMap(([label, quantiles, show]) =>
    quantiles === null ? [] : [[say(language, label), show(quantiles.p10), show(quantiles.p50), show(quantiles.p90)]],
  );
  if (rows.length === 0) return [];
  const heads: Text[] = [
    { en: 'Per customer', zh: '每位客户' },
    { en: 'Lowest tenth', zh: '最低十分位' },
    { en: 'Median', zh: '中位数' },
    { en: 'Highest tenth', zh: '最高十分位' },
  ];
  return [
    {
      kind: 'table',
      title: say(language, { en: 'How customers differ', zh: '客户差异' }),
      columns: heads.map((label, k) => ({ label: say(language, label), align: k === 0 ? 'left' : 'right' })),
      rows,
    },
  ];
}
