import type { Bucket } from './account-limits.ts';
import type { Priority } from './daily-budget.ts';
import type { HttpRequest } from './http.ts';

/** A call as the governor is asked for it. */
export interface GovernedRequest extends HttpRequest {
  readonly bucket: Bucket;
  /** Whether doing it twice is the same as doing it once. Others are repeated only when HubSpot surely did nothing. */
  readonly isIdempotent: boolean;
  /** Whether the caller asks for less when HubSpot says (524) that this was too much for its time. */
  readonly isShrinkable?: boolean;
  /** 'job' unless given: only calls for a person may use the last of the day's. */
  readonly priority?: Priority;
}

export interface Wait {
  readonly milliseconds: number;
  readonly reason: 'rate-limit' | 'too-many-requests' | 'locked' | 'migrating' | 'trouble';
}
