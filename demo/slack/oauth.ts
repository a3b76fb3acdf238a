import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type ApiAnswer, text } from './api-method.ts';
import type { JsonObject } from './checker.ts';

/** An app that may be added to the stand-in's workspace by OAuth. */
export interface StandInSlackApp {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Compared to the letter. */
  readonly redirectUrls: readonly string[];
  /** What the app's manifest asks for; nothing else is granted. */
  readonly scopes: readonly string[];
  /** Those of them that a person may leave out. */
  readonly optionalScopes?: readonly string[];
  /** Further workspaces that the person is in; the app is told of them by their ids alone. */
  readonly otherWorkspaces?: readonly Team[];
}

interface Team {
  readonly id: string;
  readonly name: string;
}

/** What a bot's token stands for. */
export interface SlackGrant {
  readonly token: string;
  readonly team: Team;
  readonly scopes: ReadonlySet<string>;
  /** Why the token is worth nothing any more; null while it is good. */
  withdrawn: 'account_inactive' | 'token_revoked' | null;
}

export interface InstallRequest {
  readonly redirectUri: string;
  readonly state: string;
  readonly scopes: readonly string[];
  /** Whether the link named its address: then the exchange must too. */
  readonly namesAddress: boolean;
}

export interface StandInSlackOAuth {
  readonly app: StandInSlackApp;
  /** The workspaces to choose from, the stand-in's own first. */
  readonly teams: readonly Team[];
  /** The request of an install link, or Slack's name of what is wrong with it. */
  requestIn(query: URLSearchParams): InstallRequest | { readonly error: string };
  /** A code for the way back to the app, as when somebody has clicked on Allow. */
  allow(request: InstallRequest, choice: { readonly teamId: string; readonly scopes: readonly string[] }): string;
  /** `oauth.v2.access`. */
  access(args: JsonObject, authorization: string | undefined): ApiAnswer;
  /** `apps.uninstall`, by whoever holds the token; the grant that ended with it, if it did. */
  uninstall(args: JsonObject, grant: SlackGrant): ApiAnswer;
  grantOf(token: string): SlackGrant | null;
  /** The newest grant in the stand-in's own workspace. */
  own(): SlackGrant | null;
}

interface Code {
  readonly request: InstallRequest;
  readonly team: Team;
  readonly scopes: readonly string[];
  readonly expiresAt: number;
  isUsed: boolean;
}

const CODE_LIFETIME_MS = 10 * 60_000;

/**
 * Slack's side of OAuth, stricter than Slack: a code is good once and for ten minutes, the address must be the same to the letter,
 * and adding an app again gives a new token and ends the old one.
 */
export function createStandInSlackOAuth(
  app: StandInSlackApp,
  world: {
    readonly team: Team;
    readonly appId: string;
    readonly botUserId: string;
    readonly installer: string;
    readonly now: () => number;
    /** Told of each grant in the stand-in's own workspace, and of its end. */
    readonly changed: (grant: SlackGrant) => void;
  },
): StandInSlackOAuth {
  const { team: home, now } = world;
  const teams: readonly Team[] = [{ id: home.id, name: home.name }, ...(app.otherWorkspaces ?? [])];
  const codes = new Map<string, Code>();
  const grants = new Map<string, SlackGrant>();
  let own: SlackGrant | null = null;

  function issue({ team, scopes }: Code): ApiAnswer {
    for (const before of grants.values())
      if (before.team.id === team.id && before.withdrawn === null) before.withdrawn = 'token_revoked';
    const token = `xoxb-${randomBytes(20).toString('hex')}`;
    const grant: SlackGrant = { token, team, scopes: new Set(scopes), withdrawn: null };
    grants.set(token, grant);
    if (team.id === home.id) {
      own = grant;
      world.changed(grant);
    }
    return {
      ok: true,
      access_token: token,
      token_type: 'bot',
      scope: scopes.join(','),
      bot_user_id: world.botUserId,
      app_id: world.appId,
      team: { id: team.id, name: team.name },
      enterprise: null,
      is_enterprise_install: false,
      authed_user: { id: world.installer },
    };
  }

  return {
    app,
    teams,
    requestIn(query) {
      const redirectUri = query.get('redirect_uri') ?? app.redirectUrls[0] ?? '';
      const scopes = (query.get('scope') ?? '').split(/[, ]/).filter((scope) => scope !== '');
      if (query.get('client_id') !== app.clientId) return { error: 'invalid_client_id' };
      if (!app.redirectUrls.includes(redirectUri)) return { error: 'bad_redirect_uri' };
      if (scopes.length === 0) return { error: 'no_scopes' };
      if (scopes.some((scope) => !app.scopes.includes(scope))) return { error: 'invalid_scope' };
      return { redirectUri, state: query.get('state') ?? '', scopes, namesAddress: query.has('redirect_uri') };
    },
    allow(request, { teamId, scopes }) {
      const code = `${randomBytes(6).toString('hex')}.${randomBytes(24).toString('hex')}`;
      const team = teams.find(({ id }) => id === teamId) ?? teams[0]!;
      const optional = app.optionalScopes ?? [];
      const granted = request.scopes.filter((scope) => !optional.includes(scope) || scopes.includes(scope));
      codes.set(code, { request, team, scopes: granted, expiresAt: now() + CODE_LIFETIME_MS, isUsed: false });
      return code;
    },
    access(args, authorization) {
      const client = clientOf(args, authorization);
      if (!isSame(client.id, app.clientId)) return { ok: false, error: 'invalid_client_id' };
      if (!isSame(client.secret, app.clientSecret)) return { ok: false, error: 'bad_client_secret' };
      const grantType = text(args, 'grant_type');
      if (grantType !== '' && grantType !== 'authorization_code') return { ok: false, error: 'invalid_grant_type' };
      const code = codes.get(text(args, 'code'));
      if (code === undefined || code.expiresAt <= now()) return { ok: false, error: 'invalid_code' };
      if (code.isUsed) return { ok: false, error: 'code_already_used' };
      code.isUsed = true;
      const address = text(args, 'redirect_uri');
      const isWanted = code.request.namesAddress || address !== '';
      if (isWanted && address !== code.request.redirectUri) return { ok: false, error: 'bad_redirect_uri' };
      return issue(code);
    },
    uninstall(args, grant) {
      if (!isSame(text(args, 'client_id'), app.clientId)) return { ok: false, error: 'invalid_client_id' };
      if (!isSame(text(args, 'client_secret'), app.clientSecret)) return { ok: false, error: 'bad_client_secret' };
      grant.withdrawn = 'account_inactive';
      if (grant.team.id === home.id) world.changed(grant);
      return { ok: true };
    },
    grantOf: (token) => grants.get(token) ?? null,
    own: () => own,
  };
}

/** From the body, or from HTTP Basic, as Slack takes both. */
function clientOf(args: JsonObject, authorization: string | undefined): { id: string; secret: string } {
  const basic = /^Basic (.+)$/.exec(authorization ?? '')?.[1];
  if (basic === undefined) return { id: text(args, 'client_id'), secret: text(args, 'client_secret') };
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return { id, secret };
}

function isSame(given: string, wanted: string): boolean {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
