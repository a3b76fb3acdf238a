import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SCOPES } from '../../integrations/slack/scopes.ts';
import { KithError, messageOf } from '../../src/lib/errors.ts';
import type { ApiContext } from './api-method.ts';
import { chatMethods } from './chat-methods.ts';
import { AUTHORIZE_PATH, consentPage } from './consent-page.ts';
import type { Transport } from './delivery.ts';
import { createFaults } from './faults.ts';
import { createUploads } from './file-methods.ts';
import { createInteractions, type Interactions } from './interactions.ts';
import type { View } from './modals.ts';
import { createStandInSlackOAuth, type SlackGrant, type StandInSlackApp } from './oauth.ts';
import { createPageServer } from './page-server.ts';
import { peopleMethods } from './people-methods.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { parseArguments, readBody, uploadedBytes } from './request-body.ts';
import { createResponseUrls } from './response-urls.ts';
import { createSignedRequests } from './signed-requests.ts';
import { createSocketMode } from './socket-mode.ts';
import type { Fault, StandInFile, StandInMessage, WorkspaceDefinition } from './stand-in-types.ts';
import { createTriggerBook } from './trigger-book.ts';
import { viewMethods } from './view-methods.ts';
import { createWaiting } from './waiting.ts';
import { createWebApi, send } from './web-api.ts';
import { createWorkspace, type WorkspaceEvent } from './workspace.ts';

/** What the manifest asks for, with its optional scopes. */
const GRANTED = SCOPES.map(({ name }) => name);
const ACK_WITHIN_MS = 3000;
const WAIT_MS = 10_000;

export interface StandInSlackOptions {
  readonly workspace: WorkspaceDefinition;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly now?: () => number;
  readonly scopes?: readonly string[];
  /** An app to be added by OAuth: until then the bot has no token. */
  readonly app?: StandInSlackApp;
  /** Where the app listens in HTTP mode; without it, everything goes through Socket Mode. */
  readonly requestUrl?: string;
  /** Of the app, whose requests are signed with it in every workspace; another one each time unless given. */
  readonly signingSecret?: string;
  /** How long the app may take to acknowledge: 3 s, as Slack allows. */
  readonly ackWithinMs?: number;
  /** Messages a second that the whole workspace takes; without it, only each channel's own limit holds. */
  readonly postsPerSecond?: number;
  /** Messages, and files, that it remembers: the newest; all of them unless given. */
  readonly keeps?: number;
}

export interface StandInSlack extends Interactions {
  /** The page, for a browser. */
  readonly url: string;
  /** For `slackApiUrl`; ends with '/api/'. */
  readonly apiUrl: string;
  /** Of an app that is added by OAuth, the newest one; '' before. */
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly botUserId: string;
  /** Every message there is now, oldest first, ephemeral ones included; of one channel when asked. */
  messages(channelId?: string): readonly StandInMessage[];
  files(): readonly StandInFile[];
  /** The id of a person's direct conversation with the app. */
  directMessageId(userId: string): string;
  /** The blocks of a person's Home tab; null before the app published it. */
  home(userId: string): View | null;
  /** The modals that are open, of everybody or of one person, bottom first. */
  modals(userId?: string): readonly View[];
  /** How often a Web API method was called. */
  calls(method: string): number;
  connections(): number;
  /** The first message, now or from now on, that satisfies the test; rejects after `timeoutMs` (10 s). */
  waitForMessage(test: (message: StandInMessage) => boolean, timeoutMs?: number): Promise<StandInMessage>;
  /** Resolves once a Socket Mode client is connected. */
  waitForConnection(timeoutMs?: number): Promise<void>;
  /** Hears of everything that happens from now on, until the function that it returns is called. */
  listen(listener: (event: WorkspaceEvent) => void): () => void;
  setFault(fault: Fault): void;
  /** From now on nobody writes in the channel. */
  archive(channelId: string): void;
  /** Takes the app out of a channel. */
  expelApp(channelId: string): void;
  /** The app is told that it was removed, or that its tokens were withdrawn; every later call of its bot is refused. */
  uninstall(kind?: 'uninstalled' | 'revoked'): Promise<void>;
  /** Delivers to this address by signed requests from now on; null goes back to Socket Mode. */
  useRequestUrl(requestUrl: string | null): void;
  requestReconnect(): void;
  close(): Promise<void>;
}

