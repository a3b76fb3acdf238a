import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HTTPReceiver, type Installation } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { ChatInstallation } from '../../src/domain/chat-installation.ts';
import { KithError, messageOf } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { type Language, say, type Text } from '../../src/lib/text.ts';
import type { ChatInstaller, InstallDesk, NextStep } from '../../src/ports/chat-install.ts';
import { languageOf, type Outcome, outcomePage, show } from '../http/page.ts';
import { boltLogger } from './bolt-logger.ts';
import { refusalText, takenInstallation } from './install-outcome.ts';
import { installPage } from './install-page.ts';
import { INSTALL_PATH, REDIRECT_PATH } from './install-paths.ts';
import { createInstallStates, languageIn } from './install-states.ts';
import { missingScopes, OPTIONAL_SCOPES, SCOPES } from './scopes.ts';
import { slackFailure } from './slack-errors.ts';
import { clientOptions } from './web-clients.ts';

export interface SlackInstallerOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Ends with /api/; Slack's page for installations is beside it. */
  readonly apiUrl: string;
  /** Kith's address as browsers reach it, without a slash at the end. */
  readonly publicUrl: string;
  /** Where the app's one way back is, when it is an app for several tenants: which of them is in the state. */
  readonly shared?: { readonly publicUrl: string; readonly tenant: string } | null;
  /** Of an installation that is nobody's yet: its page, and the key of all processes that take people back. */
  readonly signUp?: { readonly path: string; readonly key: Buffer } | null;
  readonly logger: Logger;
  readonly now: () => number;
}

const TIMEOUT_MS = 15_000;

/**
 * The installation of Kith's app by OAuth: Bolt's own dance (its state in a cookie too, `oauth.v2.access`, `auth.test`), with
 * Kith's pages around it and Kith's sealed file in the place of its store.
 */
export function createSlackInstaller(options: SlackInstallerOptions): ChatInstaller {
  const { clientId, clientSecret, apiUrl, publicUrl, shared = null, signUp = null, logger, now } = options;
  const redirectUri = `${shared?.publicUrl ?? publicUrl}${REDIRECT_PATH}`;
  const installPath = signUp?.path ?? INSTALL_PATH;
  const installUrl = `${publicUrl}${installPath}`;
  const ofState = { tenant: shared?.tenant ?? '', ...(signUp === null ? {} : { key: signUp.key }) };
  const scopes = SCOPES.map(({ name }) => name);
  const ofClient = clientOptions(apiUrl, TIMEOUT_MS, logger);
  const client = (botToken: string): WebClient => new WebClient(botToken, ofClient);

  function dance(desk: InstallDesk, came: WeakMap<Installation, Came>) {
    const { installer } = new HTTPReceiver({
      // It is asked for no events, so that there is nothing to verify.
      signingSecret: '',
      signatureVerification: false,
      endpoints: [],
      clientId,
      clientSecret,
      scopes,
      redirectUri,
      logger: boltLogger(logger),
      installationStore: {
        async storeInstallation(given) {
          const taken = takenInstallation(given, now());
          const kind = await keepOrLeave(desk, taken);
          came.set(given, { taken, kind });
        },
        fetchInstallation: () => Promise.reject(new KithError('usage', 'Kith reads its installation itself')),
      },
      installerOptions: {
        directInstall: true,
        installPath,
        redirectUriPath: REDIRECT_PATH,
        authorizationUrl: new URL('../oauth/v2/authorize', apiUrl).href,
        clientOptions: ofClient,
        stateStore: createInstallStates({ scopes, redirectUri, now, randomBytes, ...ofState }),
      },
    });
    if (installer === undefined) throw new KithError('config', 'Slack’s library did not make its installer');
    return installer;
  }

  /** What is not kept is of no use to anybody: the app is taken out of a workspace that is refused. */
  async function keepOrLeave(desk: InstallDesk, taken: ChatInstallation): Promise<Came['kind']> {
    try {
      return await desk.keep(taken);
    } catch (error) {
      const isRefused = error instanceof KithError && (error.code === 'not-allowed' || error.code === 'too-many');
      if (isRefused && (await desk.isElsewhere?.(taken.teamId)) !== true)
        await uninstall(taken.botToken).catch((reason: unknown) =>
          logger.warn('Kith could not take itself out of a workspace that it does not serve', {
            team: taken.teamId,
            reason: messageOf(reason),
          }),
        );
      throw error;
    }
  }

  async function uninstall(botToken: string): Promise<void> {
    await client(botToken).apps.uninstall({ client_id: clientId, client_secret: clientSecret });
  }

  return {
    installUrl,
    redirectUrl: redirectUri,
    optionalScopes: OPTIONAL_SCOPES,
    uninstall,
    async isGood(botToken) {
      try {
        await client(botToken).auth.test();
        return true;
      } catch (error) {
        return slackFailure(error).kind === 'auth' ? false : null;
      }
    },
    pages(desk) {
      const came = new WeakMap<Installation, Came>();
      const installer = dance(desk, came);

      const fail = (request: IncomingMessage, response: ServerResponse, error: unknown): void => {
        const query = new URL(request.url ?? '/', 'http://kith').searchParams;
        const { text, status } = refusalText(error, query.get('error') ?? '', redirectUri);
        logger.warn('an installation in Slack was not taken', { reason: text.en, cause: messageOf(error) });
        const language = languageOf(request, query.get('lang') ?? languageIn(query.get('state') ?? ''));
        const link = { href: `${installUrl}?lang=${language}`, label: BACK };
        const html = outcomePage(language, { isDone: false, title: NOT_DONE, texts: [text], link });
        if (status === 429) response.setHeader('retry-after', RETRY_AFTER_S);
        if (!response.headersSent) show(response, status, html);
      };

      return {
        [installPath]: get((request, response) => {
          const query = new URL(request.url ?? '/', 'http://kith').searchParams;
          const language = languageOf(request, query.get('lang') ?? '');
          if (query.has('start'))
            return installer.handleInstallPath(request, response, undefined, {
              scopes,
              redirectUri,
              metadata: language,
            });
          const isSignUp = signUp !== null;
          return desk.isBound().then((isBound) => show(response, 200, installPage(language, { isBound, isSignUp })));
        }, fail),
        [REDIRECT_PATH]: get(
          (request, response) =>
            installer.handleCallback(request, response, {
              success(installation, { metadata = '' }) {
                const language = languageOf(request, metadata);
                const { taken, kind } = came.get(installation)!;
                const next = desk.next?.(taken) ?? null;
                if (next !== null) response.appendHeader('set-cookie', next.cookie);
                show(response, 200, outcomePage(language, welcome(taken, kind, next)));
              },
              failure: (error) => fail(request, response, error),
            }),
          fail,
        ),
      };
    },
  };
}

