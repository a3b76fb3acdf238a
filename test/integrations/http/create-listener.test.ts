import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createListener, type Listener } from '../../../integrations/http/create-listener.ts';
import { createLogger } from '../../../src/lib/logger.ts';

const LOGGER = createLogger('silent');
const opened: Listener[] = [];
afterEach(async () => {
  for (const listener of opened.splice(0)) await listener.close();
});

async function open(ready = { ok: true, reason: '' }) {
  const listener = createListener({ port: 0, host: '127.0.0.1', logger: LOGGER, ready: () => ready });
  opened.push(listener);
  return { listener, url: `http://127.0.0.1:${await listener.open()}` };
}

describe('createListener', () => {
  it('tells that it lives and whether it can work', async () => {
    const { url } = await open({ ok: false, reason: 'no sync yet' });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { ok: false, reason: 'no sync yet' }]);
    expect((await fetch(`${url}/healthz`, { method: 'POST' })).status).toBe(405);
  });

  it('hands a path to its handler and nothing else to anybody', async () => {
    const { listener, url } = await open();
    listener.mount('/hook', (request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => response.end(`got ${body}`));
    });
    expect(await (await fetch(`${url}/hook?x=1`, { method: 'POST', body: 'hello' })).text()).toBe('got hello');
    expect((await fetch(`${url}/other`)).status).toBe(404);
  });

  it('gives what is below a prefix to another listener, which has the same limits and a health of its own', async () => {
    const { listener, url } = await open({ ok: true, reason: 'two are served' });
    const acme = createListener({
      port: 0,
      logger: LOGGER,
      instance: 'acme',
      within: { listener, prefix: 'acme' },
      ready: () => ({ ok: false, reason: 'no sync yet' }),
    });
    acme.mount('/hook', (request, response) => response.end(request.url));
    const status = async (path: string) => (await fetch(`${url}${path}`)).status;
    expect(await status('/acme/hook')).toBe(404);
    await acme.open();
    expect(await (await fetch(`${url}/acme/hook?x=1`)).text()).toBe('/hook?x=1');
    expect(await (await fetch(`${url}/acme/healthz`)).json()).toEqual({ ok: true, instance: 'acme' });
    expect([await status('/acme/readyz'), await status('/readyz')]).toEqual([503, 200]);
    // Nobody else's, and not at the root.
    expect([await status('/hook'), await status('/acme2/hook'), await status('/acme')]).toEqual([404, 404, 404]);
    const large = await fetch(`${url}/acme/hook`, { method: 'POST', body: 'x'.repeat(1_000_001) });
    expect(large.status).toBe(413);
    await acme.close();
    expect(await status('/acme/hook')).toBe(404);
    expect(await status('/readyz')).toBe(200);
  });

  it('refuses a body that is announced as too large, and ends one that grows too large', async () => {
    const { listener, url } = await open();
    let finished = false;
    listener.mount('/hook', (request, response) => {
      request.on('data', () => {});
      request.on('end', () => {
        finished = true;
        response.end();
      });
    });
    const status = await new Promise<number>((resolve, reject) => {
      const sent = httpRequest(
        `${url}/hook`,
        { method: 'POST', headers: { 'content-length': 2_000_000 } },
        (response) => {
          resolve(response.statusCode ?? 0);
          sent.destroy();
        },
      );
      sent.on('error', reject);
      sent.flushHeaders();
    });
    expect(status).toBe(413);
    await expect(
      new Promise((resolve, reject) => {
        const sent = httpRequest(`${url}/hook`, { method: 'POST' }, resolve);
        sent.on('error', reject);
        for (let part = 0; part < 20; part++) sent.write('x'.repeat(100_000));
        sent.end();
      }),
    ).rejects.toThrow();
    expect(finished).toBe(false);
  });

  it('says which port is taken', async () => {
    const { url } = await open();
    const port = Number(new URL(url).port);
    const second = createListener({ port, host: '127.0.0.1', logger: LOGGER, ready: () => ({ ok: true, reason: '' }) });
    await expect(second.open()).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining(String(port)),
    });
  });

  it('lets an answer that is being written finish before it closes', async () => {
    const { listener, url } = await open();
    let release: () => void = () => {};
    const arrived = new Promise<void>((resolve) => {
      listener.mount('/slow', (_, response) => {
        release = () => response.end('done');
        resolve();
      });
    });
    const answer = fetch(`${url}/slow`).then((response) => response.text());
    await arrived;
    const closing = listener.close();
    release();
    expect(await answer).toBe('done');
    await closing;
  });
});
