import { KithError } from '../../src/lib/errors.ts';
import { createRateLimit, type RateLimit } from '../../src/lib/rate-limit.ts';
import { fullJitter, type Sleep } from '../../src/lib/retry.ts';
import { errorBody, HubspotRefusal, refusalOf, trailOf, unreachable } from './errors.ts';
import type { HttpAnswer, HttpRequest, Send } from './http.ts';

/** Which of HubSpot's limits a call counts against. */
type Bucket = 'general' | 'search' | 'associations';

export interface GovernedRequest extends HttpRequest {
  readonly bucket: Bucket;
  /** Whether doing it twice is the same as doing it once. Others are repeated only when HubSpot surely did nothing. */
  readonly isIdempotent: boolean;
  /** Whether the caller asks for less when HubSpot says (524) that this was too much for its time. */
  readonly isShrinkable?: boolean;
}

export interface Wait {
  readonly milliseconds: number;
  readonly reason: 'rate-limit' | 'too-many-requests' | 'locked' | 'migrating' | 'trouble';
}

interface GovernorOptions {
  readonly send: Send;
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: Sleep;
  /** Told of every wait of a second or longer. */
  readonly onWait?: (wait: Wait) => void;
  readonly timeoutMs?: number;
}

/** Every call to HubSpot goes through here: it waits for its turn, is timed out, repeated when that may help, and counted. */
export interface Governor {
  /** The answer's JSON. Rejects with a HubspotRefusal, or KithError('crm-unreachable' | 'crm-answer'). */
  call(request: GovernedRequest, signal?: AbortSignal): Promise<unknown>;
  calls(): number;
}

const TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 7;
/** Attempts to reach an address that has never answered: more likely it is wrong than that it will come up. */
const FIRST_CONTACT_ATTEMPTS = 2;
/** The lowest tier's; the answers' headers say what the account really has. */
const FIRST_LIMIT = { max: 100, intervalMs: 10_000 };
/** HubSpot allows 5 a second for the whole account and sends no headers about it. */
const SEARCH_LIMIT = { max: 4, intervalMs: 1000 };
/** Outside of the ten-second pool; enough to stay below the per-second policies. */
const ASSOCIATION_LIMIT = { max: 100, intervalMs: 1000 };
const LONGEST_WAIT_MS = 24 * 3_600_000;

export function createGovernor(options: GovernorOptions): Governor {
  const { send, now, random, sleep, onWait } = options;
  const tell = (milliseconds: number, reason: Wait['reason']) => {
    if (milliseconds >= 1000) {
      onWait?.({ milliseconds, reason });
    }
  };
  const limit = (bucket: { max: number; intervalMs: number }) =>
    createRateLimit({ ...bucket, now, sleep, onWait: (milliseconds) => tell(milliseconds, 'rate-limit') });
  const limits: Readonly<Record<Bucket, RateLimit>> = {
    general: limit(FIRST_LIMIT),
    search: limit(SEARCH_LIMIT),
    associations: limit(ASSOCIATION_LIMIT),
  };
  let calls = 0;
  let hasAnswered = false;

  async function attempt(request: GovernedRequest, signal: AbortSignal | undefined): Promise<HttpAnswer | Failure> {
    const release = await limits[request.bucket].acquire(signal);
    const timer = new AbortController();
    const timeout = setTimeout(() => timer.abort(), options.timeoutMs ?? TIMEOUT_MS);
    calls++;
    try {
      return await send(request, signal === undefined ? timer.signal : AbortSignal.any([timer.signal, signal]));
    } catch (error) {
      signal?.throwIfAborted();
      return {
        error: timer.signal.aborted
          ? Object.assign(new Error('No answer in time', { cause: error }), { code: 'ETIMEDOUT' })
          : error,
      };
    } finally {
      clearTimeout(timeout);
      release();
    }
  }

  function learnLimit(request: GovernedRequest, answer: HttpAnswer): void {
    const max = Number(answer.header('x-hubspot-ratelimit-max'));
    const intervalMs = Number(answer.header('x-hubspot-ratelimit-interval-milliseconds'));
    if (request.bucket === 'general' && max >= 1 && intervalMs >= 1) {
      limits.general.resize(max, intervalMs);
    }
  }

  return {
    calls: () => calls,
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
        if (answer.status >= 200 && answer.status < 300) {
          return parsed(request, answer);
        }
        const wait = isLast ? null : waitAfter(request, answer, attempts, random, now());
        if (wait === null) {
          throw refusalOf(request, answer);
        }
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

/** How long to wait before repeating a call that was answered like this; null when repeating it cannot help. */
function waitAfter(
  request: GovernedRequest,
  answer: HttpAnswer,
  attempts: number,
  random: () => number,
  now: number,
): Wait | null {
  const jitter = fullJitter(attempts - 1, random);
  const told = retryAfterMs(answer, now);
  switch (answer.status) {
    case 429: {
      const { policyName } = errorBody(answer);
      if (policyName === 'DAILY') {
        return null;
      }
      const usual = policyName === 'TEN_SECONDLY_ROLLING' ? 10_000 : 1000;
      return { milliseconds: (told ?? usual) + jitter, reason: 'too-many-requests' };
    }
    case 423:
      return { milliseconds: Math.max(2000, told ?? 0) + jitter, reason: 'locked' };
    case 477:
      return { milliseconds: Math.min(LONGEST_WAIT_MS, told ?? 60_000), reason: 'migrating' };
    default:
      if (answer.status === 524 && request.isShrinkable === true) {
        return null;
      }
      return answer.status >= 500 && request.isIdempotent
        ? { milliseconds: Math.max(told ?? 0, jitter), reason: 'trouble' }
        : null;
  }
}

/** Retry-After in either of its forms, seconds or a date; null when it is missing. */
function retryAfterMs(answer: HttpAnswer, now: number): number | null {
  const header = answer.header('retry-after');
  if (header === null || header === '') {
    return null;
  }
  const seconds = Number(header);
  const milliseconds = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
  return Number.isNaN(milliseconds) ? null : Math.min(LONGEST_WAIT_MS, Math.max(0, milliseconds));
}

/** Whether the connection was never made, so that HubSpot cannot have acted on the call. */
function neverLeft(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(String(error.code))
  );
}

function parsed(request: GovernedRequest, answer: HttpAnswer): unknown {
  if (answer.text === '') {
    return null;
  }
  try {
    return JSON.parse(answer.text);
  } catch (error) {
    throw new KithError(
      'crm-answer',
      `HubSpot's answer is not JSON (status ${answer.status}); a proxy may be in between${trailOf(request, '')}`,
      {
        cause: error,
      },
    );
  }
}

/** Whether an error is HubSpot's answer with one of these statuses. */
export function isRefusal(error: unknown, ...statuses: readonly number[]): error is HubspotRefusal {
  return error instanceof HubspotRefusal && statuses.includes(error.status);
}
