import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { PortalData } from '../portal/portal-data.ts';
import { createFaults, type FaultPlan } from './faults.ts';
import { LiveCrm } from './live-crm.ts';
import { createStandInOAuth, type StandInApp, type StandInOAuth, TOKEN_PATH } from './oauth.ts';
import { crmPage } from './page/crm-page.ts';
import { INSTALL_PATH, installPage } from './page/install-page.ts';
import { type Answer, invalid, missingScopes, notAuthenticated, notFound, Refusal, refusalAnswer } from './problems.ts';
import { RateLimits, type StandInLimits } from './rate-limits.ts';
import { routes } from './routes/routes.ts';
import { ALL_SCOPES } from './scopes.ts';
import type { Route, StandInOptions } from './stand-in-call.ts';
import { createWebhooks, type StandInWebhooks, type WebhookTarget } from './webhooks.ts';

export interface StandInHubspot {
  /** Its base path for a client, and its page for a person; no slash at the end. */
  readonly url: string;
  /** The records as they are now, to look at and to change by hand. */
  readonly portal: LiveCrm;
  /** The events of what changes in the records, sent when asked for. */
  readonly webhooks: StandInWebhooks;
  /** Null without an app. */
  readonly oauth: StandInOAuth | null;
  /** API calls so far, the refused ones included. */
  calls(): number;
  /** Makes the next calls fail as the plan says; null ends it. */
  setFault(plan: FaultPlan | null): void;
  close(): Promise<void>;
}

export interface StandInHubspotOptions extends Partial<StandInOptions> {
  readonly portal: PortalData;
  /** The bearer token that it accepts. */
  readonly token: string;
  readonly limits: StandInLimits;
  /** 0 or nothing for any free port. */
  readonly port?: number;
  readonly now?: () => number;
  /** Where events of changes are sent, from the start; `webhooks.subscribe` says it later. */
  readonly webhooks?: WebhookTarget;
  /** What the token may do; everything that Kith can use unless given. */
  readonly scopes?: readonly string[];
  /** An app that may be installed by OAuth, beside the token. */
  readonly app?: StandInApp;
  /** How long every API answer is under way; 0 unless given. */
  readonly latencyMs?: number;
}

const LONGEST_URL = 16_384;
const LARGEST_BODY = 3_000_000;

