import type { Instant } from './crm.ts';

/** What a chat granted an installation of Kith's app in one workspace. The token is a secret: kept sealed, never logged. */
export interface ChatInstallation {
  readonly teamId: string;
  readonly teamName: string;
  readonly botToken: string;
  readonly scopes: readonly string[];
  readonly installedAt: Instant;
  /** The chat's id of whoever allowed it. */
  readonly installedBy: string;
}

/** An installation that ended: the workspace is still the one that Kith serves, and there is no token any more. */
export interface EndedInstallation {
  readonly teamId: string;
  readonly teamName: string;
  readonly botToken: null;
  readonly removedAt: Instant;
}
