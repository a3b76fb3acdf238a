import { SUBSCRIPTION_DAYS, type SubscriptionDays } from '../../src/state/portal-state.ts';

/** Words for the days, beside the names themselves. */
const DAY_WORDS: Readonly<Record<string, SubscriptionDays>> = {
  everyday: 'daily',
  每天: 'daily',
  每日: 'daily',
  weekday: 'weekdays',
  workdays: 'weekdays',
  工作日: 'weekdays',
  ...words('monday', 'mon', '一'),
  ...words('tuesday', 'tue', '二'),
  ...words('wednesday', 'wed', '三'),
  ...words('thursday', 'thu', '四'),
  ...words('friday', 'fri', '五'),
  ...words('saturday', 'sat', '六'),
  ...words('sunday', 'sun', '日'),
};

function words(day: SubscriptionDays, short: string, character: string): Record<string, SubscriptionDays> {
  return {
    [short]: day,
    [`${day}s`]: day,
    [`周${character}`]: day,
    [`星期${character}`]: day,
    [`每周${character}`]: day,
  };
}

/** Every word that names days, for what somebody may have meant. */
export const DAY_NAMES: readonly string[] = [...SUBSCRIPTION_DAYS, ...Object.keys(DAY_WORDS)];

export function readDays(word: string): SubscriptionDays | null {
  const typed = word.toLowerCase();
  return (
    SUBSCRIPTION_DAYS.find((name) => name === typed) ??
    (Object.hasOwn(DAY_WORDS, typed) ? (DAY_WORDS[typed] ?? null) : null)
  );
}

/** `8`, `8:00`, `08:00`, `8am`, `8:30pm`, `8点`, `8点半` as `HH:MM`; null for anything else. */
export function readTime(word: string): string | null {
  const match = /^(\d{1,2})(?:[:：.](\d\d)|点(半)?)?(am|pm)?$/i.exec(word);
  if (match === null) return null;
  const [, hours = '', minutes = '00', half, part] = match;
  const afternoon = part?.toLowerCase() === 'pm';
  const typed = Number(hours);
  if (part !== undefined && (typed < 1 || typed > 12)) return null;
  const hour = part === undefined ? typed : (typed % 12) + (afternoon ? 12 : 0);
  const minute = half === undefined ? Number(minutes) : 30;
  if (hour > 23 || minute > 59) return null;
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
