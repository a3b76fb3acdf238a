import { fullJitter } from '../../src/lib/retry.ts';
import { errorBody } from './errors.ts';
import type { GovernedRequest, Wait } from './governed-request.ts';
import type { HttpAnswer } from './http.ts';

/** The most that a job waits for HubSpot; a longer wait is told to people instead. */
export const LONGEST_WAIT_MS = 3_600_000;
/** The longest that HubSpot itself ever asks for. */
const LONGEST_TOLD_MS = 24 * 3_600_000;

/** How long to wait before repeating a call that was answered like this; null when repeating it cannot help. */
export function waitAfter(
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
      const usual = errorBody(answer).policyName === 'TEN_SECONDLY_ROLLING' ? 10_000 : 1000;
      return { milliseconds: (told ?? usual) + jitter, reason: 'too-many-requests' };
    }
    case 423:
      return { milliseconds: Math.max(2000, told ?? 0) + jitter, reason: 'locked' };
    case 477:
      return { milliseconds: told ?? 60_000, reason: 'migrating' };
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
  return Number.isNaN(milliseconds) ? null : Math.min(LONGEST_TOLD_MS, Math.max(0, milliseconds));
}
