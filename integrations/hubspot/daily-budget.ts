import { KithError } from '../../src/lib/errors.ts';
import type { Text } from '../../src/lib/text.ts';

/** Who waits for a call: a scheduled job, or a person, for whom a part of the day's calls is kept back. */
export type Priority = 'job' | 'person';

/** Where a day's calls stand; null is what HubSpot has not told yet. */
export interface BudgetState {
  readonly dailyLimit: number | null;
  readonly dailyRemaining: number | null;
  /** The last calls of the day, which no job may use. */
  readonly reserve: number | null;
  /** Epoch milliseconds until which HubSpot takes no calls at all; null while it does. */
  readonly closedUntil: number | null;
}

export interface DailyBudget {
  /** Counts a call that is about to be sent. Throws KithError('crm-limit') when it must not be. */
  take(priority: Priority): void;
  learn(limit: number, remaining: number): void;
  /** No call leaves before `until`; null for the account's next midnight. The error says why and until when. */
  close(until: number | null, why: Text, trail: string): KithError;
  /** The zone in which the account's days begin; UTC until it is known. */
  setTimeZone(timeZone: string): void;
  state(): BudgetState;
}

/** What only people's commands may use. */
const RESERVE = 0.1;
const HOUR_MS = 3_600_000;

export function createDailyBudget(now: () => number): DailyBudget {
  let timeZone = 'UTC';
  let known: { limit: number; remaining: number; until: number } | null = null;
  let closed: { until: number; why: Text; trail: string } | null = null;
  const current = () => {
    if (known !== null && known.until <= now()) known = null;
    if (closed !== null && closed.until <= now()) closed = null;
    return { known, closed };
  };
  const refused = (why: Text, until: number, trail: string) =>
    new KithError('crm-limit', {
      en: `${why.en}; calls start again at ${localTime(until, timeZone)}, and what was done so far is kept, so run this again then${trail}`,
      zh: `${why.zh}；${localTime(until, timeZone)} 起恢复调用，已完成的部分会保留，请届时重新运行${trail}`,
    });
  return {
    take(priority) {
      const day = current();
      if (day.closed !== null) {
        throw refused(day.closed.why, day.closed.until, day.closed.trail);
      }
      if (day.known === null) {
        return;
      }
      const { limit, remaining, until } = day.known;
      if (priority === 'job' && remaining <= limit * RESERVE) {
        const share = {
          en: `the last ${remaining} of the day's ${limit} calls to HubSpot are kept for people's commands`,
          zh: `当日 ${limit} 次 HubSpot 调用中的最后 ${remaining} 次保留给人工命令`,
        };
        throw refused(share, until, '');
      }
      day.known.remaining = Math.max(0, remaining - 1);
    },
    learn(limit, remaining) {
      known = { limit, remaining, until: nextMidnight(timeZone, now()) };
    },
    close(until, why, trail) {
      closed = { until: until ?? reopening(timeZone, now()), why, trail };
      return refused(why, closed.until, trail);
    },
    setTimeZone(zone) {
      timeZone = zone;
      if (known !== null) known.until = nextMidnight(zone, now());
    },
    state() {
      const day = current();
      return {
        dailyLimit: day.known?.limit ?? null,
        dailyRemaining: day.known?.remaining ?? null,
        reserve: day.known === null ? null : Math.floor(day.known.limit * RESERVE),
        closedUntil: day.closed?.until ?? null,
      };
    },
  };
}

/** Soon after midnight a used-up day is still yesterday's, by a clock that is behind ours: that is tried again soon. */
function reopening(timeZone: string, now: number): number {
  const midnight = nextMidnight(timeZone, now);
  return midnight - now > 23 * HOUR_MS ? now + HOUR_MS / 4 : midnight;
}

/** When the next day begins in a zone; where clocks skip midnight, the first instant after it. */
export function nextMidnight(timeZone: string, now: number): number {
  const today = localParts(timeZone, now);
  const midnight = Date.UTC(today.year, today.month - 1, today.day + 1);
  // The offset may differ between now and midnight, so it is looked up again where the first guess lands.
  const guess = midnight - offsetAt(timeZone, now);
  return midnight - offsetAt(timeZone, guess);
}

function offsetAt(timeZone: string, at: number): number {
  const { year, month, day, hour, minute, second } = localParts(timeZone, at);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

function localParts(timeZone: string, at: number) {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value);
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  };
}

function localTime(at: number, timeZone: string): string {
  const text = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(at);
  return `${text} (${timeZone})`;
}
