import type { Instant } from './crm.ts';

/** What a CRM granted an installation of Kith's app in one portal. The tokens are secrets: kept sealed, never logged. */
export interface CrmTokens {
  readonly portalId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly issuedAt: Instant;
  /** When the access token ends. */
  readonly expiresAt: Instant;
  readonly scopes: readonly string[];
}
