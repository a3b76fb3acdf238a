import type { Run } from '../domain/results.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, formatNumber, formatPercent } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { PresentedRow } from './analysis.ts';
import { type ChurnDetails, type ChurnReason, churnDetailsSchema } from './churn-summary.ts';
import { trustLine } from './trust-line.ts';

/** One reason in the customer's own values and norms: "no order for 143 days; usual gap 48". */
export function reasonText(language: Language, reason: ChurnReason, currency: string): string {
  return say(language, wording(reason, currency));
}

/** The reason that weighs most, or the customer's rhythm where there is no model: one line for a list. */
export function mainReason(language: Language, details: ChurnDetails, currency: string): string {
  const [first] = details.up;
  return first === undefined ? rhythmText(language, details) : reasonText(language, first, currency);
}

/** Days since the last order against the usual gap: known without any model. */
export function rhythmText(language: Language, details: ChurnDetails): string {
  if (details.days_since === null) return say(language, { en: 'no order yet', zh: '尚未下单' });
  return reasonText(
    language,
    { family: 'rhythm', contribution: 0, own: details.days_since, norm: details.expected_gap },
    '',
  );
}

/** What *Why?* answers for one customer: the reasons in both directions, as associations and never as causes. */
export function churnReasons(language: Language, row: PresentedRow, run: Run): Report {
  const details = churnDetailsSchema.parse(row.details);
  const { currency, horizonDays } = run.portfolio;
  const trust = trustLine(language, run, row.evidence, {
    en: 'exact shares of the score in log-odds, against the average customer',
    zh: '各项为评分（对数几率）相对平均客户的精确分解',
  });
  const facts = factsOf(language, details, currency, horizonDays);
  if (details.log_odds === null) {
    return {
      language,
      headline: say(language, {
        en: `${row.name}: no probability, here are the facts`,
        zh: `${row.name}：没有概率，以下为事实`,
      }),
      parts: [{ kind: 'text', text: rhythmText(language, details) }, facts],
      trust: trustLine(language, run, row.evidence, { en: 'facts only, no model', zh: '仅事实，无模型' }),
    };
  }
  const risk = formatPercent(language, row.value ?? 0);
  const lines: ReportPart[] = [
    ...list(language, { en: 'Associated with a higher risk', zh: '与较高风险相关' }, details.up, currency),
    ...list(language, { en: 'Associated with a lower risk', zh: '与较低风险相关' }, details.down, currency),
  ];
  const nothing: Text = {
    en: 'Nothing sets this customer apart from the average one: the risk is everybody’s',
    zh: '该客户与平均客户没有明显差异：风险为整体水平',
  };
  return {
    language,
    headline: say(language, {
      en: `${row.name}: ${risk} risk of no order in the next ${horizonDays} days`,
      zh: `${row.name}：未来 ${horizonDays} 天不下单的风险为 ${risk}`,
    }),
    parts: [...(lines.length === 0 ? [{ kind: 'text' as const, text: say(language, nothing) }] : lines), facts],
    trust,
  };
}

function list(language: Language, title: Text, reasons: readonly ChurnReason[], currency: string): ReportPart[] {
  if (reasons.length === 0) return [];
  const lines = reasons.map((reason) => {
    const weight = formatNumber(language, reason.contribution, 2);
    return `• ${reasonText(language, reason, currency)} (${reason.contribution > 0 ? '+' : ''}${weight})`;
  });
  return [
    { kind: 'heading', text: say(language, title) },
    { kind: 'text', text: lines.join('\n') },
  ];
}

function factsOf(language: Language, details: ChurnDetails, currency: string, horizonDays: number): ReportPart {
  const facts: [Text, string | null][] = [
    [{ en: 'Orders so far', zh: '累计订单' }, formatCount(language, details.orders)],
    [{ en: 'Days since the last', zh: '距上次下单天数' }, maybe(language, details.days_since)],
    [{ en: 'Usual gap in days', zh: '通常间隔（天）' }, maybe(language, details.expected_gap)],
    [
      { en: `Worth in ${horizonDays} days while active`, zh: `活跃时 ${horizonDays} 天的价值` },
      formatMoney(language, details.value, currency),
    ],
    [
      { en: '80% interval of the risk', zh: '风险的 80% 区间' },
      details.interval === null ? null : details.interval.map((edge) => formatPercent(language, edge)).join(' – '),
    ],
  ];
  return {
    kind: 'facts',
    facts: facts.flatMap(([label, value]) => (value === null ? [] : [{ label: say(language, label), value }])),
  };
}

