import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApiAnswer, type ApiContext, type ApiMethod, ApiRefusal, text } from './api-method.ts';
import type { Faults } from './faults.ts';
import type { SlackGrant, StandInSlackOAuth } from './oauth.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { parseArguments, readBody } from './request-body.ts';

export interface WebApiParts {
  readonly context: ApiContext;
  readonly methods: Readonly<Record<string, ApiMethod>>;
  readonly appToken: string;
  /** What a bot's token stands for; null for none that was ever given out. */
  readonly grantOf: (token: string) => SlackGrant | null;
  /** Null where no app can be added. */
  readonly oauth: StandInSlackOAuth | null;
  readonly limiter: RateLimiter;
  readonly faults: Faults;
}

export interface WebApi {
  handle(method: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** How often each method was called, refused calls included. */
  readonly calls: ReadonlyMap<string, number>;
}

/** One Web API call: token, scope, rate, arguments, then the method; every refusal in Slack's form. */
export function createWebApi(parts: WebApiParts): WebApi {
  const calls = new Map<string, number>();
  return {
    calls,
    async handle(name, request, response) {
      calls.set(name, (calls.get(name) ?? 0) + 1);
      const body = await readBody(request);
      const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
      const args = parseArguments(body, request.headers['content-type'] ?? '', query);
      const token =
        request.headers.authorization?.replace(/^Bearer /, '') ?? (args === null ? '' : text(args, 'token'));
      const grant = parts.grantOf(token);
      const scopes = { 'x-oauth-scopes': [...(grant?.scopes ?? [])].join(',') };
      const fault = parts.faults.forCall(name);
      const wait =
        fault?.kind === 'rate-limited'
          ? fault.retryAfterSeconds
          : parts.limiter.take(name, args === null ? '' : text(args, 'channel'));
      if (wait > 0) return send(response, 429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(wait) });
      if (fault?.kind === 'failed-500') return send(response, 500, { ok: false, error: 'internal_error' });
      if (fault?.kind === 'refused') return send(response, 200, { ok: false, error: fault.error }, scopes);
      const answer = call(parts, name, args, { token, grant, authorization: request.headers.authorization });
      if (fault?.kind === 'accepted-then-500') return send(response, 500, { ok: false, error: 'internal_error' });
      send(response, 200, answer, scopes);
    },
  };
}

function call(
  parts: WebApiParts,
  name: string,
  args: Record<string, unknown> | null,
  caller: {
    readonly token: string;
    readonly grant: SlackGrant | null;
    readonly authorization: string | undefined;
  },
): ApiAnswer {
  const { token, grant } = caller;
  const { oauth, context } = parts;
  if (oauth !== null && name === 'oauth.v2.access')
    return args === null ? { ok: false, error: 'invalid_json' } : oauth.access(args, caller.authorization);
  const method = oauth !== null && name === 'apps.uninstall' ? UNINSTALL : parts.methods[name];
  if (method === undefined) return { ok: false, error: 'unknown_method', req_method: name };
  if (args === null) return { ok: false, error: 'invalid_json' };
  if (token === '') return { ok: false, error: 'not_authed' };
  if (grant === null && token !== parts.appToken) return { ok: false, error: 'invalid_auth' };
  if (method.token === (grant === null ? 'bot' : 'app')) return { ok: false, error: 'not_allowed_token_type' };
  if (grant !== null && grant.withdrawn !== null) return { ok: false, error: grant.withdrawn };
  if (grant !== null && method.scope !== '' && !grant.scopes.has(method.scope)) {
    return { ok: false, error: 'missing_scope', needed: method.scope, provided: [...grant.scopes].join(',') };
  }
  if (method === UNINSTALL && oauth !== null && grant !== null) return oauth.uninstall(args, grant);
  try {
    if (grant === null || grant.team.id === context.workspace.team.id) return method.run(context, args);
    // A token of another workspace sees that workspace's name and nobody of this one; who it is, is all that it may ask.
    if (name !== 'auth.test') return { ok: false, error: 'team_access_not_granted' };
    const team = { ...context.workspace.team, ...grant.team };
    return method.run({ ...context, workspace: { ...context.workspace, team } }, args);
  } catch (error) {
    if (error instanceof ApiRefusal) return error.answer;
    throw error;
  }
}

/** Answered by OAuth's own part. */
const UNINSTALL: ApiMethod = { scope: '', token: 'bot', run: () => ({ ok: false, error: 'invalid_auth' }) };

export function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}