/** A small Slack on this machine: Web API, Socket Mode, signed requests, and a page to look at, all in one server. */
export async function startStandInSlack(options: StandInSlackOptions): Promise<StandInSlack> {
  const now = options.now ?? Date.now;
  const ackWithinMs = options.ackWithinMs ?? ACK_WITHIN_MS;
  const secret = (prefix: string): string => `${prefix}${randomBytes(16).toString('hex')}`;
  const [botToken, appToken] = [secret('xoxb-'), secret('xapp-')];
  const signingSecret = options.signingSecret ?? secret('');
  const workspace = createWorkspace(options.workspace, now, options.keeps);
  const faults = createFaults();
  const triggers = createTriggerBook(now);
  const uploads = createUploads(faults);
  const given: SlackGrant = {
    token: botToken,
    team: workspace.team,
    scopes: new Set(options.scopes ?? GRANTED),
    withdrawn: null,
  };
  /** What the app may do and hear of in the workspace now. */
  const scopes = new Set(options.app === undefined ? given.scopes : []);
  const oauth =
    options.app === undefined
      ? null
      : createStandInSlackOAuth(options.app, {
          team: workspace.team,
          appId: workspace.app.id,
          botUserId: workspace.app.userId,
          installer: options.workspace.users[0]?.id ?? '',
          now,
          changed(grant) {
            scopes.clear();
            if (grant.withdrawn === null) for (const scope of grant.scopes) scopes.add(scope);
            else void interactions.tellOfRemoval('uninstalled');
          },
        });
  const own = (): SlackGrant | null => (oauth === null ? given : oauth.own());
  const grantOf = (token: string): SlackGrant | null =>
    oauth !== null ? oauth.grantOf(token) : token === given.token ? given : null;
  const responseUrls = createResponseUrls(workspace, now, () => own()?.withdrawn === null);
  const socketMode = createSocketMode(workspace, faults, ackWithinMs);
  let base = '';
  const baseUrl = (): string => base;
  const signed = (requestUrl: string): Transport =>
    createSignedRequests({ requestUrl, signingSecret, ackWithinMs, faults, now });
  let transport: Transport = options.requestUrl === undefined ? socketMode : signed(options.requestUrl);
  const context: ApiContext = { workspace, baseUrl, now, triggers };
  const methods = {
    ...chatMethods,
    ...peopleMethods,
    ...viewMethods,
    ...uploads.methods,
    'apps.connections.open': socketMode.method,
  };
  const api = createWebApi({
    context,
    methods,
    appToken,
    grantOf,
    oauth,
    limiter: createRateLimiter(now, options.postsPerSecond ?? null),
    faults,
  });
  const interactions = createInteractions({
    workspace,
    triggers,
    responseUrls,
    transport: () => transport,
    baseUrl,
    scopes,
    now,
  });
  const page = createPageServer(workspace, interactions, socketMode.connections);

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path.startsWith('/api/')) return api.handle(path.slice(5), request, response);
    if (path === AUTHORIZE_PATH) return consentPage(oauth, request, response);
    if (path.startsWith('/upload/v1/')) {
      const bytes = await uploadedBytes(await readBody(request), request.headers['content-type'] ?? '');
      const result = uploads.receive(path.slice(11), bytes);
      response.writeHead(result.status, { 'content-type': 'text/plain' }).end(result.text);
      return;
    }
    if (/^\/(commands|actions)\//.test(path) && request.method === 'POST') {
      const payload = parseArguments(
        await readBody(request),
        request.headers['content-type'] ?? '',
        new URLSearchParams(),
      );
      const result = responseUrls.post(path.replace('/actions/', '/commands/'), payload);
      return send(response, result.status, result.body);
    }
    if (!(await page.handle(request, response, path))) send(response, 404, { ok: false, error: 'not_found' });
  };

  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      if (!response.headersSent) send(response, 500, { ok: false, error: 'internal_error', detail: messageOf(error) });
      else response.destroy();
    });
  });
  server.on('upgrade', (request, socket, head) => socketMode.upgrade(request, socket, head));
  await listen(server, options.port ?? 0);
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const until = createWaiting(workspace);

  return {
    ...interactions,
    url: `${base}/`,
    apiUrl: `${base}/api/`,
    get botToken() {
      return own()?.token ?? '';
    },
    appToken,
    signingSecret,
    botUserId: workspace.app.userId,
    messages: (channelId) =>
      workspace.messages.filter((message) => channelId === undefined || message.channel === channelId),
    files: () => [...workspace.files.values()],
    directMessageId: (userId) => workspace.directMessage(userId).id,
    home: (userId) => workspace.homes.get(userId) ?? null,
    modals: (userId) => (userId === undefined ? workspace.modals.all() : workspace.modals.of(userId)),
    calls: (method) => api.calls.get(method) ?? 0,
    connections: socketMode.connections,
    waitForMessage: (test, timeoutMs = WAIT_MS) =>
      until(
        'such message',
        timeoutMs,
        () => workspace.messages.find(test),
        (event) => ('message' in event && event.kind !== 'removed' && test(event.message) ? event.message : undefined),
      ),
    waitForConnection: (timeoutMs = WAIT_MS) =>
      until(
        'connection',
        timeoutMs,
        () => (socketMode.connections() > 0 ? true : undefined),
        (event) => (event.kind === 'connections' && event.count > 0 ? true : undefined),
      ).then(() => undefined),
    listen: workspace.listen,
    setFault: faults.set,
    archive: workspace.archive,
    expelApp: (channelId) => {
      workspace.conversations.get(channelId)?.members.delete(workspace.app.userId);
      workspace.tell({ kind: 'place', channel: channelId });
    },
    async uninstall(kind = 'uninstalled') {
      const grant = own();
      if (grant !== null) grant.withdrawn = kind === 'uninstalled' ? 'account_inactive' : 'token_revoked';
      await interactions.tellOfRemoval(kind);
    },
    useRequestUrl: (requestUrl) => {
      transport = requestUrl === null ? socketMode : signed(requestUrl);
    },
    requestReconnect: socketMode.requestReconnect,
    async close() {
      page.close();
      await socketMode.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(new KithError('usage', `cannot listen on port ${port}: ${messageOf(error)}`, { cause: error })),
    );
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
