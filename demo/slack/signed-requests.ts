import { createHmac } from 'node:crypto';
import { isObject, type JsonObject } from './checker.ts';
import { type Envelope, redeliveries, type Transport } from './delivery.ts';
import type { Faults } from './faults.ts';
import type { Acknowledgement } from './stand-in-types.ts';

const FORM = 'application/x-www-form-urlencoded';

export interface SignedRequestOptions {
  readonly requestUrl: string;
  readonly signingSecret: string;
  readonly ackWithinMs: number;
  readonly faults: Faults;
  readonly now: () => number;
}

/**
 * Envelopes as signed HTTP requests. The signature is v0: HMAC-SHA256 of `v0:timestamp:body`.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function createSignedRequests(options: SignedRequestOptions): Transport {
  const { requestUrl, signingSecret, ackWithinMs, faults, now } = options;

  const post = async (envelope: Envelope, attempt: number): Promise<Acknowledgement> => {
    const { body, contentType } = encode(envelope);
    const timestamp = String(Math.floor(now() / 1000));
    const signature = `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
    const headers: Record<string, string> = {
      'Content-Type': contentType,
      'X-Slack-Request-Timestamp': timestamp,
      'X-Slack-Signature': signature,
    };
    if (attempt > 0) {
      headers['X-Slack-Retry-Num'] = String(attempt);
      headers['X-Slack-Retry-Reason'] = 'http_timeout';
    }
    const sentAt = performance.now();
    try {
      const answer = await fetch(requestUrl, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.timeout(ackWithinMs),
      });
      const response = parseAnswer(await answer.text());
      const afterMs = performance.now() - sentAt;
      if (faults.forDelivery('late-acknowledgement')) return { outcome: 'timed-out', afterMs, response: null };
      return { outcome: answer.ok ? 'acknowledged' : 'refused', afterMs, response };
    } catch (error) {
      const isLate = error instanceof Error && error.name === 'TimeoutError';
      return { outcome: isLate ? 'timed-out' : 'not-connected', afterMs: performance.now() - sentAt, response: null };
    }
  };

  const again = async (envelope: Envelope): Promise<void> => {
    for (let attempt = 1; attempt <= redeliveries(envelope); attempt++) {
      if ((await post(envelope, attempt)).outcome === 'acknowledged') return;
    }
  };

  return {
    async deliver(envelope) {
      const duplicate = faults.forDelivery('duplicate-delivery') ? post(envelope, 0) : null;
      const first = await post(envelope, 0);
      await duplicate;
      if (first.outcome === 'timed-out' || (envelope.type === 'events_api' && first.outcome !== 'acknowledged'))
        void again(envelope);
      return first;
    },
  };
}

function encode(envelope: Envelope): { body: string; contentType: string } {
  if (envelope.type === 'events_api')
    return { body: JSON.stringify(envelope.payload), contentType: 'application/json' };
  const fields =
    envelope.type === 'interactive'
      ? { payload: JSON.stringify(envelope.payload) }
      : Object.fromEntries(Object.entries(envelope.payload).map(([key, value]) => [key, String(value)]));
  return { body: new URLSearchParams(fields).toString(), contentType: FORM };
}

function parseAnswer(text: string): JsonObject | null {
  if (text === '') return null;
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : { text };
  } catch {
    return { text };
  }
}
