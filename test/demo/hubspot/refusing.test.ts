import { afterEach, describe, expect, it } from 'vitest';
import { FAULTS } from '../../../demo/hubspot/faults.ts';
import { ALL_SCOPES } from '../../../demo/hubspot/scopes.ts';
import type { StandInHubspotOptions } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { NO_LIMITS, startSmall } from './small-portal.ts';

const COMPANIES = '/crm/objects/2026-09/companies';
const ASSOCIATIONS = '/crm/associations/2026-09/deals/companies/batch/read';
let close: () => Promise<void> = async () => {};
afterEach(() => close());

async function start(options: Partial<StandInHubspotOptions> = {}) {
  const started = await startSmall(options);
  close = () => started.server.close();
  return started;
}

describe('who may call', () => {
  it('refuses a missing and a wrong token with 401', async () => {
    const { server, call } = await start();
    const missing = await call('GET', COMPANIES, undefined, { authorization: '' });
    expect(missing.status).toBe(401);
    expect(missing.body).toMatchObject({ status: 'error', category: 'INVALID_AUTHENTICATION' });
    expect((await call('GET', COMPANIES, undefined, { authorization: 'Bearer other' })).status).toBe(401);
    expect((await call('GET', '/account-info/2026-09/details', undefined, { authorization: 'Basic x' })).status).toBe(
      401,
    );
    expect(server.calls()).toBe(3);
  });

  it('refuses what the token has no scope for with 403, and names the scopes', async () => {
    const { call } = await start({
      scopes: ALL_SCOPES.filter((scope) => !/line_items|companies\.write|tickets/.test(scope)),
    });
    const { status, body } = await call('GET', '/crm/objects/2026-09/line_items');
    expect(status).toBe(403);
    expect(body.category).toBe('MISSING_SCOPES');
    expect(body.errors[0].context.requiredGranularScopes).toEqual(['crm.objects.line_items.read']);
    expect((await call('PATCH', `${COMPANIES}/1000`, { properties: {} })).status).toBe(403);
    expect((await call('GET', '/crm/objects/2026-09/tickets')).body.errors[0].context.requiredGranularScopes).toEqual([
      'tickets',
    ]);
    expect((await call('GET', COMPANIES)).status).toBe(200);
  });
});

