import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Answer } from './problems.ts';
import { Refusal } from './problems.ts';

/** An app that may be installed in the stand-in's account by OAuth. */
export interface StandInApp {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Compared to the letter. */
  readonly redirectUrls: readonly string[];
  /** How long an access token holds; HubSpot's half an hour unless given. */
  readonly lifetimeMs?: number;
}

export interface StandInOAuth {
  /** The answer to a call of the token endpoints. */
  answer(path: string, contentType: string, text: string): Answer;
  /** What an access token may do; throws HubSpot's 401. Null for one that is none of these. */
  scopesOf(accessToken: string): ReadonlySet<string> | null;
  /** A code for the way back to the app, as when somebody has clicked on Allow. */
  allow(request: InstallRequest): string;
  /** The request of an install link, or why there is none. */
  requestIn(query: URLSearchParams): InstallRequest | { readonly problem: string };
  /** As when an administrator uninstalls the app: nothing that was granted works any more. */
  uninstall(): void;
  /** Successful renewals so far. */
  renewals(): number;
}

export interface InstallRequest {
  readonly redirectUri: string;
  readonly state: string;
  /** Those that the account can grant, of those that were asked for. */
  readonly scopes: readonly string[];
}

interface Grant {
  readonly scopes: readonly string[];
  isWithdrawn: boolean;
}
interface Code {
  readonly grant: Grant;
  readonly redirectUri: string;
  readonly expiresAt: number;
}
interface Issued {
  readonly grant: Grant;
  readonly expiresAt: number;
  /** The refresh token that came with it, and the one that it took the place of. */
  readonly refreshToken: string;
  readonly replaces: string | null;
}

export const TOKEN_PATH = '/oauth/2026-03/token';
const CODE_LIFETIME_MS = 60_000;

/**
 * HubSpot's side of OAuth, stricter than HubSpot: every renewal gives a new refresh token, and the first use of anything that it
 * gave ends the old one. Whoever lost the answer may therefore ask again, and whoever forgot to keep it is locked out.
 */
