import { z } from 'zod';
import type { CrmTokens } from '../../src/domain/crm-tokens.ts';
import { KithError } from '../../src/lib/errors.ts';
import { fullJitter, type Sleep, sleep } from '../../src/lib/retry.ts';
import type { OAuthApp } from '../../src/ports/oauth.ts';
import { checked } from './checked.ts';
import { correlationOf, trailOf, unreachable } from './errors.ts';
import { createSend, type HttpAnswer, type HttpRequest } from './http.ts';
import { paths } from './paths.ts';
import { SCOPES } from './scopes.ts';

export interface OAuthAppOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly basePath: string;
  /** Whether the scopes of calls, meetings, e-mails and feedback are asked for. */
  readonly engagements: boolean;
  readonly now: () => number;
  readonly random?: () => number;
  readonly sleep?: Sleep;
}

const TIMEOUT_MS = 10_000;
const MAX_ATTEMPTS = 3;
const AUTHORIZE_AT_HUBSPOT = 'https://app.hubspot.com/oauth/authorize';

const tokenSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.number().positive(),
  scopes: z.array(z.string()).optional(),
});
const introspectionSchema = z.object({
  active: z.literal(true),
  hub_id: z.number().int().positive(),
  scopes: z.array(z.string()),
});
/** HubSpot names its reason in `status`, OAuth's standard in `error`. */
const reasonSchema = z.object({ status: z.string().optional(), error: z.string().optional() });

/** Kith's app at HubSpot (a project app or public app with OAuth). The client secret travels in request bodies only. */
export function createOAuthApp(options: OAuthAppOptions): OAuthApp {
  const { clientId, clientSecret, basePath, now } = options;
  const random = options.random ?? Math.random;
  const pause = options.sleep ?? sleep;
  const send = createSend({ accessToken: null, basePath });
  const credentials = { client_id: clientId, client_secret: clientSecret };
  const optionalScopes = [...SCOPES['write-back'], ...(options.engagements ? SCOPES.engagements : [])];

  async function post(path: string, form: Record<string, string>, attempts: number): Promise<HttpAnswer> {
    const request: HttpRequest = { method: 'POST', path, form: { ...form, ...credentials } };
    for (let attempt = 1; ; attempt++) {
      const late = AbortSignal.timeout(TIMEOUT_MS);
      try {
        const answer = await send(request, late);
        const isPassing = answer.status === 429 || answer.status >= 500;
        if (!isPassing) return answer;
        if (attempt === attempts) {
          const trail = trailOf(request, correlationOf(answer));
          throw new KithError(answer.status === 429 ? 'crm-limit' : 'crm-answer', {
            en: `HubSpot did not give an access token (${answer.status}); try again later${trail}`,
            zh: `HubSpot 没有发放访问令牌（${answer.status}）；请稍后再试${trail}`,
          });
        }
      } catch (error) {
        if (error instanceof KithError) throw error;
        if (attempt === attempts)
          throw unreachable(request, late.aborted ? Object.assign(new Error(), { code: 'ETIMEDOUT' }) : error, attempt);
      }
      await pause(fullJitter(attempt - 1, random));
    }
  }

  /** The tokens of an answer; the scopes are null where HubSpot does not name them. */
  async function grant(form: Record<string, string>, attempts: number) {
    const at = now();
    const answer = await post(paths.token, form, attempts);
    if (answer.status >= 300) throw refusalOf(form, answer);
    const given = checked(tokenSchema, json(answer), paths.token);
    return {
      accessToken: given.access_token,
      refreshToken: given.refresh_token,
      issuedAt: at,
      expiresAt: at + given.expires_in * 1000,
      scopes: given.scopes ?? null,
    };
  }

  return {
    id: clientId,
    neededScopes: SCOPES.sync,
    optionalScopes,
    link(redirectUri, state) {
      const url = new URL(isHubspot(basePath) ? AUTHORIZE_AT_HUBSPOT : `${basePath}/oauth/authorize`);
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: ['oauth', ...SCOPES.sync].join(' '),
        optional_scope: optionalScopes.join(' '),
        state,
      });
      url.search = query.toString().replaceAll('+', '%20');
      return url.href;
    },
    async exchange(code, redirectUri): Promise<CrmTokens> {
      // Once only: HubSpot takes a code a single time, whatever became of its answer.
      const tokens = await grant({ grant_type: 'authorization_code', code, redirect_uri: redirectUri }, 1);
      const form = { token: tokens.accessToken, token_type_hint: 'access_token' };
      const answer = await post(paths.introspect, form, MAX_ATTEMPTS);
      if (answer.status >= 300) throw refusalOf(form, answer);
      const { hub_id, scopes } = checked(introspectionSchema, json(answer), paths.introspect);
      return { ...tokens, portalId: String(hub_id), scopes };
    },
    async refresh(before) {
      const form = { grant_type: 'refresh_token', refresh_token: before.refreshToken };
      const tokens = await grant(form, MAX_ATTEMPTS);
      return { ...tokens, portalId: before.portalId, scopes: tokens.scopes ?? before.scopes };
    },
    async revoke({ refreshToken }) {
      const form = { token: refreshToken, token_type_hint: 'refresh_token' };
      const answer = await post(paths.revoke, form, MAX_ATTEMPTS);
      if (answer.status >= 300) throw refusalOf(form, answer);
    },
  };
}

/** HubSpot's API has an address for each of its regions; its own pages find theirs. */
function isHubspot(basePath: string): boolean {
  return /(^|\.)hubapi\.com$/.test(new URL(basePath).hostname);
}

function refusalOf(form: Readonly<Record<string, string>>, answer: HttpAnswer): KithError {
  const body = reasonSchema.safeParse(json(answer)).data;
  // Its message is left out: nobody promises that it repeats no secret.
  const named = [body?.status, body?.error].find((one) => one !== undefined && one !== 'error') ?? '';
  const reason = /^[A-Za-z_]{1,40}$/.test(named) ? named : String(answer.status);
  if (/client/i.test(reason) || answer.status === 401)
    return new KithError('config', {
      en: `HubSpot does not accept HUBSPOT_CLIENT_ID with HUBSPOT_CLIENT_SECRET (${reason}); copy both anew from the app's page in HubSpot`,
      zh: `HubSpot 不接受 HUBSPOT_CLIENT_ID 与 HUBSPOT_CLIENT_SECRET（${reason}）；请从 HubSpot 的应用页面重新复制两者`,
    });
  if (/redirect/i.test(reason))
    return new KithError('config', {
      en: `HubSpot does not know the address ${form.redirect_uri ?? ''} (${reason}); add it to the redirect URLs of the app in HubSpot`,
      zh: `HubSpot 不认识地址 ${form.redirect_uri ?? ''}（${reason}）；请将其加入 HubSpot 应用的重定向 URL`,
    });
  if (form.grant_type === 'refresh_token')
    return new KithError('crm-not-connected', {
      en: `HubSpot no longer accepts Kith's installation (${reason}): it was removed there, or its access withdrawn; run 'kith connect hubspot' again`,
      zh: `HubSpot 不再接受 Kith 的安装（${reason}）：它已在那里被移除或撤销；请重新运行 kith connect hubspot`,
    });
  return new KithError('crm-auth', {
    en: `HubSpot did not take what the link brought back (${reason}), which is good once and for a short time; run 'kith connect hubspot' again`,
    zh: `HubSpot 没有接受链接带回的内容（${reason}），它只在短时间内有效一次；请重新运行 kith connect hubspot`,
  });
}

function json(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    return null;
  }
}
