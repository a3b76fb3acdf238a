import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ASSOCIATION_TYPES, type Association, type CrmRecords, type ObjectType } from '../../src/domain/crm.ts';
import type { CrmId, CrmPage, OpenCrm, PropertyDefinition, RawRevenue } from '../../src/ports/crm.ts';

/** A CRM with known records, and what reading it must give. */
interface CrmFixture {
  readonly crm: OpenCrm;
  /** Ids of every readable record, by type. */
  readonly ids: Readonly<Partial<Record<ObjectType, readonly string[]>>>;
  /** `from>id>to>id`, with ` primary` behind those that are. */
  readonly associations: readonly string[];
  readonly revenue: RawRevenue;
  /** The records that must be refused: type, id, and words that the place and the reason hold. */
  readonly rejected: readonly { objectType: ObjectType; recordId: string; place: string; reason: string }[];
  /** A customer type that can be annotated, two of its ids, and one that does not exist. */
  readonly annotate: {
    readonly type: 'companies' | 'contacts';
    readonly ids: readonly [string, string];
    readonly unknownId: string;
  };
  close(): Promise<void>;
}

const PROPERTIES: readonly PropertyDefinition[] = [
  { name: 'kith_note', label: 'Kith note', description: 'A text', type: 'string' },
  { name: 'kith_risk', label: 'Kith risk', description: 'A number', type: 'number' },
  {
    name: 'kith_tier',
    label: 'Kith tier',
    description: 'A class',
    type: 'enumeration',
    options: [
      { value: 'gold', label: 'Gold' },
      { value: 'silver', label: 'Silver' },
    ],
  },
];
const NAMES = PROPERTIES.map(({ name }) => name);

