import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checked } from '../../../integrations/hubspot/checked.ts';
import { unreachable } from '../../../integrations/hubspot/errors.ts';
import type { GovernedRequest, Wait } from '../../../integrations/hubspot/governed-request.ts';
import { createGovernor } from '../../../integrations/hubspot/governor.ts';
import { createSend } from '../../../integrations/hubspot/http.ts';
import { type Script, startFakeHubspot } from './fake-hubspot.ts';
import { virtualTime } from './virtual-time.ts';

const OK = { status: 200, body: { fine: true } };
const GET: GovernedRequest = { method: 'GET', path: '/crm/x', bucket: 'general', isIdempotent: true };
const CREATE: GovernedRequest = { ...GET, method: 'POST', body: { name: 'n' }, isIdempotent: false };

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) {
    await close();
  }
});

async function governed(script: Script, options: { timeoutMs?: number; path?: string } = {}) {
  const server = await startFakeHubspot(script);
  closing.push(server.close);
  const time = virtualTime();
  const waits: Wait[] = [];
  const governor = createGovernor({
    send: createSend({ accessToken: 'pat-secret', basePath: `${server.url}/` }),
    now: time.now,
    sleep: time.sleep,
    // Full jitter at its middle: half of 0.5, 1, 2 … seconds.
    random: () => 0.5,
    onWait: (wait) => waits.push(wait),
    timeoutMs: options.timeoutMs ?? 5000,
  });
  return { governor, server, time, waits };
}

const tooMany = (policyName: string, headers: Record<string, string> = {}) => ({
  status: 429,
  body: { status: 'error', errorType: 'RATE_LIMIT', policyName, correlationId: 'c-429' },
  headers,
});

describe('a call that HubSpot answers with "too many"', () => {
  it('waits as long as Retry-After says', async () => {
    const { governor, time } = await governed(({ number }) =>
      number === 1 ? tooMany('SECONDLY', { 'retry-after': '7' }) : OK,
    );
    expect(await governor.call(GET)).toEqual({ fine: true });
    expect(time.slept).toEqual([7250]);
    expect(governor.calls()).toBe(2);
  });

  it('waits ten seconds for the rolling policy and one for the others when Retry-After is missing', async () => {
    const rolling = await governed(({ number }) => (number === 1 ? tooMany('TEN_SECONDLY_ROLLING') : OK));
    await rolling.governor.call(GET);
    expect(rolling.time.slept).toEqual([10_250]);
    expect(rolling.waits).toEqual([{ milliseconds: 10_250, reason: 'too-many-requests' }]);
    const html = await governed(({ number }) => (number === 1 ? { status: 429, body: '<html>slow down</html>' } : OK));
    await html.governor.call(GET);
    expect(html.time.slept).toEqual([1250]);
  });

  it('gives up after several attempts', async () => {
    const { governor, server } = await governed(() => tooMany('SECONDLY'));
    await expect(governor.call(GET)).rejects.toMatchObject({ code: 'crm-limit' });
    expect(server.seen).toHaveLength(7);
  });

  it('is repeated even when it is not idempotent, as HubSpot did nothing', async () => {
    const { governor } = await governed(({ number }) => (number === 1 ? tooMany('SECONDLY') : OK));
    expect(await governor.call(CREATE)).toEqual({ fine: true });
  });
});

