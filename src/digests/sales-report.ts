import { mainReason, rhythmText } from '../analyses/churn-reasons.ts';
import type { CategoryChart } from '../charts/chart-spec.ts';
import type { Run } from '../domain/results.ts';
import type { FindingRecord } from '../ledger/findings.ts';
import { type Language, say } from '../lib/text.ts';
import { formatCount, formatDay, formatMoney, formatPercent, plural } from '../report/format.ts';
import type { ReportItem, ReportPart } from '../report/report.ts';
import type { AtRisk } from './at-risk.ts';

/** What became of a customer that an earlier list named. */
export interface Outcome {
  readonly finding: FindingRecord;
  readonly name: string;
  /** The day of the data that it was told from. */
  readonly since: string;
  /** YYYY-MM-DD of the newest order after that; null while there is none. */
  readonly orderedOn: string | null;
}

export function salesHeadline(language: Language, run: Run, told: readonly AtRisk[], ordered: number): string {
  if (told.length === 0 && ordered === 0) {
    return say(language, { en: 'Nobody is late or at risk today', zh: '今天没有逾期未下单或有风险的客户' });
  }
  if (told.length === 0) {
    return say(language, {
      en: `${plural('en', ordered, { one: 'customer', other: 'customers' }, '')} from the last lists ordered; nobody new to call`,
      zh: `之前名单上有 ${ordered} 位客户已下单；今天没有新的客户需要联系`,
    });
  }
  const money = formatMoney(
    language,
    told.reduce((sum, candidate) => sum + candidate.money, 0),
    run.portfolio.currency,
  );
  const count = plural(language, told.length, { one: 'customer', other: 'customers' }, '位客户');
  return say(language, {
    en: `${count} to look after today, worth ${money} in the next ${run.portfolio.horizonDays} days`,
    zh: `今天有${count}需要跟进，未来 ${run.portfolio.horizonDays} 天涉及 ${money}`,
  });
}

export function salesChanges(
  language: Language,
  before: { readonly high: number; readonly medium: number } | null,
  now: { high: number; medium: number },
): ReportPart[] {
  if (before === null || (before.high === now.high && before.medium === now.medium)) return [];
  const line = (was: number, after: number): string => {
    const change = after - was;
    return `${formatCount(language, after)} (${change > 0 ? '+' : ''}${formatCount(language, change)})`;
  };
  return [
    { kind: 'heading', text: say(language, { en: 'What changed since the last list', zh: '与上次名单相比的变化' }) },
    {
      kind: 'facts',
      facts: [
        { label: say(language, { en: 'At high risk', zh: '高风险客户' }), value: line(before.high, now.high) },
        { label: say(language, { en: 'At medium risk', zh: '中风险客户' }), value: line(before.medium, now.medium) },
      ],
    },
  ];
}

export function salesItems(language: Language, run: Run, told: readonly AtRisk[]): ReportPart[] {
  if (told.length === 0) return [];
  // One mention a day for each owner: at the first of the customers that they own.
  const mentioned = new Set<string>();
  const parts: ReportPart[] = [{ kind: 'heading', text: say(language, { en: 'Who should act', zh: '谁来跟进' }) }];
  for (const candidate of told) {
    const { owner } = candidate;
    const mention = owner !== null && !mentioned.has(owner.id);
    if (owner !== null) mentioned.add(owner.id);
    const item: ReportItem = {
      kind: 'item',
      title: candidate.name,
      text: itemText(language, run, candidate),
      ...(owner === null ? {} : { owner: { ...owner, mention } }),
      ...(candidate.link === '' ? {} : { link: candidate.link }),
      actions: [
        {
          action: 'why',
          label: say(language, { en: 'Why?', zh: '为什么？' }),
          value: `churn-risk:${candidate.finding.customerId}`,
        },
      ],
    };
    parts.push(item);
  }
  return parts;
}

function itemText(language: Language, run: Run, candidate: AtRisk): string {
  const money = formatMoney(language, candidate.money, run.portfolio.currency);
  const days = run.portfolio.horizonDays;
  const { band, probability, details } = candidate;
  const risk =
    band === 'late'
      ? say(language, { en: 'late by their own rhythm', zh: '晚于自身购买节奏' })
      : probability === null
        ? say(language, {
            en: `${BANDS[band].en} risk of no order in ${days} days`,
            zh: `${days} 天内不下单的风险：${BANDS[band].zh}`,
          })
        : say(language, {
            en: `${formatPercent('en', probability)} risk of no order in ${days} days`,
            zh: `${days} 天内不下单的风险为 ${formatPercent('zh', probability)}`,
          });
  const reason =
    band === 'late' ? rhythmText(language, details) : mainReason(language, details, run.portfolio.currency);
  return say(language, {
    en: `${risk} · ${reason} · worth ${money} in ${days} days while active`,
    zh: `${risk} · ${reason} · 活跃时 ${days} 天价值 ${money}`,
  });
}

const BANDS = { high: { en: 'high', zh: '高' }, medium: { en: 'medium', zh: '中' } } as const;

export function salesOutcomes(language: Language, outcomes: readonly Outcome[]): ReportPart[] {
  if (outcomes.length === 0) return [];
  const ordered = outcomes.filter((outcome) => outcome.orderedOn !== null);
  const waiting = outcomes.length - ordered.length;
  const lines = ordered.map(({ name, orderedOn }) => {
    const day = formatDay(language, Date.parse(`${orderedOn}T00:00:00Z`), 'UTC');
    return say(language, { en: `${name} ordered on ${day}`, zh: `${name} 已于 ${day} 下单` });
  });
  if (waiting > 0) {
    lines.push(
      say(language, {
        en: `${plural('en', waiting, { one: 'customer has', other: 'customers have' }, '')} not ordered yet`,
        zh: `还有 ${waiting} 位客户尚未下单`,
      }),
    );
  }
  return [
    { kind: 'heading', text: say(language, { en: 'What became of the last ones', zh: '之前名单的进展' }) },
    { kind: 'text', text: lines.join('\n') },
  ];
}

export function salesChart(language: Language, run: Run, told: readonly AtRisk[]): ReportPart[] {
  if (told.length === 0) return [];
  const { currency, horizonDays } = run.portfolio;
  const list = told.map((candidate) => `${candidate.name} ${formatMoney(language, candidate.money, currency)}`);
  const spec: CategoryChart = {
    kind: 'horizontal-bar',
    title: say(language, {
      en: `Worth in ${horizonDays} days while active`,
      zh: `活跃时 ${horizonDays} 天的价值`,
    }),
    alt: list.join(language === 'zh' ? '；' : '; '),
    format: { kind: 'money', currency },
    labels: told.map((candidate) => candidate.name),
    series: [
      {
        name: say(language, { en: 'Worth', zh: '价值' }),
        values: told.map((candidate) => candidate.money),
      },
    ],
  };
  return [{ kind: 'chart', chart: spec }];
}
