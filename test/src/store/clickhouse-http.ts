import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { createChdbConnection } from 'chdb/connection';

/**
 * ClickHouse's HTTP interface over the embedded engine: what Kith's client uses of it, so that one engine serves several
 * processes. Statements run as they come; query parameters, settings, errors and the user's password are as a server has them.
 */
export interface ClickHouseHttp {
  /** With user and password. */
  readonly url: string;
  close(): Promise<void>;
}

/** What a URL says beside settings. */
const RESERVED = new Set(['query', 'query_id', 'database', 'session_id', 'role', 'user', 'password']);
const USER = 'kith';

export async function serveClickHouse(options: {
  path: string;
  password: string;
  port?: number;
}): Promise<ClickHouseHttp> {
  const engine = createChdbConnection({ path: options.path });
  const authorization = `Basic ${Buffer.from(`${USER}:${options.password}`).toString('base64')}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://engine');
    if (url.pathname === '/ping') return void response.end('Ok.\n');
    if (request.headers.authorization !== authorization) return refuse(response, 403, 516, 'AUTHENTICATION_FAILED');
    const [body, form] = await bodyOf(request);
    const query = url.searchParams.get('query') ?? form.get('query');
    const sql = query ?? body;
    const query_params = parametersOf([...url.searchParams, ...form], sql);
    const clickhouse_settings = Object.fromEntries(
      [...url.searchParams].filter(([name]) => !RESERVED.has(name) && !name.startsWith('param_')),
    );
    const asked = { query: sql, query_params, clickhouse_settings };
    if (typeof query === 'string' && /^\s*INSERT\b/i.test(query)) {
      await engine.insert({ ...asked, values: body });
      response.writeHead(200, { 'X-ClickHouse-Summary': '{"written_rows":"0"}' });
      return void response.end();
    }
    const { stream } = await engine.exec(asked);
    response.writeHead(200, { 'X-ClickHouse-Summary': '{"read_rows":"0"}' });
    (stream as unknown as Readable).pipe(response);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const { code, type, message } = error as { code?: string; type?: string; message?: string };
      refuse(response, 500, Number(code ?? 1000), type ?? 'UNKNOWN_EXCEPTION', message ?? '');
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${USER}:${options.password}@127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await engine.close();
    },
  };
}

function refuse(response: ServerResponse, status: number, code: number, type: string, message = ''): void {
  response.writeHead(status, { 'X-ClickHouse-Exception-Code': String(code) });
  response.end(`Code: ${code}. DB::Exception: ${message}. (${type}) (version 25.1.1.1)\n`);
}

/** The text of a body, or the fields of a form. */
async function bodyOf(request: IncomingMessage): Promise<[string, Map<string, string>]> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return [body.toString('utf8'), new Map()];
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  return ['', new Map([...form].map(([name, value]) => [name, String(value)]))];
}

/** The embedded engine binds values, an address carries their escaped text. */
function parametersOf(fields: readonly [string, string][], sql: string): Record<string, unknown> {
  return Object.fromEntries(
    fields
      .filter(([name]) => name.startsWith('param_'))
      .map(([key, escaped]) => {
        const name = key.slice('param_'.length);
        const isList = sql.includes(`{${name}:Array(`) || sql.includes(`{${name}: Array(`);
        return [name, escaped === '\\N' ? null : isList ? listOf(escaped) : unescaped(escaped)];
      }),
  );
}

function listOf(escaped: string): (string | number)[] {
  const items = escaped.slice(1, -1).match(/'(?:\\.|[^'\\])*'|[^,]+/gs) ?? [];
  return items.map((item) => (item.startsWith("'") ? unescaped(item.slice(1, -1)) : Number(item)));
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', b: '\b', f: '\f' };

function unescaped(escaped: string): string {
  return escaped.replace(/\\(.)/gs, (_, letter: string) => ESCAPES[letter] ?? letter);
}