interface Came {
  readonly taken: ChatInstallation;
  readonly kind: 'new' | 'renewed';
}

/** A page for GET alone; what goes wrong in it is a page too. */
function get(
  act: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  fail: (request: IncomingMessage, response: ServerResponse, error: unknown) => void,
) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    request.resume();
    if (request.method !== 'GET') {
      response.writeHead(405, { allow: 'GET' }).end();
      return;
    }
    act(request, response).catch((error: unknown) => fail(request, response, error));
  };
}

function welcome({ teamId, teamName, scopes }: ChatInstallation, kind: Came['kind'], next: NextStep | null): Outcome {
  const text: Text =
    kind === 'renewed'
      ? {
          en: `The connection to ${teamName} was renewed.`,
          zh: `与 ${teamName} 的连接已更新。`,
        }
      : next === null
        ? {
            en: `Kith was added to ${teamName}. Invite it to a channel with /invite @Kith, and type /kith help.`,
            zh: `Kith 已添加到 ${teamName}。用 /invite @Kith 邀请它进入频道，并输入 /kith help。`,
          }
        : { en: `Kith was added to ${teamName}.`, zh: `Kith 已添加到 ${teamName}。` };
  const missing = missingScopes(scopes, OPTIONAL_SCOPES);
  const uses = (language: Language): string =>
    missing.map(({ name, use }) => `${say(language, use)} (${name})`).join(language === 'en' ? '; ' : '；');
  const more: readonly Text[] =
    missing.length === 0
      ? []
      : [
          {
            en: `Left out, and so not working: ${uses('en')}. Adding Kith again brings it back.`,
            zh: `未授予、因此无法使用：${uses('zh')}。重新添加 Kith 即可恢复。`,
          },
        ];
  const link = next ?? { href: `https://app.slack.com/client/${encodeURIComponent(teamId)}`, label: OPEN_SLACK };
  return { isDone: true, title: DONE, texts: [text, ...more, ...(next === null ? [] : [next.text])], link };
}

/** An hour: what `too-many` asks for. */
const RETRY_AFTER_S = 3_600;
const DONE: Text = { en: 'Kith is in Slack', zh: 'Kith 已添加到 Slack' };
const NOT_DONE: Text = { en: 'Kith was not added', zh: '未能添加 Kith' };
const BACK: Text = { en: 'To the install page', zh: '返回安装页面' };
const OPEN_SLACK: Text = { en: 'Open Slack', zh: '打开 Slack' };