/** What every CRM integration must do. */
export function testCrm(name: string, open: () => Promise<CrmFixture>): void {
  describe(`${name} as a CRM`, () => {
    let fixture: CrmFixture;
    beforeAll(async () => {
      fixture = await open();
    });
    afterAll(() => fixture?.close());

    it('says which account it is', async () => {
      const account = await fixture.crm.source.account();
      expect(account.portalId).not.toBe('');
      expect(account.currency).toMatch(/^[A-Z]{3}$/);
      expect(new Intl.DateTimeFormat('en', { timeZone: account.timeZone }).resolvedOptions().timeZone).not.toBe('');
    });

    it('reads every record of every type once, with instants and decimals as the domain has them', async () => {
      const types = await fixture.crm.source.objectTypes();
      for (const [type, ids] of Object.entries(fixture.ids) as [ObjectType, readonly string[]][]) {
        expect(types).toContain(type);
        const records = recordsOf(await pagesOf(fixture.crm, type));
        expect(records.map((record) => record.id).sort()).toEqual([...ids].sort());
        for (const record of records) {
          expect(record.createdAt === null || Number.isInteger(record.createdAt)).toBe(true);
          expect(Number.isInteger(record.updatedAt)).toBe(true);
        }
      }
      for (const deal of recordsOf(await pagesOf(fixture.crm, 'deals'))) {
        for (const amount of [deal.amount, deal.homeAmount]) {
          expect(amount === null || /^-?\d+(\.\d{1,6})?$/.test(amount)).toBe(true);
        }
      }
    });

    it('gives the same pages when it is read twice', async () => {
      for (const type of await fixture.crm.source.objectTypes()) {
        expect(await pagesOf(fixture.crm, type)).toEqual(await pagesOf(fixture.crm, type));
      }
    });

    it('goes on from every checkpoint with exactly the records that follow it', async () => {
      for (const type of await fixture.crm.source.objectTypes()) {
        const pages = await pagesOf(fixture.crm, type);
        expect(pages.at(-1)?.next ?? null).toBeNull();
        for (const [index, page] of pages.entries()) {
          if (page.next !== null) {
            const rest = await pagesOf(fixture.crm, type, page.next);
            expect(recordsOf(rest)).toEqual(recordsOf(pages.slice(index + 1)));
          }
        }
      }
    });

    it('gives each page the complete associations of its records', async () => {
      const found: string[] = [];
      for (const type of await fixture.crm.source.objectTypes()) {
        for (const page of await pagesOf(fixture.crm, type)) {
          const ids = new Set(page.records.map((record) => record.id));
          expect(page.associations.filter((link) => !ids.has(link.fromId))).toEqual([]);
          found.push(...page.associations.map(written));
        }
      }
      const copied = new Set(ASSOCIATION_TYPES.map(([from, to]) => `${from}>${to}`));
      expect(found.filter((link) => !copied.has(link.replace(/>[^>]*>/, '>').replace(/>[^>]*$/, '')))).toEqual([]);
      expect(found.sort()).toEqual([...fixture.associations].sort());
    });

    it('sums the won revenue to the cent and keeps other currencies apart', async () => {
      expect(await fixture.crm.source.rawRevenue()).toEqual(fixture.revenue);
    });

    it('sets bad records aside with their place and the reason, and reads on', async () => {
      const rejected = [];
      for (const type of await fixture.crm.source.objectTypes()) {
        rejected.push(...(await pagesOf(fixture.crm, type)).flatMap((page) => page.rejected));
      }
      expect(rejected).toEqual(
        fixture.rejected.map(({ place, reason, ...rest }) => ({
          ...rest,
          place: expect.stringContaining(place),
          reason: expect.stringContaining(reason),
        })),
      );
    });

    it('stops between pages when it is told to', async () => {
      const stop = new AbortController();
      stop.abort(new Error('enough'));
      const read = async () => {
        for await (const _ of fixture.crm.source.read('deals', { signal: stop.signal })) {
          // Only whether it stops matters.
        }
      };
      await expect(read()).rejects.toThrow('enough');
    });

    it('finds by when they changed the same records that a full reading gives, and goes on after any id', async () => {
      const { source } = fixture.crm;
      for (const type of source.changes?.types ?? []) {
        const pages = await modifiedPages(fixture.crm, type);
        const whole = await pagesOf(fixture.crm, type);
        expect(byId(recordsOf(pages))).toEqual(byId(recordsOf(whole)));
        expect(pages.at(-1)?.next ?? null).toBeNull();
        expect(linksOf(pages)).toEqual(linksOf(whole));
        for (const [index, { next }] of pages.entries()) {
          if (next !== null) {
            const rest = await modifiedPages(fixture.crm, type, next);
            expect(recordsOf(rest)).toEqual(recordsOf(pages.slice(index + 1)));
          }
        }
      }
    });

    it('is told by its changes every id there is, each record by its id, and which ids it does not have', async () => {
      const { changes } = fixture.crm.source;
      for (const type of changes?.types ?? []) {
        const whole = await pagesOf(fixture.crm, type);
        const rejected = whole.flatMap((page) => page.rejected.map(({ recordId }) => recordId));
        const listed = await allIds(changes?.ids(type, 'live'));
        const live = listed.map(({ id }) => id);
        const changedAt = new Map(listed.map(({ id, updatedAt }) => [id, updatedAt]));
        for (const { id, updatedAt } of recordsOf(whole)) expect(changedAt.get(id)).toBe(updatedAt);
        expect([...live].sort()).toEqual([...recordsOf(whole).map(({ id }) => id), ...rejected].sort());
        expect(await allIds(changes?.ids(type, 'archived'))).toEqual([]);
        const some = [...live.slice(0, 120), ...rejected];
        const unknown = `${live[0]?.replace(/\d+$/, '') ?? ''}${fixture.annotate.unknownId}0000`;
        const answer = await changes?.byId(type, [...some, unknown]);
        expect(answer?.missing).toEqual([unknown]);
        expect(answer?.merged).toEqual([]);
        expect(new Set(answer?.rejected.map(({ recordId }) => recordId))).toEqual(new Set(rejected));
        const wanted = new Set(some);
        expect(byId(answer?.records ?? [])).toEqual(byId(recordsOf(whole).filter(({ id }) => wanted.has(id))));
        const links = whole.map((page) => page.associations.filter(({ fromId }) => wanted.has(fromId)));
        expect(answer?.associations.map(written).sort()).toEqual(links.flat().map(written).sort());
        const asked = ASSOCIATION_TYPES.filter(([from]) => from === type);
        const good = some.filter((id) => !rejected.includes(id));
        const told = await Promise.all(asked.map(([from, to]) => changes?.associations(from, to, good)));
        expect(told.flatMap((answer) => answer?.rejected)).toEqual([]);
        expect(
          told
            .flatMap((answer) => answer?.links ?? [])
            .map(written)
            .sort(),
        ).toEqual(links.flat().map(written).sort());
      }
    });

    it('counts its calls', () => {
      expect(fixture.crm.source.calls()).toBeGreaterThan(0);
    });

    it('prepares its properties twice as well as once', async () => {
      const { type } = fixture.annotate;
      await fixture.crm.sink.prepare(type, PROPERTIES);
      await fixture.crm.sink.prepare(type, PROPERTIES);
    });

    it('gives back what it wrote, empty texts for what nobody wrote, and nothing for a record that does not exist', async () => {
      const { type, ids, unknownId } = fixture.annotate;
      const [first, second] = ids;
      const values = { kith_note: '-5 points, "quoted"\nand a second line', kith_risk: '0.25', kith_tier: 'gold' };
      expect(await fixture.crm.sink.current(type, [first, second, unknownId], NAMES)).toEqual(
        new Map([first, second].map((id) => [id, { kith_note: '', kith_risk: '', kith_tier: '' }])),
      );
      expect(await fixture.crm.sink.write(type, [{ id: first, properties: values }])).toEqual({
        written: [first],
        failed: [],
      });
      const current = await fixture.crm.sink.current(type, [first, second, unknownId], NAMES);
      expect(current.get(first)).toEqual(values);
      expect(current.get(second)).toEqual({ kith_note: '', kith_risk: '', kith_tier: '' });
      expect(current.has(unknownId)).toBe(false);
    });

    it('keeps the newest of several values', async () => {
      const { type, ids } = fixture.annotate;
      const [first] = ids;
      await fixture.crm.sink.write(type, [{ id: first, properties: { kith_tier: 'gold' } }]);
      await fixture.crm.sink.write(type, [{ id: first, properties: { kith_tier: 'silver' } }]);
      expect((await fixture.crm.sink.current(type, [first], ['kith_tier'])).get(first)).toEqual({
        kith_tier: 'silver',
      });
    });

    it('says which records it could not write and why, and writes the others', async () => {
      const { type, ids, unknownId } = fixture.annotate;
      const result = await fixture.crm.sink.write(
        type,
        [ids[0], unknownId, ids[1]].map((id) => ({ id, properties: { kith_note: 'both' } })),
      );
      expect([...result.written].sort()).toEqual([...ids].sort());
      expect(result.failed).toEqual([{ id: unknownId, reason: expect.stringMatching(/\S/) }]);
      const current = await fixture.crm.sink.current(type, ids, ['kith_note']);
      expect([...current.values()]).toEqual([{ kith_note: 'both' }, { kith_note: 'both' }]);
    });

    it('puts tasks on records, each under an id of its own, and refuses a record that it does not have', async () => {
      const { type, ids, unknownId } = fixture.annotate;
      const [first, second] = ids;
      const text = { subject: 'Offer a lamp', body: '12 of 18, "quoted" <b>&\nand a second line', ownerId: '' };
      const task = { ...text, objectType: type, dueAt: Date.UTC(2026, 2, 9) };
      const made = [
        await fixture.crm.sink.createTask({ ...task, recordId: first }),
        await fixture.crm.sink.createTask({ ...task, recordId: first }),
        await fixture.crm.sink.createTask({ ...task, recordId: second }),
      ];
      for (const { id } of made) expect(id).toMatch(/^\w+$/);
      expect(new Set(made.map(({ id }) => id)).size).toBe(3);
      await expect(fixture.crm.sink.createTask({ ...task, recordId: unknownId })).rejects.toMatchObject({
        code: 'write-back-refused',
      });
    });
  });
}

