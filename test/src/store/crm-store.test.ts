import { describe, expect, it } from 'vitest';
import type { PortalStore } from '../../../src/store/portal-store.ts';
import { company, contact, deal, lineItem, link } from './records.ts';
import { withStore } from './with-store.ts';

const DAY = 24 * 60 * 60 * 1000;
const kith = withStore();

describe('records', () => {
  it('are the same after a batch is sent twice', async () => {
    const { crm, query } = await kith.portal('twice');
    for (let round = 0; round < 2; round++) {
      await crm.upsert('deals', [deal('1', { amount: '0.1' }), deal('2', { amount: '0.2' })], { origin: 'list' });
    }
    expect((await crm.counts()).deals).toBe(2);
    expect(await query('SELECT toString(sum(amount)) AS total FROM {db:Identifier}.deals FINAL')).toEqual([
      { total: '0.3' },
    ]);
  });

  it('tell which are live: all in their order, page by page, and of some', async () => {
    const { crm } = await kith.portal('live');
    const ids = Array.from({ length: 45_000 }, (_, i) => String(100_000 + i));
    await crm.upsert(
      'deals',
      ids.map((id) => deal(id)),
      { origin: 'list' },
    );
    await crm.remove('deals', ['100001', '144999'], 'archived');
    const live = ids.filter((id) => id !== '100001' && id !== '144999');
    expect(await crm.liveIds('deals')).toEqual(live);
    expect(await crm.liveIds('deals', { after: '', most: 3 })).toEqual(['100000', '100002', '100003']);
    expect(await crm.liveIds('deals', { after: '144997', most: 3 })).toEqual(['144998']);
    expect(await crm.liveIds('deals', { after: '144998', most: 3 })).toEqual([]);
    expect(await crm.liveIds('tickets')).toEqual([]);
    const some = await crm.liveAmong('deals', ['144998', '144999', '100001', '100000', '7', '100000']);
    expect([...some].sort()).toEqual(['100000', '144998']);
  });

  it('keep every field, money exact, instants to the millisecond, unknown as null', async () => {
    const { crm, query } = await kith.portal('fields');
    const closedAt = Date.UTC(2011, 11, 9, 12, 50, 0, 123);
    await crm.upsert(
      'deals',
      [
        deal('1', {
          amount: '-12345678901234567890.123456',
          closedAt,
          isClosedWon: true,
          extra: { note: 'a "b"\n中' },
        }),
      ],
      { origin: 'list' },
    );
    await crm.upsert('companies', [company('1', { createdAt: null, employees: 12, name: "O'Neil \\ Söhne" })], {
      origin: 'list',
    });
    expect(
      await query('SELECT amount, home_amount, closed_at, is_closed_won, extra FROM {db:Identifier}.deals'),
    ).toEqual([
      {
        amount: '-12345678901234567890.123456',
        home_amount: null,
        closed_at: '2011-12-09 12:50:00.123',
        is_closed_won: true,
        extra: { note: 'a "b"\n中' },
      },
    ]);
    expect(await query('SELECT name, employees, created_at FROM {db:Identifier}.companies')).toEqual([
      { name: "O'Neil \\ Söhne", employees: 12, created_at: null },
    ]);
  });

  it('an older update from a list is dropped, a newer or an equal one is taken', async () => {
    const { crm, query } = await kith.portal('older');
    const name = async (id: string): Promise<unknown> =>
      (
        await query<{ name: string }>('SELECT name FROM {db:Identifier}.companies FINAL WHERE id = {id:String}', { id })
      )[0]?.name;
    await crm.upsert('companies', [company('1', { updatedAt: 2000, name: 'now' })], { origin: 'list' });
    await crm.upsert('companies', [company('1', { updatedAt: 1999, name: 'before' }), company('2', { updatedAt: 5 })], {
      origin: 'list',
    });
    expect(await name('1')).toBe('now');
    expect(await name('2')).toBe('Company 2');
    await crm.upsert('companies', [company('1', { updatedAt: 2000, name: 'corrected' })], { origin: 'list' });
    expect(await name('1')).toBe('corrected');
  });

  it('an older update is dropped after a restart too, when nothing is remembered', async () => {
    const before = await kith.portal('older-restart');
    await before.crm.upsert('companies', [company('1', { updatedAt: 2000, name: 'now' })], { origin: 'list' });
    await kith.reopen();
    const { crm, query } = await kith.portal('older-restart');
    await crm.upsert('companies', [company('1', { updatedAt: 1000, name: 'before' })], { origin: 'list' });
    await crm.upsert('companies', [company('1', { updatedAt: 3000, name: 'after' })], { origin: 'list' });
    expect(await query('SELECT name FROM {db:Identifier}.companies FINAL')).toEqual([{ name: 'after' }]);
  });

  it('within a batch the newest update of a record counts, wherever it stands', async () => {
    const { crm, query } = await kith.portal('batch');
    await crm.upsert(
      'companies',
      [company('1', { updatedAt: 2, name: 'newest' }), company('1', { updatedAt: 1, name: 'oldest' })],
      { origin: 'list' },
    );
    expect(await query('SELECT name FROM {db:Identifier}.companies FINAL')).toEqual([{ name: 'newest' }]);
  });

  it('what was read by id is authoritative: it goes back in time and restores what was archived', async () => {
    const { crm, query } = await kith.portal('by-id');
    await crm.upsert('companies', [company('1', { updatedAt: 2000, name: 'listed' })], { origin: 'list' });
    await crm.upsert('companies', [company('1', { updatedAt: 1500, name: 'restored' })], { origin: 'by-id' });
    expect(await query('SELECT name FROM {db:Identifier}.companies FINAL')).toEqual([{ name: 'restored' }]);
    await crm.upsert('companies', [company('1', { updatedAt: 3000, archived: true })], { origin: 'list' });
    expect((await crm.counts()).companies).toBe(0);
    await crm.upsert('companies', [company('1', { updatedAt: 2500 })], { origin: 'list' });
    expect((await crm.counts()).companies, 'a stale page must not bring it back').toBe(0);
    await crm.upsert('companies', [company('1', { updatedAt: 2500 })], { origin: 'by-id' });
    expect((await crm.counts()).companies).toBe(1);
  });

  it('two upserts at once leave the newer update, whichever came last', async () => {
    const { crm, query } = await kith.portal('at-once');
    await Promise.all([
      crm.upsert('companies', [company('1', { updatedAt: 20, name: 'newer' })], { origin: 'list' }),
      crm.upsert('companies', [company('1', { updatedAt: 10, name: 'older' })], { origin: 'list' }),
    ]);
    expect(await query('SELECT name FROM {db:Identifier}.companies FINAL')).toEqual([{ name: 'newer' }]);
  });
});

