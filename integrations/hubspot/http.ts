import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Client } from '@hubspot/api-client';
import { KithError } from '../../src/lib/errors.ts';
import type { TokenSource } from '../../src/ports/oauth.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly qs?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as a form, in place of a body. */
  readonly form?: Readonly<Record<string, string>>;
}

export interface HttpAnswer {
  readonly status: number;
  /** A header's value by its lower-case name, null when absent. */
  header(name: string): string | null;
  readonly text: string;
}

/** One attempt over the network; rejects when no whole answer came, or when the signal is aborted. */
export type Send = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;

/** The part of the client's own request that a decorator may change before it is sent. */
interface OutgoingRequest {
  readonly opts: { readonly abortSignal?: AbortSignal };
  getSendData(): object;
}

/**
 * The client's `apiRequest` has neither a time-out nor a way to abort, and opens a connection per call. Its decorators see
 * every request before it is sent, so this one hands the signal and a keep-alive agent on to the fetch beneath. It keeps
 * nothing itself, which matters because the client shares its decorators between all of its instances.
 */
class AbortableClient extends Client {
  protected override getDecorators() {
    return [
      {
        decorate: (send: (request: OutgoingRequest) => unknown) => (request: OutgoingRequest) =>
          send(abortable(request)),
      },
    ];
  }
}

/**
 * Without a bound on sockets: the fetch beneath takes a chunked answer for cut off when its socket is handed to a request
 * that waited for one. How many calls run at a time is the governor's to say.
 */
const httpAgent = new HttpAgent({ keepAlive: true });
const httpsAgent = new HttpsAgent({ keepAlive: true });

function abortable(request: OutgoingRequest): OutgoingRequest {
  const data = request.getSendData();
  const agent = (url: URL) => (url.protocol === 'http:' ? httpAgent : httpsAgent);
  request.getSendData = () => ({ ...data, agent, signal: request.opts.abortSignal });
  return request;
}

/** A token that stays, or one that is renewed; null for calls that carry none. */
export type Token = string | TokenSource | null;

/**
 * A renewed token is asked for anew by each call; one that HubSpot refuses (401) all the same is renewed and the call repeated
 * once, as a refused call has done nothing.
 */
export function createSend(options: { accessToken: Token; basePath?: string }): Send {
  const { accessToken: token, basePath } = options;
  const client = new AbortableClient({
    ...(basePath === undefined ? {} : { basePath: basePath.replace(/\/+$/, '') }),
  });

  async function attempt({ method, path, qs, body, form }: HttpRequest, bearer: string | null, signal: AbortSignal) {
    const call = {
      method,
      path,
      ...(qs === undefined ? {} : { qs }),
      ...(body === undefined ? {} : { body }),
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString(), defaultJson: false }),
      headers: {
        ...(form === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
        ...(bearer === null ? {} : { Authorization: `Bearer ${bearer}` }),
      },
      abortSignal: signal,
    };
    const response = await client.apiRequest(call);
    const text = await response.text();
    return { status: response.status, header: (name: string) => response.headers.get(name), text };
  }

  return async (request, signal) => {
    if (typeof token === 'string' || token === null) return attempt(request, token, signal);
    const bearer = await unlessAborted(token.current(), signal);
    const answer = await attempt(request, bearer, signal);
    if (answer.status !== 401) return answer;
    const other = await unlessAborted(token.renewed(bearer), signal);
    const second = await attempt(request, other, signal);
    if (second.status !== 401) return second;
    throw new KithError('crm-not-connected', {
      en: `HubSpot refused the access token right after it was renewed (401); run 'kith connect hubspot' again [${request.method} ${request.path}]`,
      zh: `HubSpot 在访问令牌刚更新后就拒绝了它（401）；请重新运行 kith connect hubspot [${request.method} ${request.path}]`,
    });
  };
}

/** One call's patience is not another's: a renewal that many wait for goes on. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
