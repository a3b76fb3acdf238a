import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Config } from './config.ts';
import { lacking } from './crm-connecting.ts';
import type { ChatInstallation } from './domain/chat-installation.ts';
import type { Instant } from './domain/crm.ts';
import { KithError } from './lib/errors.ts';
import type { Text } from './lib/text.ts';
import type { CallbackQuery, OAuthApp } from './ports/oauth.ts';
import { openState } from './state/state-store.ts';
import { connectionFile } from './store/connection-file.ts';
import { loadOrCreateKeys } from './store/identity-key-file.ts';
import { installationFile } from './store/installation-file.ts';
import type { TenantDirectory } from './tenant-directory.ts';
import { tenantDataDir, tenantFile } from './tenants.ts';
import { createUnfinishedSignUps } from './unfinished-sign-ups.ts';

/** What a browser brings from the first step to the second: for whom it signs up, and until when. */
const sessionSchema = z.strictObject({ name: z.string(), teamId: z.string(), expiresAt: z.number() });
type SignUpSession = z.infer<typeof sessionSchema>;

/** How long somebody may take from Slack to HubSpot. */
export const SESSION_MS = 60 * 60_000;
/**
 * Sign-up in two steps, each bound to the browser that takes it: Slack makes a folder with keys and the sealed installation, HubSpot
 * adds the sealed connection, and only then does NAME.env make it a tenant. Whoever stops in between goes on with the first step
 * again. Any process may take either step.
 */
export interface SignUp {
  /** Of the states of the first step, the same in every process. */
  readonly stateKey: Buffer;
  /** After Slack: the folder of a new tenant, or of one that was begun. KithError('too-many') where there is no room. */
  begin(installation: ChatInstallation): Promise<void>;
  /** For the browser that has just taken the first step; null where there is no second one. */
  session(installation: ChatInstallation): string | null;
  /** The session of a browser, if it is one and lasts. */
  sessionIn(token: string): SignUpSession | null;
  /** The link to HubSpot for this browser alone. */
  link(token: string): string;
  /** After HubSpot: the name of the tenant that there is now. KithError with what a person is told. */
  finish(token: string, query: CallbackQuery): Promise<{ readonly name: string; readonly portalId: string }>;
  /** Sign-ups that nobody went on with, and their sealed tokens, are removed; how many. */
  forget(): Promise<number>;
}