export async function pagesOf<T extends ObjectType>(crm: OpenCrm, type: T, after?: string): Promise<CrmPage<T>[]> {
  const pages: CrmPage<T>[] = [];
  for await (const page of crm.source.read(type, after === undefined ? {} : { after })) {
    pages.push(page);
  }
  return pages;
}

export function recordsOf<T extends ObjectType>(pages: readonly CrmPage<T>[]): CrmRecords[T][] {
  return pages.flatMap((page) => page.records);
}

async function modifiedPages<T extends ObjectType>(crm: OpenCrm, type: T, afterId?: string): Promise<CrmPage<T>[]> {
  const pages: CrmPage<T>[] = [];
  const ever = { from: 0, to: Date.UTC(2100, 0, 1) };
  for await (const page of crm.source.changes?.modified(type, ever, afterId === undefined ? {} : { afterId }) ?? []) {
    pages.push(page);
  }
  return pages;
}

async function allIds(pages: AsyncIterable<readonly CrmId[]> | undefined): Promise<CrmId[]> {
  const ids: CrmId[] = [];
  for await (const page of pages ?? []) {
    ids.push(...page);
  }
  return ids;
}

function byId<R extends { readonly id: string }>(records: readonly R[]): ReadonlyMap<string, R> {
  return new Map(records.map((record) => [record.id, record]));
}

function linksOf(pages: readonly CrmPage<ObjectType>[]): string[] {
  return pages.flatMap((page) => page.associations.map(written)).sort();
}

function written(link: Association): string {
  return `${link.fromType}>${link.fromId}>${link.toType}>${link.toId}${link.isPrimary ? ' primary' : ''}`;
}