describe('a call that goes wrong', () => {
  it('is repeated with growing waits after 5xx answers, HTML or not', async () => {
    const { governor, time } = await governed(({ number }) =>
      number === 1 ? { status: 502, body: '<html>Bad gateway</html>' } : number === 2 ? { status: 500, body: {} } : OK,
    );
    expect(await governor.call(GET)).toEqual({ fine: true });
    expect(time.slept).toEqual([250, 500]);
  });

  it('is repeated after a reset connection and after a time-out', async () => {
    const { governor, server } = await governed(({ number }) => (number === 1 ? 'reset' : number === 2 ? 'hang' : OK), {
      timeoutMs: 60,
    });
    expect(await governor.call(GET)).toEqual({ fine: true });
    expect(server.seen).toHaveLength(3);
  });

  it('is never repeated when it is not idempotent and may have been done', async () => {
    for (const fault of ['reset', 'hang', { status: 502, body: '<html></html>' }] as const) {
      const { governor, server } = await governed(() => fault, { timeoutMs: 60 });
      await expect(governor.call(CREATE)).rejects.toMatchObject({
        code: typeof fault === 'string' ? 'crm-unreachable' : 'crm-answer',
      });
      expect(server.seen).toHaveLength(1);
    }
  });

  it('waits two seconds or more for a locked record, and as long as it is told during a migration', async () => {
    const locked = await governed(({ number }) => (number === 1 ? { status: 423, body: {} } : OK));
    await locked.governor.call(GET);
    expect(locked.time.slept).toEqual([2250]);
    const migrating = await governed(({ number }) =>
      number === 1 ? { status: 477, headers: { 'retry-after': '3600' } } : OK,
    );
    await migrating.governor.call(GET);
    expect(migrating.time.slept).toEqual([3_600_000]);
    expect(migrating.waits).toEqual([{ milliseconds: 3_600_000, reason: 'migrating' }]);
  });

  it('says until when a migration lasts that is longer than a job waits, and asks nothing until then', async () => {
    let isMigrating = true;
    const { governor, server, time } = await governed(() =>
      isMigrating ? { status: 477, headers: { 'retry-after': '36000' }, body: { correlationId: 'c-477' } } : OK,
    );
    governor.setTimeZone('Asia/Shanghai');
    const message = expect.stringMatching(
      /moving this account.*\(477\); calls start again at 16 Jan 2026, 06:00 \(Asia\/Shanghai\).*correlation id c-477/,
    );
    await expect(governor.call(GET)).rejects.toMatchObject({ code: 'crm-limit', message });
    await expect(governor.call(GET)).rejects.toMatchObject({ code: 'crm-limit', message });
    expect(server.seen).toHaveLength(1);
    expect(time.slept).toEqual([]);
    isMigrating = false;
    await time.sleep(36_000_000);
    expect(await governor.call(GET)).toEqual({ fine: true });
  });

  it('is handed back at once when HubSpot ran out of time over it and its caller can ask for less', async () => {
    const { governor, server } = await governed(() => ({ status: 524, body: '<html></html>' }));
    await expect(governor.call({ ...GET, isShrinkable: true })).rejects.toMatchObject({ status: 524 });
    expect(server.seen).toHaveLength(1);
  });

  it('tells a wrong token, the scopes that are missing, and what HubSpot said, with its correlation id and never the token', async () => {
    const wrong = await governed(() => ({ status: 401, body: { correlationId: 'c-401' } }));
    await expect(wrong.governor.call(GET)).rejects.toMatchObject({
      code: 'crm-auth',
      message:
        'HubSpot refused the access token (401); put a valid one into HUBSPOT_ACCESS_TOKEN [GET /crm/x, correlation id c-401]',
    });
    const scopes = { context: { requiredGranularScopes: ['crm.objects.deals.read', 'crm.objects.owners.read'] } };
    const missing = await governed(() => ({ status: 403, body: { category: 'MISSING_SCOPES', errors: [scopes] } }));
    await expect(missing.governor.call(GET)).rejects.toMatchObject({
      code: 'crm-scope',
      message: expect.stringContaining('try again: crm.objects.deals.read, crm.objects.owners.read ['),
    });
    const refused = await governed(() => ({ status: 400, body: { message: 'No\nsuch property' } }));
    const error: unknown = await refused.governor.call(GET).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'crm-answer', message: 'HubSpot answered 400 No such property [GET /crm/x]' });
    expect(JSON.stringify(error)).not.toContain('pat-secret');
  });

  it('is not understood when its answer is no JSON', async () => {
    const { governor } = await governed(() => ({ status: 200, body: '<html>log in</html>' }));
    await expect(governor.call(GET)).rejects.toMatchObject({
      code: 'crm-answer',
      message: expect.stringContaining('not JSON'),
    });
  });

  it('is repeated when its answer was cut off, and finds its correlation id in the headers of a page', async () => {
    const { governor } = await governed(({ number }) => (number === 1 ? { status: 200, body: '{"fine"' } : OK));
    expect(await governor.call(GET)).toEqual({ fine: true });
    const page = { body: '<html>no</html>', headers: { 'x-hubspot-correlation-id': 'c-page' } };
    for (const status of [200, 400, 502]) {
      const { governor: refused } = await governed(() => ({ status, ...page }));
      await expect(refused.call(GET)).rejects.toMatchObject({
        message: expect.stringContaining('correlation id c-page'),
      });
    }
  });

  it('names the correlation id of an answer that is found wrong only when it is read', async () => {
    const headers = { 'x-hubspot-correlation-id': 'c-shape' };
    const { governor } = await governed(() => ({ status: 200, body: { odd: 1 }, headers }));
    const answer = await governor.call(GET);
    expect(() => checked(z.object({ results: z.array(z.string()) }), answer, '/crm/x')).toThrow(
      expect.objectContaining({ code: 'crm-answer', message: expect.stringContaining('correlation id c-shape') }),
    );
  });

  it('says quickly that nothing listens at an address that never answered', async () => {
    const { server, time } = await governed(() => OK);
    await server.close();
    closing.pop();
    const governor = createGovernor({
      send: createSend({ accessToken: 't', basePath: server.url }),
      ...time,
      random: () => 0.5,
    });
    await expect(governor.call(CREATE)).rejects.toMatchObject({
      code: 'crm-unreachable',
      message: expect.stringContaining('nothing listens there (2 attempts)'),
    });
  });

  it('counts one attempt as one', () => {
    expect(unreachable(GET, new Error('fetch failed'), 1).message).toContain('(1 attempt)');
  });

  it('ends when its signal is aborted, even while it hangs', async () => {
    const { governor, server } = await governed(() => 'hang');
    const stop = new AbortController();
    const call = governor.call(GET, stop.signal);
    const ended = expect(call).rejects.toThrow('stopped');
    while (server.seen.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    stop.abort(new Error('stopped'));
    await ended;
  });
});

