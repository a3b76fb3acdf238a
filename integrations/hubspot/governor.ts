import { KithError } from '../../src/lib/errors.ts';
import { fullJitter, type Sleep } from '../../src/lib/retry.ts';
import { type AccountLimits, createAccountLimits } from './account-limits.ts';
import type { BudgetState } from './daily-budget.ts';
import {
  correlationOf,
  errorBody,
  HubspotRefusal,
  noteCorrelation,
  refusalOf,
  trailOf,
  unreachable,
} from './errors.ts';
import type { GovernedRequest, Wait } from './governed-request.ts';
import type { HttpAnswer, Send } from './http.ts';
import { LONGEST_WAIT_MS, waitAfter } from './retry-waits.ts';

interface GovernorOptions {
  readonly send: Send;
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: Sleep;
  /** Told of every wait of a second or longer. */
  readonly onWait?: (wait: Wait) => void;
  readonly timeoutMs?: number;
  /** The account's, where something else talks to it too. */
  readonly limits?: AccountLimits;
}

/** Every call to HubSpot goes through here: it waits for its turn, is timed out, repeated when that may help, and counted. */
export interface Governor {
  /** The answer's JSON. Rejects with a HubspotRefusal, or KithError('crm-unreachable' | 'crm-answer'). */
  call(request: GovernedRequest, signal?: AbortSignal): Promise<unknown>;
  calls(): number;
  /** Where the day's calls stand. */
  budget(): BudgetState;
  /** What was learned about the day's calls elsewhere than from an answer's headers. */
  learnDay(limit: number, remaining: number): void;
  /** The zone in which the account's days begin. */
  setTimeZone(timeZone: string): void;
}

const TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 7;
/** Attempts to reach an address that has never answered: more likely it is wrong than that it will come up. */
const FIRST_CONTACT_ATTEMPTS = 2;
export function createGovernor(options: GovernorOptions): Governor {
  const { send, now, random, sleep, onWait } = options;
  const tell = (milliseconds: number, reason: Wait['reason']) => {
    if (milliseconds >= 1000) {
      onWait?.({ milliseconds, reason });
    }
  };
  const { rates: limits, budget } =
    options.limits ?? createAccountLimits({ now, sleep, onWait: (milliseconds) => tell(milliseconds, 'rate-limit') });
  let calls = 0;
  let hasAnswered = false;

  async function attempt(request: GovernedRequest, signal: AbortSignal | undefined): Promise<HttpAnswer | Failure> {
    const release = await limits[request.bucket].acquire(signal);
    try {
      budget.take(request.priority ?? 'job');
    } catch (error) {
      release();
      throw error;
    }
    const timer = new AbortController();
    const timeout = setTimeout(() => timer.abort(), options.timeoutMs ?? TIMEOUT_MS);
    // Not AbortSignal.any: the signal of a long job would keep a reference to every call that it ever made.
    const stop = () => timer.abort(signal?.reason);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    calls++;
    try {
      return await send(request, timer.signal);
    } catch (error) {
      signal?.throwIfAborted();
      // A token that could not be renewed says so itself; asking for it again at once cannot help.
      if (error instanceof KithError) throw error;
      return {
        error: timer.signal.aborted
          ? Object.assign(new Error('No answer in time', { cause: error }), { code: 'ETIMEDOUT' })
          : error,
      };
    } finally {
      clearTimeout(timeout);
      signal?.removeEventListener('abort', stop);
      release();
    }
  }

  function learnLimit(request: GovernedRequest, answer: HttpAnswer): void {
    const max = Number(answer.header('x-hubspot-ratelimit-max'));
    const intervalMs = Number(answer.header('x-hubspot-ratelimit-interval-milliseconds'));
    if (request.bucket === 'general' && max >= 1 && intervalMs >= 1) {
      limits.general.resize(max, intervalMs);
    }
    const daily = Number(answer.header('x-hubspot-ratelimit-daily') ?? '');
    const remaining = answer.header('x-hubspot-ratelimit-daily-remaining');
    if (daily >= 1 && remaining !== null && Number(remaining) >= 0) {
      budget.learn(daily, Number(remaining));
    }
  }

  /** What to do about an answer that is no success: the wait before the next attempt, or the error that ends the call. */
  function verdictOn(request: GovernedRequest, answer: HttpAnswer, attempts: number): Wait {
    if (answer.status === 429 && errorBody(answer).policyName === 'DAILY') {
      const limit = answer.header('x-hubspot-ratelimit-daily');
      const why = {
        en: `HubSpot's daily limit of ${limit === null ? 'calls' : `${limit} calls`} is used up`,
        zh: `HubSpot 的每日调用额度${limit === null ? '' : `（${limit} 次）`}已用完`,
      };
      throw budget.close(null, why, trailOf(request, correlationOf(answer)));
    }
    const wait = waitAfter(request, answer, attempts, random, now());
    if (wait !== null && wait.milliseconds > LONGEST_WAIT_MS) {
      const why =
        wait.reason === 'migrating'
          ? {
              en: 'HubSpot is moving this account between data centres (477)',
              zh: 'HubSpot 正在迁移此账户的数据中心（477）',
            }
          : {
              en: `HubSpot asks for a long wait (${answer.status})`,
              zh: `HubSpot 要求较长时间的等待（${answer.status}）`,
            };
      throw budget.close(now() + wait.milliseconds, why, trailOf(request, correlationOf(answer)));
    }
    if (wait === null || attempts === MAX_ATTEMPTS) {
      throw refusalOf(request, answer);
    }
    return wait;
  }

  return {
    calls: () => calls,
    budget: () => budget.state(),
    learnDay: (dailyLimit, remaining) => budget.learn(dailyLimit, remaining),
    setTimeZone: (timeZone) => budget.setTimeZone(timeZone),
    async call(request, signal) {
      for (let attempts = 1; ; attempts++) {
        const answer = await attempt(request, signal);
        const isLast = attempts === MAX_ATTEMPTS;
        if ('error' in answer) {
          const isWrongAddress = neverLeft(answer.error) && !hasAnswered && attempts === FIRST_CONTACT_ATTEMPTS;
          if (isLast || isWrongAddress || !(request.isIdempotent || neverLeft(answer.error))) {
            throw unreachable(request, answer.error, attempts);
          }
          const wait = fullJitter(attempts - 1, random);
          tell(wait, 'trouble');
          await sleep(wait, signal);
          continue;
        }
        hasAnswered = true;
        learnLimit(request, answer);
        const isFine = answer.status >= 200 && answer.status < 300;
        const json = isFine ? parsed(answer) : null;
        if (json !== null) {
          return json.value;
        }
        if (isFine && (isLast || !request.isIdempotent)) {
          throw unreadable(request, answer);
        }
        // A cut-off answer, or a proxy's page in its place, is worth another attempt like any trouble on the way.
        const wait: Wait = isFine
          ? { milliseconds: fullJitter(attempts - 1, random), reason: 'trouble' }
          : verdictOn(request, answer, attempts);
        if (wait.reason === 'too-many-requests') {
          limits[request.bucket].pauseUntil(now() + wait.milliseconds);
        }
        tell(wait.milliseconds, wait.reason);
        await sleep(wait.milliseconds, signal);
      }
    },
  };
}

interface Failure {
  readonly error: unknown;
}

/** Whether the connection was never made, so that HubSpot cannot have acted on the call. */
function neverLeft(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(String(error.code))
  );
}

/** The JSON of an answer; null when it is none. */
function parsed(answer: HttpAnswer): { value: unknown } | null {
  if (answer.text === '') {
    return { value: null };
  }
  try {
    const value: unknown = JSON.parse(answer.text);
    noteCorrelation(value, correlationOf(answer));
    return { value };
  } catch {
    return null;
  }
}

function unreadable(request: GovernedRequest, answer: HttpAnswer): KithError {
  return new KithError('crm-answer', {
    en: `HubSpot's answer is not JSON (status ${answer.status}); a proxy may be in between${trailOf(request, correlationOf(answer))}`,
    zh: `HubSpot 的回答不是 JSON（状态 ${answer.status}）；中间可能有代理${trailOf(request, correlationOf(answer))}`,
  });
}

/** Whether an error is HubSpot's answer with one of these statuses. */
export function isRefusal(error: unknown, ...statuses: readonly number[]): error is HubspotRefusal {
  return error instanceof HubspotRefusal && statuses.includes(error.status);
}
