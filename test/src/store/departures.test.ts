import { describe, expect, it } from 'vitest';
import { buildWonDeals } from '../../../src/features/won-deals.ts';
import { createFindings } from '../../../src/ledger/findings.ts';
import { createWriteBackLog } from '../../../src/ledger/write-back-log.ts';
import type { PortalStore } from '../../../src/store/portal-store.ts';
import { company, contact, deal, link } from './records.ts';
import { withStore } from './with-store.ts';

const kith = withStore();

const linksIn = async (portal: PortalStore): Promise<string[]> =>
  (
    await portal.query<{ link: string }>(
      `SELECT concat(from_id, '>', to_id, if(is_primary, '!', '')) AS link FROM {db:Identifier}.associations FINAL ORDER BY link`,
    )
  ).map((row) => row.link);

/** Two companies with two deals each, one more that hangs on both, and a contact. */
async function twoCompanies(name: string): Promise<PortalStore> {
  const portal = await kith.portal(name);
  const { crm } = portal;
  await crm.upsert('companies', [company('1'), company('2'), company('3')], { origin: 'list' });
  await crm.upsert('contacts', [contact('9', { email: 'a@example.com' })], { origin: 'list' });
  const closed = { closedAt: 5000, isClosedWon: true, amount: '10' };
  await crm.upsert(
    'deals',
    ['11', '12', '21', '22', '33'].map((id) => deal(id, closed)),
    { origin: 'list' },
  );
  await crm.replaceAssociations('contacts', 'companies', ['9'], [link('contacts:9', 'companies:1', true)]);
  await crm.replaceAssociations(
    'deals',
    'companies',
    ['11', '12', '21', '22', '33'],
    [
      link('deals:11', 'companies:1', true),
      link('deals:12', 'companies:1', true),
      link('deals:21', 'companies:2', true),
      link('deals:22', 'companies:2', true),
      link('deals:33', 'companies:1', true),
      link('deals:33', 'companies:2'),
    ],
  );
  return portal;
}

const removals = (portal: PortalStore) =>
  portal.query(
    `SELECT object_type AS type, id, reason FROM {db:Identifier}.removals FINAL WHERE reason != '' ORDER BY type, id`,
  );

describe('removed records', () => {
  it('are in no reading, nor are their links, and what a list says of them later changes nothing', async () => {
    const portal = await twoCompanies('removed');
    const { crm, identity } = portal;
    await crm.remove('companies', ['1'], 'archived');
    await crm.remove('contacts', ['9'], 'purged');
    expect(await crm.liveIds('companies')).toEqual(['2', '3']);
    expect((await identity.read(['9'])).size).toBe(0);
    expect(await linksIn(portal)).toEqual(['21>2!', '22>2!', '33>2']);
    await crm.upsert('companies', [company('1', { updatedAt: 9000 })], { origin: 'list' });
    await crm.replaceAssociations('deals', 'companies', ['11'], [link('deals:11', 'companies:1', true)]);
    expect(await crm.liveIds('companies')).toEqual(['2', '3']);
    expect(await linksIn(portal)).toEqual(['21>2!', '22>2!', '33>2']);
    expect(await removals(portal)).toEqual([
      { type: 'companies', id: '1', reason: 'archived' },
      { type: 'contacts', id: '9', reason: 'purged' },
    ]);
  });

  it('stay away after a restart', async () => {
    const before = await twoCompanies('removed-restart');
    await before.crm.remove('companies', ['1'], 'archived');
    await before.crm.merge('companies', [{ from: '2', to: '3' }]);
    await kith.reopen();
    const { crm } = await kith.portal('removed-restart');
    await crm.upsert('companies', [company('1', { updatedAt: 9000 }), company('2', { updatedAt: 9000 })], {
      origin: 'list',
    });
    expect(await crm.liveIds('companies')).toEqual(['3']);
    expect([...(await crm.resolve('companies', ['1', '2']))]).toEqual([
      ['1', '1'],
      ['2', '3'],
    ]);
  });

  it('come back with their links once they were read by id, but without links to others that are gone', async () => {
    const portal = await twoCompanies('restored');
    const { crm, identity } = portal;
    const before = await linksIn(portal);
    await crm.remove('companies', ['1'], 'archived');
    await crm.remove('deals', ['12'], 'archived');
    await crm.remove('contacts', ['9'], 'archived');
    await crm.upsert('companies', [company('1')], { origin: 'by-id' });
    expect(await linksIn(portal)).toEqual(before.filter((one) => !/^(12|9)>/.test(one)));
    await crm.upsert('contacts', [contact('9', { email: 'a@example.com' })], { origin: 'by-id' });
    await crm.replaceAssociations('contacts', 'companies', ['9'], [link('contacts:9', 'companies:1', true)]);
    expect(await identity.findByEmail('a@example.com')).toEqual(['9']);
    await crm.upsert('deals', [deal('12')], { origin: 'by-id' });
    await crm.replaceAssociations('deals', 'companies', ['12'], [link('deals:12', 'companies:1', true)]);
    expect(await linksIn(portal)).toEqual(before);
    expect(await removals(portal)).toEqual([]);
    await crm.upsert('companies', [company('1', { updatedAt: 9000, name: 'Again' })], { origin: 'list' });
    expect(await portal.query(`SELECT name FROM {db:Identifier}.companies FINAL WHERE id = '1'`)).toEqual([
      { name: 'Again' },
    ]);
  });

  it('are also those that are archived when they are read by id', async () => {
    const portal = await twoCompanies('archived-by-id');
    const before = await linksIn(portal);
    for (let round = 0; round < 2; round++) {
      await portal.crm.upsert('companies', [company('2', { archived: true })], { origin: 'by-id' });
    }
    expect(await linksIn(portal)).toEqual(before.filter((one) => !one.includes('>2')));
    expect(await removals(portal)).toEqual([{ type: 'companies', id: '2', reason: 'archived' }]);
    await portal.crm.upsert('companies', [company('2')], { origin: 'by-id' });
    expect(await linksIn(portal)).toEqual(before);
  });
});

