import { afterEach, describe, expect, it } from 'vitest';
import { createListener } from '../../../integrations/http/create-listener.ts';
import { hubspotWebhooks } from '../../../integrations/hubspot/webhook-handler.ts';
import { signatureV3 } from '../../../integrations/hubspot/webhook-signature.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import type { Hint, UnreadableEvent } from '../../../src/ports/webhooks.ts';

const SECRET = 'app-secret';
const PUBLIC_URL = 'https://kith.example';
const NOW = Date.UTC(2026, 2, 9, 12);
const MINUTE = 60_000;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function receiver(options: { failing?: boolean } = {}) {
  const hints: Hint[] = [];
  const unreadable: UnreadableEvent[] = [];
  const trouble: string[] = [];
  const listener = createListener({
    port: 0,
    host: '127.0.0.1',
    logger: createLogger('silent'),
    ready: () => ({ ok: true, reason: '' }),
  });
  const handler = hubspotWebhooks.handler({
    secret: SECRET,
    publicUrl: `${PUBLIC_URL}/`,
    portalId: '42',
    now: () => NOW,
    async queue(more, others) {
      if (options.failing === true) throw new Error('the disk is full');
      hints.push(...more);
      unreadable.push(...others);
    },
    onTrouble: (reason) => trouble.push(reason),
  });
  listener.mount(hubspotWebhooks.path, handler);
  const url = `http://127.0.0.1:${await listener.open()}`;
  closing.push(listener.close);

  /** A call as HubSpot makes it, with what a test makes wrong. */
  async function call(
    body: unknown,
    wrong: { secret?: string; at?: number | string; sentBody?: string; path?: string; method?: string } = {},
  ): Promise<number> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const timestamp = String(wrong.at ?? NOW);
    const path = wrong.path ?? hubspotWebhooks.path;
    const signed = { method: 'POST', uri: `${PUBLIC_URL}${hubspotWebhooks.path}`, body: Buffer.from(text) };
    const method = wrong.method ?? 'POST';
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        'x-hubspot-request-timestamp': timestamp,
        'x-hubspot-signature-v3': signatureV3(wrong.secret ?? SECRET, signed, timestamp),
      },
      ...(method === 'GET' ? {} : { body: wrong.sentBody ?? text }),
    });
    await response.arrayBuffer();
    return response.status;
  }
  return { url, call, hints, unreadable, trouble };
}

let number = 0;
const event = (subscriptionType: string, more: object = {}): object => ({
  eventId: ++number,
  subscriptionType,
  portalId: 42,
  objectId: 7,
  occurredAt: NOW,
  ...more,
});

describe('a webhook that HubSpot signed', () => {
  it('is kept and answered with 204; its signature covers the public address and the bytes', async () => {
    const { call, hints } = await receiver();
    expect(await call([event('deal.propertyChange', { propertyName: 'amount', propertyValue: '1 €' })])).toBe(204);
    expect(hints).toEqual([{ objectType: 'deals', id: '7', kind: 'changed' }]);
  });

  it('agrees with a signature that was computed elsewhere', () => {
    // printf 'POSThttps://kith.example/a:b[]1700000000000' | openssl dgst -sha256 -hmac app-secret -binary | base64
    const call = { method: 'POST', uri: 'https://kith.example/a%3Ab', body: Buffer.from('[]') };
    expect(signatureV3(SECRET, call, '1700000000000')).toBe('xnc54uObjov8yVYyA1EYDTi0f6Hy6AQmJ/x1PoAm+iY=');
  });

  it('is refused when its stamp is more than five minutes old or ahead, missing or no number', async () => {
    const { call, hints, trouble } = await receiver();
    const body = [event('deal.creation')];
    expect(await call(body, { at: NOW - 5 * MINUTE - 1 })).toBe(401);
    expect(await call(body, { at: NOW + 5 * MINUTE + 1 })).toBe(401);
    expect(await call(body, { at: 'soon' })).toBe(401);
    expect(await call(body, { at: '' })).toBe(401);
    expect(hints).toEqual([]);
    expect(trouble[0]).toContain('-300 s from our clock');
    expect(await call(body, { at: NOW - 5 * MINUTE })).toBe(204);
    expect(await call(body, { at: NOW + 5 * MINUTE })).toBe(204);
  });

  it('is refused when it was signed with another secret, or changed on its way, and no secret is told', async () => {
    const { call, hints, trouble } = await receiver();
    const body = [event('deal.creation')];
    expect(await call(body, { secret: 'another' })).toBe(401);
    expect(await call(body, { sentBody: JSON.stringify([...body, ...body]) })).toBe(401);
    expect(await call(body, { path: `${hubspotWebhooks.path}?more=1` })).toBe(401);
    expect(hints).toEqual([]);
    expect(trouble.join()).not.toContain(SECRET);
  });

  it('is refused without a signature, and by any other method', async () => {
    const { url, call } = await receiver();
    const bare = await fetch(`${url}${hubspotWebhooks.path}`, { method: 'POST', body: '[]' });
    expect(bare.status).toBe(401);
    expect(await call([], { method: 'GET' })).toBe(405);
  });

  it('is answered with 400 when it is not JSON, and with 413 when it is 5 MB large', async () => {
    const { call, hints } = await receiver();
    expect(await call('not { json')).toBe(400);
    expect(await call(`["${'x'.repeat(5_000_000)}"]`)).toBe(413);
    expect(await call([event('deal.creation')])).toBe(204);
    expect(hints).toHaveLength(1);
  });

  it('is answered with 500 when it cannot be kept, so that HubSpot calls again', async () => {
    const { call, trouble } = await receiver({ failing: true });
    expect(await call([event('deal.creation')])).toBe(500);
    expect(trouble[0]).toContain('the disk is full');
  });
});

