import { afterEach, describe, expect, it } from 'vitest';
import type { StandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import { reconcileRecords } from '../../../src/jobs/reconcile-records.ts';
import { lastReconciliation } from '../../../src/jobs/reconcile-report.ts';
import { sync } from '../../../src/jobs/sync.ts';
import { systemStatus } from '../../../src/jobs/system-status.ts';
import type { CrmSource } from '../../../src/ports/crm.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { startSmall, TOKEN } from '../../demo/hubspot/small-portal.ts';
import { virtualTime } from '../../integrations/hubspot/virtual-time.ts';
import { withStore } from '../store/with-store.ts';

const store = withStore();
const quiet = { update: () => undefined };
const NONE = { late: 0, archived: 0, merged: 0, purged: 0, restored: 0, unreadable: 0, forgotten: 0 };

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A portal that was copied whole, after which the CRM changes. */
async function copied(id: string) {
  const time = virtualTime();
  const { server } = await startSmall({ now: time.now });
  closing.push(server.close);
  const { source } = await openHubspot({ accessToken: TOKEN, basePath: server.url, ...time, random: () => 0.5 });
  const portal = await store.portal(id);
  await sync({ source, portal, progress: quiet, now: time.now, full: true });
  const reconcile = (from: CrmSource = source) =>
    reconcileRecords({ source: from, portal, progress: quiet, now: time.now });
  const crm: StandInHubspot['portal'] = server.portal;
  const links = async () =>
    (
      await portal.query<{ link: string }>(
        `SELECT concat(from_type, ' ', from_id, ' > ', to_type, ' ', to_id) AS link FROM {db:Identifier}.associations FINAL
         WHERE from_type = 'deals' OR to_type = 'deals' ORDER BY link`,
      )
    ).map(({ link }) => link);
  return { crm, portal, source, reconcile, time, links };
}

describe('reconciliation', () => {
  it('finds nothing in a copy that is whole, and says so with the revenue to the cent', async () => {
    const { reconcile, portal, time } = await copied('whole');
    const report = await reconcile();
    expect(report.types.companies).toEqual({ in_crm: 250, in_store: 250, ...NONE });
    expect(report.types.deals).toEqual({ in_crm: 8, in_store: 8, ...NONE });
    // Deals 1 to 5 are in euros and 6 is converted; nobody has a rate for 7.
    expect(report.revenue).toEqual({
      currency: 'EUR',
      in_crm: '2045.95',
      in_store: '2045.95',
      difference: '0.00',
      deals_in_crm: 6,
      deals_in_store: 6,
    });
    expect(report.at).toBeLessThanOrEqual(time.now());
    expect(await lastReconciliation(portal)).toEqual(report);
  });

  it('tells archived, merged, purged and late records apart, mends them all, and finds nothing the second time', async () => {
    const { crm, portal, reconcile, links } = await copied('classes');
    crm.archive('deals', '501');
    crm.purge('deals', '502');
    const merged = crm.merge('companies', '1000', '1003', false);
    crm.merge('companies', '1006', '1009', true);
    const late = crm.create('deals', { dealname: 'Late', pipeline: 'p', dealstage: 's2', amount: '10.25' });
    crm.link('deals', late, 'companies', merged, true);
    const report = await reconcile();
    expect(report.types.deals).toEqual({ in_crm: 7, in_store: 8, ...NONE, archived: 1, purged: 1, late: 1 });
    // The record that a merge makes is new to us.
    expect(report.types.companies).toEqual({ in_crm: 248, in_store: 250, ...NONE, merged: 3, late: 1 });
    expect(report.revenue).toMatchObject({ difference: '0.00', deals_in_crm: 5 });
    expect(await portal.crm.liveIds('deals')).toEqual(crm.ids('deals'));
    expect(await portal.crm.liveIds('companies')).toEqual(crm.ids('companies'));
    expect(Object.fromEntries(await portal.crm.resolve('companies', ['1000', '1003', '1009', '1012']))).toEqual({
      '1000': merged,
      '1003': merged,
      '1009': '1006',
      '1012': '1012',
    });
    expect(await links()).toEqual(
      ['500', '503', '504', '505', '506', '507', late].map((id) => `deals ${id} > companies ${merged}`).sort(),
    );
    const again = await reconcile();
    expect(again.types.deals).toEqual({ in_crm: 7, in_store: 7, ...NONE });
    expect(again.types.companies).toEqual({ in_crm: 248, in_store: 248, ...NONE });
  });

  it('follows an id over merges of which the last record names the last alone', async () => {
    const { crm, portal, reconcile } = await copied('chain');
    crm.merge('companies', '1003', '1000', true);
    const last = crm.merge('companies', '1006', '1003', false);
    expect((await reconcile()).types.companies).toMatchObject({ merged: 3, purged: 0 });
    for (const id of ['1000', '1003', '1006']) {
      expect((await portal.crm.resolve('companies', [id])).get(id)).toBe(last);
    }
  });

  it('brings a restored record back with the links that others got to it meanwhile', async () => {
    const { crm, portal, reconcile, links } = await copied('restored');
    crm.archive('companies', '1003');
    await reconcile();
    expect(await links()).not.toContain('deals 505 > companies 1003');
    crm.restore('companies', '1003');
    crm.link('deals', '501', 'companies', '1003');
    crm.edit('companies', '1003', { name: 'Renamed' });
    const report = await reconcile();
    expect(report.types.companies).toEqual({ in_crm: 250, in_store: 249, ...NONE, restored: 1 });
    expect(await portal.query(`SELECT name FROM {db:Identifier}.companies FINAL WHERE id = '1003'`)).toEqual([
      { name: 'Renamed' },
    ]);
    expect(await links()).toEqual(
      expect.arrayContaining([
        'deals 501 > companies 1003',
        'deals 505 > companies 1003',
        'deals 501 > companies 1000',
      ]),
    );
  });

  it('reads a record again that was changed, archived before anybody saw the change, and restored long afterwards', async () => {
    const { crm, portal, source, reconcile, time } = await copied('unseen');
    const hours = (count: number) => time.sleep(count * 60 * 60_000);
    await hours(1);
    crm.edit('companies', '1003', { name: 'Renamed' });
    crm.archive('companies', '1003');
    await hours(3);
    // The lanes go past the edit while search does not show the record.
    await sync({ source, portal, progress: quiet, now: time.now, full: false, part: 'safe' });
    crm.restore('companies', '1003');
    await hours(1);
    for (const part of ['safe', 'fast', 'sweep'] as const) {
      await sync({ source, portal, progress: quiet, now: time.now, full: false, part });
    }
    const name = async () =>
      portal.query<{ name: string }>(`SELECT name FROM {db:Identifier}.companies FINAL WHERE id = '1003'`);
    expect(await name()).not.toEqual([{ name: 'Renamed' }]);
    expect((await reconcile()).types.companies).toEqual({ in_crm: 250, in_store: 250, ...NONE, late: 1 });
    expect(await name()).toEqual([{ name: 'Renamed' }]);
    expect((await reconcile()).types.companies).toEqual({ in_crm: 250, in_store: 250, ...NONE });
  });

  it('leaves to the lanes what changed within the time by which the index may be behind', async () => {
    const { crm, reconcile, time } = await copied('fresh');
    await time.sleep(60 * 60_000);
    crm.edit('companies', '1003', { name: 'Renamed' });
    expect((await reconcile()).types.companies).toEqual({ in_crm: 250, in_store: 250, ...NONE });
  });

  it('lets a record out of quarantine that is read well again', async () => {
    const { portal, reconcile } = await copied('let-go');
    await portal.crm.reject([{ objectType: 'deals', recordId: '500', place: 'associations', reason: 'odd' }]);
    expect((await reconcile()).types.deals).toEqual({ in_crm: 8, in_store: 8, ...NONE });
    expect(await portal.crm.rejects()).toEqual([]);
  });

  it('leaves out a person who was forgotten and a record that cannot be read, and says how many', async () => {
    const { crm, portal, reconcile } = await copied('kept-out');
    await portal.crm.forgetContacts(['2']);
    const bad = crm.create('deals', { dealname: 'Odd', pipeline: 'p', dealstage: 's1', amount: 'many' });
    const report = await reconcile();
    expect(report.types.contacts).toEqual({ in_crm: 3, in_store: 2, ...NONE, forgotten: 1 });
    expect(report.types.deals).toEqual({ in_crm: 9, in_store: 8, ...NONE, unreadable: 1 });
    expect(await portal.crm.rejects()).toEqual([
      expect.objectContaining({ objectType: 'deals', recordId: bad, reason: expect.stringContaining('amount') }),
    ]);
    expect(await portal.crm.liveIds('contacts')).toEqual(['1', '3']);
  });

  it('takes out the identity of somebody who is gone and whose contact was never wholly written', async () => {
    const { crm, portal, reconcile } = await copied('stray');
    await portal.command(`DELETE FROM {db:Identifier}.contacts WHERE id = '2'`);
    crm.purge('contacts', '2');
    expect((await portal.identity.read(['2'])).size).toBe(1);
    expect((await reconcile()).types.contacts).toEqual({ in_crm: 2, in_store: 2, ...NONE });
    expect((await portal.identity.read(['1', '2'])).size).toBe(1);
  });

  it('counts neither a record that came meanwhile nor one that the list names twice', async () => {
    const { source, reconcile } = await copied('meanwhile');
    const { changes } = source;
    const twice: CrmSource = {
      ...source,
      changes: {
        ...changes!,
        async *ids(type, state, signal) {
          for await (const page of changes!.ids(type, state, signal)) {
            yield page;
            yield page;
          }
        },
      },
    };
    expect((await reconcile(twice)).types.deals).toEqual({ in_crm: 8, in_store: 8, ...NONE });
  });

  it('compares the revenue alone where the source is only read as a whole', async () => {
    const { source, portal, reconcile } = await copied('no-changes');
    await portal.crm.remove('deals', ['501'], 'purged');
    const report = await reconcile({ ...source, changes: null });
    expect(report.types).toEqual({});
    expect(report.revenue).toMatchObject({ in_crm: '2045.95', in_store: '1945.45', difference: '100.50' });
  });

  it('is what the status tells, and nothing before the first', async () => {
    const { portal, source, reconcile } = await copied('status');
    const told = async () => {
      const account = await source.account();
      return (
        await systemStatus({
          portal,
          account,
          outbox: { pending: async () => [], troubled: async () => [] },
          jobs: [],
          now: 0,
        })
      ).reconciliation;
    };
    expect(await told()).toBeNull();
    const report = await reconcile();
    expect(await told()).toEqual(report);
  });

  it('is due every night unless people say otherwise', () => {
    expect(portalStateSchema.parse({}).schedules.reconcile).toBe('0 3 * * *');
  });

  it('says what to do when its last report cannot be read', async () => {
    const { portal } = await copied('damaged');
    await portal.crm.saveCursor('reconciliation', '{"at":"yesterday"}');
    await expect(lastReconciliation(portal)).rejects.toMatchObject({ code: 'store-damaged' });
  });
});