describe('associations', () => {
  const links = async (portal: PortalStore): Promise<string[]> =>
    (
      await portal.query<{ link: string }>(
        `SELECT concat(from_id, '>', to_id, if(is_primary, '!', '')) AS link FROM {db:Identifier}.associations FINAL ORDER BY link`,
      )
    ).map((row) => row.link);

  it('of the records named are replaced as a set; those of others stay', async () => {
    const portal = await kith.portal('links');
    const replace = portal.crm.replaceAssociations;
    await replace(
      'deals',
      'companies',
      ['1', '2'],
      [link('deals:1', 'companies:a', true), link('deals:1', 'companies:b'), link('deals:2', 'companies:a')],
    );
    await replace('deals', 'companies', ['1'], [link('deals:1', 'companies:b', true), link('deals:1', 'companies:c')]);
    expect(await links(portal)).toEqual(['1>b!', '1>c', '2>a']);
    await replace('deals', 'companies', ['2'], []);
    expect(await links(portal)).toEqual(['1>b!', '1>c']);
    await replace('deals', 'companies', ['2'], [link('deals:2', 'companies:a')]);
    expect(await links(portal)).toEqual(['1>b!', '1>c', '2>a']);
  });

  it('towards another type are another set', async () => {
    const portal = await kith.portal('links-types');
    await portal.crm.replaceAssociations('deals', 'companies', ['1'], [link('deals:1', 'companies:a')]);
    await portal.crm.replaceAssociations('deals', 'contacts', ['1'], [link('deals:1', 'contacts:x')]);
    await portal.crm.replaceAssociations('deals', 'contacts', ['1'], []);
    expect(await links(portal)).toEqual(['1>a']);
  });

  it('that vanished are recognised after a restart', async () => {
    const before = await kith.portal('links-restart');
    await before.crm.replaceAssociations('deals', 'companies', ['1'], [link('deals:1', 'companies:a')]);
    await kith.reopen();
    const portal = await kith.portal('links-restart');
    await portal.crm.replaceAssociations('deals', 'companies', ['1'], [link('deals:1', 'companies:b')]);
    expect(await links(portal)).toEqual(['1>b']);
  });

  it('of records that are not named are refused', async () => {
    const { crm } = await kith.portal('links-foreign');
    await expect(
      crm.replaceAssociations('deals', 'companies', ['1'], [link('deals:2', 'companies:a')]),
    ).rejects.toMatchObject({ code: 'bad-data' });
  });
});

