import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { languageOf, type Outcome, outcomePage, show } from '../../integrations/http/page.ts';
import { createOAuthApp } from '../../integrations/hubspot/oauth-app.ts';
import { hubspotCallback } from '../../integrations/hubspot/oauth-callback.ts';
import { createSlackInstaller } from '../../integrations/slack/create-slack-installer.ts';
import { REDIRECT_PATH } from '../../integrations/slack/install-paths.ts';
import type { Config } from '../config.ts';
import type { ChatInstallation } from '../domain/chat-installation.ts';
import type { Instant } from '../domain/crm.ts';
import { KithError, messageOf } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';
import type { Text } from '../lib/text.ts';
import { createSignUp, SESSION_MS } from '../sign-up.ts';
import { loadOrCreateKeys } from '../store/identity-key-file.ts';
import { installationFile } from '../store/installation-file.ts';
import type { TenantDirectory } from '../tenant-directory.ts';
import { tenantDataDir } from '../tenants.ts';

export const SIGN_UP_PATH = '/install';
const HUBSPOT_STEP_PATH = '/install/hubspot';
const COOKIE = 'kith-sign-up';
/** How often unfinished sign-ups are looked through. */
const LOOK_EVERY_MS = 10 * 60_000;

/** The pages on which somebody becomes a tenant: by path, and the two ways back. */
export interface SignUpPages {
  readonly pages: Readonly<Record<string, RequestListener>>;
  readonly backFromSlack: RequestListener;
  readonly backFromHubspot: RequestListener;
  /** Forgets sign-ups that nobody went on with, when it is time to look. */
  upkeep(): void;
}

/** Null where nobody may sign up. */
export function createSignUpPages(options: {
  readonly root: Config;
  readonly directory: TenantDirectory;
  readonly identityKeysOf: (tenant: string) => string | null;
  readonly logger: Logger;
  readonly now: () => Instant;
  /** Told of a new tenant, and of one that was added to Slack once more. */
  readonly added: (name: string) => void;
}): SignUpPages | null {
  const { root, directory, identityKeysOf, logger, now, added } = options;
  const { publicUrl, tenantsDir, dataDir } = root;
  const { clientId, clientSecret, baseUrl: basePath, engagements } = root.hubspot;
  const { clientId: slackId, clientSecret: slackSecret, apiUrl } = root.slack;
  if (!root.signUp || publicUrl === null || tenantsDir === null || clientId === null || clientSecret === null)
    return null;
  if (slackId === null || slackSecret === null) return null;
  const app = createOAuthApp({ clientId, clientSecret, basePath, engagements, now });
  const redirectUri = `${publicUrl}${hubspotCallback.path}`;
  const signUp = createSignUp({ root, tenantsDir, app, redirectUri, directory, now });
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  const cookieOf = (value: string, seconds: number): string =>
    `${COOKIE}=${value}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Lax${secure}`;
  const installer = createSlackInstaller({
    clientId: slackId,
    clientSecret: slackSecret,
    apiUrl,
    publicUrl,
    signUp: { path: SIGN_UP_PATH, key: signUp.stateKey },
    logger,
    now,
  });

  /** The tenant that serves the workspace already gets the new token. */
  async function renew(name: string, installation: ChatInstallation): Promise<void> {
    const folder = tenantDataDir(dataDir, name);
    const file = installationFile(folder, () => loadOrCreateKeys(folder, identityKeysOf(name)));
    await file.exclusively(() => file.save(installation));
  }

  const slackPages = installer.pages({
    isBound: async () => false,
    async keep(installation) {
      const name = await directory.ofTeam(installation.teamId);
      if (name === null) {
        await signUp.begin(installation);
        return 'new';
      }
      await renew(name, installation);
      logger.info('Kith was added again to the Slack workspace of a tenant', { tenant: name });
      added(name);
      return 'renewed';
    },
    next(installation) {
      const session = signUp.session(installation);
      if (session === null) return null;
      const cookie = cookieOf(session, SESSION_MS / 1000);
      return { text: ONE_MORE, href: HUBSPOT_STEP_PATH, label: CONNECT, cookie };
    },
  });

  function tell(request: IncomingMessage, response: ServerResponse, status: number, outcome: Outcome): void {
    show(response, status, outcomePage(languageOf(request, ''), outcome));
  }

  function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    logger.warn('A sign-up was not finished', { reason: messageOf(error) });
    const text = error instanceof KithError ? error.text : UNFINISHED;
    const isGone = signUp.sessionIn(cookieIn(request)) === null;
    const link = isGone ? { href: SIGN_UP_PATH, label: BACK } : { href: HUBSPOT_STEP_PATH, label: CONNECT };
    tell(request, response, error instanceof KithError ? 400 : 500, {
      isDone: false,
      title: NOT_YET,
      texts: [text],
      link,
    });
  }

  let lookedAt = Number.NEGATIVE_INFINITY;

  return {
    upkeep() {
      if (now() - lookedAt < LOOK_EVERY_MS) return;
      lookedAt = now();
      signUp
        .forget()
        .then((count) => {
          if (count > 0) logger.info('Sign-ups that nobody went on with were forgotten', { count });
        })
        .catch((error: unknown) => logger.warn('Unfinished sign-ups were not looked at', { reason: messageOf(error) }));
    },
    pages: {
      [SIGN_UP_PATH]: slackPages[SIGN_UP_PATH] ?? notFound,
      [HUBSPOT_STEP_PATH](request, response) {
        request.resume();
        const token = cookieIn(request);
        if (signUp.sessionIn(token) === null) return refuse(request, response, new KithError('usage', FIRST_SLACK));
        response.writeHead(302, { location: signUp.link(token), 'cache-control': 'no-store' }).end();
      },
    },
    backFromSlack: slackPages[REDIRECT_PATH] ?? notFound,
    backFromHubspot(request, response) {
      request.resume();
      const token = cookieIn(request);
      const teamId = signUp.sessionIn(token)?.teamId ?? '';
      const query = new URL(request.url ?? '/', 'http://kith').searchParams;
      const one = (name: string): string => query.get(name) ?? '';
      signUp
        .finish(token, { state: one('state'), code: one('code'), error: one('error') })
        .then(({ name, portalId }) => {
          logger.info('A tenant has signed up', { tenant: name, portal: portalId, team: teamId });
          added(name);
          response.appendHeader('set-cookie', cookieOf('', 0));
          const link = { href: `https://app.slack.com/client/${encodeURIComponent(teamId)}`, label: OPEN_SLACK };
          tell(request, response, 200, { isDone: true, title: DONE, texts: [COPYING, FIRST_STEPS], link });
        })
        .catch((error: unknown) => refuse(request, response, error));
    },
  };
}