export function createSignUp(options: {
  /** The process's settings, with one app for Slack and one for HubSpot. */
  readonly root: Config;
  readonly tenantsDir: string;
  readonly app: OAuthApp;
  readonly redirectUri: string;
  readonly directory: TenantDirectory;
  readonly now: () => Instant;
}): SignUp {
  const { root, tenantsDir, app, redirectUri, directory, now } = options;
  const keyFor = (use: string): Buffer =>
    Buffer.from(hkdfSync('sha256', root.slack.clientSecret ?? '', '', `kith sign-up ${use}`, 32));
  const sessionKey = keyFor('session');
  const linkKey = keyFor('link');
  const folderOf = (name: string): string => tenantDataDir(root.dataDir, name);
  const keysOf = (name: string) => () => loadOrCreateKeys(folderOf(name), root.identityKeys);
  const installationOf = (name: string) => installationFile(folderOf(name), keysOf(name));

  const unfinished = createUnfinishedSignUps({
    folderOf,
    isTenant: (name) => existsSync(tenantFile(tenantsDir, name)),
    teamOf: (name) => installationOf(name).owner(),
    now,
  });

  const linkMac = (token: string, expiresAt: string): Buffer =>
    createHmac('sha256', linkKey).update(`${expiresAt} ${token}`).digest();

  const sessionIn: SignUp['sessionIn'] = (token) => {
    const [text = '', mac = ''] = token.split('.');
    if (!isSame(Buffer.from(mac, 'base64url'), createHmac('sha256', sessionKey).update(text).digest())) return null;
    const session = sessionSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return now() < session.expiresAt ? session : null;
  };

  /** From the storing of an installation to the page that tells of it. */
  const named = new WeakMap<ChatInstallation, string>();

  return {
    stateKey: keyFor('state'),
    async begin(installation) {
      const name = await unfinished.begin(installation);
      const file = installationOf(name);
      await file.exclusively(() => file.save(installation));
      named.set(installation, name);
    },
    session(installation) {
      const name = named.get(installation);
      if (name === undefined) return null;
      const session: SignUpSession = { name, teamId: installation.teamId, expiresAt: now() + SESSION_MS };
      const text = Buffer.from(JSON.stringify(session)).toString('base64url');
      return `${text}.${createHmac('sha256', sessionKey).update(text).digest('base64url')}`;
    },
    sessionIn,
    forget: unfinished.forget,
    link(token) {
      const expiresAt = String(now() + SESSION_MS);
      // No tenant's name in front: it is nobody's yet.
      return app.link(redirectUri, `.${expiresAt}.${linkMac(token, expiresAt).toString('base64url')}`);
    },
    async finish(token, { state, code, error }) {
      const session = sessionIn(token);
      const [, expiresAt = '', mac = ''] = state.split('.');
      const isOurs = isSame(Buffer.from(mac, 'base64url'), linkMac(token, expiresAt)) && now() < Number(expiresAt);
      if (session === null || !isOurs) throw new KithError('usage', NOT_BEGUN);
      const { name } = session;
      if (existsSync(tenantFile(tenantsDir, name))) throw new KithError('usage', DONE_BEFORE);
      const installation = await installationOf(name).read();
      if (installation === null || installation.botToken === null || installation.teamId !== session.teamId)
        throw new KithError('usage', NOT_BEGUN);
      if (error === 'access_denied') throw new KithError('not-allowed', DECLINED);
      if (error !== '' || code === '') throw new KithError('crm-auth', ENDED_THERE);
      const tokens = await app.exchange(code, redirectUri);
      const missing = app.neededScopes.filter((scope) => !tokens.scopes.includes(scope));
      if (missing.length > 0) throw new KithError('crm-scope', lacking(missing, AGAIN));
      if ((await directory.ofPortal(tokens.portalId)) !== null)
        throw new KithError('not-allowed', taken(tokens.portalId));
      const file = connectionFile(folderOf(name), keysOf(name));
      await file.exclusively(() => file.save(tokens));
      // Whoever signs up may decide everything, and give roles to others.
      const admin = { role: 'admin' as const, department: null, language: null, ownerIds: [] };
      const states = await openState(folderOf(name));
      await states.update(tokens.portalId, (state) => ({
        ...state,
        people: { ...state.people, [installation.installedBy]: admin },
      }));
      const day = new Date(now()).toISOString().slice(0, 10);
      const note = `# Signed up on ${day} from the Slack workspace ${session.teamId}, with HubSpot portal ${tokens.portalId}.\n`;
      // Last: from here on it is a tenant. Of two browsers that end at once, one makes it.
      await writeFile(tenantFile(tenantsDir, name), note, { flag: 'wx', mode: 0o600 });
      await unfinished.finished(name);
      directory.renew();
      return { name, portalId: tokens.portalId };
    },
  };
}

function isSame(given: Buffer, wanted: Buffer): boolean {
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

const AGAIN: Text = { en: 'try again', zh: '请重试' };
const NOT_BEGUN: Text = {
  en: 'This browser has not added Kith to Slack within the last hour, and nothing was changed; start again from the install page',
  zh: '此浏览器在过去一小时内没有将 Kith 添加到 Slack，未做任何更改；请从安装页面重新开始',
};
const DONE_BEFORE: Text = {
  en: 'This sign-up was finished before, and nothing was changed now; ask Kith in Slack with /kith help',
  zh: '此注册此前已完成，本次未做任何更改；请在 Slack 中输入 /kith help',
};
const DECLINED: Text = {
  en: 'HubSpot was told not to connect, and nothing was stored of it; try again when it is wanted, or choose another account there',
  zh: '已在 HubSpot 中拒绝连接，未保存其任何内容；需要时请重试，或在那里选择其他账户',
};
const ENDED_THERE: Text = {
  en: 'HubSpot ended the connection without a code, and nothing was stored of it; try again',
  zh: 'HubSpot 结束了连接但没有给出授权码，未保存其任何内容；请重试',
};

function taken(portalId: string): Text {
  return {
    en: `HubSpot account ${portalId} is connected to Kith already, for another Slack workspace, and nothing was changed; choose another account in HubSpot, or ask whoever runs Kith to end the other connection`,
    zh: `HubSpot 账户 ${portalId} 已为另一个 Slack 工作区连接到 Kith，未做任何更改；请在 HubSpot 中选择其他账户，或请 Kith 的运营方结束另一个连接`,
  };
}
