import { type Language, say, type Text } from '../lib/text.ts';
import { differenceOfShares, type Estimate } from '../models/difference-of-shares.ts';
import { formatCount, formatDay, formatNumber, formatPercent, plural } from '../report/format.ts';
import type { ReportPart } from '../report/report.ts';
import { outcomeWords } from './churn-words.ts';
import { reportTable } from './report-table.ts';
import { FALSE_DISCOVERY_RATE, FEWEST } from './service-patterns.ts';
import { ANSWER_DAYS } from './service-satisfaction.ts';
import type { Satisfaction, ServicePattern, ServiceSummary } from './service-summary.ts';
import { patternLabel, patternText } from './service-words.ts';

/** Which patterns of tickets precede leaving: a sentence, and every pattern with its counts. */
export function patternParts(language: Language, summary: ServiceSummary): ReportPart[] {
  const { patterns } = summary;
  if (summary.tickets === 0) return [];
  if (patterns === null) return [{ kind: 'text', text: say(language, notAsked(summary)) }];
  const results = patterns.results.filter((one) => one.with.customers > 0);
  return [
    { kind: 'heading', text: say(language, { en: 'What precedes leaving', zh: '流失之前的工单特征' }) },
    { kind: 'text', text: say(language, sentence(summary, patterns)) },
    ...(results.length === 0 ? [] : [patternTable(language, summary, results)]),
  ];
}

function notAsked({ outcome, horizon_days: days }: ServiceSummary): Text {
  return outcome.kind === 'none'
    ? {
        en: 'In a business of projects nobody is expected to come back, so no pattern of tickets can be said to precede leaving.',
        zh: '项目型业务中不预期客户回购，因此无法判断哪些工单特征出现在流失之前。',
      }
    : {
        en: `Nobody was active ${days} days ago, so it cannot be told yet which tickets precede leaving.`,
        zh: `${days} 天之前没有活跃客户，尚无法判断哪些工单特征出现在流失之前。`,
      };
}

function sentence(summary: ServiceSummary, patterns: NonNullable<ServiceSummary['patterns']>): Text {
  const { horizon_days: days, outcome } = summary;
  const words = outcomeWords(outcome, days);
  const preceding = patterns.results
    .filter((one) => one.precedes)
    .sort((a, b) => (b.difference?.value ?? 0) - (a.difference?.value ?? 0));
  const day = (language: Language) => formatDay(language, Date.parse(`${patterns.cut_off}T00:00:00Z`), 'UTC');
  const whole: Text = {
    en: `Of ${plural('en', patterns.customers, { one: 'customer', other: 'customers' }, '')} active on ${day('en')}, ${formatCount('en', patterns.left)} ${words.left.en} in the ${days} days after it.`,
    zh: `在 ${day('zh')} 活跃的 ${formatCount('zh', patterns.customers)} 位客户中，此后 ${days} 天内有 ${formatCount('zh', patterns.left)} 位${words.left.zh}。`,
  };
  const [first] = preceding;
  if (first === undefined) {
    const isTested = patterns.results.some((one) => one.adjusted_p !== null);
    const why: Text = isTested
      ? {
          en: ' No pattern of tickets is told apart from chance: none of them can be said to precede leaving.',
          zh: '没有任何工单特征能与偶然区分开，因此不能说哪一种出现在流失之前。',
        }
      : {
          en: ` Too few to test a pattern (at least ${FEWEST} customers with it and ${FEWEST} without, some who left and some who stayed): the counts alone are shown.`,
          zh: `数量太少，无法检验（至少需要 ${FEWEST} 位有此特征、${FEWEST} 位没有，且既有流失也有留存）：仅列出数量。`,
        };
    return { en: `${whole.en}${why.en}`, zh: `${whole.zh}${why.zh}` };
  }
  const name = patternText(first.pattern, days);
  const others = preceding.length - 1;
  const more: Text =
    others === 0
      ? { en: '', zh: '' }
      : {
          en: ` ${plural('en', others, { one: 'other pattern precedes', other: 'other patterns precede' }, '')} leaving as well.`,
          zh: `另有 ${others} 种特征同样出现在流失之前。`,
        };
  return {
    en: `${whole.en} Of the ${formatCount('en', first.with.customers)} with ${name.en}, ${formatCount('en', first.with.left)} did (${shareText('en', first.share.with)}); of the others ${formatCount('en', first.without.left)} of ${formatCount('en', first.without.customers)} (${shareText('en', first.share.without)}).${more.en} This is what was associated with leaving; it does not say that the tickets made anybody leave.`,
    zh: `${whole.zh}其中符合“${name.zh}”的 ${formatCount('zh', first.with.customers)} 位中有 ${formatCount('zh', first.with.left)} 位（${shareText('zh', first.share.with)}），其余 ${formatCount('zh', first.without.customers)} 位中有 ${formatCount('zh', first.without.left)} 位（${shareText('zh', first.share.without)}）。${more.zh}这只是相关，并不说明工单导致了流失。`,
  };
}

