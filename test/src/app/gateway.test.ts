import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Gateway, openGateway } from '../../../src/app/gateway.ts';
import { loadConfig } from '../../../src/config.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import { shardOf } from '../../../src/shard.ts';
import { connectionFile } from '../../../src/store/connection-file.ts';
import { loadOrCreateKeys } from '../../../src/store/identity-key-file.ts';
import { installationFile } from '../../../src/store/installation-file.ts';
import { readTenants, tenantDataDir } from '../../../src/tenants.ts';
import { freePort } from '../../integrations/slack/free-port.ts';

const APP = { HUBSPOT_CLIENT_ID: 'h', HUBSPOT_CLIENT_SECRET: 'h-secret', SLACK_CLIENT_ID: 's' };
const SIGNING = 'signing-secret';
const PUBLIC_URL = 'https://kith.example';
/** One of each of two processes. */
const [ACME, BOLT] = [named(0), named(1)];
const LOGGER = createLogger('silent');
let folder = '';
const closing: (() => Promise<void>)[] = [];

function named(shard: number): string {
  for (let i = 0; ; i++) if (shardOf(`co-${i}`, 2) === shard) return `co-${i}`;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kith-gateway-'));
  for (const [name, teamId, portalId] of [
    [ACME, 'T0ACME', '11'],
    [BOLT, 'T0BOLT', '22'],
  ] as const) {
    writeFileSync(join(folder, `${name}.env`), '');
    const dataDir = tenantDataDir(folder, name);
    const keys = () => loadOrCreateKeys(dataDir, null);
    const common = { scopes: [], installedAt: 1, installedBy: 'U1' };
    await installationFile(dataDir, keys).save({ teamId, teamName: name, botToken: 'xoxb-1', ...common });
    const tokens = { accessToken: 'a', refreshToken: 'r', issuedAt: 1, expiresAt: 2, scopes: [] };
    await connectionFile(dataDir, keys).save({ portalId, ...tokens });
  }
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(more: Readonly<Record<string, string>> = {}): Promise<Gateway & { url: string }> {
  const environment = {
    ...APP,
    KITH_TENANTS_DIR: folder,
    KITH_DATA_DIR: folder,
    KITH_PUBLIC_URL: PUBLIC_URL,
    SLACK_CLIENT_SECRET: 's-secret',
    SLACK_SIGNING_SECRET: SIGNING,
    SLACK_MODE: 'http',
    KITH_HTTP_PORT: '0',
    ...more,
  };
  const root = loadConfig(environment);
  const tenants = readTenants(environment, root);
  const gateway = openGateway({
    root,
    logger: LOGGER,
    now: Date.now,
    ready: () => ({ ok: true, reason: '' }),
    tenants: () => tenants,
    added: () => undefined,
  });
  const port = await gateway.listener.open();
  closing.push(gateway.listener.close);
  return { ...gateway, url: `http://127.0.0.1:${port}` };
}

/** Two processes that know one another, or do not. */
async function two(urls: 'known' | 'unknown' | 'the other is down' | 'crossed') {
  const ports = [await freePort(), await freePort()];
  const list = ports.map((port) => `http://127.0.0.1:${port}`);
  const shardUrls =
    urls === 'unknown' ? {} : { KITH_SHARD_URLS: (urls === 'crossed' ? [list[0], list[0]] : list).join() };
  const start = (index: number) =>
    open({ ...shardUrls, KITH_SHARD: `${index}/2`, KITH_HTTP_PORT: String(ports[index]) });
  const first = await start(0);
  return { first, second: urls === 'the other is down' ? null : await start(1) };
}

/** A tenant that writes down what reaches it. */
function serve({ listener }: Gateway, tenant: string, answer: RequestListener = (_, response) => response.end('ok')) {
  const seen: { path: string; body: string; signature: string }[] = [];
  listener.delegate(tenant, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const signature = String(request.headers['x-slack-signature'] ?? '');
    seen.push({ path: request.url ?? '', body: Buffer.concat(chunks).toString(), signature });
    answer(request, response);
  });
  return seen;
}

const COMMAND = { command: '/value', user_id: 'U1', text: 'é &?' };

async function slack(
  { url }: { url: string },
  fields: object,
  { secret = SIGNING, path = '/slack/events', headers = {} } = {},
) {
  const isEvent = 'type' in fields;
  const body = isEvent ? JSON.stringify(fields) : new URLSearchParams({ ...fields }).toString();
  const stamp = String(Math.floor(Date.now() / 1000));
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${stamp}:${body}`).digest('hex')}`;
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': isEvent ? 'application/json' : 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': stamp,
      'x-slack-signature': signature,
      ...headers,
    },
  });
  return { status: answer.status, text: await answer.text(), body, signature };
}

