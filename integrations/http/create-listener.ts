import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KithError, messageOf } from '../../src/lib/errors.ts';
import { type Logger, withLogScope } from '../../src/lib/logger.ts';
import { MOST_BODY_BYTES } from '../../src/lib/read-body.ts';

export interface Listener {
  /** Sends everything below `/prefix` to a handler, which sees the rest of the path and has some; null ends it. */
  delegate(prefix: string, handler: RequestListener | null, has?: (path: string) => boolean): void;
  /** Gives a request to whoever has its path below `/prefix`; false when nobody has. */
  hand(prefix: string, request: IncomingMessage, response: ServerResponse): boolean;
  /** Sends requests for a path to a handler; Slack's HTTP mode, webhooks and OAuth are mounted here. */
  mount(path: string, handler: RequestListener): void;
  /** Starts listening; resolves with the port, which the system chose when 0 was asked for. */
  open(): Promise<number>;
  /** Lets answers that are being written finish, then closes. */
  close(): Promise<void>;
}

interface Health {
  readonly ok: boolean;
  readonly reason: string;
}

export interface ListenerOptions {
  readonly port: number;
  /** Another listener, in which this one has the paths below `/prefix` instead of a port of its own. */
  readonly within?: { readonly listener: Pick<Listener, 'delegate'>; readonly prefix: string } | null;
  /** Its paths are also found below this one. */
  readonly alsoBelow?: string | null;
  /** Asked about what is nobody's here; false leaves it to be refused. */
  readonly otherwise?: (prefix: string, request: IncomingMessage, response: ServerResponse) => boolean;
  /** All interfaces by default; '127.0.0.1' behind a proxy on the same machine. */
  readonly host?: string;
  readonly logger: Logger;
  /** Told at /healthz, so that whoever asks knows which Kith answers. */
  readonly instance?: string;
  /** Whether Kith can do its work now, and why not; told at /readyz. */
  readonly ready: () => Health | Promise<Health>;
}

const REQUEST_WITHIN_MS = 30_000;
const CLOSE_WITHIN_MS = 10_000;

/** The one HTTP listener of the process, with its health: /healthz (it lives) and /readyz (it can work). */
export function createListener(options: ListenerOptions): Listener {
  const { logger } = options;
  const handlers = new Map<string, RequestListener>();
  const delegates = new Map<string, { handle: RequestListener; has: (path: string) => boolean }>();
  const within = options.within ?? null;
  let closing = false;

  const health = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answer(response, 405, { error: 'method not allowed' });
    if (path === '/healthz') return answer(response, 200, { ok: true, instance: options.instance ?? '' });
    const { ok, reason } = closing ? { ok: false, reason: 'closing' } : await readyOnce();
    answer(response, ok ? 200 : 503, { ok, reason });
  };
  // However many ask at once, the store and the disk are looked at once.
  let looking: Promise<Health> | null = null;
  const readyOnce = (): Promise<Health> => {
    looking ??= (async () => options.ready())()
      .catch((error: unknown) => ({ ok: false, reason: messageOf(error) }))
      .finally(() => {
        looking = null;
      });
    return looking;
  };

  const elsewhere =
    (prefix: string): RequestListener =>
    (request, response) => {
      if (options.otherwise?.(prefix, request, response) === true) return;
      request.resume();
      answer(response, 404, { error: 'not found' });
    };

  const handle: RequestListener = (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const [, prefix = ''] = path.split('/', 2);
    const delegate = delegates.get(prefix);
    if (delegate !== undefined) {
      request.url = (request.url ?? '').slice(prefix.length + 1);
      return delegate.handle(request, response);
    }
    if (path === '/healthz' || path === '/readyz') {
      request.resume();
      return void health(request, response, path);
    }
    const handler = handlers.get(path) ?? elsewhere(prefix);
    if (Number(request.headers['content-length'] ?? 0) > MOST_BODY_BYTES) {
      response.setHeader('connection', 'close');
      return answer(response, 413, { error: `a request may hold ${MOST_BODY_BYTES} bytes` });
    }
    limitBody(request, response);
    try {
      handler(request, response);
    } catch (error) {
      logger.error('a request failed', { path, reason: messageOf(error) });
      if (!response.headersSent) answer(response, 500, { error: 'internal error' });
    }
  };
  if (options.alsoBelow) delegates.set(options.alsoBelow, { handle, has: () => true });
  const server = createServer(handle);
  server.requestTimeout = REQUEST_WITHIN_MS;
  server.headersTimeout = REQUEST_WITHIN_MS;

  return {
    mount(path, handler) {
      handlers.set(path, handler);
    },
    delegate(prefix, handler, has = () => true) {
      if (handler === null) delegates.delete(prefix);
      else delegates.set(prefix, { handle: handler, has });
    },
    hand(prefix, request, response) {
      const delegate = delegates.get(prefix);
      if (delegate?.has((request.url ?? '/').split('?', 1)[0] ?? '/') !== true) return false;
      delegate.handle(request, response);
      return true;
    },
    open() {
      if (within !== null) {
        const { listener, prefix } = within;
        const told: RequestListener = (...call) => withLogScope({ tenant: prefix }, () => handle(...call));
        listener.delegate(prefix, told, (path) => handlers.has(path));
        return Promise.resolve(options.port);
      }
      return new Promise((resolve, reject) => {
        const failed = (error: Error) =>
          reject(
            new KithError(
              'config',
              {
                en: `Kith cannot listen on port ${options.port} (${error.message}): free the port or set another one`,
                zh: `Kith 无法监听端口 ${options.port}（${error.message}）：请释放该端口或改用其他端口`,
              },
              { cause: error },
            ),
          );
        server.once('error', failed);
        server.listen(options.port, options.host, () => {
          server.off('error', failed);
          const address = server.address() as AddressInfo; // A TCP server that listens has no other kind.
          resolve(address.port);
        });
      });
    },
    close() {
      closing = true;
      if (within !== null) {
        within.listener.delegate(within.prefix, null);
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const late = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
        // A connection whose last answer ends now would otherwise be kept open for the next request.
        const idle = setInterval(() => server.closeIdleConnections(), 50);
        server.close(() => {
          clearTimeout(late);
          clearInterval(idle);
          resolve();
        });
      });
    },
  };
}

/** Ends a request whose body grows past the limit without having announced it. */
function limitBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers['content-length'] !== undefined) return;
  let bytes = 0;
  const { push } = request;
  // Counted as the bytes come in, before whoever reads them: a listener for 'data' would start the flow.
  request.push = (chunk: Uint8Array | null, ...rest) => {
    bytes += chunk?.length ?? 0;
    if (bytes > MOST_BODY_BYTES) {
      response.destroy();
      return false;
    }
    return push.call(request, chunk, ...rest);
  };
}

function answer(response: ServerResponse, status: number, body: Readonly<Record<string, unknown>>): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
