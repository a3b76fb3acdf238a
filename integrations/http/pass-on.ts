import type { ServerResponse } from 'node:http';
import { messageOf } from '../../src/lib/errors.ts';
import type { ReadCall } from '../../src/ports/gateway.ts';

/** Set on what was passed on once: it is never passed on again. */
export const PASSED_ON = 'x-kith-passed-on';

/** Headers of one connection, and those that are made anew with the body. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What another process answered. */
export interface PassedOn {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/**
 * Has another process answer a request: its path, its body and every header that is signed are untouched, so that the other one
 * checks them itself. Rejects when there is no answer within the time.
 */
export async function passOn(
  { request, body }: ReadCall,
  to: string,
  { from, withinMs }: { readonly from: number; readonly withinMs: number },
): Promise<PassedOn> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && !OF_THE_CONNECTION.has(name))
      for (const one of [value].flat()) headers.append(name, one);
  headers.set(PASSED_ON, String(from));
  const method = request.method ?? 'GET';
  // One that names a host of its own leads nowhere else all the same.
  const path = request.url?.startsWith('/') === true ? request.url : '/';
  const answer = await fetch(`${to}${path}`, {
    method,
    headers,
    ...(method === 'GET' || method === 'HEAD' ? {} : { body: new Uint8Array(body) }),
    redirect: 'manual',
    signal: AbortSignal.timeout(withinMs),
  });
  return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
}

export function answerPassedOn(response: ServerResponse, { status, headers, body }: PassedOn): void {
  for (const [name, value] of headers)
    if (!OF_THE_CONNECTION.has(name) && name !== 'set-cookie') response.setHeader(name, value);
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  response.writeHead(status).end(body);
}

/** Why there was no answer, for whoever asks again later. */
export function passingFailed(error: unknown, withinMs: number): string {
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  if (isLate) return `it did not answer within ${withinMs / 1000} s`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return `it cannot be reached (${messageOf(cause)})`;
}
