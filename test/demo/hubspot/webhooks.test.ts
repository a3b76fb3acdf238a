import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startSmall } from './small-portal.ts';

const SECRET = 'app-secret';
const PUBLIC_URL = 'https://kith.example/hubspot/webhooks';
const NOW = Date.UTC(2026, 2, 9);

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An app that takes webhooks, and a stand-in that sends them to it. */
async function setUp(status = 204) {
  const calls: Received[] = [];
  const app = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      calls.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  const { port } = app.address() as AddressInfo; // it listens on TCP
  const { server, call } = await startSmall({
    now: () => NOW,
    webhooks: { url: `http://127.0.0.1:${port}/hook`, secret: SECRET, publicUrl: PUBLIC_URL },
  });
  closing.push(
    server.close,
    () =>
      new Promise((resolve) => {
        app.close(() => resolve());
        app.closeAllConnections();
      }),
  );
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks at is whatever was sent
  const events = (): any[] => calls.flatMap(({ body }) => JSON.parse(body));
  return { server, call, calls, events };
}

describe('the stand-in’s webhooks', () => {
  it('are signed as HubSpot signs: method, public address, body and stamp under the app’s secret', async () => {
    const { server, calls } = await setUp();
    server.portal.edit('companies', '1000', { name: 'Ümlaut & Söhne' });
    expect(await server.webhooks.send()).toEqual([204]);
    const [{ headers, body }] = calls as [Received];
    const stamp = headers['x-hubspot-request-timestamp'];
    expect(stamp).toBe(String(NOW));
    const signed = createHmac('sha256', SECRET).update(`POST${PUBLIC_URL}${body}${stamp}`).digest('base64');
    expect(headers['x-hubspot-signature-v3']).toBe(signed);
  });

  it('tell of every kind of change in HubSpot’s words', async () => {
    const { server, call, events } = await setUp();
    const id = server.portal.create('deals', { dealname: 'New' });
    server.portal.link('deals', id, 'companies', '1000', true);
    server.portal.archive('deals', id);
    server.portal.restore('deals', id);
    const merged = server.portal.merge('companies', '1000', '1003', false);
    await call('POST', '/crm/objects/2026-09/contacts/gdpr-delete', { objectId: '1' });
    await server.webhooks.send();
    const told = events();
    expect(told.map(({ subscriptionType }) => subscriptionType)).toEqual([
      'deal.creation',
      'deal.associationChange',
      'deal.deletion',
      'deal.restore',
      'company.merge',
      'contact.privacyDeletion',
    ]);
    expect(told[0]).toMatchObject({ portalId: 424_242, objectId: Number(id), eventId: expect.any(Number) });
    expect(told[1]).toMatchObject({ associationType: 'DEAL_TO_COMPANY', fromObjectId: Number(id), toObjectId: 1000 });
    expect(told[4]).toMatchObject({ newObjectId: Number(merged), mergedObjectIds: [1000, 1003] });
  });

  it('tell of what the API writes too, also of an app’s own properties', async () => {
    const { server, call, events } = await setUp();
    await call('PATCH', '/crm/objects/2026-09/companies/1000', { properties: { name: 'Written' } });
    await server.webhooks.send();
    expect(events()).toEqual([
      expect.objectContaining({ propertyName: 'name', propertyValue: 'Written', changeSource: 'INTEGRATION' }),
    ]);
  });

  it('come a hundred to a call, and doubled and out of order by a seed, the same way each time', async () => {
    const { server, calls, events } = await setUp();
    const edit = () => {
      for (const id of server.portal.ids('companies')) server.portal.edit('companies', id, { name: `N ${id}` });
    };
    edit();
    expect(await server.webhooks.send()).toEqual([204, 204, 204]);
    expect(calls.map(({ body }) => JSON.parse(body).length)).toEqual([100, 100, 50]);
    expect(events().map(({ objectId }) => objectId)).toEqual(server.portal.ids('companies').map(Number));
    calls.length = 0;
    edit();
    await server.webhooks.send({ seed: 9 });
    const once = events().map(({ objectId }) => objectId);
    expect(once).toHaveLength(250 + 84);
    expect(new Set(once).size).toBe(250);
    expect(once).not.toEqual(once.toSorted((a, b) => a - b));
    calls.length = 0;
    edit();
    await server.webhooks.send({ seed: 9 });
    expect(events().map(({ objectId }) => objectId)).toEqual(once);
  });

  it('are not repeated by themselves when they are refused, and nothing waits after they were sent', async () => {
    const { server } = await setUp(500);
    server.portal.edit('companies', '1000', { name: 'A' });
    expect(await server.webhooks.send()).toEqual([500]);
    expect(server.webhooks.waiting()).toEqual([]);
    server.webhooks.subscribe(null);
    server.portal.edit('companies', '1000', { name: 'B' });
    expect(server.webhooks.waiting()).toEqual([]);
    await expect(server.webhooks.send()).rejects.toThrow('Nobody subscribed');
  });
});
