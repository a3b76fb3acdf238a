import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Emulator } from 'emulate';
import { afterEach, describe, expect, it } from 'vitest';
import { createListener } from '../../../integrations/http/create-listener.ts';
import { checkUpSlack } from '../../../integrations/slack/check-up.ts';
import { createSlackInstaller } from '../../../integrations/slack/create-slack-installer.ts';
import { INSTALL_PATH, REDIRECT_PATH } from '../../../integrations/slack/install-paths.ts';
import { createSlackAccess } from '../../../src/slack-access.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { installationFile } from '../../../src/store/installation-file.ts';
import { freePort } from './free-port.ts';
import { ALL_SCOPES, begin, CLIENT, comeBack } from './installation.ts';
import { chatOf, LOGGER, REPORT } from './with-stand-in.ts';

/** A second Slack, written by others: what holds on it and on the stand-in is not a misreading of ours. */
const createEmulator = await import('emulate').then(
  (module) => module.createEmulator,
  () => null,
);
if (createEmulator === null)
  console.warn('The package emulate is not installed: its check of the OAuth installation is skipped');

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** The way through emulate's page: it asks who one is, and that is the consent. */
async function choosePerson(link: string): Promise<string> {
  const page = await fetch(link);
  const html = await page.text();
  if (page.status !== 200) throw new Error(`emulate answered ${page.status}: ${html}`);
  const [form = ''] = /<form[\s\S]*?<\/form>/.exec(html) ?? [];
  const action = /action="([^"]+)"/.exec(form)?.[1] ?? '';
  const body = new URLSearchParams();
  for (const [field] of form.matchAll(/<input[^>]*>/g)) {
    const value = /value="([^"]*)"/.exec(field)?.[1] ?? '';
    body.set(/name="([^"]*)"/.exec(field)?.[1] ?? '', value.replaceAll('&amp;', '&'));
  }
  const clicked = await fetch(new URL(action, link), { method: 'POST', body, redirect: 'manual' });
  return clicked.headers.get('location') ?? '';
}

async function onEmulate(scopes: readonly string[] = ALL_SCOPES, clientSecret = CLIENT.clientSecret) {
  const [port, own] = [await freePort(), await freePort()];
  const publicUrl = `http://127.0.0.1:${own}`;
  const emulator = await createEmulator?.({
    service: 'slack',
    port,
    baseUrl: `http://127.0.0.1:${port}`,
    seed: {
      slack: {
        strict_scopes: true,
        team: { name: 'Acme', domain: 'acme' },
        users: [{ name: 'maya', real_name: 'Maya Ortiz', email: 'maya@example.com' }],
        channels: [{ name: 'sales' }],
        oauth_apps: [
          {
            client_id: CLIENT.clientId,
            client_secret: CLIENT.clientSecret,
            name: 'Kith',
            redirect_uris: [`${publicUrl}${REDIRECT_PATH}`],
            scopes: [...scopes],
          },
        ],
      },
    },
  });
  closing.push(() => (emulator as Emulator).close());
  const dataDir = await mkdtemp(join(tmpdir(), 'kith-emulate-'));
  const keys = parseIdentityKeys(newIdentityKey());
  const apiUrl = `http://127.0.0.1:${port}/api/`;
  const access = createSlackAccess({
    file: installationFile(dataDir, async () => keys),
    installer: createSlackInstaller({
      clientId: CLIENT.clientId,
      clientSecret,
      apiUrl,
      publicUrl,
      logger: LOGGER,
      now: Date.now,
    }),
    now: Date.now,
    logger: LOGGER,
  });
  const listener = access.listener(
    createListener({ port: own, host: '127.0.0.1', logger: LOGGER, ready: () => ({ ok: true, reason: '' }) }),
  );
  await listener.open();
  closing.push(async () => {
    await listener.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  return { access, apiUrl, installUrl: `${publicUrl}${INSTALL_PATH}` };
}

describe.skipIf(createEmulator === null)('the OAuth installation on emulate, with strict scopes', () => {
  it('adds Kith, whose token may then do all that Kith does', async () => {
    const { access, apiUrl, installUrl } = await onEmulate();
    const { link, cookie } = await begin(installUrl);
    expect(await comeBack(await choosePerson(link), cookie)).toMatchObject({
      status: 200,
      page: expect.stringContaining('Kith was added to Acme'),
    });
    const standing = await access.standing();
    if (standing?.botToken == null) return expect.unreachable();
    expect([...standing.scopes].sort()).toEqual([...ALL_SCOPES].sort());

    const { botToken } = standing;
    const headers = { authorization: `Bearer ${botToken}` };
    const listed = await fetch(`${apiUrl}conversations.list`, { method: 'POST', headers });
    const { channels } = (await listed.json()) as { channels: { id: string; name: string }[] };
    const channelId = channels.find(({ name }) => name === 'sales')!.id;
    await fetch(`${apiUrl}conversations.join`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ channel: channelId }),
    });
    const chat = chatOf({ botToken, appToken: '', apiUrl } as Parameters<typeof chatOf>[0], { isInstalled: true });
    const message = { key: 'a', channelId, report: REPORT, threadId: null, replaces: null, file: null };
    expect(await chat.deliver(message)).toMatchObject({ outcome: 'sent', reduced: [] });
    const checkup = await checkUpSlack({
      botToken,
      installUrl,
      appToken: null,
      apiUrl,
      channels: { sales: channelId },
    });
    expect(checkup).toMatchObject({ name: expect.stringContaining('in Acme'), channels: [{ name: 'sales' }] });
  });

  it('takes a code once, and no code with another secret', async () => {
    const { installUrl } = await onEmulate();
    const first = await begin(installUrl);
    const back = await choosePerson(first.link);
    await comeBack(back, first.cookie);
    const again = await begin(installUrl);
    const replayed = new URL(back);
    replayed.searchParams.set('state', new URL(again.link).searchParams.get('state')!);
    expect(await comeBack(replayed.href, again.cookie)).toMatchObject({
      status: 400,
      page: expect.stringContaining('used before or is older than 10 minutes'),
    });

    const other = await onEmulate(ALL_SCOPES, 'another secret');
    const { link, cookie } = await begin(other.installUrl);
    expect((await comeBack(await choosePerson(link), cookie)).page).toContain('SLACK_CLIENT_SECRET');
    expect(await other.access.standing()).toBeNull();
  });
});