describe('a first import', () => {
  it('of 40,000 line items with their links is whole and sent again changes nothing', async () => {
    const { crm, query } = await kith.portal('bulk');
    const items = Array.from({ length: 40_000 }, (_, i) => lineItem(`l${i}`, { updatedAt: (i * 7919) % 10_007 }));
    for (let round = 0; round < 2; round++) {
      for (let start = 0; start < items.length; start += 20_000) {
        const part = items.slice(start, start + 20_000);
        await crm.upsert('line_items', part, { origin: 'list' });
        await crm.replaceAssociations(
          'line_items',
          'deals',
          part.map(({ id }) => id),
          part.map(({ id }, i) => link(`line_items:${id}`, `deals:d${i % 500}`)),
        );
      }
      expect((await crm.counts()).line_items).toBe(40_000);
      expect(await query('SELECT count() AS n FROM {db:Identifier}.associations FINAL')).toEqual([{ n: '40000' }]);
    }
  });
});

describe('what a sync leaves beside the records', () => {
  it('keeps the account, cursors and rejects, each by its key', async () => {
    const { crm } = await kith.portal('beside');
    expect(await crm.account()).toBeNull();
    const account = { portalId: 'beside', name: 'Beside', timeZone: 'UTC', currency: 'EUR', recordUrl: '' };
    await crm.saveAccount({ ...account, name: 'Before' });
    await crm.saveAccount(account);
    expect(await crm.account()).toEqual(account);

    expect(await crm.cursor('deals')).toBeNull();
    await crm.saveCursor('deals', 'page-1');
    await crm.saveCursor('deals', 'page-2');
    expect(await crm.cursor('deals')).toBe('page-2');
    await crm.saveCursor('deals', null);
    expect(await crm.cursor('deals')).toBeNull();
    await crm.saveCursors({ deals: 'page-3', tickets: 'page-1', contacts: null });
    expect(await Promise.all(['deals', 'tickets', 'contacts'].map(crm.cursor))).toEqual(['page-3', 'page-1', null]);

    const rejected = { objectType: 'deals', recordId: '7', place: 'deals.csv:17', reason: 'no amount' } as const;
    await crm.reject([rejected]);
    await crm.reject([{ ...rejected, reason: 'the amount "x" is not a number' }]);
    expect(await crm.rejects()).toEqual([{ ...rejected, reason: 'the amount "x" is not a number' }]);
  });

  it('tells the last event: won or closed deals by their close, open ones by their creation', async () => {
    const { crm } = await kith.portal('last');
    expect(await crm.lastEventAt()).toBeNull();
    const start = Date.UTC(2025, 0, 1);
    const stage = {
      createdAt: null,
      updatedAt: 0,
      archived: false,
      extra: {},
      object: 'deals' as const,
      pipelineId: 'p',
    };
    await crm.upsert(
      'pipelines',
      [
        {
          ...stage,
          id: 'deals/p/open',
          pipelineLabel: 'P',
          stageId: 'open',
          stageLabel: 'Open',
          isClosed: false,
          probability: 0.5,
        },
        {
          ...stage,
          id: 'deals/p/lost',
          pipelineLabel: 'P',
          stageId: 'lost',
          stageLabel: 'Lost',
          isClosed: true,
          probability: 0,
        },
      ],
      { origin: 'list' },
    );
    await crm.upsert(
      'deals',
      [
        deal('open', { createdAt: start, stageId: 'open', closedAt: start + 400 * DAY }),
        deal('lost', { createdAt: start, stageId: 'lost', closedAt: start + 10 * DAY }),
      ],
      { origin: 'list' },
    );
    expect(await crm.lastEventAt()).toBe(start + 10 * DAY);
    await crm.upsert(
      'deals',
      [deal('won', { createdAt: start, stageId: '?', closedAt: start + 20 * DAY, isClosedWon: true })],
      {
        origin: 'list',
      },
    );
    expect(await crm.lastEventAt()).toBe(start + 20 * DAY);
  });
});

