import { App } from '@slack/bolt';
import { KithError, messageOf } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/lib/logger.ts';
import type { ChartRenderer } from '../../src/ports/chart-renderer.ts';
import type { Chat, ChatHandlers } from '../../src/ports/chat.ts';
import { boltLogger } from './bolt-logger.ts';
import { createChannels } from './channels.ts';
import { chatNames } from './chat-names.ts';
import { deliver } from './deliver.ts';
import { createDirectChannels } from './direct-channels.ts';
import { createFirstTimes } from './first-times.ts';
import { createHomes } from './homes.ts';
import { createInFlight } from './in-flight.ts';
import { listen } from './listen.ts';
import { createPeople } from './people.ts';
import { type Connection, httpConnection, type Mount, socketConnection } from './receivers.ts';
import { createReplies } from './reply.ts';
import { aloneRequest, type Origin } from './requests.ts';
import { retract } from './retract.ts';
import { createServing } from './serve.ts';
import type { SharedSocket } from './shared-socket.ts';
import { isRemoval, startError } from './slack-errors.ts';
import { clientOptions, createWebClients } from './web-clients.ts';

export interface SlackChatOptions {
  readonly botToken: string;
  /** The token was brought by an installation, and is not a setting. */
  readonly isInstalled?: boolean;
  /** For Socket Mode. */
  readonly appToken?: string;
  /** The connection of an app that several workspaces have in common, in place of one by `appToken`. */
  readonly socket?: SharedSocket | null;
  /** For HTTP mode. */
  readonly signingSecret?: string;
  /** Another Slack than slack.com: the stand-in's, or Slack's own for governments. Ends with /api/. */
  readonly apiUrl?: string;
  readonly mode: 'socket' | 'http';
  /** The port of HTTP mode where no `mount` is given. */
  readonly port?: number;
  /** Puts HTTP mode into the process's one listener. */
  readonly mount?: Mount;
  readonly renderer: ChartRenderer;
  readonly logger: Logger;
  readonly firstTime: (id: string) => Promise<boolean>;
  readonly now?: () => number;
  /** How long one call to Slack may take, and a picture to be looked at; 15 s. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;
const DRAIN_WITHIN_MS = 30_000;
const REMOVED_MS = 24 * 3_600_000;
/** Slack behind the chat port: commands, clicks, forms and plain words in, reports out, over Socket Mode or signed HTTP requests. */
export function createSlackChat(options: SlackChatOptions): Chat {
  const { logger, renderer, now = Date.now } = options;
  const clients = createWebClients(options.botToken, options.apiUrl, options.timeoutMs ?? TIMEOUT_MS, logger);
  const { interactive: client } = clients;
  const pictureMs = options.timeoutMs ?? TIMEOUT_MS;
  let languageOf: ChatHandlers['languageOf'] = () => null;
  const people = createPeople(client, logger, now, (userId) => languageOf(userId));
  const channels = createChannels(client, logger, now);
  // Two hundred channels of a digest are looked up without taking from what people's questions may ask of Slack.
  const deliveredTo = createChannels(clients.delivery, logger, now);
  const replies = createReplies({
    client,
    people,
    direct: createDirectChannels(client),
    renderer,
    logger,
    pictureMs,
    now,
  });
  const direct = createDirectChannels(clients.delivery);
  const homes = createHomes(client, logger);
  const inFlight = createInFlight();
  const claim = createFirstTimes(options.firstTime, logger);
  let handlers: ChatHandlers | null = null;
  let connection: Connection | null = null;
  let stopping = false;
  let isRemoved = false;

  /** Once: nothing can be said any more, so nothing is tried any more either; the handlers tell the log. */
  const removed = (): void => {
    if (isRemoved || handlers === null) return;
    isRemoved = true;
    logger.info('disconnecting from Slack for good');
    const closing = connection?.close();
    connection = null;
    for (const end of [handlers.removed(), closing])
      end?.catch((error: unknown) => logger.error('Kith did not disconnect cleanly', { reason: messageOf(error) }));
  };

  const refreshHome = (origin: Origin): void =>
    inFlight.whenRoom(origin.userId, async () => {
      const given = handlers;
      if (given === null) return;
      try {
        await homes.show(origin.userId, async () => {
          const request = await aloneRequest(origin, people);
          try {
            return await given.home(request);
          } catch (error) {
            const headline = serving.sentenceOf(error, request);
            return { language: request.userLanguage, headline, parts: [], trust: '' };
          }
        });
      } catch (error) {
        logger.error('a Home could not be shown', { user: origin.userId, reason: messageOf(error) });
      }
    });

  const serving = createServing({ people, channels, replies, inFlight, refreshHome, logger });

  return {
    isConnected: () => !isRemoved,
    async start(given: ChatHandlers) {
      connection = openable(options, removed);
      const app = new App({
        receiver: connection.receiver,
        token: options.botToken,
        logger: boltLogger(logger),
        clientOptions: clientOptions(options.apiUrl, options.timeoutMs ?? TIMEOUT_MS, logger),
        convoStore: false,
        deferInitialization: true,
      });
      let [homeTeamId, botUserId] = ['', ''];
      try {
        await app.init();
        const self = await client.auth.test();
        [homeTeamId, botUserId] = [self.team_id ?? '', self.user_id ?? ''];
      } catch (error) {
        throw startError(error, options.isInstalled === true ? 'installation' : 'bot');
      }
      app.error(async (error) => logger.error('Slack’s library failed', { reason: messageOf(error) }));
      const isStopping = () => stopping;
      const own = { client, people, channels, replies, inFlight, logger, claim, refreshHome, removed, now };
      listen(app, { ...serving, ...own, handlers: given, homeTeamId, botUserId, isStopping });
      languageOf = given.languageOf;
      await connection.open(homeTeamId);
      handlers = given;
      logger.info('connected to Slack', { mode: options.mode, team: homeTeamId });
    },
    async deliver(message) {
      if (isRemoved)
        return { outcome: 'not-sent', reason: 'Kith is no longer in the workspace', retryAfterMs: REMOVED_MS };
      const onAuthFailure = (error: string): void => {
        if (isRemoval(error)) removed();
      };
      const lookUp = { people, channels: deliveredTo, direct };
      const own = { client: clients.delivery, ...lookUp, renderer, logger, pictureMs };
      return deliver(message, { ...own, onAuthFailure });
    },
    retract: (message) => retract(message, { client: clients.delivery, direct, logger }),
    async names(ids) {
      if (isRemoved) return new Map();
      return chatNames(ids, people, channels);
    },
    async showHome(userId, page) {
      if (!isRemoved) await homes.show(userId, async () => page);
    },
    async stop() {
      stopping = true;
      if (!(await inFlight.drain(DRAIN_WITHIN_MS)))
        logger.warn('some requests were still running when Slack was closed');
      await connection?.close();
      connection = null;
    },
  };
}

function openable(options: SlackChatOptions, removed: () => void): Connection {
  const { logger, now = Date.now } = options;
  if (options.mode === 'http') {
    if (!options.signingSecret) {
      throw new KithError('chat-auth', {
        en: 'SLACK_SIGNING_SECRET is empty: HTTP mode needs it (your app’s page, Basic Information, "Signing Secret")',
        zh: 'SLACK_SIGNING_SECRET 为空：HTTP 模式需要它（应用页面的 Basic Information，“Signing Secret”）',
      });
    }
    return httpConnection({
      signingSecret: options.signingSecret,
      port: options.port ?? 3000,
      mount: options.mount,
      logger,
      now,
    });
  }
  if (options.socket) return options.socket.connection();
  if (!options.appToken) {
    throw new KithError('chat-auth', {
      en: 'SLACK_APP_TOKEN is empty: Socket Mode needs an app-level token with connections:write (your app’s page, Basic Information, begins with xapp-)',
      zh: 'SLACK_APP_TOKEN 为空：Socket Mode 需要带 connections:write 的应用级令牌（应用页面的 Basic Information，以 xapp- 开头）',
    });
  }
  return socketConnection({ appToken: options.appToken, apiUrl: options.apiUrl, logger, removed });
}
