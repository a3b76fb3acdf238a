import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { messageOf } from '../../src/lib/errors.ts';
import { MOST_BODY_BYTES, readBody } from '../../src/lib/read-body.ts';
import type { WebhookGateway } from '../../src/ports/gateway.ts';
import type { WebhookOptions, Webhooks } from '../../src/ports/webhooks.ts';
import { webhookEvents } from './webhook-events.ts';
import { signatureProblem } from './webhook-signature.ts';

const portalSchema = z.object({ portalId: z.union([z.number(), z.string().max(20)]) });

/**
 * Takes HubSpot's webhooks: checks the signature, keeps which records are to be read again, and answers. HubSpot gives up
 * after five seconds and calls again, so nothing is read from it before the answer.
 */
export const hubspotWebhooks: Webhooks = {
  path: '/hubspot/webhooks',
  handler: (options) => (request, response) => {
    take(options, request, response).catch((error: unknown) => {
      // HubSpot calls again, and what it has to say can then be kept.
      refuse(options, response, 500, messageOf(error));
    });
  },
  taker: (options) => (events) => keep(options, events),
  gateway: (options) => (request, response) => {
    share(options, request, response).catch((error: unknown) => refuse(options, response, 500, messageOf(error)));
  },
};

async function take(options: WebhookOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = await signedCall(options, request, response);
  if (call === null) return;
  await keep(options, call.events);
  response.writeHead(204).end();
}

async function keep(options: Pick<WebhookOptions, 'portalId' | 'queue'>, body: unknown): Promise<void> {
  const { hints, unreadable } = webhookEvents(body, options.portalId);
  if (hints.length > 0 || unreadable.length > 0) await options.queue(hints, unreadable);
}

/** One call may hold events of many portals. It is taken when all that are known have taken theirs; HubSpot repeats it otherwise. */
async function share(options: WebhookGateway, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = await signedCall(options, request, response);
  if (call === null) return;
  const byPortal = new Map<string, unknown[]>();
  for (const event of [call.events].flat()) {
    const portalId = String(portalSchema.safeParse(event).data?.portalId ?? '');
    byPortal.set(portalId, [...(byPortal.get(portalId) ?? []), event]);
  }
  const { known, failed } = await options.share(byPortal, { request, body: call.body });
  if (failed !== null) {
    response.setHeader('retry-after', '10');
    return refuse(options, response, 503, failed);
  }
  if (known === 0) return refuse(options, response, 404, 'Kith is not set up for this portal');
  response.writeHead(204).end();
}

/** What HubSpot said, if it was HubSpot and it is fresh; null when it was answered with why not. */
async function signedCall(
  options: Pick<WebhookOptions, 'secret' | 'publicUrl' | 'now' | 'onTrouble'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<{ readonly events: unknown; readonly body: Buffer } | null> {
  const refused = (status: number, reason: string): null => {
    refuse(options, response, status, reason);
    return null;
  };
  if (request.method !== 'POST') {
    request.resume();
    response.setHeader('allow', 'POST');
    return refused(405, 'only POST is taken here');
  }
  const body = await readBody(request);
  if (body === null) return refused(413, `a call may hold ${MOST_BODY_BYTES} bytes`);
  const call = {
    method: 'POST',
    uri: `${options.publicUrl.replace(/\/+$/, '')}${request.url ?? ''}`,
    body,
    timestamp: oneHeader(request, 'x-hubspot-request-timestamp'),
    signature: oneHeader(request, 'x-hubspot-signature-v3'),
  };
  const problem = signatureProblem(options.secret, call, options.now());
  if (problem !== null) return refused(401, problem);
  const events = parsed(body);
  return events === undefined ? refused(400, 'its body is not JSON') : { events, body };
}

function refuse(
  options: Pick<WebhookOptions, 'onTrouble'>,
  response: ServerResponse,
  status: number,
  reason: string,
): void {
  options.onTrouble(`A webhook was answered with ${status}: ${reason}`);
  if (response.headersSent) return;
  const said = status === 500 ? 'it could not be kept; call again' : reason;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: said }));
}

function oneHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