describe('the rate of calls', () => {
  it('stays within the limit that the answers name in every window', async () => {
    const at: number[] = [];
    const headers = { 'x-hubspot-ratelimit-max': '25', 'x-hubspot-ratelimit-interval-milliseconds': '10000' };
    let now = () => 0;
    const { governor, time } = await governed(() => {
      at.push(now());
      return { ...OK, headers };
    });
    now = time.now;
    await governor.call(GET);
    await Promise.all(Array.from({ length: 149 }, () => governor.call(GET)));
    for (const start of at) {
      expect(at.filter((t) => t >= start && t < start + 10_000).length).toBeLessThanOrEqual(25);
    }
    expect(at).toHaveLength(150);
  });

  it('is four searches a second, and none of them counts against the general limit', async () => {
    const { governor, time } = await governed(() => OK);
    const startedAt = time.now();
    await Promise.all(Array.from({ length: 12 }, () => governor.call({ ...GET, method: 'POST', bucket: 'search' })));
    expect(time.now() - startedAt).toBeGreaterThanOrEqual(2000);
    const before = time.slept.length;
    await Promise.all(Array.from({ length: 100 }, () => governor.call(GET)));
    expect(time.slept.length).toBe(before);
  });
});

describe('the calls of a day', () => {
  const DAILY = tooMany('DAILY', { 'x-hubspot-ratelimit-daily': '250000' });
  const day = (remaining: number) => ({
    ...OK,
    headers: { 'x-hubspot-ratelimit-daily': '1000', 'x-hubspot-ratelimit-daily-remaining': String(remaining) },
  });

  it("stop when they are used up until the account's own midnight, whose local time is told, and then go on", async () => {
    let isUsedUp = true;
    const { governor, server, time } = await governed(() => (isUsedUp ? DAILY : OK));
    // 12:00 UTC on 15 January is 07:00 there.
    governor.setTimeZone('America/New_York');
    const message = expect.stringMatching(
      /daily limit of 250000 calls is used up; calls start again at 16 Jan 2026, 00:00 \(America\/New_York\).*c-429/,
    );
    await expect(governor.call(GET)).rejects.toMatchObject({ code: 'crm-limit', message });
    await expect(governor.call({ ...GET, priority: 'person' })).rejects.toMatchObject({ code: 'crm-limit', message });
    expect(server.seen).toHaveLength(1);
    expect(governor.budget().closedUntil).toBe(Date.UTC(2026, 0, 16, 5));
    isUsedUp = false;
    await time.sleep(17 * 3_600_000);
    expect(governor.budget().closedUntil).toBeNull();
    expect(await governor.call(GET)).toEqual({ fine: true });
  });

  it("are tried again soon when HubSpot's clock has not reached the midnight that ours has passed", async () => {
    const { governor, time } = await governed(() => DAILY);
    await time.sleep(12 * 3_600_000 + 60_000);
    await expect(governor.call(GET)).rejects.toMatchObject({ code: 'crm-limit' });
    expect(governor.budget().closedUntil).toBe(time.now() + 15 * 60_000);
  });

  it('are counted between the answers that tell them, and the last tenth is kept for people', async () => {
    const { governor, server, time } = await governed(({ number }) => (number === 1 ? day(102) : OK));
    expect(governor.budget()).toEqual({ dailyLimit: null, dailyRemaining: null, reserve: null, closedUntil: null });
    await governor.call(GET);
    expect(governor.budget()).toEqual({ dailyLimit: 1000, dailyRemaining: 102, reserve: 100, closedUntil: null });
    await governor.call({ ...GET, bucket: 'search' });
    await governor.call(GET);
    await expect(governor.call(GET)).rejects.toMatchObject({
      code: 'crm-limit',
      message: expect.stringMatching(
        /last 100 of the day's 1000 calls to HubSpot are kept for people's commands; .*00:00/,
      ),
    });
    expect(await governor.call({ ...GET, priority: 'person' })).toEqual({ fine: true });
    expect(server.seen).toHaveLength(4);
    await time.sleep(12 * 3_600_000);
    expect(await governor.call(GET)).toEqual({ fine: true });
  });
});
