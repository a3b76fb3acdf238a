import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ALL_SCOPES } from '../../demo/hubspot/scopes.ts';
import { LINK_LIFETIME_MS } from '../../src/crm-connecting.ts';
import { click, installation } from '../integrations/hubspot/installation.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const close of closing.splice(0).reverse()) await close();
});

async function ready(options: Parameters<typeof installation>[0] = {}) {
  const all = await installation(options);
  closing.push(all.close);
  const begin = () => {
    const { link, connected } = all.connecting.begin(all.redirectUri);
    // Looked at by the tests that wait for it; nobody looks at the others.
    connected.catch(() => undefined);
    return { link, connected, state: new URL(link).searchParams.get('state')! };
  };
  const isStored = () => existsSync(join(all.dataDir, 'hubspot-connection.json'));
  const come = async (query: Record<string, string>) => {
    const answer = await fetch(`${all.redirectUri}?${new URLSearchParams(query)}`);
    return { status: answer.status, page: await answer.text(), headers: answer.headers };
  };
  return { ...all, begin, isStored, come };
}

describe('an install link', () => {
  it('asks for exactly the scopes that Kith uses, and for nothing that it does not', async () => {
    const { begin } = await ready();
    const { searchParams: query } = new URL(begin().link);
    const scopes = query.get('scope')!.split(' ');
    const optional = query.get('optional_scope')!.split(' ');
    const engagements = ['crm.objects.feedback_submissions.read', 'sales-email-read'];
    const used = ALL_SCOPES.filter((scope) => scope !== 'crm.objects.deals.write' && !engagements.includes(scope));
    expect([...scopes, ...optional].sort()).toEqual(['oauth', ...used].sort());
    expect(optional.every((scope) => /write|schemas/.test(scope))).toBe(true);
  });

  it('leads by a click on Allow to a stored connection and a page that says so in both languages', async () => {
    const { begin, isStored } = await ready();
    const { link, connected } = begin();
    const { status, page } = await click(link, 'allow');
    expect(status).toBe(200);
    expect(page).toContain('Kith is connected to HubSpot portal 424242');
    expect(page).toContain('Kith 已连接到 HubSpot 账户 424242');
    expect((await connected).portalId).toBe('424242');
    expect(isStored()).toBe(true);
  });

  it('holds 256 random bits, another every time', async () => {
    const { begin } = await ready();
    const states = Array.from({ length: 20 }, () => begin().state);
    expect(new Set(states).size).toBe(20);
    for (const state of states) expect(Buffer.from(state, 'base64url')).toHaveLength(32);
  });

  it('declined in HubSpot stores nothing and says so', async () => {
    const { begin, isStored } = await ready();
    const { link, connected } = begin();
    const { status, page } = await click(link, 'deny');
    expect(status).toBe(400);
    expect(page).toContain('declined in HubSpot');
    expect(page).toContain('被拒绝');
    await expect(connected).rejects.toMatchObject({
      code: 'not-allowed',
      message: expect.stringContaining('declined'),
    });
    expect(isStored()).toBe(false);
  });

  it('that lacks a needed scope stores nothing and names the scope', async () => {
    const { begin, isStored } = await ready({ scopes: ALL_SCOPES.filter((scope) => scope !== 'tickets') });
    const { link, connected } = begin();
    const { page } = await click(link, 'allow');
    expect(page).toContain('tickets');
    await expect(connected).rejects.toMatchObject({ code: 'crm-scope', message: expect.stringMatching(/: tickets$/) });
    expect(isStored()).toBe(false);
  });

  it('ends by itself when nobody comes', async () => {
    const { begin } = await ready();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { connected } = begin();
    vi.advanceTimersByTime(LINK_LIFETIME_MS);
    await expect(connected).rejects.toMatchObject({
      code: 'job-timeout',
      message: expect.stringContaining('10 minutes'),
    });
  });
});

