import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Client } from '@hubspot/api-client';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly qs?: Readonly<Record<string, string>>;
  readonly body?: unknown;
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

export function createSend(options: { accessToken: string; basePath?: string }): Send {
  const client = new AbortableClient({
    accessToken: options.accessToken,
    ...(options.basePath === undefined ? {} : { basePath: options.basePath.replace(/\/+$/, '') }),
  });
  return async ({ method, path, qs, body }, signal) => {
    const call = {
      method,
      path,
      ...(qs === undefined ? {} : { qs }),
      ...(body === undefined ? {} : { body }),
      abortSignal: signal,
    };
    const response = await client.apiRequest(call);
    const text = await response.text();
    return { status: response.status, header: (name) => response.headers.get(name), text };
  };
}
