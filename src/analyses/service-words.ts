import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatNumber, plural } from '../report/format.ts';
import {
  CAME_BACK_DAYS,
  LONG_OPEN_DAYS,
  MANY_TICKETS,
  MORE_TIMES,
  type PatternName,
  RECENT_DAYS,
  SLOW_DAYS,
} from './service-patterns.ts';
import type { ServiceDetails } from './service-summary.ts';

/** What a pattern is, in the words of somebody who works off tickets. */
export function patternText(pattern: PatternName, horizonDays: number): Text {
  switch (pattern) {
    case 'any-ticket':
      return { en: `a ticket in ${RECENT_DAYS} days`, zh: `${RECENT_DAYS} 天内有工单` };
    case 'many-tickets':
      return {
        en: `${MANY_TICKETS} or more tickets in ${RECENT_DAYS} days`,
        zh: `${RECENT_DAYS} 天内有 ${MANY_TICKETS} 个或更多工单`,
      };
    case 'more-tickets':
      return {
        en: `${MANY_TICKETS} or more tickets in ${horizonDays} days and at least ${MORE_TIMES} times those of the ${horizonDays} days before`,
        zh: `${horizonDays} 天内有 ${MANY_TICKETS} 个或更多工单，且至少为此前 ${horizonDays} 天的 ${MORE_TIMES} 倍`,
      };
    case 'urgent-ticket':
      return {
        en: `a ticket of high or urgent priority in ${RECENT_DAYS} days`,
        zh: `${RECENT_DAYS} 天内有高优先级或紧急工单`,
      };
    case 'long-open':
      return { en: `a ticket open for more than ${LONG_OPEN_DAYS} days`, zh: `有工单超过 ${LONG_OPEN_DAYS} 天未关闭` };
    case 'slow-close':
      return {
        en: `a ticket closed in ${RECENT_DAYS} days that took more than ${SLOW_DAYS} days`,
        zh: `${RECENT_DAYS} 天内关闭的工单耗时超过 ${SLOW_DAYS} 天`,
      };
    case 'came-back':
      return {
        en: `a ticket again within ${CAME_BACK_DAYS} days of one closed, in ${RECENT_DAYS} days`,
        zh: `${RECENT_DAYS} 天内，关闭后 ${CAME_BACK_DAYS} 天内再次提交工单`,
      };
    case 'dissatisfied':
      return { en: `a dissatisfied answer in ${RECENT_DAYS} days`, zh: `${RECENT_DAYS} 天内有不满意的反馈` };
  }
}

/** The same as short as a table's cell. */
export function patternLabel(pattern: PatternName, horizonDays: number): Text {
  switch (pattern) {
    case 'any-ticket':
      return { en: `any ticket in ${RECENT_DAYS} days`, zh: `${RECENT_DAYS} 天内有工单` };
    case 'many-tickets':
      return {
        en: `${MANY_TICKETS}+ tickets in ${RECENT_DAYS} days`,
        zh: `${RECENT_DAYS} 天内 ${MANY_TICKETS}+ 个工单`,
      };
    case 'more-tickets':
      return {
        en: `${MANY_TICKETS}+ in ${horizonDays} days, ${MORE_TIMES}× before`,
        zh: `${horizonDays} 天内 ${MANY_TICKETS}+ 个且翻 ${MORE_TIMES} 倍`,
      };
    case 'urgent-ticket':
      return { en: 'high or urgent priority', zh: '高优先级或紧急' };
    case 'long-open':
      return { en: `open over ${LONG_OPEN_DAYS} days`, zh: `开启超过 ${LONG_OPEN_DAYS} 天` };
    case 'slow-close':
      return { en: `over ${SLOW_DAYS} days to close`, zh: `关闭耗时超过 ${SLOW_DAYS} 天` };
    case 'came-back':
      return { en: `again within ${CAME_BACK_DAYS} days`, zh: `${CAME_BACK_DAYS} 天内再次提交` };
    case 'dissatisfied':
      return { en: 'dissatisfied answer', zh: '不满意的反馈' };
  }
}

const PRIORITIES: readonly (Text | null)[] = [
  null,
  { en: 'low priority', zh: '低优先级' },
  { en: 'medium priority', zh: '中优先级' },
  { en: 'high priority', zh: '高优先级' },
  { en: 'urgent', zh: '紧急' },
];

/** "3 tickets open, the oldest for 41 days, urgent"; "no ticket open, 2 in 90 days"; '' without any of them. */
export function openText(language: Language, { open, oldest, priority, recent }: ServiceDetails): string {
  if (oldest === null) {
    if (recent === 0) return '';
    return say(language, {
      en: `no ticket open, ${formatCount('en', recent)} in ${RECENT_DAYS} days`,
      zh: `没有未关闭的工单，${RECENT_DAYS} 天内 ${formatCount('zh', recent)} 个`,
    });
  }
  const days = plural(language, oldest, { one: 'day', other: 'days' }, ' 天');
  const level = PRIORITIES[priority] ?? null;
  const mark: Text = level === null ? { en: '', zh: '' } : { en: `, ${level.en}`, zh: `，${level.zh}` };
  if (open === 1)
    return say(language, { en: `a ticket open for ${days}${mark.en}`, zh: `1 个工单已开启 ${days}${mark.zh}` });
  return say(language, {
    en: `${formatCount('en', open)} tickets open, the oldest for ${days}${mark.en}`,
    zh: `${formatCount('zh', open)} 个工单未关闭，最早的已开启 ${days}${mark.zh}`,
  });
}

/** "answered 1 of 5, 12 days ago"; '' without an answer of the last 90 days. */
export function answerText(language: Language, { answer }: ServiceDetails): string {
  if (answer === null) return '';
  const score = formatNumber(language, answer.score, 1);
  const highest = formatNumber(language, answer.highest, 1);
  const when: Text =
    answer.days_ago === 0
      ? { en: 'today', zh: '今天' }
      : {
          en: `${plural('en', answer.days_ago, { one: 'day', other: 'days' }, '')} ago`,
          zh: `${formatCount('zh', answer.days_ago)} 天前`,
        };
  const mood = MOODS[answer.mood];
  return say(language, {
    en: `${mood.en} (answered ${score} of ${highest}, ${when.en})`,
    zh: `${mood.zh}（${when.zh}评分 ${score}/${highest}）`,
  });
}

const MOODS = {
  satisfied: { en: 'satisfied', zh: '满意' },
  neutral: { en: 'neither satisfied nor dissatisfied', zh: '一般' },
  dissatisfied: { en: 'dissatisfied', zh: '不满意' },
} as const;
