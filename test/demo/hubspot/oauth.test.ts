import { afterEach, describe, expect, it } from 'vitest';
import { startStandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { NO_LIMITS, smallPortal, TOKEN } from './small-portal.ts';

const CLIENT = { client_id: 'id', client_secret: 'secret' };
const BACK = 'http://localhost:3000/back';
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start() {
  let time = Date.UTC(2026, 5, 1);
  const app = { clientId: 'id', clientSecret: 'secret', redirectUrls: [BACK], lifetimeMs: 60_000 };
  const server = await startStandInHubspot({
    portal: smallPortal(),
    token: TOKEN,
    limits: NO_LIMITS,
    app,
    now: () => time,
  });
  closing.push(server.close);
  const post = async (form: Record<string, string>, path = '') => {
    const answer = await fetch(`${server.url}/oauth/2026-03/token${path}`, {
      method: 'POST',
      body: new URLSearchParams({ ...CLIENT, ...form }),
    });
    return { status: answer.status, body: JSON.parse((await answer.text()) || '{}') };
  };
  const link = (more: Record<string, string> = {}) =>
    `${server.url}/oauth/authorize?${new URLSearchParams({ client_id: 'id', redirect_uri: BACK, scope: 'oauth tickets', state: 's', ...more })}`;
  const code = async () => {
    const { headers } = await fetch(link({ decision: 'allow' }), { redirect: 'manual' });
    return new URL(headers.get('location')!).searchParams.get('code')!;
  };
  const exchange = (text: string, more: Record<string, string> = {}) =>
    post({ grant_type: 'authorization_code', code: text, redirect_uri: BACK, ...more });
  const renew = (refreshToken: string) => post({ grant_type: 'refresh_token', refresh_token: refreshToken });
  const call = async (token: string, path = '/account-info/2026-09/details') => {
    const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    return { status: answer.status, body: JSON.parse(await answer.text()), headers: answer.headers };
  };
  const pass = (milliseconds: number) => {
    time += milliseconds;
  };
  return { post, link, code, exchange, renew, call, pass };
}

describe('the stand-in’s OAuth', () => {
  it('takes a code once, in time, for the address that it was given to, from the app that knows its secret', async () => {
    const { code, exchange, pass } = await start();
    const wrong = async (text: string, more: Record<string, string>) => (await exchange(text, more)).body.status;
    expect(await wrong(await code(), { client_secret: 'x' })).toBe('BAD_CLIENT_SECRET');
    expect(await wrong(await code(), { client_id: 'x' })).toBe('BAD_CLIENT_ID');
    expect(await wrong(await code(), { redirect_uri: `${BACK}/` })).toBe('BAD_REDIRECT_URI');
    const good = await code();
    expect((await exchange(good)).body).toMatchObject({ hub_id: 424242, expires_in: 60, scopes: ['oauth', 'tickets'] });
    expect(await wrong(good, {})).toBe('BAD_AUTH_CODE');
    const late = await code();
    pass(60_000);
    expect(await wrong(late, {})).toBe('BAD_AUTH_CODE');
  });

  it('shows no button for an app or an address that it does not know', async () => {
    const { link } = await start();
    for (const more of [{ client_id: 'x' }, { redirect_uri: 'https://evil.example' }, { scope: 'tickets' }]) {
      const answer = await fetch(link({ ...more, decision: 'allow' }), { redirect: 'manual' });
      expect([answer.status, await answer.text()]).toEqual([400, expect.not.stringContaining('<button')]);
    }
  });

  it('gives tokens that do what was granted, until they end', async () => {
    const { code, exchange, call, pass, post } = await start();
    const { access_token: token } = (await exchange(await code())).body;
    const details = await call(token);
    expect(details.status).toBe(200);
    expect(details.headers.get('x-hubspot-ratelimit-daily')).toBeNull();
    expect((await call(token, '/crm/objects/2026-09/tickets')).status).toBe(200);
    expect((await call(token, '/crm/objects/2026-09/deals')).body.category).toBe('MISSING_SCOPES');
    expect((await post({ token }, '/introspect')).body).toMatchObject({ active: true, hub_id: 424242 });
    pass(60_000);
    expect(await call(token)).toMatchObject({ status: 401, body: { category: 'EXPIRED_AUTHENTICATION' } });
    expect((await post({ token }, '/introspect')).body).toEqual({ active: false });
  });

  it('ends a refresh token when what took its place is first used, and at once when it is revoked', async () => {
    const { code, exchange, renew, call, post } = await start();
    const first = (await exchange(await code())).body;
    const second = (await renew(first.refresh_token)).body;
    expect((await renew(first.refresh_token)).status).toBe(200);
    await call(second.access_token);
    expect((await renew(first.refresh_token)).body.status).toBe('BAD_REFRESH_TOKEN');
    expect((await post({ token: second.refresh_token }, '/revoke')).status).toBe(204);
    expect((await renew(second.refresh_token)).body.status).toBe('BAD_REFRESH_TOKEN');
  });
});
