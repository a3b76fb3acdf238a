import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ScriptedAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
export type Script = (call: {
  path: string;
  method: string;
  body: unknown;
  number: number;
}) => ScriptedAnswer | 'hang' | 'reset';

/** A real HTTP server that answers as a test says, call by call. */
export async function startFakeHubspot(script: Script) {
  const seen: { path: string; method: string; body: unknown }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    let text = '';
    for await (const chunk of request) {
      text += String(chunk);
    }
    const call = { path: request.url ?? '', method: request.method ?? '', body: text === '' ? null : JSON.parse(text) };
    seen.push(call);
    const result = script({ ...call, number: seen.length });
    if (result === 'hang') {
      return;
    }
    if (result === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const isHtml = typeof result.body === 'string';
    response.writeHead(result.status, { 'content-type': isHtml ? 'text/html' : 'application/json', ...result.headers });
    response.end(isHtml ? result.body : JSON.stringify(result.body ?? {}));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