/** Serves a portal over HTTP as HubSpot would: its paths, its limits, its refusals, its error bodies. */
export async function startStandInHubspot(options: StandInHubspotOptions): Promise<StandInHubspot> {
  const now = options.now ?? Date.now;
  const crm = new LiveCrm(options.portal, now);
  const webhooks = createWebhooks(crm);
  if (options.webhooks !== undefined) webhooks.subscribe(options.webhooks);
  const limits = new RateLimits(options.limits, options.portal.account.timeZone, now);
  const scopes = new Set(options.scopes ?? ALL_SCOPES);
  const { account } = options.portal;
  const oauth =
    options.app === undefined ? null : createStandInOAuth(options.app, { portalId: account.portalId, scopes, now });
  const faults = createFaults();
  const settings: StandInOptions = {
    associationsPage: options.associationsPage ?? 500,
    searchLagMs: options.searchLagMs ?? 0,
    mergeKeepsPrimary: options.mergeKeepsPrimary ?? false,
    partialStatus: options.partialStatus ?? 207,
    hasOwnPages: options.hasOwnPages ?? false,
  };
  let calls = 0;

  function answer(request: IncomingMessage, text: string): Answer {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const found = findRoute(request.method ?? 'GET', url.pathname);
    if (oauth !== null && request.method === 'POST' && url.pathname.startsWith(TOKEN_PATH))
      return oauth.answer(url.pathname, request.headers['content-type'] ?? '', text);
    const granted = grantedTo(request.headers.authorization);
    if (found === 'other-method') throw new Refusal(405, '', `Method ${request.method} is not allowed here`);
    if (found === null) throw notFound(`No such path: ${url.pathname}`);
    const taken = limits.take(found.route.pool);
    // HubSpot tells the day's calls to static tokens only.
    const isDaily = (name: string): boolean => granted !== scopes && name.startsWith('X-HubSpot-RateLimit-Daily');
    const headers = Object.fromEntries(Object.entries(taken).filter(([name]) => !isDaily(name)));
    const needed = found.route.scopes({ parts: found.parts });
    if (needed.length > 0 && !needed.some((scope) => granted.has(scope))) throw missingScopes(needed);
    const body = text === '' ? null : parseBody(request, text);
    const result = found.route.run({
      crm,
      limits,
      options: settings,
      query: url.searchParams,
      parts: found.parts,
      path: url.pathname,
      host: request.headers.host ?? '',
      body,
    });
    return { status: result.status, body: result.json ?? '', headers };
  }

  /** What the bearer may do: of the account's own token, or of an installation. */
  function grantedTo(header: string | undefined): ReadonlySet<string> {
    const bearer = /^Bearer (.+)$/.exec(header ?? '')?.[1];
    const installed = bearer === undefined ? null : (oauth?.scopesOf(bearer) ?? null);
    if (installed !== null) return installed;
    checkToken(bearer, options.token);
    return scopes;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    if (path.length > LONGEST_URL) {
      send(response, {
        status: 414,
        body: '<html><body><h1>414 Request-URI Too Large</h1></body></html>',
        headers: HTML,
      });
      return;
    }
    if (path.split('?', 1)[0] === INSTALL_PATH) {
      send(response, installPage(oauth, request.method ?? 'GET', path, `${account.name} · portal ${account.portalId}`));
      return;
    }
    if (!isApiPath(path)) {
      send(response, crmPage(crm, request.method ?? 'GET', path));
      return;
    }
    calls += 1;
    const correlationId = uuidOf(calls);
    const text = await readBody(request);
    if (options.latencyMs !== undefined) await setTimeout(options.latencyMs);
    const fault = faults.next(`${request.method} ${path}`);
    if (fault === 'hang') return;
    if (fault === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    if (fault !== null && !fault.isDone) {
      deliver(request, response, fault.answer(correlationId));
      return;
    }
    let answered: Answer;
    try {
      if (text === null) throw new Refusal(413, '', `The body is larger than ${LARGEST_BODY} bytes`);
      answered = answer(request, text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answered = refusalAnswer(error, correlationId);
    }
    deliver(request, response, fault === null ? answered : fault.answer(correlationId));
  }

  // Node's own bound on headers is the same as on addresses here, and would answer before we can.
  const server = createServer({ maxHeaderSize: 16 * LONGEST_URL }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      // A mistake of the stand-in's own: said in the answer, where a test sees it.
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (!response.headersSent) send(response, { status: 500, body: JSON.stringify({ status: 'error', message }) });
      else response.destroy();
    });
  });
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  // An AddressInfo, as the server listens on TCP.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    portal: crm,
    webhooks,
    oauth,
    calls: () => calls,
    setFault: (plan) => faults.set(plan),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const HTML = { 'content-type': 'text/html; charset=utf-8' } as const;

function isApiPath(path: string): boolean {
  return /^\/(crm|crm-object-schemas|account-info|oauth|events)\//.test(path);
}

function findRoute(method: string, path: string): { route: Route; parts: string[] } | 'other-method' | null {
  let isKnownPath = false;
  for (const route of routes) {
    const match = route.path.exec(path);
    if (match === null) continue;
    if (route.method === method) return { route, parts: match.slice(1).map(decodePart) };
    isKnownPath = true;
  }
  return isKnownPath ? 'other-method' : null;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid(`The path holds a broken escape: ${part}`);
  }
}

function checkToken(given: string | undefined, token: string): void {
  if (given === undefined) throw notAuthenticated(false);
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  if (!timingSafeEqual(digest(given), digest(token))) throw notAuthenticated(true);
}

function parseBody(request: IncomingMessage, text: string): unknown {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new Refusal(415, '', 'Unsupported Media Type: send application/json');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('Invalid input JSON: the body could not be parsed');
  }
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  if (request.method === 'GET') return '';
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LARGEST_BODY) chunks.push(chunk);
  }
  return size > LARGEST_BODY ? null : Buffer.concat(chunks).toString('utf8');
}

function deliver(request: IncomingMessage, response: ServerResponse, answer: Answer | 'reset'): void {
  if (answer === 'reset') request.socket.resetAndDestroy();
  else send(response, answer);
}

function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, { 'content-type': 'application/json;charset=utf-8', ...answer.headers });
  response.end(answer.body);
}

function uuidOf(call: number): string {
  return `00000000-0000-4000-8000-${call.toString(16).padStart(12, '0')}`;
}
