import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createListener } from '../../integrations/http/create-listener.ts';
import { hubspotCallback } from '../../integrations/hubspot/oauth-callback.ts';
import { loadConfig } from '../../src/config.ts';
import { createCrmAccess } from '../../src/crm-access.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { CLIENT, click, installation } from '../integrations/hubspot/installation.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const APP = { HUBSPOT_CLIENT_ID: CLIENT.clientId, HUBSPOT_CLIENT_SECRET: CLIENT.clientSecret };
const noListener = () => expect.unreachable();

async function access(environment: Record<string, string>) {
  const parts = await installation();
  closing.push(parts.close);
  const config = loadConfig({
    KITH_DATA_DIR: parts.dataDir,
    KITH_IDENTITY_KEYS: parts.keys.map(({ id, secret }) => `${id}:${secret.toString('base64')}`).join(','),
    HUBSPOT_BASE_URL: parts.server.url,
    ...environment,
  });
  const app = config.hubspot.clientId === null ? null : parts.app;
  return { ...parts, access: createCrmAccess({ config, app, callback: hubspotCallback, now: parts.now }) };
}

describe('the way into the CRM', () => {
  it('is the token where one is set, the installation where an app is, and nothing else', async () => {
    expect((await access({ HUBSPOT_ACCESS_TOKEN: 'pat-x' })).access.token).toBe('pat-x');
    expect((await access({})).access.token).toBeNull();
    const { token } = (await access(APP)).access;
    if (token === null || typeof token === 'string') return expect.unreachable();
    await expect(token.current()).rejects.toMatchObject({
      code: 'crm-not-connected',
      message: expect.stringContaining('kith connect hubspot'),
    });
  });

  it('cannot be connected without an app, or without an address to come back to, and says which setting is missing', async () => {
    const why = async (environment: Record<string, string>) =>
      (await access(environment)).access.connect(noListener, noListener).then(
        () => expect.unreachable(),
        (error: Error) => error.message,
      );
    expect(await why({})).toMatch(/HUBSPOT_CLIENT_ID is not set/);
    expect(await why({ HUBSPOT_ACCESS_TOKEN: 'pat-x' })).toMatch(/HUBSPOT_ACCESS_TOKEN.*HUBSPOT_CLIENT_ID/);
    expect(await why({ ...APP, KITH_HTTP_PORT: '0' })).toMatch(/KITH_HTTP_PORT is 0 and KITH_PUBLIC_URL is not set/);
  });

  it('is opened on the listener that is there, comes back at the public address, and is withdrawn at HubSpot when forgotten', async () => {
    const {
      access: way,
      server,
      file,
      redirectUri,
      dataDir,
      app,
    } = await access({
      ...APP,
      KITH_PUBLIC_URL: 'http://public.example',
    });
    const real = createListener({ port: 0, logger: createLogger('silent'), ready: () => ({ ok: true, reason: '' }) });
    const listener = way.listener(real);
    const port = await listener.open();
    closing.push(listener.close);
    let connecting: Promise<unknown> = Promise.resolve();
    const announced = await new Promise<string>((resolve) => {
      connecting = way
        .connect((link, comesBackAt) => {
          expect(comesBackAt).toBe(`http://public.example${hubspotCallback.path}`);
          resolve(link);
        }, noListener)
        .catch((error: Error) => error);
    });
    const state = new URL(announced).searchParams.get('state')!;
    // The proxy of the public address leads to the listener; the stand-in takes only the redirect address that it knows.
    const strange = await fetch(announced);
    expect(strange.status).toBe(400);
    expect(await strange.text()).toContain('redirect address');
    const back = `http://127.0.0.1:${port}${hubspotCallback.path}?${new URLSearchParams({ state, error: 'access_denied' })}`;
    const [, refused] = await Promise.all([fetch(back), connecting]);
    expect(refused).toMatchObject({ code: 'not-allowed' });

    const code = new URL((await click(app.link(redirectUri, 'none'), 'allow')).back).searchParams.get('code')!;
    const tokens = await app.exchange(code, redirectUri);
    await file.save(tokens);
    expect(await way.disconnect()).toMatchObject({ portal: '424242', withdrawn: true });
    expect(existsSync(join(dataDir, 'hubspot-connection.json'))).toBe(false);
    await expect(app.refresh(tokens)).rejects.toMatchObject({ code: 'crm-not-connected' });
    expect(await way.disconnect()).toMatchObject({ portal: 'none', withdrawn: false });
    expect(server.oauth!.renewals()).toBe(0);
  });
});