async function hubspot({ url }: { url: string }, portalIds: readonly number[], secret = APP.HUBSPOT_CLIENT_SECRET) {
  const events = portalIds.map((portalId) => ({ subscriptionType: 'deal.creation', portalId, objectId: portalId }));
  const body = JSON.stringify(events);
  const timestamp = String(Date.now());
  const signature = createHmac('sha256', secret)
    .update(`POST${PUBLIC_URL}/hubspot/webhooks${body}${timestamp}`)
    .digest('base64');
  const answer = await fetch(`${url}/hubspot/webhooks`, {
    method: 'POST',
    body,
    headers: { 'x-hubspot-request-timestamp': timestamp, 'x-hubspot-signature-v3': signature },
  });
  return { status: answer.status, text: await answer.text() };
}

/** Writes down what portals take. */
function taking({ webhooks }: Gateway, ...portalIds: string[]) {
  const taken: string[] = [];
  for (const portalId of portalIds)
    webhooks.set(portalId, async (events) => void taken.push(`${portalId}: ${events.length}`));
  return taken;
}

describe('one address of Slack for many workspaces', () => {
  it('gives each request, as it came, to the tenant whose workspace it is for', async () => {
    const gateway = await open();
    const [acme, bolt] = [serve(gateway, ACME), serve(gateway, BOLT)];
    const sent = await slack(gateway, { ...COMMAND, team_id: 'T0ACME' });
    expect([sent.status, sent.text]).toEqual([200, 'ok']);
    expect(acme).toEqual([{ path: '/slack/events', body: sent.body, signature: sent.signature }]);
    // A shared channel: the event happened in another workspace, and is told to the one that Kith is in.
    const event = { type: 'event_callback', team_id: 'T0ACME', authorizations: [{ team_id: 'T0BOLT' }], event: {} };
    await slack(gateway, event);
    const modal = { type: 'view_submission', team: { id: 'T0ACME' }, view: { app_installed_team_id: 'T0BOLT' } };
    await slack(gateway, { payload: JSON.stringify(modal) });
    expect([acme.length, bolt.length]).toEqual([1, 2]);
  });

  it('refuses a workspace that is nobody’s in words, and tells of no other', async () => {
    const gateway = await open();
    const acme = serve(gateway, ACME);
    const { status, text } = await slack(gateway, { ...COMMAND, team_id: 'T0NOBODY' });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      response_type: 'ephemeral',
      text: expect.stringMatching(/^Kith is not set up for this workspace yet; ask whoever runs Kith.*\n.*尚未设置/s),
    });
    expect((await slack(gateway, { type: 'event_callback', team_id: 'T0NOBODY' })).status).toBe(200);
    expect((await slack(gateway, { payload: '{"type":"block_actions","team":{"id":"T0NOBODY"}}' })).status).toBe(403);
    expect(text).not.toMatch(/co-|T0ACME/);
    expect(acme).toEqual([]);
  });

  it('believes nobody but Slack, whoever the request is for', async () => {
    const gateway = await open();
    const acme = serve(gateway, ACME);
    for (const team_id of ['T0ACME', 'T0NOBODY']) {
      const forged = await slack(gateway, { ...COMMAND, team_id }, { secret: 'a guess' });
      expect([forged.status, forged.text]).toEqual([401, '{"error":"the signature does not fit"}']);
    }
    const unsigned = await slack(gateway, { ...COMMAND, team_id: 'T0ACME' }, { headers: { 'x-slack-signature': '' } });
    expect(unsigned.status).toBe(401);
    expect(acme).toEqual([]);
    expect((await slack(gateway, { type: 'url_verification', challenge: 'c' })).text).toBe('{"challenge":"c"}');
  });

  it('says that a tenant is being started while it is not served, and lets Slack send its events again', async () => {
    const gateway = await open();
    expect((await slack(gateway, { ...COMMAND, team_id: 'T0ACME' })).text).toMatch(/being started.*正在/s);
    expect((await slack(gateway, { type: 'event_callback', team_id: 'T0ACME' })).status).toBe(503);
  });
});

describe('one address of HubSpot for many portals', () => {
  it('gives each portal its own events, and repeats nothing to those that it does not know', async () => {
    const gateway = await open();
    const taken = taking(gateway, '11', '22');
    expect((await hubspot(gateway, [11, 22, 11, 33])).status).toBe(204);
    expect(taken).toEqual(['11: 2', '22: 1']);
    expect(await hubspot(gateway, [33])).toEqual({
      status: 404,
      text: '{"error":"Kith is not set up for this portal"}',
    });
    expect((await hubspot(gateway, [11], 'a guess')).status).toBe(401);
    expect(taken).toHaveLength(2);
  });

  it('has HubSpot call again when one of them cannot take its own', async () => {
    const gateway = await open();
    taking(gateway, '11');
    const { status, text } = await hubspot(gateway, [11, 22]);
    expect([status, text]).toEqual([503, '{"error":"not all events could be taken; call again"}']);
  });
});

