import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../../src/lib/errors.ts';
import type { WebhookOptions, Webhooks } from '../../src/ports/webhooks.ts';
import { webhookEvents } from './webhook-events.ts';
import { signatureProblem } from './webhook-signature.ts';

/** A call of a hundred events is some 50 kB. */
const MOST_BODY_BYTES = 1_000_000;

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
};

async function take(options: WebhookOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    request.resume();
    response.setHeader('allow', 'POST');
    return refuse(options, response, 405, 'only POST is taken here');
  }
  const body = await readBody(request);
  if (body === null) return refuse(options, response, 413, `a call may hold ${MOST_BODY_BYTES} bytes`);
  const call = {
    method: 'POST',
    uri: `${options.publicUrl.replace(/\/+$/, '')}${request.url ?? ''}`,
    body,
    timestamp: oneHeader(request, 'x-hubspot-request-timestamp'),
    signature: oneHeader(request, 'x-hubspot-signature-v3'),
  };
  const problem = signatureProblem(options.secret, call, options.now());
  if (problem !== null) return refuse(options, response, 401, problem);
  const events = parsed(body);
  if (events === undefined) return refuse(options, response, 400, 'its body is not JSON');
  const { hints, unreadable } = webhookEvents(events, options.portalId);
  if (hints.length > 0 || unreadable.length > 0) await options.queue(hints, unreadable);
  response.writeHead(204).end();
}

function refuse(options: WebhookOptions, response: ServerResponse, status: number, reason: string): void {
  options.onTrouble(`A webhook was answered with ${status}: ${reason}`);
  if (response.headersSent) return;
  const said = status === 500 ? 'it could not be kept; call again' : reason;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: said }));
}

/** The bytes as they came, which is what was signed; null when there are too many. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MOST_BODY_BYTES) chunks.push(chunk);
  }
  return size > MOST_BODY_BYTES ? null : Buffer.concat(chunks);
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
