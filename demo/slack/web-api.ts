import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApiAnswer, type ApiContext, type ApiMethod, ApiRefusal, text } from './api-method.ts';
import type { Faults } from './faults.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { parseArguments, readBody } from './request-body.ts';

export interface WebApiParts {
  readonly context: ApiContext;
  readonly methods: Readonly<Record<string, ApiMethod>>;
  readonly botToken: string;
  readonly appToken: string;
  readonly scopes: ReadonlySet<string>;
  readonly limiter: RateLimiter;
  readonly faults: Faults;
  /** Why the bot's token is worth nothing any more; null while it is good. */
  readonly withdrawn: () => 'account_inactive' | 'token_revoked' | null;
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
      const scopes = { 'x-oauth-scopes': [...parts.scopes].join(',') };
      const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
      const args = parseArguments(body, request.headers['content-type'] ?? '', query);
      const fault = parts.faults.forCall(name);
      const wait =
        fault?.kind === 'rate-limited'
          ? fault.retryAfterSeconds
          : parts.limiter.take(name, args === null ? '' : text(args, 'channel'));
      if (wait > 0) return send(response, 429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(wait) });
      if (fault?.kind === 'failed-500') return send(response, 500, { ok: false, error: 'internal_error' });
      if (fault?.kind === 'refused') return send(response, 200, { ok: false, error: fault.error }, scopes);
      const answer = call(parts, name, args, request.headers.authorization);
      if (fault?.kind === 'accepted-then-500') return send(response, 500, { ok: false, error: 'internal_error' });
      send(response, 200, answer, scopes);
    },
  };
}

function call(
  parts: WebApiParts,
  name: string,
  args: Record<string, unknown> | null,
  authorization: string | undefined,
): ApiAnswer {
  const method = parts.methods[name];
  if (method === undefined) return { ok: false, error: 'unknown_method', req_method: name };
  if (args === null) return { ok: false, error: 'invalid_json' };
  const token = authorization?.replace(/^Bearer /, '') ?? text(args, 'token');
  if (token === '') return { ok: false, error: 'not_authed' };
  if (token !== parts.botToken && token !== parts.appToken) return { ok: false, error: 'invalid_auth' };
  if (token !== (method.token === 'bot' ? parts.botToken : parts.appToken))
    return { ok: false, error: 'not_allowed_token_type' };
  const withdrawn = method.token === 'bot' ? parts.withdrawn() : null;
  if (withdrawn !== null) return { ok: false, error: withdrawn };
  if (method.token === 'bot' && method.scope !== '' && !parts.scopes.has(method.scope)) {
    return { ok: false, error: 'missing_scope', needed: method.scope, provided: [...parts.scopes].join(',') };
  }
  try {
    return method.run(parts.context, args);
  } catch (error) {
    if (error instanceof ApiRefusal) return error.answer;
    throw error;
  }
}

export function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}
