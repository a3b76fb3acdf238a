import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { HTTPReceiver, type Receiver, SocketModeReceiver } from '@slack/bolt';
import { KithError, messageOf } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { boltLogger } from './bolt-logger.ts';
import { EVENTS_PATH } from './events-path.ts';
import { slackFailure, startError } from './slack-errors.ts';

/** A connection to Slack, opened and closed; Bolt's own `stop` does not wait for the socket. */
export interface Connection {
  readonly receiver: Receiver;
  /** `teamId` is the workspace of the token, for a connection that several share. */
  open(teamId: string): Promise<void>;
  close(): Promise<void>;
}

const OPEN_WITHIN_MS = 20_000;
const CLOSE_WITHIN_MS = 3_000;
const RECONNECT_MS = 30_000;
/** A stamp further ahead than clocks differ is not Slack's, or is being kept for later. */
const MOST_AHEAD_S = 60;
const MOST_BODY_BYTES = 1_000_000;

export function socketConnection(options: {
  appToken: string;
  apiUrl: string | undefined;
  logger: Logger;
  /** Slack does not take the app's token any more while it connects anew. */
  removed: () => void;
}): Connection {
  const { logger } = options;
  let refused: (error: KithError) => void = () => {};
  const sdkLogger = boltLogger(logger, (message) => {
    const code = /An API error occurred: ([a-z_]+)/.exec(message)?.[1];
    if (code !== undefined)
      refused(
        new KithError('chat-auth', {
          en: `Slack refused SLACK_APP_TOKEN (${code}): copy an app-level token with the scope connections:write from your app's page (Basic Information, begins with xapp-)`,
          zh: `Slack 拒绝了 SLACK_APP_TOKEN（${code}）：请从应用页面复制带 connections:write 权限的应用级令牌（Basic Information，以 xapp- 开头）`,
        }),
      );
  });
  const receiver = new SocketModeReceiver({
    appToken: options.appToken,
    logger: sdkLogger,
    installerOptions: {
      clientOptions: {
        ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
        // Reconnecting goes on for as long as it takes: a retry that gives up is an unhandled rejection in the SDK.
        retryConfig: { forever: true, minTimeout: 500, maxTimeout: RECONNECT_MS, factor: 2 },
        timeout: 15_000,
      },
    },
  });
  const { client } = receiver;
  const start = client.start.bind(client);
  let closing = false;
  // The SDK calls `start` again when the connection is lost and lets a failure go unhandled; here it is tried again.
  client.start = async () => {
    for (;;) {
      try {
        return await start();
      } catch (error) {
        logger.error('the connection to Slack could not be opened again', { reason: messageOf(error) });
        if (slackFailure(error).kind === 'auth') {
          options.removed();
          return new Promise<never>(() => {});
        }
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS).unref());
        if (closing) throw error;
      }
    }
  };
  return {
    receiver,
    async open() {
      let timer: NodeJS.Timeout | undefined;
      const failed = new Promise<never>((_, reject) => {
        refused = reject;
        const late = () =>
          reject(
            new KithError('chat-unreachable', {
              en: 'Slack did not open a Socket Mode connection within 20 s: check that Socket Mode is on for the app and that this machine may open WebSockets',
              zh: 'Slack 在 20 秒内没有建立 Socket Mode 连接：请检查应用是否已启用 Socket Mode，以及本机是否允许 WebSocket 连接',
            }),
          );
        timer = setTimeout(late, OPEN_WITHIN_MS);
      });
      try {
        await Promise.race([start().catch((error: unknown) => Promise.reject(startError(error, 'app'))), failed]);
      } catch (error) {
        closing = true;
        void client.disconnect();
        throw error;
      } finally {
        clearTimeout(timer);
        refused = () => {};
      }
    },
    async close() {
      closing = true;
      const late = new Promise((resolve) => setTimeout(resolve, CLOSE_WITHIN_MS).unref());
      await Promise.race([client.disconnect(), late]);
    },
  };
}

/** Also of a stamp that is no number. */
export function isStampedAhead(stamp: number, now: number): boolean {
  return !Number.isFinite(stamp) || stamp > now / 1000 + MOST_AHEAD_S;
}

/** Puts a listener into the one HTTP server of the process. */
export type Mount = (path: string, listener: RequestListener) => void;

export function httpConnection(options: {
  signingSecret: string;
  port: number;
  mount: Mount | undefined;
  logger: Logger;
  now: () => number;
}): Connection {
  const receiver = new HTTPReceiver({
    signingSecret: options.signingSecret,
    endpoints: EVENTS_PATH,
    port: options.port,
    bodyLimit: MOST_BODY_BYTES,
    logger: boltLogger(options.logger),
  });
  const listener = receiver.requestListener;
  const guarded = (request: IncomingMessage, response: ServerResponse) => {
    const stamp = Number(request.headers['x-slack-request-timestamp']);
    if (isStampedAhead(stamp, options.now())) {
      response.writeHead(401).end();
      request.resume();
      return;
    }
    listener(request, response);
  };
  receiver.requestListener = guarded;
  const { mount } = options;
  return {
    receiver,
    async open() {
      if (mount !== undefined) return mount(EVENTS_PATH, guarded);
      try {
        await receiver.start(options.port);
      } catch (error) {
        throw new KithError(
          'config',
          {
            en: `Kith cannot listen on port ${options.port} (${messageOf(error)}): free the port or set another one`,
            zh: `Kith 无法监听端口 ${options.port}（${messageOf(error)}）：请释放该端口或改用其他端口`,
          },
          { cause: error },
        );
      }
    },
    async close() {
      if (mount === undefined) await receiver.stop();
    },
  };
}