describe('a state', () => {
  it('that is not ours, or nearly ours, or missing, does nothing, with or without an error', async () => {
    const { begin, come, isStored, server } = await ready();
    const { state, link } = begin();
    const calls = server.calls();
    const last = state.at(-1) === 'A' ? 'B' : 'A';
    for (const query of [
      { code: 'x' },
      { code: 'x', state: '' },
      { code: 'x', state: `${state.slice(0, -1)}${last}` },
      { code: 'x', state: `${state}A` },
      { error: 'access_denied', state: 'other' },
    ] as Record<string, string>[]) {
      const { status, page } = await come(query);
      expect(status).toBe(400);
      expect(page).toContain('not waiting for this link');
    }
    expect(server.calls()).toBe(calls);
    expect(isStored()).toBe(false);
    // The right one still works.
    expect((await click(link, 'allow')).status).toBe(200);
  });

  it('works once: the same way back a second time changes nothing', async () => {
    const { begin, come, server, file } = await ready();
    const { link } = begin();
    const { back } = await click(link, 'allow');
    const stored = await file.read();
    const calls = server.calls();
    const replay = await fetch(back);
    expect(replay.status).toBe(400);
    expect(await replay.text()).toContain('used before');
    expect((await come({ state: new URL(back).searchParams.get('state')!, code: 'another' })).page).toContain(
      'used before',
    );
    expect(server.calls()).toBe(calls);
    expect(await file.read()).toEqual(stored);
  });

  it('is one person’s even when two come at the same moment', async () => {
    const { begin, oauth, redirectUri } = await ready();
    const { state, link } = begin();
    const request = oauth.requestIn(new URL(link).searchParams);
    if ('problem' in request) return expect.unreachable(request.problem);
    const way = () => `${redirectUri}?${new URLSearchParams({ state, code: oauth.allow(request) })}`;
    const answers = await Promise.all([fetch(way()), fetch(way())]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  it('ends after ten minutes', async () => {
    const { begin, pass, isStored } = await ready();
    const { link } = begin();
    pass(LINK_LIFETIME_MS);
    const { status, page } = await click(link, 'allow');
    expect(status).toBe(400);
    expect(page).toContain('older than 10 minutes');
    expect(page).toContain('超过 10 分钟');
    expect(isStored()).toBe(false);
  });
});

describe('the page that people come back to', () => {
  it('repeats nothing of the address, is kept nowhere, and may load nothing', async () => {
    const { begin, come } = await ready();
    const evil = '"><script>alert(1)</script>';
    const { state } = begin();
    for (const query of [
      { state: evil, code: evil },
      { state, error: evil, error_description: evil },
    ]) {
      const { page, headers } = await come(query);
      expect(page).not.toContain('script>alert');
      expect(page).not.toContain('alert(1)');
      expect(page).not.toContain(state);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });

  it('takes no other method', async () => {
    const { redirectUri, begin } = await ready();
    const answer = await fetch(`${redirectUri}?state=${begin().state}&code=x`, { method: 'POST' });
    expect(answer.status).toBe(405);
  });

  it('says that the terminal knows more when HubSpot refuses the code, without the code', async () => {
    const { begin, come, isStored } = await ready();
    const { state, connected } = begin();
    const { page } = await come({ state, code: 'code-that-was-never-given' });
    expect(page).toContain('could not finish');
    const error = await connected.catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: 'crm-auth', message: expect.stringContaining('BAD_AUTH_CODE') });
    expect(String(error)).not.toContain('never-given');
    expect(isStored()).toBe(false);
  });
});

describe('a second installation', () => {
  it('of the same portal takes the place of the first', async () => {
    const { connect, file } = await ready();
    const first = await connect();
    const second = await connect();
    expect(second.accessToken).not.toBe(first.accessToken);
    expect((await file.read())?.accessToken).toBe(second.accessToken);
  });

  it('in another portal is refused in words that name both, and the first one stays', async () => {
    const first = await ready();
    const kept = await first.connect();
    const other = await ready({ portalId: 777, dataDir: first.dataDir });
    other.keys.splice(0, 1, ...first.keys);
    const { link, connected } = other.begin();
    const { page } = await click(link, 'allow');
    expect(page).toMatch(/connected to HubSpot portal 424242.*allowed in portal 777/);
    await expect(connected).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/424242.*777.*KITH_DATA_DIR.*kith disconnect hubspot/),
    });
    expect(await first.file.read()).toEqual(kept);
  });
});
