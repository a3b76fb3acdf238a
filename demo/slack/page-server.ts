import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../src/lib/errors.ts';
import type { Interactions } from './interactions.ts';
import { carryOutAct } from './page-acts.ts';
import { readBody } from './request-body.ts';
import type { StandInMessage } from './stand-in-types.ts';
import { send } from './web-api.ts';
import type { Workspace, WorkspaceEvent } from './workspace.ts';

const PAGE = join(dirname(fileURLToPath(import.meta.url)), 'page');
const require = createRequire(import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Nothing but the page's own files and answers may be loaded or run. */
const SECURITY = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

export interface PageServer {
  /** True when the request was the page's. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean>;
  close(): void;
}

/** The page's own files, what it shows, and what its person does. */
export function createPageServer(
  workspace: Workspace,
  interactions: Interactions,
  connections: () => number,
): PageServer {
  const streams = new Set<ServerResponse>();

  const stream = (response: ServerResponse, user: string): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', ...SECURITY });
    response.write('retry: 1000\n\n');
    streams.add(response);
    const stop = workspace.listen((event) => {
      if (!concerns(workspace, event, user)) return;
      const told = 'message' in event ? { ...event, message: withFiles(workspace, event.message) } : event;
      response.write(`data: ${JSON.stringify(told)}\n\n`);
    });
    response.on('close', () => {
      stop();
      streams.delete(response);
    });
  };

  return {
    async handle(request, response, path) {
      const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
      const user = query.get('user') ?? [...workspace.users.keys()][0] ?? '';
      if (request.method === 'POST' && path === '/page-api/act') await act(workspace, interactions, request, response);
      else if (request.method !== 'GET') return false;
      else if (path === '/page-api/state')
        send(response, 200, stateFor(workspace, user, connections()), { 'cache-control': 'no-store' });
      else if (path === '/page-api/events') stream(response, user);
      else if (path.startsWith('/page-api/files/')) sendFile(workspace, response, path.split('/')[3] ?? '');
      else return sendAsset(response, path);
      return true;
    },
    close() {
      for (const response of streams) response.end();
    },
  };
}

function sees(workspace: Workspace, message: StandInMessage, user: string): boolean {
  const isMember = workspace.conversations.get(message.channel)?.members.has(user) === true;
  return isMember && (message.ephemeralFor === null || message.ephemeralFor === user);
}

function concerns(workspace: Workspace, event: WorkspaceEvent, user: string): boolean {
  if ('message' in event) return sees(workspace, event.message, user);
  if (event.kind === 'home') return event.view.user === user;
  return event.kind !== 'modals' || event.user === user;
}

/** A message with what the page needs to know of the files that came with it. */
function withFiles(workspace: Workspace, message: StandInMessage): object {
  const attachments = message.files.flatMap((id) => {
    const file = workspace.files.get(id);
    if (file === undefined) return [];
    const { name, title, altText, mimetype, bytes } = file;
    return [{ id, name, title, altText, mimetype, size: bytes.length }];
  });
  return { ...message, attachments };
}

function stateFor(workspace: Workspace, user: string, connections: number): object {
  const direct = workspace.users.has(user) ? workspace.directMessage(user).id : null;
  const places = [...workspace.conversations.values()].filter((place) => place.members.has(user));
  return {
    team: workspace.team,
    app: workspace.app,
    connections,
    user,
    users: [...workspace.users.values()],
    direct,
    channels: places
      .filter((place) => place.kind === 'channel')
      .map((place) => ({ ...place, members: [...place.members] })),
    commands: workspace.commands,
    shortcuts: workspace.shortcuts,
    messages: workspace.messages
      .filter((message) => sees(workspace, message, user))
      .map((message) => withFiles(workspace, message)),
    home: workspace.homes.get(user) ?? null,
    modals: workspace.modals.of(user),
  };
}

async function act(
  workspace: Workspace,
  interactions: Interactions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Only the page itself may act: another site's page cannot send JSON here without its origin showing.
  const origin = request.headers.origin;
  const isJson = request.headers['content-type']?.startsWith('application/json') === true;
  if (!isJson || (origin !== undefined && new URL(origin).host !== request.headers.host))
    return send(response, 403, { error: 'forbidden' });
  try {
    const body: unknown = JSON.parse((await readBody(request)).toString('utf8'));
    send(response, 200, await carryOutAct(workspace, interactions, body));
  } catch (error) {
    send(response, 400, { error: messageOf(error) });
  }
}

function sendFile(workspace: Workspace, response: ServerResponse, id: string): void {
  const file = workspace.files.get(id);
  if (file === undefined) {
    send(response, 404, { error: 'no such file' });
    return;
  }
  // Anything but a picture is taken away, never opened as a page of this address.
  const kept = file.mimetype.startsWith('image/')
    ? {}
    : { 'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}` };
  response.writeHead(200, {
    'content-type': file.mimetype,
    'cache-control': 'private, max-age=3600',
    ...kept,
    ...SECURITY,
  });
  response.end(file.bytes);
}

/** '/' and '/page/…' are files of this folder's page; '/fonts/…' are the bundled fonts. */
async function sendAsset(response: ServerResponse, path: string): Promise<boolean> {
  const font = /^\/fonts\/(inter|noto-sans-sc)\/((?:files\/)?[\w.[\]-]+)$/.exec(decodeURIComponent(path));
  const page = /^\/page\/([\w-]+\.\w+)$/.exec(path === '/' ? '/page/index.html' : path);
  const file =
    font !== null
      ? join(dirname(require.resolve(`@fontsource/${font[1]}/package.json`)), font[2]!)
      : join(PAGE, page?.[1] ?? '');
  const type = TYPES[extname(file)];
  if ((font === null && page === null) || type === undefined) return false;
  try {
    const bytes = await readFile(file);
    response.writeHead(200, {
      'content-type': type,
      'cache-control': font === null ? 'no-cache' : 'max-age=86400',
      ...SECURITY,
    });
    response.end(bytes);
    return true;
  } catch {
    return false;
  }
}
