import type { RequestListener } from 'node:http';
import type { Instant } from '../domain/crm.ts';
import type { CrmTokens } from '../domain/crm-tokens.ts';
import type { Text } from '../lib/text.ts';

/** A bearer token that is renewed before it ends. Everything rejects with KithError('crm-not-connected') without an installation. */
export interface TokenSource {
  /** Names the app in its portal, whatever token it has now: what the CRM's limits belong to. */
  account(): Promise<string>;
  /** A token that holds for a while. */
  current(): Promise<string>;
  /** Another token than the one that the CRM has just refused. */
  renewed(refused: string): Promise<string>;
  /** What was granted, for the doctor. */
  grant(): Promise<{ readonly expiresAt: Instant; readonly scopes: readonly string[] }>;
}

/** A CRM's side of OAuth for one app. */
export interface OAuthApp {
  /** Names the app among others. */
  readonly id: string;
  /** Without these nothing works; an installation that lacks one is not taken. */
  readonly neededScopes: readonly string[];
  readonly optionalScopes: readonly string[];
  /** The page on which an administrator of the CRM allows the installation. */
  link(redirectUri: string, state: string): string;
  exchange(code: string, redirectUri: string): Promise<CrmTokens>;
  /** KithError('crm-not-connected') when the installation was withdrawn. May be repeated when no answer came. */
  refresh(tokens: CrmTokens): Promise<CrmTokens>;
  revoke(tokens: CrmTokens): Promise<void>;
}

/** What the CRM sends a person back with; '' for what is absent. */
export interface CallbackQuery {
  readonly state: string;
  readonly code: string;
  readonly error: string;
}

/** What the person is told on the page. */
export interface CallbackAnswer {
  readonly isDone: boolean;
  readonly text: Text;
}

/** Where a CRM sends people back to, and the page they then see. */
export interface OAuthCallback {
  readonly path: string;
  handler(take: (query: CallbackQuery) => Promise<CallbackAnswer>): RequestListener;
}
