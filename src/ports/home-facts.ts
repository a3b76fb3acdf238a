import type { Instant } from '../domain/crm.ts';

/** What somebody said that they look after, or put off. */
export interface OwnFinding {
  /** The digest, or the copy of one, that told it. */
  readonly book: string;
  readonly key: string;
  /** '' when it is about no customer. */
  readonly customerId: string;
  readonly state: 'acknowledged' | 'snoozed';
  readonly at: Instant;
  /** Null unless it is put off. */
  readonly until: Instant | null;
}

/** What a person's own page tells beside their customers. */
export interface HomeFacts {
  readonly lastSyncAt: Instant | null;
  /** Jobs whose last run failed. */
  readonly troubled: readonly { readonly name: string }[];
  /** Messages that wait to be sent. */
  readonly waiting: number;
  /** The newest first, ten at most. */
  readonly findings: readonly OwnFinding[];
  /** The newest write-back plan that nobody wrote yet; null when there is none of this week. */
  readonly plan: { readonly id: string; readonly changed: number; readonly plannedAt: Instant } | null;
}