describe('the events of a webhook', () => {
  it('point at each record once, whatever the number and the order of the events', async () => {
    const { call, hints } = await receiver();
    const events = [
      event('company.propertyChange', { objectId: 1, propertyName: 'name' }),
      event('company.creation', { objectId: 1 }),
      event('contact.deletion', { objectId: 2 }),
      event('object.creation', { objectId: 3, objectTypeId: '0-48' }),
      event('company.propertyChange', { objectId: 1, propertyName: 'domain' }),
    ];
    expect(await call(events)).toBe(204);
    expect(hints).toEqual([
      { objectType: 'companies', id: '1', kind: 'changed' },
      { objectType: 'contacts', id: '2', kind: 'changed' },
      { objectType: 'engagements', id: 'calls/3', kind: 'changed' },
    ]);
  });

  it('name all records of a merge, and both ends of an association', async () => {
    const { call, hints } = await receiver();
    await call([
      event('company.merge', { objectId: 12, primaryObjectId: 10, mergedObjectIds: [11], newObjectId: 12 }),
      event('deal.associationChange', {
        objectId: undefined,
        associationType: 'DEAL_TO_COMPANY',
        fromObjectId: 20,
        toObjectId: 10,
      }),
    ]);
    expect(hints.map(({ objectType, id }) => `${objectType}/${id}`).toSorted()).toEqual([
      'companies/10',
      'companies/11',
      'companies/12',
      'deals/20',
    ]);
  });

  it('that somebody is to be forgotten outweighs whatever else is told of them', async () => {
    const { call, hints } = await receiver();
    await call([
      event('contact.propertyChange', { propertyName: 'email' }),
      event('contact.privacyDeletion'),
      event('contact.deletion'),
    ]);
    expect(hints).toEqual([{ objectType: 'contacts', id: '7', kind: 'erased' }]);
  });

  it('about Kith’s own properties point at nothing', async () => {
    const { call, hints, unreadable } = await receiver();
    await call([event('company.propertyChange', { propertyName: 'kith_no_order_risk', propertyValue: '61' })]);
    expect([...hints, ...unreadable]).toEqual([]);
  });

  it('that are not understood are set aside with the reason, and the others count', async () => {
    const { call, hints, unreadable } = await receiver();
    expect(
      await call([
        event('deal.creation'),
        'a word',
        event('deal.exploded'),
        event('deal.creation', { portalId: 43 }),
        event('deal.creation', { objectId: '../../etc' }),
        event('quote.creation'),
      ]),
    ).toBe(204);
    expect(hints).toHaveLength(1);
    expect(unreadable.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('expected object'),
      expect.stringContaining('deal.exploded'),
      expect.stringContaining('portal 43'),
      expect.stringContaining('objectId'),
      expect.stringContaining('not about a record that Kith copies'),
    ]);
    expect(await call({ hello: 'world' })).toBe(204);
    expect(unreadable).toHaveLength(6);
  });
});
