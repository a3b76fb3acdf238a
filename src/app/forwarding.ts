import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerPassedOn, PASSED_ON, type PassedOn, passingFailed, passOn } from '../../integrations/http/pass-on.ts';
import { hubspotWebhooks } from '../../integrations/hubspot/webhook-handler.ts';
import { EVENTS_PATH } from '../../integrations/slack/events-path.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../lib/logger.ts';
import type { ReadCall } from '../ports/gateway.ts';
import { shardOf } from '../shard.ts';

/** Within the 3 s that Slack gives, and the 5 s that HubSpot gives; a person waits longer. */
const WITHIN_MS = [
  [EVENTS_PATH, 2_500],
  [hubspotWebhooks.path, 4_000],
  ['', 25_000],
] as const;

/** Where a request is answered that is another process's. */
export interface Forwarding {
  /** The number of the process that has a tenant; null for this one. */
  ownerOf(tenant: string): number | null;
  /** Answers with what the owner answers, or with why that cannot be. */
  forward(owner: number, call: ReadCall, response: ServerResponse): Promise<void>;
  /** What the owner answers; a sentence why there is no answer. */
  ask(owner: number, call: ReadCall): Promise<PassedOn | string>;
  wasPassedOn(request: IncomingMessage): boolean;
}

export function createForwarding({ shard, shardUrls }: Config, logger: Logger): Forwarding {
  const wasPassedOn = (request: IncomingMessage): boolean => request.headers[PASSED_ON] !== undefined;

  async function ask(owner: number, call: ReadCall): Promise<PassedOn | string> {
    const to = shardUrls?.[owner];
    if (shard === null || to === undefined) return `it is served by process ${owner} of KITH_SHARD, not by this one`;
    const path = (call.request.url ?? '/').split('?', 1)[0] ?? '/';
    const [, withinMs] = WITHIN_MS.find(([end]) => path.endsWith(end)) ?? WITHIN_MS[2];
    try {
      return await passOn(call, to, { from: shard.index, withinMs });
    } catch (error) {
      const reason = passingFailed(error, withinMs);
      logger.warn('A request could not be passed on', { to: owner, reason });
      return `process ${owner} of KITH_SHARD has it, and ${reason}`;
    }
  }

  return {
    ownerOf(tenant) {
      const owner = shard === null ? null : shardOf(tenant, shard.count);
      return owner === shard?.index ? null : owner;
    },
    async forward(owner, call, response) {
      if (wasPassedOn(call.request)) {
        logger.error('A request was passed on to a process that does not have it', { owner });
        return refuse(response, 508, 'the processes do not agree about who has it: give all the same KITH_SHARD_URLS');
      }
      const answer = await ask(owner, call);
      if (typeof answer !== 'string') return answerPassedOn(response, answer);
      // Whoever asks may ask again, where there is somebody to answer.
      if (shardUrls === null) return refuse(response, 421, answer);
      response.setHeader('retry-after', '5');
      refuse(response, 503, answer);
    },
    ask,
    wasPassedOn,
  };
}

export function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: reason }));
}
