import { describe, expect, it } from 'vitest';
import { sync } from '../../../src/jobs/sync.ts';
import type { CrmSource } from '../../../src/ports/crm.ts';
import { linksIn, MINUTE, nameOf, syncedStandIns } from './synced-stand-in.ts';

const kith = syncedStandIns();
const DAY = 24 * 60 * MINUTE;

describe('a sweep', () => {
  it('finds associations that came, went, or changed being primary, which stamp no record', async () => {
    const { crm, portal, run } = await kith.open('links');
    crm.unlink('deals', '500', 'companies', '1000');
    crm.link('deals', '501', 'companies', '1006', true);
    crm.link('deals', '502', 'contacts', '2');
    kith.pass(DAY);
    expect((await run('safe')).lanes[0]?.records).toEqual({});
    // 500 lost one; 501 gained one, which took the mark from the other; 502 gained one.
    expect((await run('sweep')).sweep).toEqual({ links: 4, archived: 0, restored: 0 });
    const links = await linksIn(portal);
    expect(links.filter((link) => /^deals:50[012]>/.test(link))).toEqual([
      'deals:501>companies:1000',
      'deals:501>companies:1006!',
      'deals:502>companies:1000!',
      'deals:502>contacts:2',
    ]);
    expect((await run('sweep')).sweep).toEqual({ links: 0, archived: 0, restored: 0 });
  });

  it('takes out what was archived with its links, and brings back what was restored with the links it has then', async () => {
    const { crm, portal, run } = await kith.open('archived');
    const before = await linksIn(portal);
    crm.archive('companies', '1000');
    crm.archive('deals', '505');
    expect((await run('sweep')).sweep).toEqual({ links: 0, archived: 2, restored: 0 });
    expect(await portal.crm.counts()).toMatchObject({ companies: 249, deals: 7 });
    expect((await linksIn(portal)).filter((link) => /companies:1000|deals:505/.test(link))).toEqual([]);
    crm.restore('companies', '1000');
    crm.restore('deals', '505');
    crm.unlink('deals', '501', 'companies', '1000');
    kith.pass(DAY);
    expect((await run('sweep')).sweep).toMatchObject({ archived: 0, restored: 2 });
    expect(await linksIn(portal)).toEqual(before.filter((link) => link !== 'deals:501>companies:1000!'));
    expect(await nameOf(portal, '1000')).toBe('Company <0>');
  });

  it('tells one that was purged or merged after it was archived from one that was restored', async () => {
    const { crm, portal, source, run } = await kith.open('purged');
    crm.archive('companies', '1000');
    crm.archive('companies', '1009');
    await run('sweep');
    crm.purge('companies', '1009');
    crm.restore('companies', '1000');
    const merged = crm.merge('companies', '1003', '1000', false);
    expect((await run('sweep')).sweep).toMatchObject({ archived: 0, restored: 0 });
    expect(
      await portal.query(
        `SELECT id, reason FROM {db:Identifier}.removals FINAL WHERE object_type = 'companies' ORDER BY id`,
      ),
    ).toEqual([
      { id: '1000', reason: 'merged' },
      { id: '1009', reason: 'purged' },
    ]);
    expect((await portal.crm.resolve('companies', ['1000'])).get('1000')).toBe(merged);
    const told = (await source.changes?.associations('deals', 'companies', ['500']))?.links;
    expect(told?.map(({ toId }) => toId)).toEqual([merged]);
    expect((await linksIn(portal)).filter((link) => link.startsWith('deals:500>'))).toEqual([
      `deals:500>companies:${merged}${told?.[0]?.isPrimary === true ? '!' : ''}`,
    ]);
  });

  it('is made once a day by a sync of everything', async () => {
    const { run } = await kith.open('due');
    kith.pass(DAY - MINUTE);
    expect((await run()).sweep).toBeNull();
    kith.pass(MINUTE);
    expect((await run()).sweep).not.toBeNull();
    expect((await run()).sweep).toBeNull();
  });

  it('quarantines a record whose links the CRM cannot tell, keeps those that it had, and goes on', async () => {
    const { crm, portal, source, run } = await kith.open('malformed');
    const { changes } = source;
    if (changes === null) throw new Error('a HubSpot source tells changes');
    const before = (await linksIn(portal)).filter((link) => link.startsWith('deals:500>companies'));
    expect(before).not.toEqual([]);
    for (const id of ['500', '501']) crm.unlink('deals', id, 'companies', '1000');
    const odd: CrmSource = {
      ...source,
      changes: {
        ...changes,
        async associations(from, to, ids, signal) {
          const { links, rejected } = await changes.associations(from, to, ids, signal);
          if (from !== 'deals' || to !== 'companies') return { links, rejected };
          const bad = { objectType: from, recordId: '500', place: 'batch/read', reason: 'associations: malformed' };
          return { links: links.filter(({ fromId }) => fromId !== '500'), rejected: [bad] };
        },
      },
    };
    const progress = { update: () => undefined };
    const report = await sync({ source: odd, portal, progress, now: kith.now, full: false, part: 'sweep' });
    expect(report.sweep?.links).toBe(1);
    expect(await portal.crm.rejects()).toMatchObject([{ objectType: 'deals', recordId: '500' }]);
    expect((await linksIn(portal)).filter((link) => link.startsWith('deals:500>companies'))).toEqual(before);
    expect((await linksIn(portal)).filter((link) => link.startsWith('deals:501>companies'))).toEqual([]);
    expect((await run('sweep')).sweep?.links).toBe(1);
  });

  it('goes on where it was cut short, and counts what it had found', async () => {
    const { crm, portal, source, run } = await kith.open('cut-sweep');
    crm.unlink('contacts', '1', 'companies', '1000');
    crm.unlink('deals', '500', 'companies', '1000');
    const asked: string[] = [];
    const { changes } = source;
    if (changes === null) throw new Error('a HubSpot source tells changes');
    const cut: CrmSource = {
      ...source,
      changes: {
        ...changes,
        associations(from, to, ids, signal) {
          asked.push(`${from} ${to}`);
          if (from === 'deals' && to === 'contacts') throw new Error('cut');
          return changes.associations(from, to, ids, signal);
        },
      },
    };
    const progress = { update: () => undefined };
    await expect(sync({ source: cut, portal, progress, now: kith.now, full: false, part: 'sweep' })).rejects.toThrow(
      'cut',
    );
    expect(asked).toEqual(['contacts companies', 'deals companies', 'deals contacts']);
    const before = source.calls();
    expect((await run('sweep')).sweep?.links).toBe(2);
    // Deals to contacts, and the won deals with their stages for the revenue: neither line items nor tickets are there.
    expect(source.calls() - before).toBeLessThanOrEqual(5);
  });
});
