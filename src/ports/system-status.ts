import type { Instant } from '../domain/crm.ts';
import type { Text } from '../lib/text.ts';
import type { Undelivered } from '../report/undelivered-table.ts';

/** A scheduled job, and how its last run went. */
export interface JobStatus {
  readonly name: string;
  /** Cron expression; '' for a job that only runs by hand. */
  readonly schedule: string;
  readonly nextAt: Instant | null;
  readonly outcome: 'never' | 'running' | 'done' | 'failed' | 'timed-out' | 'stopped' | 'interrupted';
  /** What came of it; empty where it never ran and while it runs. */
  readonly note: Text;
  /** It was timed out and has not ended yet, so that it cannot run again. */
  readonly isStuck: boolean;
  /** How often it was due while the run that goes on now went on. */
  readonly overlaps: number;
}

/** What `/kith status` tells. */
export interface SystemStatus {
  /** The CRM account, as people call it. */
  readonly crm: string;
  readonly lastSyncAt: Instant | null;
  readonly lastRunAt: Instant | null;
  readonly asOf: Instant | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly rejected: number;
  readonly jobs: readonly JobStatus[];
  readonly undelivered: number;
  /** What the chat refused lately, or of which it is not known whether it arrived; the newest last. */
  readonly troubled: readonly Undelivered[];
  /** Where the CRM's calls of today stand; null when it was not talked to today, or counts none. */
  readonly calls: {
    readonly limit: number | null;
    readonly used: number | null;
    /** The last calls of a day, which are kept for people's commands. */
    readonly reserve: number | null;
    /** The CRM takes no calls before this instant; null while it does. */
    readonly closedUntil: Instant | null;
  } | null;
  /** Where Kith was added to Slack by OAuth; null where a token was set. `since`: when it came or went. */
  readonly slack: {
    readonly workspace: string;
    readonly isConnected: boolean;
    readonly since: Instant | null;
    readonly installUrl: string;
  } | null;
  /** The last comparison of the copy with the CRM, by kind of record; null before the first. */
  readonly reconciliation: {
    readonly at: Instant;
    readonly types: Readonly<Record<string, Readonly<Record<ReconciledClass, number>>>>;
    /** Decimal text; `difference` is the CRM's won revenue less the copy's. */
    readonly revenue: { readonly currency: string; readonly difference: string };
  } | null;
}

/** What became of a record that the copy and the CRM did not agree about. */
export type ReconciledClass =
  | 'in_crm'
  | 'late'
  | 'archived'
  | 'merged'
  | 'purged'
  | 'restored'
  | 'unreadable'
  | 'forgotten';
