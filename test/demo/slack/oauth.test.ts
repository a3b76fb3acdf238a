import { WebClient } from '@slack/web-api';
import { afterEach, describe, expect, it } from 'vitest';
import { type StandInSlack, startStandInSlack } from '../../../demo/slack/start-stand-in-slack.ts';
import { demoWorkspace } from '../../../demo/workspace.ts';

const CLIENT = { client_id: '1.2', client_secret: 's3cret' };
const BACK = 'https://kith.example/slack/oauth_redirect';
const APP = {
  clientId: CLIENT.client_id,
  clientSecret: CLIENT.client_secret,
  redirectUrls: [BACK],
  scopes: ['commands', 'chat:write', 'users:read'],
  optionalScopes: ['users:read'],
};

let slack: StandInSlack | null = null;
afterEach(async () => slack?.close());

async function start() {
  let time = Date.now();
  const own = await startStandInSlack({ workspace: demoWorkspace('Acme', [], []), app: APP, now: () => time });
  slack = own;
  const client = new WebClient(undefined, { slackApiUrl: own.apiUrl, retryConfig: { retries: 0 } });
  const page = (query: Record<string, string>) => fetch(`${own.url}oauth/v2/authorize?${new URLSearchParams(query)}`);
  const link = {
    client_id: CLIENT.client_id,
    redirect_uri: BACK,
    scope: 'commands,chat:write,users:read',
    state: 'st&te',
  };
  return {
    slack: own,
    page,
    link,
    pass: (ms: number) => {
      time += ms;
    },
    async code(form: Record<string, string> = { optional: 'users:read' }, query: Record<string, string> = link) {
      const clicked = await fetch(`${own.url}oauth/v2/authorize?${new URLSearchParams(query)}`, {
        method: 'POST',
        body: new URLSearchParams({ decision: 'allow', ...form }),
        redirect: 'manual',
      });
      return new URL(clicked.headers.get('location') ?? '').searchParams;
    },
    access: (args: object) =>
      client.oauth.v2.access({ ...CLIENT, code: '', redirect_uri: BACK, ...args }).then(
        (answer) => answer,
        (error: { data: { error: string } }) => error.data,
      ),
  };
}

describe('the stand-in’s OAuth', () => {
  it('shows what is asked for and where it leads, and refuses a link that Slack would not take', async () => {
    const { page, link } = await start();
    const answer = await page(link);
    expect(answer.headers.get('content-security-policy')).toContain("form-action 'self' https://kith.example");
    const html = await answer.text();
    for (const scope of APP.scopes) expect(html).toContain(`<code>${scope}</code>`);
    expect(html.match(/type="checkbox"/g)).toHaveLength(1);
    const problems = [
      [{ ...link, client_id: 'x' }, 'invalid_client_id'],
      [{ ...link, redirect_uri: `${BACK}/x` }, 'bad_redirect_uri'],
      [{ ...link, scope: 'commands,admin' }, 'invalid_scope'],
      [{ ...link, scope: '' }, 'no_scopes'],
    ] as const;
    for (const [query, error] of problems) {
      const refused = await page(query);
      expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining(error)]);
    }
  });

  it('gives a code and the state back, or says that it was declined', async () => {
    const { code } = await start();
    expect((await code()).get('state')).toBe('st&te');
    const declined = await code({ decision: 'cancel' });
    expect([declined.get('error'), declined.get('code'), declined.get('state')]).toEqual([
      'access_denied',
      null,
      'st&te',
    ]);
  });

  it('exchanges a code once, within ten minutes, for the same address, and for the secret alone', async () => {
    const { code, access, pass, slack: own } = await start();
    const one = (await code()).get('code')!;
    expect(await access({ code: one, client_id: 'x' })).toMatchObject({ error: 'invalid_client_id' });
    expect(await access({ code: one, client_secret: 'x' })).toMatchObject({ error: 'bad_client_secret' });
    expect(await access({ code: 'x' })).toMatchObject({ error: 'invalid_code' });
    expect(own.botToken).toBe('');
    expect(await access({ code: one })).toMatchObject({
      ok: true,
      scope: 'commands,chat:write,users:read',
      team: { name: 'Acme' },
      is_enterprise_install: false,
    });
    expect(await access({ code: one })).toMatchObject({ error: 'code_already_used' });
    expect(await access({ code: (await code()).get('code')!, redirect_uri: `${BACK}?` })).toMatchObject({
      error: 'bad_redirect_uri',
    });
    const late = (await code()).get('code')!;
    pass(10 * 60_000);
    expect(await access({ code: late })).toMatchObject({ error: 'invalid_code' });
  });

  it('grants what was ticked and no more, and ends the token before it', async () => {
    const { code, access, slack: own } = await start();
    const as = (token: string) => new WebClient(token, { slackApiUrl: own.apiUrl, retryConfig: { retries: 0 } });
    await access({ code: (await code()).get('code')! });
    const first = own.botToken;
    const user = own.botUserId;
    expect((await as(first).users.info({ user })).ok).toBe(true);
    expect(await access({ code: (await code({})).get('code')! })).toMatchObject({ scope: 'commands,chat:write' });
    await expect(as(first).auth.test()).rejects.toMatchObject({ data: { error: 'token_revoked' } });
    await expect(as(own.botToken).users.info({ user })).rejects.toMatchObject({ data: { error: 'missing_scope' } });
    expect((await as(own.botToken).apps.uninstall(CLIENT)).ok).toBe(true);
    await expect(as(own.botToken).auth.test()).rejects.toMatchObject({ data: { error: 'account_inactive' } });
  });
});
