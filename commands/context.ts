import type { Language } from '../src/lib/text.ts';
import type { Action, Command, CommandListing } from '../src/ports/command.ts';
import type { Finding } from '../src/ports/doctor.ts';
import type { PrivacyReader } from '../src/privacy/privacy-reader.ts';
import type { Report } from '../src/report/report.ts';
import type { PortalState } from '../src/state/portal-state.ts';

/** What a command works with. Rows come from `reader` only; `portal` is for counts and freshness (`/kith status`). */
export interface CommandContext {
  readonly language: Language;
  readonly timeZone: string;
  readonly now: number;
  readonly reader: PrivacyReader;
  readonly state: PortalState;
  readonly status: () => Promise<SystemStatus>;
  /** Looks at every setting and connection now. */
  readonly doctor: () => Promise<readonly Finding[]>;
  /** For admins and managers: whoever calls it has checked that. */
  readonly writeBack: WriteBackControls;
  /** Every registered command, for the help. */
  readonly commands: readonly CommandListing[];
}

/** Writing values on the CRM's records; each answer is shown as it is. */
export interface WriteBackControls {
  preview(): Promise<Report>;
  /** Writes a plan exactly as it was shown, or shows a new one when it is no longer what would be written. */
  approve(plan: string): Promise<Report>;
  undo(batch: string): Promise<Report>;
}

/** What `/kith status` tells; gathered by app.ts, which knows the connections. */
export interface SystemStatus {
  readonly crm: string;
  readonly lastSyncAt: number | null;
  readonly lastRunAt: number | null;
  readonly asOf: number | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly rejected: number;
  readonly jobs: readonly { name: string; schedule: string; nextAt: number | null; lastOutcome: string }[];
  readonly undelivered: number;
  /** Where the CRM's calls of today stand; null when it was not talked to today, or counts none. */
  readonly calls: {
    readonly limit: number | null;
    readonly used: number | null;
    /** The last calls of a day, which are kept for people's commands. */
    readonly reserve: number | null;
    /** The CRM takes no calls before this instant; null while it does. */
    readonly closedUntil: number | null;
  } | null;
  /** The last comparison of the copy with the CRM, by kind of record; null before the first. */
  readonly reconciliation: {
    readonly at: number;
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

export type KithCommand = Command<CommandContext>;
export type KithAction = Action<CommandContext>;
