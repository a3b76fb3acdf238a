import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CrmAccount, Deal } from '../../../../src/domain/crm.ts';
import { storeFindings } from '../../../../src/jobs/doctor/store-findings.ts';
import { withStore } from '../../store/with-store.ts';

const NOW = Date.UTC(2026, 2, 1);
const HOUR = 3_600_000;
const account: CrmAccount = { portalId: 'p', name: 'P', timeZone: 'UTC', currency: 'EUR', recordUrl: '' };
const store = withStore();

const deal = (id: string, more: Partial<Deal>): Deal => ({
  id,
  createdAt: NOW,
  updatedAt: 1,
  archived: false,
  extra: {},
  name: id,
  pipelineId: 'p',
  stageId: 's',
  amount: '10',
  currency: '',
  homeAmount: null,
  exchangeRate: null,
  closedAt: NOW,
  ownerId: '',
  isClosedWon: true,
  ...more,
});

async function portalWith(
  id: string,
  deals: readonly Deal[],
  links: readonly (readonly [string, 'companies' | 'contacts'])[] = [],
) {
  const portal = await store.portal(id);
  await portal.crm.upsert('deals', deals, { origin: 'list' });
  for (const toType of ['companies', 'contacts'] as const) {
    const own = links.filter(([, to]) => to === toType);
    await portal.crm.replaceAssociations(
      'deals',
      toType,
      own.map(([fromId]) => fromId),
      own.map(([fromId]) => ({ fromType: 'deals', fromId, toType, toId: '1', isPrimary: true })),
    );
  }
  return portal;
}

const said = async (portal: Awaited<ReturnType<typeof portalWith>>) =>
  (await storeFindings(portal, account, NOW)).map(({ state, what }) => [state, what.en]);

describe('what the store tells the doctor', () => {
  it('asks for a sync and an analysis where there has been none', async () => {
    expect(await said(await store.portal('empty'))).toEqual([
      ['advice', 'Last sync: never'],
      ['advice', 'Last analysis: never'],
      ['ok', 'Quarantine: no record is set aside'],
      ['advice', 'Deals: none has been copied'],
    ]);
  });

  it('tells of an erasure that broke off, until it is finished', async () => {
    const portal = await store.portal('erasing');
    await portal.crm.beginErasure('e1', '{}');
    expect(await said(portal)).toContainEqual(['problem', expect.stringMatching(/^Erasures: 1 broke off/)]);
    await portal.crm.endErasure('e1');
    expect(JSON.stringify(await said(portal))).not.toContain('Erasures');
  });

  it('tells the age of the last sync, and calls a day and more too old', async () => {
    const portal = await store.portal('aged');
    await portal.crm.saveCursor('last-sync', String(NOW - HOUR));
    expect((await said(portal))[0]).toEqual(['ok', 'Last sync: 1 hour ago']);
    await portal.crm.saveCursor('last-sync', String(NOW - 72 * HOUR));
    expect((await said(portal))[0]).toEqual(['problem', 'Last sync: 3 days ago']);
  });

  it('counts what is quarantined', async () => {
    const portal = await store.portal('quarantine');
    await portal.crm.reject([{ objectType: 'deals', recordId: '1', place: 'x', reason: 'y' }]);
    expect((await said(portal))[2]).toEqual(['advice', 'Quarantine: 1 record could not be read']);
  });

  it('tells the share of the won deals that have a company, a contact, an amount, a close date and a rate', async () => {
    const deals = [
      deal('1', {}),
      deal('2', { currency: 'USD', exchangeRate: '0.9' }),
      deal('3', { currency: 'JPY', closedAt: null }),
      deal('4', { amount: null }),
      deal('5', { isClosedWon: false, amount: null }),
      deal('6', { archived: true, amount: null }),
    ];
    const portal = await portalWith('shares', deals, [
      ['1', 'companies'],
      ['2', 'companies'],
      ['2', 'contacts'],
      ['3', 'contacts'],
    ]);
    const findings = await storeFindings(portal, account, NOW);
    expect(findings.slice(3).map(({ state, what }) => [state, what.en])).toEqual([
      [
        'ok',
        'Won deals: 4; with a company 50%, a contact 50%, an amount 75%, a close date 75%; in other currencies 2, with a rate 50%',
      ],
      ['advice', 'Won deals without company and contact: 1, which no answer counts'],
      ['advice', 'Won deals without an amount: 1, which no answer counts'],
      ['advice', 'Won deals without a close date: 1, which no answer counts'],
      ['advice', 'Won deals without an exchange rate: 1, which no answer counts'],
    ]);
    for (const { state, next } of findings) expect(next === null).toBe(state === 'ok');
  });

  it('says what to do when no deal is won', async () => {
    const portal = await portalWith('lost', [deal('1', { isClosedWon: false })]);
    const [finding] = (await storeFindings(portal, account, NOW)).slice(3);
    expect(finding).toMatchObject({
      state: 'problem',
      what: { en: expect.stringContaining('none of 1 is won') },
      next: { en: expect.stringContaining('100 %') },
    });
  });

  it('names what was damaged on the disk and set aside when the store was opened', async () => {
    const portal = await portalWith('damaged', [deal('1', {})]);
    const [part] = await portal.query<{ path: string }>(
      `SELECT path FROM system.parts WHERE active AND table = 'deals' AND database = {db:String}`,
    );
    truncateSync(join(part!.path, 'data.bin'), 10);
    await expect(portal.query('SELECT * FROM {db:Identifier}.deals')).rejects.toMatchObject({
      code: 'store-damaged',
      message: expect.stringMatching(/^A file of deals in the store is damaged .*start Kith again.*kith doctor/),
    });
    await store.reopen();
    const findings = await storeFindings(await store.portal('damaged'), account, NOW);
    const finding = findings.find(({ what }) => what.en.includes('damaged'));
    expect(finding).toMatchObject({
      state: 'problem',
      what: { en: 'Data: files of the store were damaged and are set aside: deals (1)' },
      next: { en: expect.stringContaining('kith restore DIR') },
    });
  });
});