describe('a request that reaches the wrong process', () => {
  it('is answered by its owner, with the body and the signature that it came with', async () => {
    const { first, second } = await two('known');
    const bolt = serve(second!, BOLT, (_, response) => {
      response.writeHead(302, { location: '/there', 'set-cookie': ['a=1', 'b=2'] }).end();
    });
    const sent = await slack(first, { ...COMMAND, team_id: 'T0BOLT' });
    expect(bolt).toEqual([{ path: '/slack/events', body: sent.body, signature: sent.signature }]);
    const page = await fetch(`${first.url}/${BOLT}/slack/install?lang=zh`, { redirect: 'manual' });
    expect([page.status, page.headers.get('location'), page.headers.getSetCookie()]).toEqual([
      302,
      '/there',
      ['a=1', 'b=2'],
    ]);
    expect(bolt[1]?.path).toBe('/slack/install?lang=zh');
  });

  it('is refused by the one that it reaches when it is forged, and passed on to nobody', async () => {
    const { first, second } = await two('known');
    const bolt = serve(second!, BOLT);
    expect((await slack(first, { ...COMMAND, team_id: 'T0BOLT' }, { secret: 'a guess' })).status).toBe(401);
    expect(bolt).toEqual([]);
  });

  it('goes to every process that has a part of it', async () => {
    const { first, second } = await two('known');
    const taken = [taking(first, '11'), taking(second!, '22')];
    expect((await hubspot(first, [22, 11])).status).toBe(204);
    expect(taken).toEqual([['11: 1'], ['22: 1']]);
  });

  it('is refused with the owner’s number where the processes do not know one another', async () => {
    const { first } = await two('unknown');
    const { status, text } = await slack(first, { ...COMMAND, team_id: 'T0BOLT' });
    expect([status, text]).toEqual([421, '{"error":"it is served by process 1 of KITH_SHARD, not by this one"}']);
    expect((await fetch(`${first.url}/${BOLT}/readyz`)).status).toBe(421);
    // Also where there is nobody of that name: who is served is not told.
    expect((await fetch(`${first.url}/${nobody(1)}/readyz`)).status).toBe(421);
  });

  it('is to be sent again while its owner is down', async () => {
    const { first } = await two('the other is down');
    const { status, text } = await slack(first, { ...COMMAND, team_id: 'T0BOLT' });
    expect(status).toBe(503);
    expect(text).toMatch(/process 1 of KITH_SHARD has it, and it cannot be reached \(.*ECONNREFUSED/);
    expect((await hubspot(first, [22])).status).toBe(503);
  });

  it('waits for its owner no longer than Slack waits', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    closing.push(async () => {
      silent.closeAllConnections();
      await new Promise((done) => silent.close(done));
    });
    const { port } = silent.address() as AddressInfo; // it listens on TCP
    const first = await open({ KITH_SHARD: '0/2', KITH_SHARD_URLS: `http://127.0.0.1:1,http://127.0.0.1:${port}` });
    const startedAt = performance.now();
    const { status, text } = await slack(first, { ...COMMAND, team_id: 'T0BOLT' });
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect([status, text]).toEqual([503, expect.stringContaining('it did not answer within 2.5 s')]);
  });

  it('goes round in no circle when the processes do not agree', async () => {
    const { first } = await two('crossed');
    const { status, text } = await slack(first, { ...COMMAND, team_id: 'T0BOLT' });
    expect([status, text]).toEqual([508, expect.stringContaining('give all the same KITH_SHARD_URLS')]);
  });
});

describe('a way back of many installations', () => {
  it('leads to the tenant in the state, which checks it, and nowhere without one', async () => {
    const gateway = await open();
    const acme = serve(gateway, ACME);
    const ask = async (state: string) =>
      (await fetch(`${gateway.url}/hubspot/oauth/callback?code=c&state=${state}`)).status;
    expect(await ask(`${ACME}.secret`)).toBe(200);
    expect(acme).toEqual([{ path: `/hubspot/oauth/callback?code=c&state=${ACME}.secret`, body: '', signature: '' }]);
    expect([await ask('none'), await ask('.x.y'), await ask('slack.x')]).toEqual([400, 400, 400]);
    expect((await fetch(`${gateway.url}/slack/oauth_redirect?state=none&code=c`)).status).toBe(400);
  });
});

function nobody(shard: number): string {
  for (let i = 0; ; i++) if (shardOf(`nobody-${i}`, 2) === shard) return `nobody-${i}`;
}