describe('how often one may call', () => {
  it('allows so many calls in any ten seconds, tells how many are left, and lets go as the window rolls', async () => {
    let now = 1_000_000;
    const { call } = await start({ limits: { ...NO_LIMITS, perTenSeconds: 3 }, now: () => now });
    for (const left of ['2', '1', '0']) {
      const { headers } = await call('GET', COMPANIES);
      expect(headers.get('x-hubspot-ratelimit-max')).toBe('3');
      expect(headers.get('x-hubspot-ratelimit-remaining')).toBe(left);
      expect(headers.get('x-hubspot-ratelimit-interval-milliseconds')).toBe('10000');
      now += 1000;
    }
    const first = await call('GET', COMPANIES);
    const second = await call('GET', COMPANIES);
    expect(first.status).toBe(429);
    expect(first.body).toMatchObject({ status: 'error', errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' });
    // The header is sometimes there and sometimes not.
    expect([first.headers.get('retry-after'), second.headers.get('retry-after')].sort()).toEqual(['7', null].sort());
    // The pool is not asked for association reads and searches.
    expect((await call('POST', ASSOCIATIONS, { inputs: [{ id: '500' }] })).status).toBe(200);
    expect((await call('POST', `${COMPANIES}/search`, {})).status).toBe(200);
    now = 1_010_000;
    expect((await call('GET', COMPANIES)).status).toBe(200);
    expect((await call('GET', COMPANIES)).status).toBe(429);
  });

  it('allows so many searches a second, without any rate header', async () => {
    let now = 5_000_000;
    const { call } = await start({ limits: { ...NO_LIMITS, searchPerSecond: 2 }, now: () => now });
    const search = () => call('POST', `${COMPANIES}/search`, { limit: 1 });
    const answers = [await search(), await search(), await search()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[2]!.body.policyName).toBe('SECONDLY');
    for (const { headers } of answers) expect([...headers.keys()].filter((name) => /ratelimit/.test(name))).toEqual([]);
    now += 1000;
    expect((await search()).status).toBe(200);
  });

  it('allows so many calls a day of the account’s own zone, and tells the day’s use', async () => {
    // In summer the day turns in Berlin at 22:00 UTC.
    let now = Date.UTC(2026, 6, 1, 21, 59);
    const { call } = await start({ limits: { ...NO_LIMITS, daily: 3 }, now: () => now });
    await call('GET', COMPANIES);
    const usage = await call('GET', '/account-info/2026-09/api-usage/daily/private-apps');
    expect(usage.body.results[0]).toMatchObject({ usageLimit: 3, currentUsage: 2 });
    expect(
      (await call('POST', ASSOCIATIONS, { inputs: [{ id: '500' }] })).headers.get(
        'x-hubspot-ratelimit-daily-remaining',
      ),
    ).toBe('0');
    const spent = await call('GET', COMPANIES);
    expect(spent.status).toBe(429);
    expect(spent.body.policyName).toBe('DAILY');
    expect(spent.headers.get('retry-after')).toBe(null);
    now = Date.UTC(2026, 6, 1, 22, 1);
    expect((await call('GET', COMPANIES)).status).toBe(200);
  });
});

describe('faults on the way', () => {
  it('come on the calls that a plan names, in the form that it names', async () => {
    const { server, call } = await start();
    server.setFault({
      on: '/companies',
      calls: {
        2: '429-ten-secondly',
        3: '429-ten-secondly-bare',
        4: '429-daily',
        5: '429-html',
        6: '423',
        7: '477',
        8: '502',
        9: '524',
      },
    });
    const answers = [];
    for (let n = 0; n < 10; n++) {
      await call('GET', '/crm/owners/2026-09');
      answers.push(await call('GET', COMPANIES));
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 429, 429, 429, 429, 423, 477, 502, 524, 200]);
    expect(answers[1]!.headers.get('retry-after')).toBe('1');
    expect(answers[2]!.headers.get('retry-after')).toBe(null);
    expect(answers[3]!.body.policyName).toBe('DAILY');
    expect(answers[4]!.text).toMatch(/^<!DOCTYPE html>/);
    expect(answers[6]!.headers.get('retry-after')).toBe('2');
    expect(answers[7]!.headers.get('content-type')).toContain('text/html');
  });

  it('may come after the work was done', async () => {
    const { server, call } = await start();
    server.setFault({ calls: { 1: 'done-500', 2: 'done-reset' } });
    expect((await call('PATCH', `${COMPANIES}/1000`, { properties: { name: 'Written' } })).status).toBe(500);
    expect(server.portal.properties('companies', '1000')!.name).toBe('Written');
    await expect(call('PATCH', `${COMPANIES}/1003`, { properties: { name: 'Too' } })).rejects.toThrow();
    expect(server.portal.properties('companies', '1003')!.name).toBe('Too');
  });

  it('may cut the connection or never answer', async () => {
    const { server, call } = await start();
    server.setFault({ calls: { 1: 'reset', 2: 'hang' } });
    await expect(call('GET', COMPANIES)).rejects.toThrow();
    const hanging = fetch(`${server.url}${COMPANIES}`, { signal: AbortSignal.timeout(100) });
    await expect(hanging).rejects.toThrow(/timeout|aborted/i);
    expect((await call('GET', COMPANIES)).status).toBe(200);
  });

  it('come by a seed, the same every time, as often as a share says and no more than allowed', async () => {
    const { server, call } = await start();
    const kinds = FAULTS.filter((fault) => !/hang|reset/.test(fault));
    const run = async () => {
      server.setFault({ seed: 5, share: 0.3, kinds, most: 6 });
      const statuses: number[] = [];
      for (let n = 0; n < 40; n++) statuses.push((await call('GET', COMPANIES)).status);
      return statuses;
    };
    const first = await run();
    expect(await run()).toEqual(first);
    expect(first.filter((status) => status !== 200)).toHaveLength(6);
    server.setFault(null);
    expect((await call('GET', COMPANIES)).status).toBe(200);
  });
});
