import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openGateway } from '../../../src/app/gateway.ts';
import { loadConfig } from '../../../src/config.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import { readTenants } from '../../../src/tenants.ts';
import { FORGOTTEN_AFTER_MS, MOST_UNFINISHED } from '../../../src/unfinished-sign-ups.ts';
import { freePort } from '../../integrations/slack/free-port.ts';
import { ALL_SCOPES, begin, CLIENT, decide } from '../../integrations/slack/installation.ts';
import { standIn } from '../../integrations/slack/with-stand-in.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

it.each([
  ['en', 'More companies are signing up just now than Kith takes at a time'],
  ['zh', '当前注册的公司超出 Kith 一次可接受的数量'],
] as const)(
  'answers a sign-up too many with a page that says so, and takes the app out again (%s)',
  async (language, words) => {
    const folder = await mkdtemp(join(tmpdir(), 'kith-sign-up-limit-'));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    const tenantsDir = join(folder, 'tenants.d');
    await mkdir(tenantsDir);
    let time = Date.now();
    for (let i = 0; i < MOST_UNFINISHED; i++) {
      const one = join(folder, 'data', 'tenants', `co-${i}`);
      await mkdir(one, { recursive: true });
      await writeFile(join(one, 'sign-up.pending'), String(time));
    }
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    const slack = await standIn({
      app: { ...CLIENT, redirectUrls: [`${publicUrl}/slack/oauth_redirect`], scopes: ALL_SCOPES },
    });
    const environment = {
      KITH_DATA_DIR: join(folder, 'data'),
      KITH_TENANTS_DIR: tenantsDir,
      KITH_SIGN_UP: 'on',
      KITH_HTTP_PORT: String(port),
      KITH_PUBLIC_URL: publicUrl,
      SLACK_MODE: 'http',
      SLACK_API_URL: slack.apiUrl,
      SLACK_SIGNING_SECRET: 'signing-secret',
      SLACK_CLIENT_ID: CLIENT.clientId,
      SLACK_CLIENT_SECRET: CLIENT.clientSecret,
      HUBSPOT_CLIENT_ID: 'h',
      HUBSPOT_CLIENT_SECRET: 'h-secret',
    };
    const root = loadConfig(environment);
    const gateway = openGateway({
      root,
      logger: createLogger('silent'),
      now: () => time,
      ready: () => ({ ok: true, reason: '' }),
      tenants: () => readTenants(environment, root),
      added: () => undefined,
    });
    await gateway.listener.open();
    closing.push(gateway.listener.close);

    const add = async () => {
      const { link, cookie } = await begin(`${publicUrl}/install`, language);
      return fetch(await decide(link), { headers: { cookie } });
    };
    const answer = await add();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '3600']);
    expect(answer.headers.get('set-cookie')).not.toContain('kith-sign-up');
    const page = await answer.text();
    expect(page).toContain(`<html lang="${language}">`);
    expect(page).toContain(words);
    expect(slack.calls('apps.uninstall')).toBe(1);
    expect(await readdir(join(folder, 'data', 'tenants'))).toHaveLength(MOST_UNFINISHED);

    // When they are forgotten there is room again.
    time += FORGOTTEN_AFTER_MS;
    gateway.upkeep();
    await expect.poll(() => readdir(join(folder, 'data', 'tenants'))).toEqual([]);
    expect((await add()).status).toBe(200);
  },
);
