import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Logger } from '../../src/lib/logger.ts';
import { boltLogger } from './bolt-logger.ts';

/**
 * The options of every client: no retries by the SDK (it would post again after a 500 that Slack had carried out), a
 * time-out (it has none), and a 429 is an answer to us rather than a pause of the whole client. Never `headers`: they would
 * follow the client to other hosts.
 */
export function clientOptions(apiUrl: string | undefined, timeoutMs: number, logger: Logger): WebClientOptions {
  return {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    allowAbsoluteUrls: true,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
    logger: boltLogger(logger),
  };
}

export interface WebClients {
  /** Answers to people. */
  readonly interactive: WebClient;
  /** Messages of the outbox; its rate limits do not hold up the answers. */
  readonly delivery: WebClient;
}

export function createWebClients(
  token: string,
  apiUrl: string | undefined,
  timeoutMs: number,
  logger: Logger,
): WebClients {
  return {
    interactive: new WebClient(token, clientOptions(apiUrl, timeoutMs, logger)),
    delivery: new WebClient(token, clientOptions(apiUrl, timeoutMs, logger)),
  };
}
