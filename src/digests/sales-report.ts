import type { OutcomeChoice } from '../analyses/churn-outcome.ts';
import { mainReason, rhythmText } from '../analyses/churn-reasons.ts';
import { outcomeWords } from '../analyses/churn-words.ts';
import { dueText } from '../analyses/likely-due.ts';
import { lateText } from '../analyses/sequences-report.ts';
import { taskButton } from '../analyses/task-button.ts';
import type { CategoryChart } from '../charts/chart-spec.ts';
import type { Run } from '../domain/results.ts';
import type { FindingRecord } from '../ledger/findings.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatDay, formatMoney, formatPercent, plural } from '../report/format.ts';
import type { ReportAction, ReportItem, ReportPart } from '../report/report.ts';
import type { AtRisk } from './at-risk.ts';
import type { LateStep } from './late-steps.ts';
import type { LikelyBuyer } from './likely-buyers.ts';

/** What became of a customer that an earlier list named. */
export interface Outcome {
  readonly finding: FindingRecord;
  readonly name: string;
  /** The day of the data that it was told from. */
  readonly since: string;
  /** YYYY-MM-DD of the newest order after that; null while there is none. */
  readonly orderedOn: string | null;
}

/** Owners who have been mentioned in an edition: each is once a day, at the first of the customers that they own. */
export type Mentioned = Set<string>;

