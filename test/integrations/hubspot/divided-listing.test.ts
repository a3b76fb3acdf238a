import { afterEach, expect, it } from 'vitest';
import { startStandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import type { PortalData, RecordTable } from '../../../demo/portal/portal-data.ts';
import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import { pagesOf, recordsOf } from '../../contracts/test-crm.ts';
import { startFakeHubspot } from './fake-hubspot.ts';
import { virtualTime } from './virtual-time.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) {
    await close();
  }
});

function products(ids: readonly string[]): PortalData {
  const table: RecordTable = {
    ids,
    createdAt: new Float64Array(ids.length),
    updatedAt: new Float64Array(ids.length),
    columns: new Map(),
  };
  return {
    account: { portalId: 1, name: 'Wide', timeZone: 'UTC', companyCurrency: 'EUR', currencies: [] },
    owners: [],
    stages: [],
    objects: new Map([['products', table]]),
    links: [],
    skipped: [],
  };
}

async function open(ids: readonly string[]) {
  const time = virtualTime();
  const limits = { perTenSeconds: 190, searchPerSecond: 5, daily: 250_000 };
  const server = await startStandInHubspot({ portal: products(ids), token: 't', limits, now: time.now });
  closing.push(server.close);
  const crm = await openHubspot({ accessToken: 't', basePath: server.url, ...time, random: () => 0.5 });
  return { crm, server };
}

/** Nine tenths of them lie close together at the end, as where an account grew fast. */
const LUMPY = Array.from({ length: 9000 }, (_, n) =>
  String(n < 900 ? 1_000_000 + n * 9_000_000 : 9_000_000_000 + n * 3),
);

it('gives every record of a long list once, however its ids are spread, for few calls more', async () => {
  const { crm, server } = await open(LUMPY);
  const before = server.calls();
  const pages = await pagesOf(crm, 'products');
  const ids = recordsOf(pages).map(({ id }) => id);
  expect(ids).toHaveLength(LUMPY.length);
  expect(new Set(ids)).toEqual(new Set(LUMPY));
  expect(server.calls() - before).toBeLessThan(90 + 15);
});

it('goes on from a checkpoint in the midst of several parts with all that was left', async () => {
  const { crm } = await open(LUMPY);
  const pages = await pagesOf(crm, 'products');
  const divided = pages.flatMap(({ next }, index) => (next?.includes(',') ? [index] : []));
  expect(divided.length).toBeGreaterThan(3);
  for (const index of divided) {
    const before = recordsOf(pages.slice(0, index + 1));
    const rest = recordsOf(await pagesOf(crm, 'products', pages[index]?.next ?? ''));
    expect(before.length + rest.length).toBe(LUMPY.length);
    expect(new Set([...before, ...rest].map(({ id }) => id))).toEqual(new Set(LUMPY));
  }
});

const SHUFFLED_COUNT = 6000;

/** In the order of ids as far as the first thousand; then the second half comes before the first. */
async function shuffled() {
  const ids = Array.from({ length: SHUFFLED_COUNT }, (_, n) => n + 1);
  const listed = [...ids.slice(0, 1000), ...ids.slice(3500), ...ids.slice(1000, 3500)];
  const server = await startFakeHubspot(({ path, body }) => {
    if (path.startsWith('/account-info/')) {
      return { status: 200, body: { portalId: 1, timeZone: 'UTC', companyCurrency: 'EUR' } };
    }
    if (path.startsWith('/crm/pipelines/') || path.startsWith('/crm/associations/')) {
      return { status: 200, body: { results: [] } };
    }
    if (body !== null) {
      return { status: 200, body: { total: ids.length, results: [{ id: '6000' }] } };
    }
    const after = new URL(path, 'http://x').searchParams.get('after');
    const start = after === null ? 0 : Math.max(0, listed.indexOf(Number(after)));
    const next = listed[start + 100];
    const properties = { amount: '0.10', hs_is_closed_won: 'true' };
    const results = listed.slice(start, start + 100).map((id) => ({ id: String(id), properties }));
    const paging = next === undefined ? {} : { paging: { next: { after: String(next) } } };
    return { status: 200, body: { results, ...paging } };
  });
  closing.push(server.close);
  return openHubspot({ accessToken: 't', basePath: server.url, ...virtualTime(), random: () => 0.5 });
}

it('reads a list again as one when a part of it turns out not to be in the order of ids', async () => {
  const found = recordsOf(await pagesOf(await shuffled(), 'products')).map(({ id }) => Number(id));
  expect(new Set(found).size).toBe(SHUFFLED_COUNT);
});

it('sums no revenue twice when it begins again', async () => {
  const { source } = await shuffled();
  expect(await source.rawRevenue()).toMatchObject({ amount: '600.00', deals: SHUFFLED_COUNT });
});

it('reads several types at once without one refusal, and asks for parts of a list side by side', async () => {
  const { crm, server } = await open(LUMPY);
  const types = await crm.source.objectTypes();
  const pages = await Promise.all(types.map((type) => pagesOf(crm, type)));
  expect(pages.flatMap((some) => recordsOf(some))).toHaveLength(LUMPY.length);
  // One call opened it; every other call was counted and none had to be repeated.
  expect(crm.source.calls()).toBe(server.calls());
});
