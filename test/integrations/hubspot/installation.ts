import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StandInApp } from '../../../demo/hubspot/oauth.ts';
import { startStandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { createListener } from '../../../integrations/http/create-listener.ts';
import { createOAuthApp } from '../../../integrations/hubspot/oauth-app.ts';
import { hubspotCallback } from '../../../integrations/hubspot/oauth-callback.ts';
import { createConnecting } from '../../../src/crm-connecting.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import { connectionFile } from '../../../src/store/connection-file.ts';
import { type IdentityKey, newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { createTokenKeeper } from '../../../src/token-keeper.ts';
import { NO_LIMITS, smallPortal, TOKEN } from '../../demo/hubspot/small-portal.ts';

export const CLIENT = { clientId: 'a1b2-client', clientSecret: 'c3d4-very-secret' };

/** The way through HubSpot's page without a browser: opens the link, clicks, and follows to Kith's own page. */
export async function click(
  link: string,
  decision: 'allow' | 'deny',
): Promise<{ back: string; status: number; page: string }> {
  const page = await fetch(link);
  if (page.status !== 200) throw new Error(`The install page answered ${page.status}: ${await page.text()}`);
  const html = await page.text();
  const button = new RegExp(`<button name="decision" value="${decision}">`);
  if (!button.test(html)) throw new Error('There is nothing to click on');
  const clicked = await fetch(`${link}&decision=${decision}`, { redirect: 'manual' });
  const back = clicked.headers.get('location') ?? '';
  const answer = await fetch(back);
  return { back, status: answer.status, page: await answer.text() };
}

/** A stand-in HubSpot with an app, a data folder, and the parts of Kith that connect the two. */
export async function installation(
  options: {
    app?: Partial<StandInApp>;
    scopes?: readonly string[];
    portalId?: number;
    dataDir?: string;
    clientSecret?: string;
  } = {},
) {
  let time = Date.now();
  const now = () => time;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'kith-oauth-')));
  const keys: IdentityKey[] = parseIdentityKeys(newIdentityKey());
  const file = connectionFile(dataDir, async () => keys);
  const redirects: string[] = [];
  const portal = smallPortal();
  const server = await startStandInHubspot({
    portal:
      options.portalId === undefined
        ? portal
        : { ...portal, account: { ...portal.account, portalId: options.portalId } },
    token: TOKEN,
    limits: NO_LIMITS,
    app: { ...CLIENT, redirectUrls: redirects, ...options.app },
    now,
    ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
  });
  const app = createOAuthApp({
    ...CLIENT,
    ...(options.clientSecret === undefined ? {} : { clientSecret: options.clientSecret }),
    basePath: server.url,
    engagements: false,
    now,
    sleep: async () => undefined,
  });
  const keeper = createTokenKeeper({ app, file, now });
  const connecting = createConnecting({ app, file, now, randomBytes, connected: keeper.reset });
  const listener = createListener({ port: 0, logger: createLogger('silent'), ready: () => ({ ok: true, reason: '' }) });
  listener.mount(hubspotCallback.path, hubspotCallback.handler(connecting.take));
  const redirectUri = `http://127.0.0.1:${await listener.open()}${hubspotCallback.path}`;
  redirects.push(redirectUri);
  return {
    server,
    oauth: server.oauth!,
    app,
    file,
    keys,
    keeper,
    connecting,
    redirectUri,
    dataDir,
    now,
    /** Moves the clock of both sides. */
    pass(milliseconds: number) {
      time += milliseconds;
    },
    /** A Kith that has just started on the same folder. */
    restarted: () => createTokenKeeper({ app, file, now }),
    async connect() {
      const { link, connected } = connecting.begin(redirectUri);
      await click(link, 'allow');
      return connected;
    },
    async close() {
      await listener.close();
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