export function salesHeadline(
  language: Language,
  run: Run,
  {
    told,
    likely,
    steps,
    ordered,
  }: {
    readonly told: readonly AtRisk[];
    readonly likely: readonly LikelyBuyer[];
    readonly steps: readonly LateStep[];
    readonly ordered: number;
  },
): string {
  const { currency, horizonDays: days } = run.portfolio;
  const money = (amounts: readonly number[]): string =>
    formatMoney(
      language,
      amounts.reduce((sum, amount) => sum + amount, 0),
      currency,
    );
  const buyers = plural(language, likely.length, { one: 'customer is', other: 'customers are' }, ' 位客户');
  const usual = money(likely.map(({ amount }) => amount));
  if (told.length === 0 && likely.length > 0) {
    return say(language, {
      en: `${buyers} likely to order now or soon, usually ${usual} in all`,
      zh: `${buyers}可能现在或即将下单，通常合计 ${usual}`,
    });
  }
  if (told.length === 0 && steps.length > 0) {
    return say(language, {
      en: `${plural('en', steps.length, { one: 'customer is', other: 'customers are' }, '')} late with what others usually buy next`,
      zh: `${steps.length} 位客户尚未购买通常的后续产品`,
    });
  }
  if (told.length === 0 && ordered === 0) {
    return say(language, { en: 'Nobody is late or at risk today', zh: '今天没有逾期未下单或有风险的客户' });
  }
  if (told.length === 0) {
    return say(language, {
      en: `${plural('en', ordered, { one: 'customer', other: 'customers' }, '')} from the last lists ordered; nobody new to call`,
      zh: `之前名单上有 ${ordered} 位客户已下单；今天没有新的客户需要联系`,
    });
  }
  const worth = money(told.map((candidate) => candidate.money));
  const count = plural(language, told.length, { one: 'customer', other: 'customers' }, '位客户');
  const also: Text =
    likely.length === 0
      ? { en: '', zh: '' }
      : { en: `; ${buyers} likely to order (${usual})`, zh: `；${buyers}可能下单（${usual}）` };
  return say(language, {
    en: `${count} to look after today, worth ${worth} in the next ${days} days${also.en}`,
    zh: `今天有${count}需要跟进，未来 ${days} 天涉及 ${worth}${also.zh}`,
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

export function salesItems(
  language: Language,
  run: Run,
  told: readonly AtRisk[],
  outcome: OutcomeChoice,
  mentioned: Mentioned,
): ReportPart[] {
  if (told.length === 0) return [];
  return [
    { kind: 'heading', text: say(language, { en: 'Who should act', zh: '谁来跟进' }) },
    ...told.map((candidate) =>
      customerItem(
        language,
        { ...candidate, customerId: candidate.finding.customerId },
        itemText(language, run, candidate, outcome),
        mentioned,
        candidate.finding.key,
      ),
    ),
  ];
}

/** Customers to whom an order is worth offering now. */
export function salesBuyers(
  language: Language,
  run: Run,
  likely: readonly LikelyBuyer[],
  mentioned: Mentioned,
): ReportPart[] {
  if (likely.length === 0) return [];
  return [
    { kind: 'heading', text: say(language, { en: 'Likely to buy', zh: '可能下单' }) },
    ...likely.map((buyer) =>
      customerItem(language, buyer.row, buyerText(language, run, buyer), mentioned, buyer.finding.key),
    ),
  ];
}

/** Customers to remind of what others buy next. */
export function salesSteps(language: Language, steps: readonly LateStep[], mentioned: Mentioned): ReportPart[] {
  if (steps.length === 0) return [];
  return [
    { kind: 'heading', text: say(language, { en: 'Late with their usual next step', zh: '未按惯例购买后续产品' }) },
    ...steps.map(({ row, step, finding }) =>
      customerItem(
        language,
        row,
        say(language, lateText(step)),
        mentioned,
        finding.key,
        taskButton(language, { analysis: 'sequences', customerId: row.customerId, productId: step.productId }),
      ),
    ),
  ];
}

function customerItem(
  language: Language,
  customer: Pick<LikelyBuyer['row'], 'customerId' | 'name' | 'link' | 'owner'>,
  text: string,
  mentioned: Mentioned,
  finding: string,
  more: readonly ReportAction[] = [],
): ReportItem {
  const { customerId, name, link, owner } = customer;
  const mention = owner !== null && !mentioned.has(owner.id);
  if (owner !== null) mentioned.add(owner.id);
  return {
    kind: 'item',
    title: name,
    text,
    finding,
    ...(owner === null ? {} : { owner: { ...owner, mention } }),
    ...(link === '' ? {} : { link }),
    actions: [
      { action: 'why', label: say(language, { en: 'Why?', zh: '为什么？' }), value: `churn-risk:${customerId}` },
      ...more,
    ],
  };
}

function buyerText(language: Language, run: Run, { chance, day, isYearly, amount }: LikelyBuyer): string {
  const { currency, horizonDays: days } = run.portfolio;
  const usual = formatMoney(language, amount, currency);
  const said = [dueText(language, run, day, isYearly ? 'season' : 'order')];
  if (chance !== null) {
    const percent = formatPercent(language, chance);
    said.unshift(
      say(language, { en: `${percent} chance of an order in ${days} days`, zh: `${days} 天内下单的概率为 ${percent}` }),
    );
  }
  said.push(say(language, { en: `usually ${usual} an order`, zh: `通常每单 ${usual}` }));
  return said.join(' · ');
}

function itemText(language: Language, run: Run, candidate: AtRisk, outcome: OutcomeChoice): string {
  const money = formatMoney(language, candidate.money, run.portfolio.currency);
  const days = run.portfolio.horizonDays;
  const { band, probability, details } = candidate;
  const { leaving } = outcomeWords(outcome, days);
  const risk =
    band === 'late'
      ? say(language, { en: 'late by their own rhythm', zh: '晚于自身购买节奏' })
      : probability === null
        ? say(language, {
            en: `${BANDS[band].en} risk of ${leaving.en}`,
            zh: `${leaving.zh}的风险：${BANDS[band].zh}`,
          })
        : say(language, {
            en: `${formatPercent('en', probability)} risk of ${leaving.en}`,
            zh: `${leaving.zh}的风险为 ${formatPercent('zh', probability)}`,
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
  // A customer may have been named for two things, at different times.
  const once = [...new Map(outcomes.map((outcome) => [outcome.finding.customerId, outcome])).values()];
  const ordered = once.filter((outcome) => outcome.orderedOn !== null);
  const waiting = once.length - ordered.length;
  const looked = once.filter(({ finding, orderedOn }) => orderedOn === null && finding.state === 'acknowledged').length;
  const lines = ordered.map(({ name, orderedOn }) => {
    const day = formatDay(language, Date.parse(`${orderedOn}T00:00:00Z`), 'UTC');
    return say(language, { en: `${name} ordered on ${day}`, zh: `${name} 已于 ${day} 下单` });
  });
  if (waiting > 0) {
    lines.push(
      say(language, {
        en: `${plural('en', waiting, { one: 'customer has', other: 'customers have' }, '')} not ordered yet${looked === 0 ? '' : `; somebody is on ${looked} of them`}`,
        zh: `还有 ${waiting} 位客户尚未下单${looked === 0 ? '' : `，其中 ${looked} 位已有人跟进`}`,
      }),
    );
  }
  return [
    { kind: 'heading', text: say(language, { en: 'What became of the last ones', zh: '之前名单的进展' }) },
    { kind: 'text', text: lines.join('\n') },
  ];
}

/** What those to look after are worth; where there is nobody, what those who are likely to buy usually order. */
export function salesChart(
  language: Language,
  run: Run,
  told: readonly AtRisk[],
  likely: readonly LikelyBuyer[],
): ReportPart[] {
  const bars =
    told.length > 0
      ? told.map(({ name, money }) => ({ name, money }))
      : likely.map(({ row, amount }) => ({ name: row.name, money: amount }));
  if (bars.length === 0) return [];
  const { currency, horizonDays } = run.portfolio;
  const title: Text =
    told.length > 0
      ? { en: `Worth in ${horizonDays} days while active`, zh: `活跃时 ${horizonDays} 天的价值` }
      : { en: 'Usual amount of an order', zh: '通常的单笔金额' };
  const spec: CategoryChart = {
    kind: 'horizontal-bar',
    title: say(language, title),
    alt: bars
      .map(({ name, money }) => `${name} ${formatMoney(language, money, currency)}`)
      .join(language === 'zh' ? '；' : '; '),
    format: { kind: 'money', currency },
    labels: bars.map(({ name }) => name),
    series: [
      {
        name: say(language, told.length > 0 ? { en: 'Worth', zh: '价值' } : { en: 'Amount', zh: '金额' }),
        values: bars.map(({ money }) => money),
      },
    ],
  };
  return [{ kind: 'chart', chart: spec }];
}