export function createStandInOAuth(
  app: StandInApp,
  account: { readonly portalId: number; readonly scopes: ReadonlySet<string>; readonly now: () => number },
): StandInOAuth {
  const { now } = account;
  const codes = new Map<string, Code>();
  const access = new Map<string, Issued>();
  const refresh = new Map<string, { readonly grant: Grant; replaces: string | null }>();
  const grants: Grant[] = [];
  let renewals = 0;

  function issue(grant: Grant, replaces: string | null): Answer {
    const accessToken = `C${randomBytes(60).toString('base64url')}`;
    const refreshToken = `na1-${randomBytes(18).toString('hex')}`;
    const lifetime = app.lifetimeMs ?? 1_800_000;
    access.set(accessToken, { grant, expiresAt: now() + lifetime, refreshToken, replaces });
    refresh.set(refreshToken, { grant, replaces });
    return json({
      token_type: 'bearer',
      token_use: 'access_token',
      access_token: accessToken,
      refresh_token: refreshToken,
      expires_in: lifetime / 1000,
      hub_id: account.portalId,
      scopes: grant.scopes,
      user_id: 1,
    });
  }

  function exchange(form: URLSearchParams): Answer {
    const text = form.get('code') ?? '';
    const code = codes.get(text);
    codes.delete(text);
    if (code === undefined || code.expiresAt <= now()) return refused('BAD_AUTH_CODE', 'missing or unknown auth code');
    if (form.get('redirect_uri') !== code.redirectUri)
      return refused('BAD_REDIRECT_URI', 'missing or unknown redirect URI');
    return issue(code.grant, null);
  }

  function renew(form: URLSearchParams): Answer {
    const text = form.get('refresh_token') ?? '';
    const known = refresh.get(text);
    if (known === undefined || known.grant.isWithdrawn)
      return refused('BAD_REFRESH_TOKEN', 'missing or invalid refresh token');
    endOld(known);
    renewals += 1;
    return issue(known.grant, text);
  }

  function endOld(used: { replaces: string | null }): void {
    if (used.replaces !== null) refresh.delete(used.replaces);
  }

  function introspect(form: URLSearchParams): Answer {
    const token = form.get('token') ?? '';
    const issued = access.get(token);
    if (issued === undefined || issued.grant.isWithdrawn || issued.expiresAt <= now()) return json({ active: false });
    return json({
      token_use: 'access_token',
      active: true,
      token,
      token_type: 'bearer',
      client_id: app.clientId,
      app_id: 1,
      hub_id: account.portalId,
      user_id: 1,
      scopes: issued.grant.scopes,
      expires_in: Math.floor((issued.expiresAt - now()) / 1000),
      is_private_distribution: true,
    });
  }

  function revoke(form: URLSearchParams): Answer {
    const known = refresh.get(form.get('token') ?? '');
    if (known === undefined) return refused('BAD_REFRESH_TOKEN', 'missing or invalid refresh token');
    refresh.delete(form.get('token')!);
    return { status: 204, body: '' };
  }

  return {
    answer(path, contentType, text) {
      if (!/^application\/x-www-form-urlencoded\b/i.test(contentType))
        throw new Refusal(415, '', 'Unsupported Media Type: send application/x-www-form-urlencoded');
      const form = new URLSearchParams(text);
      if (!isSame(form.get('client_id'), app.clientId)) return refused('BAD_CLIENT_ID', 'missing or unknown client id');
      if (!isSame(form.get('client_secret'), app.clientSecret))
        return refused('BAD_CLIENT_SECRET', 'missing or invalid client secret');
      if (path === `${TOKEN_PATH}/introspect`) return introspect(form);
      if (path === `${TOKEN_PATH}/revoke`) return revoke(form);
      switch (form.get('grant_type')) {
        case 'authorization_code':
          return exchange(form);
        case 'refresh_token':
          return renew(form);
        default:
          return refused('BAD_GRANT_TYPE', 'missing or unknown grant type');
      }
    },
    scopesOf(token) {
      const issued = access.get(token);
      if (issued === undefined) return null;
      if (issued.grant.isWithdrawn || issued.expiresAt <= now())
        throw new Refusal(401, 'EXPIRED_AUTHENTICATION', 'The OAuth token used to make this call expired');
      const own = refresh.get(issued.refreshToken);
      if (own !== undefined) endOld(own);
      return new Set(issued.grant.scopes);
    },
    requestIn(query) {
      const redirectUri = query.get('redirect_uri') ?? '';
      if (query.get('client_id') !== app.clientId) return { problem: 'No app has this client id.' };
      if (!app.redirectUrls.includes(redirectUri))
        return { problem: 'The redirect address of the link is none of those of the app.' };
      const asked = `${query.get('scope') ?? ''} ${query.get('optional_scope') ?? ''}`.split(' ');
      if (!asked.includes('oauth')) return { problem: 'The link does not ask for the scope oauth.' };
      const scopes = asked.filter((scope) => scope === 'oauth' || account.scopes.has(scope));
      return { redirectUri, state: query.get('state') ?? '', scopes };
    },
    allow({ redirectUri, scopes }) {
      const code = randomBytes(18).toString('hex');
      const grant: Grant = { scopes, isWithdrawn: false };
      grants.push(grant);
      codes.set(code, { grant, redirectUri, expiresAt: now() + CODE_LIFETIME_MS });
      return code;
    },
    uninstall() {
      for (const grant of grants) grant.isWithdrawn = true;
    },
    renewals: () => renewals,
  };
}

function isSame(given: string | null, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given ?? ''), digest(wanted));
}

function json(value: unknown): Answer {
  return { status: 200, body: JSON.stringify(value) };
}

function refused(status: string, message: string): Answer {
  return {
    status: 400,
    body: JSON.stringify({ status, message, correlationId: '00000000-0000-4000-8000-0a0000000000' }),
  };
}
