import type { Run } from '../domain/results.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, formatNumber, formatPercent } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { PresentedRow } from './analysis.ts';
import { reasonText, rhythmText } from './churn-reasons.ts';
import {
  type ChurnDetails,
  type ChurnMove,
  type ChurnReason,
  type ChurnScenario,
  churnDetailsSchema,
  churnSummarySchema,
} from './churn-summary.ts';
import { movedChart, reasonsChart } from './churn-waterfall.ts';
import { outcomeWords } from './churn-words.ts';
import { outOfSeasonText } from './likely-due.ts';
import { trustLine } from './trust-line.ts';

/** Below this many points a move is not worth a sentence. */
const WORTH_TELLING = 0.01;

/**
 * What *Why?* answers for one customer: the reasons in both directions, what moved the risk since the last run, and the smallest
 * change that would put it into another band; as associations and never as causes.
 */
export function churnWhy(language: Language, row: PresentedRow, run: Run, storedSummary: unknown): Report {
  const details = churnDetailsSchema.parse(row.details);
  const summary = churnSummarySchema.parse(storedSummary);
  const { currency, horizonDays } = run.portfolio;
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
  const { leaving } = outcomeWords(summary.outcome, horizonDays);
  const risk = formatPercent(language, row.value ?? 0);
  const outside = outOfSeasonText(language, run, details);
  const lines: ReportPart[] = [
    ...list(language, { en: 'Associated with a higher risk', zh: '与较高风险相关' }, details.up, currency),
    ...list(language, { en: 'Associated with a lower risk', zh: '与较低风险相关' }, details.down, currency),
  ];
  const drawn = reasonsChart(language, row.name, details, currency);
  const nothing: Text = {
    en: 'Nothing sets this customer apart from the average one: the risk is everybody’s',
    zh: '该客户与平均客户没有明显差异：风险为整体水平',
  };
  return {
    language,
    headline:
      outside !== null
        ? `${row.name} · ${outside}`
        : say(language, {
            en: `${row.name}: ${risk} risk of ${leaving.en}`,
            zh: `${row.name}：${leaving.zh}的风险为 ${risk}`,
          }),
    parts: [
      ...(lines.length === 0 ? [{ kind: 'text' as const, text: say(language, nothing) }] : lines),
      ...(drawn === null ? [] : [{ kind: 'chart' as const, chart: drawn }]),
      // Before the season the chance of no order rises to near one, and nothing is wrong.
      ...(outside === null ? movedPart(language, details.moved, row.value ?? 0, currency) : []),
      ...scenarioPart(language, details.scenarios),
      facts,
    ],
    trust: trustLine(language, run, row.evidence, {
      en: 'exact shares of the score in log-odds, against the average customer',
      zh: '各项为评分（对数几率）相对平均客户的精确分解',
    }),
  };
}

function list(language: Language, title: Text, reasons: readonly ChurnReason[], currency: string): ReportPart[] {
  if (reasons.length === 0) return [];
  const lines = reasons.map(
    (reason) => `• ${reasonText(language, reason, currency)} (${signed(language, reason.contribution)})`,
  );
  return [
    { kind: 'heading', text: say(language, title) },
    { kind: 'text', text: lines.join('\n') },
  ];
}

/** "31% → 54%: the customer +20 points, the model +3". */
export function movedPart(language: Language, moved: ChurnMove | null, now: number, currency: string): ReportPart[] {
  if (moved === null || Math.abs(now - moved.from) < WORTH_TELLING) return [];
  const points = (value: number) => signed(language, value * 100, 0);
  const [from, to] = [formatPercent(language, moved.from), formatPercent(language, now)];
  const lines = [
    say(language, {
      en: `${from} → ${to}: ${points(moved.customer)} points from the customer, ${points(moved.model)} from the model`,
      zh: `${from} → ${to}：客户变化 ${points(moved.customer)} 个百分点，模型变化 ${points(moved.model)} 个百分点`,
    }),
    ...moved.drivers.map(({ family, contribution, before, now: own, norm }) => {
      const told = (value: number | null) => reasonText(language, { family, contribution, own: value, norm }, currency);
      // What it is held against is told once.
      const was = told(before).split(/[;；]/)[0]!;
      return say(language, { en: `• ${told(own)} (was: ${was})`, zh: `• ${told(own)}（此前：${was}）` });
    }),
  ];
  return [
    { kind: 'heading', text: say(language, { en: 'Moved since the last run', zh: '与上次分析相比' }) },
    { kind: 'text', text: lines.join('\n') },
    { kind: 'chart', chart: movedChart(language, moved, now) },
  ];
}

const BANDS: Readonly<Record<ChurnScenario['band'], Text>> = {
  low: { en: 'low', zh: '低' },
  medium: { en: 'medium', zh: '中' },
  high: { en: 'high', zh: '高' },
};

function scenarioPart(language: Language, scenarios: readonly ChurnScenario[]): ReportPart[] {
  if (scenarios.length === 0) return [];
  const lines = scenarios.map(({ kind, days, band, probability }) => {
    const risk = formatPercent(language, probability);
    const what: Readonly<Record<ChurnScenario['kind'], Text>> = {
      talk: { en: 'with one conversation today', zh: '如果今天沟通一次' },
      'tickets-solved': { en: 'with all open tickets solved today', zh: '如果今天解决全部未结工单' },
      order: { en: 'with an order of the usual size today', zh: '如果今天按通常金额下单' },
      silence: { en: `with ${days} more days in which nothing happens`, zh: `如果接下来 ${days} 天没有任何动静` },
    };
    return say(language, {
      en: `• ${risk} (${BANDS[band].en}) ${what[kind].en}`,
      zh: `• ${what[kind].zh}：${risk}（${BANDS[band].zh}）`,
    });
  });
  return [
    { kind: 'heading', text: say(language, { en: 'The model would say', zh: '模型会给出' }) },
    { kind: 'text', text: lines.join('\n') },
  ];
}

function factsOf(language: Language, details: ChurnDetails, currency: string, horizonDays: number): ReportPart {
  const facts: [Text, string | null][] = [
    [{ en: 'Orders so far', zh: '累计订单' }, formatCount(language, details.orders)],
    [{ en: 'Days since the last', zh: '距上次下单天数' }, maybe(language, details.days_since)],
    [
      details.is_yearly
        ? { en: 'Days from one season to the next', zh: '每年采购季的间隔（天）' }
        : { en: 'Usual gap in days', zh: '通常间隔（天）' },
      maybe(language, details.expected_gap),
    ],
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
  return days === null ? null : formatCount(language, Math.round(days));
}

function signed(language: Language, value: number, digits = 2): string {
  return `${value > 0 ? '+' : ''}${formatNumber(language, value, digits)}`;
}
