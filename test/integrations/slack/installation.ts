import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { StandInSlackApp } from '../../../demo/slack/oauth.ts';
import { createListener } from '../../../integrations/http/create-listener.ts';
import {
  createSlackInstaller,
  type SlackInstallerOptions,
} from '../../../integrations/slack/create-slack-installer.ts';
import { INSTALL_PATH, REDIRECT_PATH } from '../../../integrations/slack/install-paths.ts';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../../integrations/slack/scopes.ts';
import { createSlackAccess } from '../../../src/slack-access.ts';
import { type IdentityKey, newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { installationFile } from '../../../src/store/installation-file.ts';
import { LOGGER, standIn } from './with-stand-in.ts';

export const CLIENT = { clientId: '123.456', clientSecret: 'slack-very-secret' };
export const ALL_SCOPES = [...REQUIRED_SCOPES, ...OPTIONAL_SCOPES];
export const OTHER = { id: 'T0OTHER', name: 'Globex' };

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A browser that has clicked on Kith's button: Slack's address, and the cookie that Kith gave. */
export async function begin(installUrl: string, language = 'en'): Promise<{ link: string; cookie: string }> {
  const answer = await fetch(`${installUrl}?start=1&lang=${language}`, { redirect: 'manual' });
  if (answer.status !== 302) throw new Error(`The button answered ${answer.status}: ${await answer.text()}`);
  const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  return { link: answer.headers.get('location') ?? '', cookie };
}

/** A person's click on Slack's page; the address that it leads back to. */
export async function decide(
  link: string,
  { decision = 'allow', team = '', leaveOut = [] }: { decision?: string; team?: string; leaveOut?: string[] } = {},
): Promise<string> {
  const page = await fetch(link);
  const html = await page.text();
  if (page.status !== 200) throw new Error(`Slack's page answered ${page.status}: ${html}`);
  const ticked = [...html.matchAll(/name="optional" value="([^"]+)" checked/g)].map(([, scope]) => scope ?? '');
  const form = new URLSearchParams({ decision, team });
  for (const scope of ticked) if (!leaveOut.includes(scope)) form.append('optional', scope);
  const clicked = await fetch(link, { method: 'POST', body: form, redirect: 'manual' });
  return clicked.headers.get('location') ?? '';
}

export async function comeBack(back: string, cookie: string): Promise<{ status: number; page: string }> {
  const answer = await fetch(back, { headers: { cookie } });
  return { status: answer.status, page: plainOf(await answer.text()) };
}

/** From the button to Kith's last page. */
export async function addKith(
  installUrl: string,
  choice: Parameters<typeof decide>[1] & { language?: string } = {},
): Promise<{ status: number; page: string; back: string; cookie: string }> {
  const { link, cookie } = await begin(installUrl, choice.language);
  const back = await decide(link, choice);
  return { ...(await comeBack(back, cookie)), back, cookie };
}

function plainOf(html: string): string {
  return html.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

/** A stand-in Slack with an app, a data folder, and the parts of Kith that add it. */
export async function slackInstallation(
  options: {
    app?: Partial<StandInSlackApp>;
    installer?: Partial<SlackInstallerOptions>;
    redirectUrls?: readonly string[];
    isElsewhere?: (teamId: string) => Promise<boolean>;
  } = {},
) {
  let time = Date.now();
  const now = () => time;
  const dataDir = await mkdtemp(join(tmpdir(), 'kith-slack-oauth-'));
  const keys: IdentityKey[] = parseIdentityKeys(newIdentityKey());
  const file = installationFile(dataDir, async () => keys);
  const redirectUrls: string[] = [...(options.redirectUrls ?? [])];
  const slack = await standIn({
    app: {
      ...CLIENT,
      redirectUrls,
      scopes: ALL_SCOPES,
      optionalScopes: OPTIONAL_SCOPES,
      otherWorkspaces: [OTHER],
      ...options.app,
    },
  });
  const listener = createListener({
    port: 0,
    host: '127.0.0.1',
    logger: LOGGER,
    ready: () => ({ ok: true, reason: '' }),
  });
  const publicUrl = `http://127.0.0.1:${await listener.open()}`;
  if (options.redirectUrls === undefined) redirectUrls.push(`${publicUrl}${REDIRECT_PATH}`);
  const installer = createSlackInstaller({
    ...CLIENT,
    apiUrl: slack.apiUrl,
    publicUrl,
    logger: LOGGER,
    now,
    ...options.installer,
  });
  const { isElsewhere = async () => false } = options;
  const access = createSlackAccess({ file, installer, now, logger: LOGGER, isElsewhere });
  access.listener(listener);
  closing.push(async () => {
    await listener.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  return {
    slack,
    access,
    file,
    keys,
    dataDir,
    listener,
    now,
    installUrl: `${publicUrl}${INSTALL_PATH}`,
    redirectUrl: `${publicUrl}${REDIRECT_PATH}`,
    /** Moves Kith's clock. */
    pass(milliseconds: number) {
      time += milliseconds;
    },
  };
}
