import { afterEach, describe, expect, it } from 'vitest';
import { type StandInHubspot, startStandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import { sync } from '../../../src/jobs/sync.ts';
import { systemStatus } from '../../../src/jobs/system-status.ts';
import { wellFormed } from '../../../src/lib/well-formed.ts';
import type { PortalStore } from '../../../src/store/portal-store.ts';
import { NO_LIMITS, smallPortal, TOKEN } from '../../demo/hubspot/small-portal.ts';
import { withStore } from '../../src/store/with-store.ts';
import { type Script, startFakeHubspot } from './fake-hubspot.ts';
import { virtualTime } from './virtual-time.ts';

const store = withStore();
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A stand-in CRM of 250 companies, 3 contacts and 8 deals, and what copies it. */
async function small(portalId: string, throughProxy: Script | null = null) {
  const server = await startStandInHubspot({ portal: smallPortal(), token: TOKEN, limits: NO_LIMITS });
  closing.push(server.close);
  const portal = await store.portal(portalId);
  const time = virtualTime();
  const open = (basePath: string) => openHubspot({ accessToken: TOKEN, basePath, ...time, random: () => 0.5 });
  let basePath = server.url;
  if (throughProxy !== null) {
    const proxy = await startFakeHubspot(throughProxy);
    closing.push(proxy.close);
    basePath = proxy.url;
  }
  const copy = async (full = true) => {
    const { source } = await open(basePath);
    return sync({ source, portal, progress: { update: () => undefined }, now: () => Date.now(), full });
  };
  return { server, portal, copy };
}

const rejectsOf = async (portal: PortalStore) =>
  (await portal.crm.rejects()).map(({ objectType, recordId, reason }) => [objectType, recordId, reason]);
const nameOf = async (portal: PortalStore, id: string) =>
  (
    await portal.query<{ name: string }>('SELECT name FROM {db:Identifier}.companies FINAL WHERE id = {id:String}', {
      id,
    })
  )[0]?.name;
const countOf = async ({ portal }: { portal: StandInHubspot['portal'] }, stored: PortalStore) => [
  portal.ids('deals').length,
  (await stored.crm.counts()).deals,
];

describe('a hostile record', () => {
  it.each([
    ['amount', 'a lot'],
    ['amount', '1e999'],
    ['amount', 'NaN'],
    ['closedate', 'the day after tomorrow'],
    ['closedate', '99999999999999999999'],
    ['closedate', '\u0000'],
  ])('with %s "%s" is set aside with its id and the reason, and the others are copied', async (property, value) => {
    const { server, portal, copy } = await small(`wrong-${property}-${Buffer.from(value).toString('hex')}`);
    server.portal.edit('deals', '503', { [property]: value });
    const report = await copy();
    expect(report.rejected).toBe(1);
    expect(await rejectsOf(portal)).toEqual([['deals', '503', expect.stringContaining(property)]]);
    expect(await countOf(server, portal)).toEqual([8, 7]);
    expect(report.counts).toMatchObject({ companies: 250, contacts: 3 });
  });

  it('says nothing of a value that may be a person’s in its reason', async () => {
    const { server, portal, copy } = await small('private');
    server.portal.edit('deals', '503', { amount: `${'x'.repeat(60)} ann@c0.example` });
    await copy();
    const [[, , reason] = []] = await rejectsOf(portal);
    expect(reason).not.toContain('ann@');
  });

  it.each([
    ['an emoji', '🦔 Ünï 黄河 🇩🇪'],
    ['a null byte', 'Acme\u0000Ltd'],
    ['half of a surrogate pair', 'Acme \ud83d Ltd'],
    ['what turns writing around, tabs and line breaks', 'a\u202Eb\tc\nd\r\u2028e'],
    ['quotes, braces and backslashes', `'"\\{db:Identifier}\\'; DROP TABLE deals; --`],
    ['65,536 characters', '長'.repeat(65_536)],
  ])('with %s in a text is copied as it is', async (what, value) => {
    const { server, portal, copy } = await small(`text-${what.length}`);
    server.portal.edit('companies', '1003', { name: value });
    server.portal.edit('contacts', '2', { firstname: value });
    expect((await copy()).rejected).toBe(0);
    // The engine keeps well-formed text: half of a pair becomes the sign for what cannot be read.
    expect(await nameOf(portal, '1003')).toBe(wellFormed(value));
    expect((await portal.identity.read(['2'])).get('2')?.firstName).toBe(wellFormed(value));
  });
});

describe('the quarantine', () => {
  it('is told by the sync and counted in the status, and lets a record go once it is read well', async () => {
    const { server, portal, copy } = await small('mended');
    server.portal.edit('deals', '503', { amount: 'a lot' });
    server.portal.edit('deals', '505', { closedate: 'never' });
    await copy();
    const status = async () =>
      (
        await systemStatus({
          portal,
          account: (await portal.crm.account())!,
          outbox: { pending: async () => [], troubled: async () => [] },
          jobs: [],
          now: 0,
        })
      ).rejected;
    expect(await status()).toBe(2);
    server.portal.edit('deals', '503', { amount: '12.50' });
    expect((await copy(false)).backfilled).toBe(false);
    expect(await rejectsOf(portal)).toEqual([['deals', '505', expect.stringContaining('closedate')]]);
    expect(await status()).toBe(1);
    server.portal.archive('deals', '505');
    await copy();
    expect(await rejectsOf(portal)).toEqual([]);
    expect((await portal.crm.counts()).deals).toBe(7);
  });

  it('lets one record go when that alone is read, keeps the others, and outlives a restart', async () => {
    const portal = await store.portal('by-id');
    const bad = (recordId: string) =>
      ({ objectType: 'companies', recordId, place: 'p', reason: 'unreadable' }) as const;
    await portal.crm.reject([bad('1'), bad('2'), { ...bad('1'), objectType: 'contacts' }]);
    await store.reopen();
    const again = await store.portal('by-id');
    const company = { domain: '', industry: '', country: '', employees: null, ownerId: '', parentCompanyId: '' };
    const base = { createdAt: 1, updatedAt: 1, archived: false, extra: {} };
    await again.crm.upsert('companies', [{ ...base, ...company, id: '1', name: 'One' }], { origin: 'by-id' });
    expect(await rejectsOf(again)).toEqual([
      ['companies', '2', 'unreadable'],
      ['contacts', '1', 'unreadable'],
    ]);
    await again.crm.remove('companies', ['2'], 'purged');
    expect(await rejectsOf(again)).toEqual([['contacts', '1', 'unreadable']]);
    await again.crm.reject([bad('2')]);
    expect(await rejectsOf(again)).toHaveLength(2);
  });
});

describe('an answer that is none', () => {
  const LIST = 'GET /crm/objects/2026-09/deals';
  const ACCOUNT = { portalId: 42, timeZone: 'UTC', companyCurrency: 'EUR' };
  /** A HubSpot with three deals; `broken` decides what becomes of a call for them. */
  const withDeals = (broken: (time: number) => ReturnType<Script> | null): Script => {
    let time = 0;
    return ({ method, path }) => {
      if (path.startsWith('/account-info/')) return { status: 200, body: ACCOUNT };
      if (!`${method} ${path}`.startsWith(LIST) || path.includes('archived=true'))
        return { status: 200, body: { results: [] } };
      time += 1;
      const results = ['1', '2', '3'].map((id) => ({ id, properties: { amount: '1' } }));
      return broken(time) ?? { status: 200, body: { results } };
    };
  };

  it('as an HTML page with status 200 is asked for again, and the sync goes on', async () => {
    const page = { status: 200, body: '<!doctype html><title>Please wait</title>' };
    const { copy } = await small(
      'html-once',
      withDeals((time) => (time === 1 ? page : null)),
    );
    expect((await copy()).counts.deals).toBe(3);
  });

  it('again and again is refused in one sentence, after which the next sync goes on', async () => {
    let isDown = true;
    const page = { status: 200, body: '<!doctype html><title>Please wait</title>' };
    const { copy } = await small(
      'html-always',
      withDeals(() => (isDown ? page : null)),
    );
    await expect(copy(false)).rejects.toMatchObject({
      code: 'crm-answer',
      message: expect.stringMatching(/not JSON .*deals/),
    });
    isDown = false;
    expect((await copy(false)).counts.deals).toBe(3);
  });

  it('with records that are no records sets each of them aside, however often it is told', async () => {
    const results = [
      { id: '1', properties: { amount: '1' } },
      { id: '2', properties: { amount: 1 } },
      { id: '3', properties: null },
      { id: null, properties: {} },
      { properties: {} },
      'nonsense',
      null,
      ['a'],
    ];
    const { portal, copy } = await small(
      'no-records',
      withDeals(() => ({ status: 200, body: { results } })),
    );
    const report = await copy();
    expect([report.counts.deals, report.rejected]).toEqual([1, 7]);
    const ids = (await rejectsOf(portal)).map(([, id, reason]) => [id, reason !== '']);
    expect(ids).toContainEqual(['2', true]);
    expect(ids).toContainEqual(['3', true]);
    const before = await rejectsOf(portal);
    await copy();
    expect(await rejectsOf(portal)).toEqual(before);
  });
});
