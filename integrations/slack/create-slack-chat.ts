import { App } from '@slack/bolt';
import { KithError, messageOf } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { say } from '../../src/lib/text.ts';
import type { ChartRenderer } from '../../src/ports/chart-renderer.ts';
import type { Answer, Chat, ChatHandlers, ChatRequest } from '../../src/ports/chat.ts';
import { boltLogger } from './bolt-logger.ts';
import { createChannels } from './channels.ts';
import { deliver } from './deliver.ts';
import { escapeWithCommands } from './escape.ts';
import { createFirstTimes } from './first-times.ts';
import { createInFlight } from './in-flight.ts';
import { listen } from './listen.ts';
import { createPeople } from './people.ts';
import { type Connection, httpConnection, type Mount, socketConnection } from './receivers.ts';
import { createReplies, type ReplyTo } from './reply.ts';
import { fullRequest, type Origin, quickRequest } from './requests.ts';
import { startError } from './slack-errors.ts';
import { TEXTS } from './texts.ts';
import { clientOptions, createWebClients } from './web-clients.ts';

export interface SlackChatOptions {
  readonly botToken: string;
  /** For Socket Mode. */
  readonly appToken?: string;
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
  /** How long one call to Slack may take; 15 s. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;
const PROGRESS_AFTER_MS = 10_000;
const DRAIN_WITHIN_MS = 30_000;

/** Slack behind the chat port: commands, buttons and mentions in, reports out, over Socket Mode or signed HTTP requests. */
export function createSlackChat(options: SlackChatOptions): Chat {
  const { logger, renderer, now = Date.now } = options;
  const clients = createWebClients(options.botToken, options.apiUrl, options.timeoutMs ?? TIMEOUT_MS, logger);
  const people = createPeople(clients.interactive, logger, now);
  const channels = createChannels(clients.interactive, logger, now);
  const replies = createReplies({ client: clients.interactive, people, renderer, logger, now });
  const inFlight = createInFlight();
  const isFirst = createFirstTimes(options.firstTime, logger);
  let connection: Connection | null = null;
  let stopping = false;

  /** Runs one request to its answer; here, and nowhere else, an error becomes a sentence. */
  const serve = (origin: Origin, to: Omit<ReplyTo, 'request'>, work: (request: ChatRequest) => Promise<Answer>) =>
    inFlight.run(async () => {
      let reply: ReplyTo = { ...to, request: quickRequest(origin, people) };
      const progress = setTimeout(() => {
        if (!to.replaces) return;
        replies.sentence(reply, say(reply.request.userLanguage, TEXTS.stillWorking)).catch((error: unknown) => {
          logger.warn('progress could not be shown', { reason: messageOf(error), request: reply.request.id });
        });
      }, PROGRESS_AFTER_MS);
      try {
        reply = { ...to, request: await fullRequest(origin, people, channels) };
        const answer = await work(reply.request);
        clearTimeout(progress);
        await replies.answer(reply, answer);
      } catch (error) {
        clearTimeout(progress);
        await tellError(reply, error);
      }
    });

  const tellError = async (to: ReplyTo, error: unknown) => {
    const { id, userLanguage } = to.request;
    const isWrongUse = error instanceof KithError && error.exitCode === 2;
    const fields = {
      request: id,
      reason: messageOf(error),
      ...(error instanceof KithError ? { code: error.code } : { stack: stackOf(error) }),
    };
    if (isWrongUse) logger.info('a request was refused', fields);
    else logger.error('a request failed', fields);
    const what =
      error instanceof KithError
        ? `${say(userLanguage, TEXTS.couldNot)} ${escapeWithCommands(error.message)}.`
        : say(userLanguage, TEXTS.failed);
    try {
      await replies.sentence(to, `${what} (${say(userLanguage, TEXTS.reference)} ${id})`);
    } catch (unsaid) {
      logger.error('a failure could not be told', { request: id, reason: messageOf(unsaid) });
    }
  };

  return {
    async start(handlers: ChatHandlers) {
      connection = openable(options);
      const app = new App({
        receiver: connection.receiver,
        token: options.botToken,
        logger: boltLogger(logger),
        clientOptions: clientOptions(options.apiUrl, options.timeoutMs ?? TIMEOUT_MS, logger),
        convoStore: false,
        deferInitialization: true,
      });
      let homeTeamId = '';
      try {
        await app.init();
        homeTeamId = (await clients.interactive.auth.test()).team_id ?? '';
      } catch (error) {
        throw startError(error, 'bot');
      }
      app.error(async (error) => logger.error('Slack’s library failed', { reason: messageOf(error) }));
      listen(app, { handlers, homeTeamId, people, isFirst, isStopping: () => stopping, serve, now });
      await connection.open();
      logger.info('connected to Slack', { mode: options.mode, team: homeTeamId });
    },
    deliver: (message) => deliver(message, { client: clients.delivery, people, renderer, logger }),
    async stop() {
      stopping = true;
      if (!(await inFlight.drain(DRAIN_WITHIN_MS)))
        logger.warn('some requests were still running when Slack was closed');
      await connection?.close();
      connection = null;
    },
  };
}

function openable(options: SlackChatOptions): Connection {
  const { logger, now = Date.now } = options;
  if (options.mode === 'http') {
    if (!options.signingSecret) {
      throw new KithError(
        'chat-auth',
        'SLACK_SIGNING_SECRET is empty: HTTP mode needs it (your app’s page, Basic Information, "Signing Secret")',
      );
    }
    return httpConnection({
      signingSecret: options.signingSecret,
      port: options.port ?? 3000,
      mount: options.mount,
      logger,
      now,
    });
  }
  if (!options.appToken) {
    throw new KithError(
      'chat-auth',
      'SLACK_APP_TOKEN is empty: Socket Mode needs an app-level token with connections:write (your app’s page, Basic Information, begins with xapp-)',
    );
  }
  return socketConnection({ appToken: options.appToken, apiUrl: options.apiUrl, logger });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? '') : '';
}