describe('identities', () => {
  const anna = {
    email: 'Anna.Okafor@Example.com',
    firstName: 'Annabel',
    lastName: 'Okafor',
    phone: '+44 (0)20 7946 0958',
  };

  it('are nowhere in the clear, in no column of any table', async () => {
    const portal = await kith.portal('sealed');
    await portal.crm.upsert('contacts', [contact('77', anna)], { origin: 'list' });
    const columns = await portal.query<{ table: string; name: string }>(
      `SELECT table, name FROM system.columns WHERE database = {db:String}`,
    );
    expect(columns.length).toBeGreaterThan(100);
    for (const secret of ['annabel', 'okafor', 'example.com', '7946', '79460958']) {
      for (const { table, name } of columns) {
        const [row] = await portal.query<{ hits: string }>(
          `SELECT countIf(positionCaseInsensitive(toString({column:Identifier}), {secret:String}) > 0) AS hits FROM {db:Identifier}.${table}`,
          { column: name, secret },
        );
        expect(row?.hits, `${secret} in ${table}.${name}`).toBe('0');
      }
    }
  });

  it('are read back, and found by e-mail in any spelling', async () => {
    const { crm, identity } = await kith.portal('read-back');
    await crm.upsert('contacts', [contact('77', anna), contact('78', { firstName: 'Bo' })], { origin: 'list' });
    expect((await identity.read(['77', 'none'])).get('77')).toEqual({ contactId: '77', ...anna });
    expect(await identity.findByEmail('  anna.okafor@example.COM ')).toEqual(['77']);
    expect(await identity.findByEmail('nobody@example.com')).toEqual([]);
    expect(await identity.findByEmail('')).toEqual([]);
    const pages: string[] = [];
    for await (const page of identity.all()) pages.push(...page.map(({ firstName }) => firstName));
    expect(pages).toEqual(['Annabel', 'Bo']);
  });

  it('of an archived contact are gone', async () => {
    const { crm, identity } = await kith.portal('archived');
    await crm.upsert('contacts', [contact('77', anna)], { origin: 'list' });
    await crm.upsert('contacts', [contact('77', { ...anna, archived: true, updatedAt: 5000 })], { origin: 'list' });
    expect((await identity.read(['77'])).size).toBe(0);
    expect(await identity.findByEmail(anna.email)).toEqual([]);
  });

  it('open with an older key after the current one changed, and say so when the key is missing', async () => {
    const before = await kith.portal('keys');
    await before.crm.upsert('contacts', [contact('77', anna)], { origin: 'list' });
    const next = { id: 'k2', secret: Buffer.alloc(32, 9) };
    await kith.reopen([next, { id: 'k1', secret: Buffer.alloc(32, 7) }]);
    const both = await kith.portal('keys');
    expect((await both.identity.read(['77'])).get('77')?.firstName).toBe('Annabel');
    expect(await both.identity.findByEmail(anna.email)).toEqual(['77']);
    await kith.reopen([next]);
    const without = await kith.portal('keys');
    await expect(without.identity.read(['77'])).rejects.toMatchObject({
      code: 'identity-key',
      message: expect.stringContaining('"k1"'),
    });
    await kith.reopen();
  });
});

