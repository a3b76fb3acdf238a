import { randomBytes } from 'node:crypto';
import type { Config } from './config.ts';
import { type Connecting, createConnecting } from './crm-connecting.ts';
import type { Instant } from './domain/crm.ts';
import type { Connected, Disconnected, HttpListener } from './kith.ts';
import { KithError } from './lib/errors.ts';
import { noteListening } from './note-listening.ts';
import type { OAuthApp, OAuthCallback, TokenSource } from './ports/oauth.ts';
import { connectionFile } from './store/connection-file.ts';
import { loadOrCreateKeys } from './store/identity-key-file.ts';
import { createTokenKeeper } from './token-keeper.ts';

/** How Kith may enter its CRM: with a token that was set, or as an app that was installed. */
export interface CrmAccess {
  /** Null where neither is set up. */
  readonly token: string | TokenSource | null;
  /** Mounts the way back from HubSpot; connecting uses this listener while it is open. */
  listener(listener: HttpListener): HttpListener;
  /** Tells the install link and waits for what becomes of it. KithError('config') without an app. */
  connect(announce: (link: string, redirectUri: string) => void, openListener: () => HttpListener): Promise<Connected>;
  disconnect(): Promise<Disconnected>;
  /** Whether there is a way in, be it good or not. */
  isConnected(): Promise<boolean>;
  /** Resolves with the next connection, or when `signal` ends the wait. */
  untilConnected(signal: AbortSignal): Promise<void>;
}

const UNINSTALL =
  'HubSpot still lists the app: uninstall it there too (Settings → Integrations → Connected Apps); the records copied so far stay in the data folder';

/** `app` is null without HUBSPOT_CLIENT_ID. Nothing is read before it is needed. */
export function createCrmAccess(options: {
  readonly config: Config;
  readonly app: OAuthApp | null;
  readonly callback: OAuthCallback;
  readonly now: () => Instant;
}): CrmAccess {
  const { config, app, callback, now } = options;
  const { dataDir, identityKeys } = config;
  const file = connectionFile(dataDir, () => loadOrCreateKeys(dataDir, identityKeys));
  const keeper = app === null ? null : createTokenKeeper({ app, file, now });
  const waiting = new Set<() => void>();
  const connecting: Connecting | null =
    app === null
      ? null
      : createConnecting({
          app,
          file,
          now,
          randomBytes,
          tenant: config.shared?.hubspot === true ? config.tenant : null,
          connected() {
            keeper?.reset();
            for (const done of [...waiting]) done();
          },
        });
  let isListening = false;

  return {
    token: config.hubspot.accessToken ?? keeper,
    listener(listener) {
      if (connecting === null) return listener;
      listener.mount(callback.path, callback.handler(connecting.take));
      return noteListening(listener, (isOpen) => {
        isListening = isOpen;
      });
    },
    async connect(announce, openListener) {
      if (app === null || connecting === null) throw noApp(config);
      const redirectUri = `${publicAddress(config)}${callback.path}`;
      const own = isListening ? null : openListener();
      await own?.open();
      try {
        const { link, connected } = connecting.begin(redirectUri);
        announce(link, redirectUri);
        const { portalId, scopes } = await connected;
        return {
          portal: portalId,
          scopes,
          not_granted: app.optionalScopes.filter((scope) => !scopes.includes(scope)),
          next: "'kith sync' copies the records, 'kith doctor' looks at everything",
        };
      } finally {
        await own?.close();
      }
    },
    isConnected: async () => keeper === null || (await file.owner()) !== null,
    untilConnected: (signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          waiting.delete(done);
          resolve();
        };
        waiting.add(done);
        signal.addEventListener('abort', done, { once: true });
      }),
    disconnect: () =>
      // No renewal under way may write back what is being forgotten.
      file.exclusively(async () => {
        const tokens = await file.read().catch((error: unknown) => {
          // One that opens no more cannot be withdrawn from here, and is deleted all the same.
          if (error instanceof KithError) return 'unreadable' as const;
          throw error;
        });
        let withdrawn = false;
        if (tokens !== null && tokens !== 'unreadable' && app !== null) {
          // At HubSpot first, as forgotten tokens cannot be withdrawn; where that fails they are forgotten all the same.
          withdrawn = await app.revoke(tokens).then(
            () => true,
            () => false,
          );
        }
        await file.forget();
        keeper?.reset();
        if (tokens === null) return { portal: 'none', withdrawn, next: 'there was no connection to forget' };
        return { portal: tokens === 'unreadable' ? 'unknown' : tokens.portalId, withdrawn, next: UNINSTALL };
      }),
  };
}

/** HubSpot sends a browser back to https, or to this very machine; for an app of several tenants to one address for all. */
function publicAddress({ publicUrl, httpPort, tenant, shared }: Config): string {
  const isShared = shared?.hubspot === true;
  const known = isShared ? shared.publicUrl : publicUrl;
  if (known !== null) return known;
  if (httpPort === 0)
    throw new KithError('config', {
      en: 'KITH_HTTP_PORT is 0 and KITH_PUBLIC_URL is not set, so there is no address for HubSpot to come back to; set one of them',
      zh: 'KITH_HTTP_PORT 为 0 且未设置 KITH_PUBLIC_URL，因此 HubSpot 没有可返回的地址；请设置其中之一',
    });
  return `http://localhost:${httpPort}${tenant === null || isShared ? '' : `/${tenant}`}`;
}

function noApp({ hubspot }: Config): KithError {
  if (hubspot.accessToken !== null)
    return new KithError('config', {
      en: 'Kith uses the token of HUBSPOT_ACCESS_TOKEN; to connect by OAuth, put HUBSPOT_CLIENT_ID and HUBSPOT_CLIENT_SECRET into .env in its place',
      zh: 'Kith 正在使用 HUBSPOT_ACCESS_TOKEN 的令牌；要通过 OAuth 连接，请在 .env 中改用 HUBSPOT_CLIENT_ID 和 HUBSPOT_CLIENT_SECRET',
    });
  return new KithError('config', {
    en: 'HUBSPOT_CLIENT_ID is not set; put the client id and the client secret of your app in HubSpot into .env (a Kith that is running reads them when it starts again)',
    zh: '未设置 HUBSPOT_CLIENT_ID；请将 HubSpot 应用的 client id 和 client secret 写入 .env（正在运行的 Kith 在重新启动时读取）',
  });
}