function patternTable(language: Language, summary: ServiceSummary, results: readonly ServicePattern[]): ReportPart {
  const { horizon_days: days, outcome } = summary;
  const { left } = outcomeWords(outcome, days);
  const counted = ({ customers, left: some }: ServicePattern['with'], share: Estimate | null): string =>
    `${formatCount(language, some)}/${formatCount(language, customers)}${share === null ? '' : `: ${shortShare(language, share)}`}`;
  return reportTable(
    language,
    {
      en: `Who ${left.en} in the ${days} days after, with 95% intervals`,
      zh: `此后 ${days} 天内${left.zh}的客户（95% 区间）`,
    },
    [
      { en: 'Pattern', zh: '特征' },
      { en: 'With it', zh: '有' },
      { en: 'Without', zh: '无' },
      { en: 'Points', zh: '差异（百分点）' },
      { en: 'Precedes', zh: '流失之前' },
    ],
    results
      .toSorted(
        (a, b) => Number(b.precedes) - Number(a.precedes) || (b.difference?.value ?? -2) - (a.difference?.value ?? -2),
      )
      .map((one) => [
        say(language, patternLabel(one.pattern, days)),
        counted(one.with, one.share.with),
        counted(one.without, one.share.without),
        one.difference === null ? '–' : pointsText(language, one.difference),
        say(language, verdict(one)),
      ]),
  );
}

function verdict({ precedes, adjusted_p: p }: ServicePattern): Text {
  if (p === null) return { en: 'too few', zh: '数量太少' };
  return precedes ? { en: 'yes', zh: '是' } : { en: 'not shown', zh: '未证实' };
}

/** "60% (46–72)" */
function shortShare(language: Language, { value, low, high }: Estimate): string {
  const round = (share: number): string => formatNumber(language, 100 * share, 0);
  return `${formatPercent(language, value)} (${round(low)}–${round(high)})`;
}

/** "60%, 46–72%" */
function shareText(language: Language, share: Estimate | null): string {
  if (share === null) return '–';
  const round = (value: number): string => formatNumber(language, 100 * value, 0);
  return `${formatPercent(language, share.value)}, ${round(share.low)}–${round(share.high)}%`;
}

/** "+45 (31 to 58)" */
function pointsText(language: Language, { value, low, high }: Estimate): string {
  const round = (share: number): string => {
    const points = Math.round(100 * share);
    return `${points < 0 ? '−' : ''}${formatNumber(language, Math.abs(points), 0)}`;
  };
  const [from, to] = [round(low), round(high)];
  const sign = Math.round(100 * value) > 0 ? '+' : '';
  return `${sign}${round(value)} ${say(language, { en: `(${from} to ${to})`, zh: `(${from} 至 ${to})` })}`;
}

const SOURCES = {
  tickets: { en: 'Answers to tickets', zh: '工单评价' },
  feedback: { en: 'Feedback', zh: '反馈' },
} as const;

/** How content customers say they are, source by source; nothing where nobody answers. */
export function satisfactionParts(language: Language, { satisfaction }: ServiceSummary): ReportPart[] {
  if (satisfaction.length === 0) return [];
  return [
    {
      kind: 'heading',
      text: say(language, {
        en: `Satisfaction, last ${ANSWER_DAYS} days`,
        zh: `近 ${ANSWER_DAYS} 天的满意度`,
      }),
    },
    {
      kind: 'facts',
      facts: satisfaction.map((one) => ({
        label: say(language, SOURCES[one.source]),
        value: satisfactionText(language, one),
      })),
    },
  ];
}

function satisfactionText(language: Language, one: Satisfaction): string {
  const { now, before, highest } = one;
  if (now.answers === 0) {
    return say(language, {
      en: `no answer (${formatCount('en', before.answers)} in the ${ANSWER_DAYS} days before)`,
      zh: `没有反馈（此前 ${ANSWER_DAYS} 天 ${formatCount('zh', before.answers)} 条）`,
    });
  }
  const from = formatNumber(language, one.satisfied_from, 1);
  const mean = now.mean === null ? '–' : formatNumber(language, now.mean, 1);
  const text: Text = {
    en: `${shareText('en', now.share)} satisfied (${from} or more of ${highest}), ${plural('en', now.answers, { one: 'answer', other: 'answers' }, '')}, mean ${mean}`,
    zh: `${shareText('zh', now.share)} 满意（${from} 分及以上，满分 ${highest}），${formatCount('zh', now.answers)} 条，平均 ${mean}`,
  };
  if (before.answers === 0) return say(language, text);
  const change = differenceOfShares(
    { some: now.satisfied, all: now.answers },
    { some: before.satisfied, all: before.answers },
  );
  const isClear = change.low > 0 || change.high < 0;
  const word: Text = !isClear
    ? { en: 'no clear change', zh: '变化不明显' }
    : change.value > 0
      ? { en: 'better', zh: '上升' }
      : { en: 'worse', zh: '下降' };
  return say(language, {
    en: `${text.en}; ${ANSWER_DAYS} days before ${formatPercent('en', before.satisfied / before.answers)} of ${formatCount('en', before.answers)}: ${word.en}`,
    zh: `${text.zh}；此前 ${ANSWER_DAYS} 天为 ${formatPercent('zh', before.satisfied / before.answers)}（${formatCount('zh', before.answers)} 条）：${word.zh}`,
  });
}

/** For the line of trust. */
export function patternQuality({ patterns }: ServiceSummary): Text {
  const tested = patterns?.results.filter((one) => one.adjusted_p !== null).length ?? 0;
  if (tested === 0) return { en: 'counts, no pattern tested', zh: '仅为计数，未检验' };
  const rate = formatPercent('en', FALSE_DISCOVERY_RATE);
  return {
    en: `${plural('en', tested, { one: 'pattern', other: 'patterns' }, '')} tested by Fisher’s exact test, false discoveries held to ${rate}`,
    zh: `${tested} 种特征经 Fisher 精确检验，错误发现率控制在 ${rate}`,
  };
}
