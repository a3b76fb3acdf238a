import { afterEach, describe, expect, it } from 'vitest';
import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import { startFakeHubspot } from './fake-hubspot.ts';
import { virtualTime } from './virtual-time.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) {
    await close();
  }
});

const ACCOUNT = { portalId: 42, timeZone: 'Europe/Berlin', companyCurrency: 'EUR' };

/** Says how many calls are left in the headers of its answers, or only when it is asked. */
async function start(dailyHeaders: Readonly<Record<string, string>>) {
  let isUsedUp = false;
  const server = await startFakeHubspot(({ path }) => {
    if (isUsedUp) return { status: 429, body: { policyName: 'DAILY' } };
    if (path.includes('/api-usage/')) {
      return { status: 200, body: { results: [{ name: 'daily', usageLimit: 1000, currentUsage: 950 }] } };
    }
    const body = path.startsWith('/account-info/') ? ACCOUNT : { status: 'COMPLETE', results: [] };
    return { status: 200, body, headers: dailyHeaders };
  });
  closing.push(server.close);
  return {
    server,
    useUp: () => {
      isUsedUp = true;
    },
  };
}

describe('the calls that HubSpot allows a day', () => {
  it('are asked for only where the headers do not tell them', async () => {
    const silent = await start({});
    const asked = await openHubspot({ accessToken: 't', basePath: silent.server.url, ...virtualTime() });
    expect(asked.budget?.()).toMatchObject({ dailyLimit: 1000, dailyRemaining: 50 });
    const headers = { 'x-hubspot-ratelimit-daily': '500', 'x-hubspot-ratelimit-daily-remaining': '499' };
    const telling = await start(headers);
    const told = await openHubspot({ accessToken: 't', basePath: telling.server.url, ...virtualTime() });
    expect(told.budget?.()).toEqual({ dailyLimit: 500, dailyRemaining: 499, reserve: 50, closedUntil: null });
    expect(telling.server.seen).toHaveLength(1);
  });

  it('leave the last tenth to what people have asked for or approved: write-back goes on where a sync must not', async () => {
    const { server } = await start({});
    const { source, sink } = await openHubspot({ accessToken: 't', basePath: server.url, ...virtualTime() });
    await expect(source.rawRevenue()).rejects.toMatchObject({ code: 'crm-limit' });
    expect(await sink.current('companies', ['1'], ['kith_tier'])).toEqual(new Map());
  });

  it('are shared by everything that is opened for the same account: what one job learned stops the next one', async () => {
    const { server, useUp } = await start({});
    const options = { accessToken: 'shared', basePath: server.url };
    const first = await openHubspot(options);
    useUp();
    await expect(first.sink.current('companies', ['1'], ['kith_tier'])).rejects.toMatchObject({ code: 'crm-limit' });
    const before = server.seen.length;
    await expect(openHubspot(options)).rejects.toMatchObject({
      code: 'crm-limit',
      message: expect.stringContaining('(Europe/Berlin)'),
    });
    expect(server.seen).toHaveLength(before);
  });
});
