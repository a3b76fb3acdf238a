import { say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, plural } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { Presentation } from './analysis.ts';
import type { PortfolioSummary } from './portfolio-summary.ts';
import { reconciliationLine } from './reconciliation-line.ts';
import { trustLine } from './trust-line.ts';

const MODES: Readonly<Record<PortfolioSummary['mode'], Text>> = {
  transactional: { en: 'transactional: customers come back', zh: '交易型：客户会复购' },
  contract: { en: 'contract: most deals recur', zh: '合同型：多数交易会续订' },
  project: { en: 'project: few customers come back', zh: '项目型：很少客户复购' },
  mixed: { en: 'mixed: some deals recur', zh: '混合型：部分交易会续订' },
};

/** The beginning of `/customers`: how many there are and how active, the reconciliation line, and warnings. */
export function presentPortfolio(summary: PortfolioSummary, { language, run }: Presentation): Report {
  const { customers, revenue } = summary;
  const unit =
    summary.unit === 'company'
      ? { one: 'company', other: 'companies', zh: ' 家公司' }
      : { one: 'contact', other: 'contacts', zh: ' 位联系人' };
  const facts: [Text, string][] = [
    [{ en: 'Eligible', zh: '可评分' }, formatCount(language, customers.eligible)],
    [{ en: 'Lapsed', zh: '已流失' }, formatCount(language, customers.lapsed)],
    [{ en: 'Too new', zh: '尚未购买' }, formatCount(language, customers.too_new)],
    [{ en: 'Bought twice or more', zh: '复购客户' }, formatCount(language, summary.repeat_buyers)],
    [{ en: 'Business', zh: '业务模式' }, say(language, MODES[summary.mode])],
  ];
  const parts: ReportPart[] = [
    { kind: 'facts', facts: facts.map(([label, value]) => ({ label: say(language, label), value })) },
    { kind: 'text', text: say(language, reconciliationLine(summary.revenue, run.portfolio.timeZone)) },
    ...summary.warnings.map((warning) => ({ kind: 'text' as const, text: say(language, warning) })),
  ];
  const won = formatMoney(language, revenue.ours, revenue.currency);
  return {
    language,
    headline: say(language, {
      en: `${plural('en', customers.total, unit, '')}, ${formatCount('en', customers.eligible)} of them active, ${won} won so far`,
      zh: `共 ${plural('zh', customers.total, unit, unit.zh)}，其中 ${formatCount('zh', customers.eligible)} 位活跃，累计成交 ${won}`,
    }),
    parts,
    trust: trustLine(language, run, summary.evidence_level, {
      en: `horizon ${summary.horizon_days} days`,
      zh: `预测期 ${summary.horizon_days} 天`,
    }),
  };
}