describe('merged records', () => {
  it('hand over their links, each once and primary when either was, and count no deal twice', async () => {
    const portal = await twoCompanies('merged');
    await portal.crm.merge('companies', [{ from: '1', to: '2' }]);
    expect(await linksIn(portal)).toEqual(['11>2!', '12>2!', '21>2!', '22>2!', '33>2!', '9>2!']);
    expect(await portal.crm.liveIds('companies')).toEqual(['2', '3']);
    await buildWonDeals(portal, { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: 10_000 });
    expect(
      await portal.query(
        `SELECT customer_id, toString(count()) AS deals, toString(sum(amount)) AS amount FROM {db:Identifier}.won_deals GROUP BY customer_id`,
      ),
    ).toEqual([{ customer_id: '2', deals: '5', amount: '50' }]);
  });

  it('made into a third one lead to it, over as many merges as there were', async () => {
    const portal = await twoCompanies('chain');
    const { crm } = portal;
    await crm.merge('companies', [
      { from: '1', to: '50' },
      { from: '2', to: '50' },
    ]);
    await crm.upsert('companies', [company('50')], { origin: 'by-id' });
    await crm.merge('companies', [
      { from: '50', to: '60' },
      { from: '60', to: '61' },
    ]);
    await crm.upsert('companies', [company('61'), company('1', { updatedAt: 9000 })], { origin: 'by-id' });
    expect([...(await crm.resolve('companies', ['1', '2', '50', '3'])).values()]).toEqual(['61', '61', '61', '3']);
    expect(await crm.liveIds('companies')).toEqual(['3', '61']);
    expect(await linksIn(portal)).toEqual(['11>61!', '12>61!', '21>61!', '22>61!', '33>61!', '9>61!']);
    // What is read under an old id afterwards hangs on the new one.
    await crm.replaceAssociations(
      'deals',
      'companies',
      ['11'],
      [link('deals:11', 'companies:2'), link('deals:11', 'companies:1', true)],
    );
    expect((await linksIn(portal))[0]).toBe('11>61!');
    expect(await linksIn(portal)).toHaveLength(6);
  });

  it('are told twice without harm, and never in a ring', async () => {
    const portal = await twoCompanies('ring');
    for (let round = 0; round < 2; round++) await portal.crm.merge('companies', [{ from: '1', to: '2' }]);
    await portal.crm.merge('companies', [
      { from: '2', to: '1' },
      { from: '3', to: '3' },
    ]);
    expect([...(await portal.crm.resolve('companies', ['1', '2', '3'])).values()]).toEqual(['2', '2', '3']);
    expect(await portal.crm.liveIds('companies')).toEqual(['2', '3']);
    expect(await linksIn(portal)).toHaveLength(6);
  });

  it('hand over scores, findings and what was written on them; what the new one has of its own is kept', async () => {
    const portal = await twoCompanies('history');
    const { results, crm } = portal;
    const portfolio = { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: 0, horizonDays: 90, seed: 1 } as const;
    const score = async (customerIds: string[], values: number[]): Promise<string> => {
      const run = await results.begin({ asOf: 0, startedAt: 0, fingerprint: '', portfolio });
      const texts = customerIds.map(() => '');
      const scores = { customerIds, value: Float64Array.from(values), label: texts, band: texts, details: texts };
      const evidence = new Uint8Array(customerIds.length);
      await results.save(run, 'value', { summary: {}, model: null, scores: { ...scores, evidence } });
      await results.finish(run, 'done', 0);
      return run.id;
    };
    const both = await score(['1', '2'], [10, 20]);
    const first = await score(['1', '3'], [11, 30]);
    const again = (run: string, customerIds: string[], values: number[]) =>
      results.rescore(run, 'value', {
        customerIds,
        value: Float64Array.from(values),
        label: customerIds.map(() => ''),
        band: customerIds.map(() => ''),
        details: customerIds.map(() => ''),
        evidence: new Uint8Array(customerIds.length),
      });
    const since = await score(['1', '3'], [12, 31]);
    await again(both, ['1'], [99]);
    await again(since, ['1', '1'], [13, 14]);
    const findings = createFindings(portal, () => 1000);
    const told = { band: 'high', money: null } as const;
    await findings.record('sales', [{ key: 'at-risk:1', customerId: '1', ...told }], {
      state: 'acknowledged',
      actor: 'U1',
      note: '',
    });
    const log = createWriteBackLog(portal, () => 1000);
    const write = async (batch: string, values: Readonly<Record<string, string>>): Promise<void> => {
      const writes = Object.entries(values).map(([recordId, after]) => {
        return { objectType: 'companies', property: 'kith_tier', before: null, recordId, after };
      });
      await log.begin(batch, writes);
      await log.settle(
        batch,
        writes.map((one) => ({ ...one, outcome: 'written', note: '' })),
      );
    };
    await write('b1', { '1': 'gold' });
    await write('b2', { '1': 'silver', '2': 'bronze' });

    for (let round = 0; round < 2; round++) await crm.merge('companies', [{ from: '1', to: '2' }]);

    const scoresOf = async (run: string) =>
      (await results.scores(run, 'value', { order: 'customer' })).map(({ customerId, value: v }) => [customerId, v]);
    expect(await scoresOf(both)).toEqual([['2', 20]]);
    expect(await scoresOf(first)).toEqual([
      ['2', 11],
      ['3', 30],
    ]);
    // What was scored since the run goes with the run's own score, and never over the new one's own.
    expect(await scoresOf(since)).toEqual([
      ['2', 14],
      ['3', 31],
    ]);
    expect(await findings.of('sales')).toMatchObject([
      { key: 'at-risk:2', customerId: '2', state: 'acknowledged', actor: 'U1' },
    ]);
    expect((await log.lastWritten('companies', ['1', '2'])).get('2')?.get('kith_tier')).toEqual(['bronze']);
    expect((await log.lastWritten('companies', ['1', '2'])).has('1')).toBe(false);
    expect(await log.writes('b1')).toMatchObject([{ recordId: '2', after: 'gold', outcome: 'written' }]);
  });

  it('leave alone the scores of contacts with the same ids', async () => {
    const portal = await twoCompanies('same-ids');
    const portfolio = { unit: 'contact', timeZone: 'UTC', currency: 'EUR', asOf: 0, horizonDays: 90, seed: 1 } as const;
    const run = await portal.results.begin({ asOf: 0, startedAt: 0, fingerprint: '', portfolio });
    const one = { customerIds: ['1'], value: Float64Array.of(1), label: [''], band: [''], details: [''] };
    await portal.results.save(run, 'value', {
      summary: {},
      model: null,
      scores: { ...one, evidence: Uint8Array.of(0) },
    });
    await portal.crm.merge('companies', [{ from: '1', to: '2' }]);
    expect(await portal.results.scores(run.id, 'value')).toMatchObject([{ customerId: '1' }]);
  });

  it('that were one person are forgotten together, and leave no trace of either id', async () => {
    const portal = await kith.portal('merged-forgotten');
    const { crm } = portal;
    await crm.upsert('contacts', [contact('7001'), contact('7002'), contact('7003')], { origin: 'list' });
    await crm.merge('contacts', [{ from: '7001', to: '7002' }]);
    await crm.remove('contacts', ['7003'], 'archived');
    await crm.forgetContacts(['7002', '7003']);
    await crm.upsert('contacts', [contact('7001'), contact('7002'), contact('7003')], { origin: 'by-id' });
    expect(await crm.liveIds('contacts')).toEqual([]);
    const columns = await portal.query<{ table: string; name: string }>(
      `SELECT table, name FROM system.columns WHERE database = {db:String} AND type IN ('String', 'LowCardinality(String)')`,
    );
    for (const { table, name } of columns) {
      const hits = await portal.query(
        // Not within a hash, which has these digits by chance once in two hundred times.
        `SELECT 1 FROM {db:Identifier}.${table} WHERE match({column:Identifier}, '(^|[^0-9a-f])700[123]([^0-9a-f]|$)') LIMIT 1`,
        { column: name },
      );
      expect(hits, `${table}.${name}`).toEqual([]);
    }
  });
});
