import type { Language } from '../src/lib/text.ts';
import type { Action, Command, CommandListing } from '../src/ports/command.ts';
import type { PrivacyReader } from '../src/privacy/privacy-reader.ts';
import type { PortalState } from '../src/state/portal-state.ts';

/** What a command works with. Rows come from `reader` only; `portal` is for counts and freshness (`/kith status`). */
export interface CommandContext {
  readonly language: Language;
  readonly timeZone: string;
  readonly now: number;
  readonly reader: PrivacyReader;
  readonly state: PortalState;
  readonly status: () => Promise<SystemStatus>;
  /** Every registered command, for the help. */
  readonly commands: readonly CommandListing[];
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
}

export type KithCommand = Command<CommandContext>;
export type KithAction = Action<CommandContext>;