describe('a contact who is forgotten', () => {
  it('is in no table any more and does not come back, also after a restart', async () => {
    const before = await kith.portal('forgotten');
    const ann = contact('7001', { email: 'ann@example.com', firstName: 'Ann' });
    const sync = async ({ crm }: PortalStore): Promise<void> => {
      await crm.upsert('contacts', [ann, contact('7002')], { origin: 'by-id' });
      await crm.upsert('deals', [deal('1')], { origin: 'list' });
      const links = [link('deals:1', 'contacts:7001'), link('deals:1', 'contacts:7002')];
      await crm.replaceAssociations('deals', 'contacts', ['1'], links);
    };
    await sync(before);
    const removed = await before.crm.forgetContacts(['7001']);
    expect(removed).toMatchObject({ identities: 1, contacts: 1, associations: 1, scores: 0 });
    await sync(before);
    await kith.reopen();
    const portal = await kith.portal('forgotten');
    await sync(portal);
    expect(await portal.crm.counts()).toMatchObject({ contacts: 1, deals: 1 });
    expect(await portal.identity.findByEmail('ann@example.com')).toEqual([]);
    const columns = await portal.query<{ table: string; name: string }>(
      `SELECT table, name FROM system.columns WHERE database = {db:String} AND type IN ('String', 'LowCardinality(String)')`,
    );
    for (const { table, name } of columns) {
      const hits = await portal.query(
        `SELECT 1 FROM {db:Identifier}.${table} WHERE position({column:Identifier}, '7001') > 0 LIMIT 1`,
        { column: name },
      );
      expect(hits, `${table}.${name}`).toEqual([]);
    }
    expect(await portal.crm.forgetContacts([])).toEqual({});
  });

  it('takes their scores along where customers are contacts, and no company’s of the same id', async () => {
    for (const unit of ['contact', 'company'] as const) {
      const { crm, results } = await kith.portal(`forgotten-${unit}`);
      const portfolio = { unit, timeZone: 'UTC', currency: 'EUR', asOf: 0, horizonDays: 90, seed: 1 };
      const run = await results.begin({ asOf: 0, startedAt: 0, fingerprint: '', portfolio });
      const one = { customerIds: ['9'], value: Float64Array.of(1), label: [''], band: [''], details: [''] };
      await results.save(run, 'value', { summary: {}, model: null, scores: { ...one, evidence: Uint8Array.of(0) } });
      const removed = await crm.forgetContacts(['9']);
      expect(removed.scores).toBe(unit === 'contact' ? 1 : 0);
      expect(await results.scores(run.id, 'value')).toHaveLength(unit === 'contact' ? 0 : 1);
    }
  });
});

describe('owners', () => {
  const owner = (id: string, firstName: string, updatedAt: number) => {
    const times = { createdAt: 1000, updatedAt, archived: false, extra: {} };
    return { ...times, id, email: `${id}@acme.test`, firstName, lastName: '' };
  };

  it('are those of now, by name, however often they were read before', async () => {
    const { crm } = await kith.portal('owners');
    expect(await crm.owners()).toEqual([]);
    await crm.upsert('owners', [owner('1', 'Zoe', 1000), owner('2', 'Max', 1000)], { origin: 'list' });
    for (let i = 0; i < 2; i++) expect((await crm.owners()).map(({ name }) => name)).toEqual(['Max', 'Zoe']);
    await crm.upsert('owners', [owner('1', 'Ada', 2000)], { origin: 'list' });
    expect((await crm.owners()).map(({ name }) => name)).toEqual(['Ada', 'Max']);
    await crm.remove('owners', ['2'], 'archived');
    expect(await crm.owners()).toEqual([{ id: '1', name: 'Ada', email: '1@acme.test' }]);
  });
});
