import { describe, expect, it } from 'vitest';
import { linksIn, MINUTE, nameOf, syncedStandIns } from './synced-stand-in.ts';

const kith = syncedStandIns();

describe('the lanes', () => {
  it('bring what was changed and made: at once in the fast one, for good in the safe one an hour later', async () => {
    const { crm, portal, run } = await kith.open('changed');
    kith.pass(10 * MINUTE);
    crm.edit('companies', '1000', { name: 'Renamed' });
    const deal = crm.create('deals', { dealname: 'New', pipeline: 'p', dealstage: 's2', amount: '5', closedate: '' });
    crm.link('deals', deal, 'companies', '1003', true);
    kith.pass(MINUTE);
    const before = await portal.crm.cursor('lane/companies');
    const fast = await run('fast');
    expect(fast.lanes).toEqual([{ lane: 'fast', windows: 6, records: { companies: 1, deals: 1 }, rejected: 0 }]);
    expect(await nameOf(portal, '1000')).toBe('Renamed');
    expect(await linksIn(portal)).toContain(`deals:${deal}>companies:1003!`);
    expect(await portal.crm.cursor('lane/companies'), 'the fast lane moves no cursor').toBe(before);
    kith.pass(61 * MINUTE);
    const end = kith.now() - 60 * MINUTE;
    const safe = await run('safe');
    expect(safe.lanes).toEqual([{ lane: 'safe', windows: 6, records: { companies: 1, deals: 1 }, rejected: 0 }]);
    const { upTo, window } = JSON.parse((await portal.crm.cursor('lane/companies')) ?? '');
    expect(window).toBeNull();
    expect(upTo - end, 'the calls themselves take a moment').toBeLessThan(MINUTE);
    expect(upTo).toBeGreaterThanOrEqual(end);
  });

  it('lose nothing to an index that is half an hour behind, however often they run meanwhile', async () => {
    const { crm, portal, run } = await kith.open('lag', { searchLagMs: 30 * MINUTE });
    kith.pass(90 * MINUTE);
    await run('safe');
    crm.edit('companies', '1003', { name: 'Seen late' });
    for (let minutes = 0; minutes < 29; minutes += 14) {
      kith.pass(14 * MINUTE);
      await run('safe');
      await run('fast');
    }
    expect(await nameOf(portal, '1003')).toBe('Seen late');
    const safe = [];
    for (let round = 0; round < 3; round++) {
      kith.pass(15 * MINUTE);
      safe.push(...(await run('safe')).lanes);
    }
    expect(safe.map(({ records }) => records.companies ?? 0)).toEqual([0, 1, 0]);
  });

  it('read owners and stages anew', async () => {
    const { crm, portal, run } = await kith.open('owners');
    const [owner] = crm.portal.owners;
    const named = () => portal.query('SELECT first_name AS name FROM {db:Identifier}.owners FINAL');
    expect(await named()).toEqual([{ name: owner?.firstName }]);
    kith.pass(MINUTE);
    Object.assign(owner ?? {}, { firstName: 'Renata' });
    await run('safe');
    expect(await named()).toEqual([{ name: 'Renata' }]);
  });

  it('bring back a record that was archived and is edited after it was restored', async () => {
    const { crm, portal, run } = await kith.open('brought-back');
    const before = await linksIn(portal);
    crm.archive('companies', '1000');
    await run('sweep');
    expect(await nameOf(portal, '1000')).toBeNull();
    expect(await linksIn(portal)).not.toEqual(before);
    kith.pass(5 * MINUTE);
    crm.restore('companies', '1000');
    crm.edit('companies', '1000', { name: 'Back' });
    kith.pass(MINUTE);
    await run('fast');
    expect(await nameOf(portal, '1000')).toBe('Back');
    expect(await linksIn(portal)).toEqual(before);
  });

  it('cost a hundred changes no more than forty calls', async () => {
    const { crm, run, server } = await kith.open('calls');
    kith.pass(2 * 60 * MINUTE);
    for (const id of crm.ids('companies').slice(0, 89)) crm.edit('companies', id, { name: `Edited ${id}` });
    for (const id of crm.ids('deals')) crm.edit('deals', id, { dealname: `Edited ${id}` });
    for (const id of crm.ids('contacts')) crm.edit('contacts', id, { firstname: 'Edited' });
    kith.pass(MINUTE);
    const before = server.calls();
    const report = await run();
    expect(report.lanes.map(({ records }) => records)).toEqual([{}, { companies: 89, contacts: 3, deals: 8 }]);
    expect(report.sweep).toBeNull();
    expect(server.calls() - before).toBe(report.calls);
    expect(report.calls).toBeLessThanOrEqual(40);
    kith.pass(MINUTE);
    crm.edit('companies', '1000', { name: 'Once more' });
    kith.pass(2 * 60 * MINUTE);
    await run('safe');
    kith.pass(MINUTE);
    expect((await run('fast')).calls, 'a type without changes costs one search').toBe(6);
  });

  it('copy a type whole that was switched on since, and only that one', async () => {
    const { portal, run } = await kith.open('switched-on');
    await portal.crm.saveCursor('lane/tickets', null);
    kith.pass(MINUTE);
    expect((await run('fast')).lanes, 'the quick lane waits for the copy').toEqual([]);
    const report = await run();
    expect(report.backfilled).toBe(true);
    expect(await portal.crm.cursor('lane/tickets')).not.toBeNull();
    expect((await run()).backfilled).toBe(false);
  });

  it('read everything again when they are told to, and find what was archived', async () => {
    const { crm, portal, run } = await kith.open('full');
    crm.edit('companies', '1000', { name: 'Silently' }, { stamps: false });
    crm.archive('companies', '1003');
    kith.pass(MINUTE);
    await run();
    expect(await nameOf(portal, '1000')).toBe('Company <0>');
    const report = await run('all', { full: true });
    expect(report).toMatchObject({ backfilled: true, lanes: [], counts: { companies: 249 } });
    expect(await nameOf(portal, '1000')).toBe('Silently');
  });
});