function maybe(language: Language, days: number | null): string | null {
  return days === null ? null : formatCount(language, days);
}

function wording({ family, own, norm }: ChurnReason, currency: string): Text {
  const both = (tell: (language: Language, own: string, norm: string) => string, show = formatCount): Text => {
    const one = (language: Language) =>
      tell(language, own === null ? '–' : show(language, own), norm === null ? '–' : show(language, norm));
    return { en: one('en'), zh: one('zh') };
  };
  const by =
    (en: (own: string, norm: string) => string, zh: (own: string, norm: string) => string) =>
    (language: Language, own: string, norm: string) =>
      language === 'zh' ? zh(own, norm) : en(own, norm);
  const money = (language: Language, value: number) => formatMoney(language, value, currency);
  const decimal = (language: Language, value: number) => formatNumber(language, value, 1);
  switch (family) {
    case 'rhythm':
      return norm === null
        ? both(
            by(
              (a) => `no order for ${a} ${a === '1' ? 'day' : 'days'}`,
              (a) => `${a} 天未下单`,
            ),
          )
        : both(
            by(
              (a, b) => `no order for ${a} ${a === '1' ? 'day' : 'days'}; usual gap ${b}`,
              (a, b) => `${a} 天未下单；通常间隔 ${b} 天`,
            ),
          );
    case 'orders':
      return both(
        by(
          (a, b) => `orders so far: ${a}; usual ${b}`,
          (a, b) => `累计订单 ${a} 笔；通常为 ${b} 笔`,
        ),
      );
    case 'recent-orders':
      return both(
        by(
          (a, b) => `recent orders: ${a}; usual ${b}`,
          (a, b) => `近期订单 ${a} 笔；通常为 ${b} 笔`,
        ),
      );
    case 'regularity':
      return own === null
        ? { en: 'too few orders to have a rhythm', zh: '订单太少，尚无节奏' }
        : both(
            by(
              (a, b) => `spacing of orders varies by ${a}; usual ${b}`,
              (a, b) => `下单间隔波动 ${a}；通常为 ${b}`,
            ),
            (language, value) => formatPercent(language, value),
          );
    case 'spend':
      return both(
        by(
          (a, b) => `${a} an order; usual ${b}`,
          (a, b) => `单笔 ${a}；通常为 ${b}`,
        ),
        money,
      );
    case 'trend':
      return own === null
        ? { en: 'one order so far, no trend in spend', zh: '仅有一笔订单，尚无消费趋势' }
        : both(
            by(
              (a, b) => `last order ${a}; the customer’s average ${b}`,
              (a, b) => `上一笔 ${a}；该客户平均 ${b}`,
            ),
            money,
          );
    case 'tenure':
      return both(
        by(
          (a, b) => `customer for ${a} days; usual ${b}`,
          (a, b) => `成为客户 ${a} 天；通常为 ${b} 天`,
        ),
      );
    case 'breadth':
      return both(
        by(
          (a, b) => `different products bought: ${a}; usual ${b}`,
          (a, b) => `购买过 ${a} 种产品；通常为 ${b} 种`,
        ),
      );
    case 'refunds':
      return both(
        by(
          (a, b) => `days with refunds: ${a}; usual ${b}`,
          (a, b) => `退款 ${a} 天；通常为 ${b} 天`,
        ),
      );
    case 'tickets':
      return both(
        by(
          (a, b) => `support tickets in 90 days: ${a}; usual ${b}`,
          (a, b) => `90 天内工单 ${a} 个；通常为 ${b} 个`,
        ),
      );
    case 'severe-tickets':
      return both(
        by(
          (a, b) => `urgent support tickets in 90 days: ${a}; usual ${b}`,
          (a, b) => `90 天内紧急工单 ${a} 个；通常为 ${b} 个`,
        ),
      );
    case 'satisfaction':
      return own === null
        ? { en: 'no satisfaction answer in a year', zh: '一年内没有满意度反馈' }
        : both(
            by(
              (a, b) => `satisfaction ${a}; usual ${b}`,
              (a, b) => `满意度 ${a}；通常为 ${b}`,
            ),
            decimal,
          );
  }
}