function notFound(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404).end();
}

function cookieIn(request: IncomingMessage): string {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === COOKIE)?.[1] ?? '';
}

const ONE_MORE: Text = {
  en: 'One step is left: connect the HubSpot account that it is to answer from. You need to be a super admin there.',
  zh: '还剩一步：连接它要据以回答的 HubSpot 账户。您需要是该账户的超级管理员。',
};
const CONNECT: Text = { en: 'Connect HubSpot', zh: '连接 HubSpot' };
const BACK: Text = { en: 'To the install page', zh: '返回安装页面' };
const OPEN_SLACK: Text = { en: 'Open Slack', zh: '打开 Slack' };
const NOT_YET: Text = { en: 'HubSpot is not connected yet', zh: 'HubSpot 尚未连接' };
const DONE: Text = { en: 'Kith is set up', zh: 'Kith 已设置完成' };
const COPYING: Text = {
  en: 'It copies your HubSpot account now, which takes from a minute to some hours, and analyses it; until then it says that it is being started.',
  zh: '它正在复制您的 HubSpot 账户（需要一分钟到数小时不等）并进行分析；在此之前它会提示正在启动。',
};
const FIRST_STEPS: Text = {
  en: 'You are its administrator: type /kith help in Slack, invite it to a channel with /invite @Kith, and give others their roles with /kith people.',
  zh: '您是它的管理员：在 Slack 中输入 /kith help，用 /invite @Kith 邀请它进入频道，并用 /kith people 为他人分配角色。',
};
const FIRST_SLACK: Text = {
  en: 'Kith is added to Slack first, in this browser and not more than an hour ago; start from the install page',
  zh: '请先在此浏览器中将 Kith 添加到 Slack（一小时内有效）；请从安装页面开始',
};
const UNFINISHED: Text = {
  en: 'Kith could not finish, and the account is not connected; try again in a minute',
  zh: 'Kith 未能完成，账户尚未连接；请稍后重试',
};
