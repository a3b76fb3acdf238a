import { expect, test } from 'vitest';
import type { CrmRecords, ObjectType } from '../../../src/domain/crm.ts';
import { copyTypes } from '../../../src/jobs/backfill.ts';
import type { CrmPage, CrmSource } from '../../../src/ports/crm.ts';
import type { PortalStore } from '../../../src/store/portal-store.ts';
import { company, contact, link } from '../store/records.ts';
import { withStore } from '../store/with-store.ts';

const store = withStore();
const TYPES: readonly ObjectType[] = ['companies', 'contacts'];
const quiet = { update: () => undefined };
const last = async () => 'last';

function page<T extends ObjectType>(records: readonly CrmRecords[T][], next: string | null): CrmPage<T> {
  const associations = records.flatMap(({ id }) => (id === 'a' ? [link('contacts:a', 'companies:1')] : []));
  return { records, associations, rejected: [], next, total: null };
}

/** Pages of companies and contacts as of files; `failing` is thrown after the pages of that type. */
function files(failing?: ObjectType): CrmSource {
  const pages: Partial<Record<ObjectType, CrmPage<ObjectType>[]>> = {
    companies: [page([company('1'), company('2')], '2'), page([company('3')], null)],
    contacts: [page([contact('a')], '1'), page([contact('b')], failing === 'contacts' ? '2' : null)],
  };
  return {
    kind: 'csv',
    changes: null,
    async *read(type: ObjectType) {
      yield* pages[type] ?? [];
      if (type === failing) throw new Error(`${type}.csv is cut short`);
    },
  } as unknown as CrmSource; // nothing else is asked of it
}

/** The portal, whose writes of some kind wait or fail as `around` has it, and what was done in which order. */
function watched(portal: PortalStore, around: (type: ObjectType, write: () => Promise<void>) => Promise<void>) {
  const done: string[] = [];
  const crm: PortalStore['crm'] = {
    ...portal.crm,
    upsert: (type, records, options) =>
      around(type, async () => {
        await portal.crm.upsert(type, records, options);
        done.push(`${type} stored`);
      }),
    async saveCursor(name, value) {
      await portal.crm.saveCursor(name, value);
      done.push(`${name} saved`);
    },
  };
  return { portal: { ...portal, crm }, done };
}

const idsOf = async (portal: PortalStore, type: ObjectType) =>
  (await portal.query<{ id: string }>(`SELECT id FROM {db:Identifier}.${type} FINAL ORDER BY id`)).map(({ id }) => id);

test('files are read on while the rows of the one before are stored, and checkpoints are saved in their order', async () => {
  let read = (): void => undefined;
  const isRead = new Promise<void>((resolve) => {
    read = resolve;
  });
  // Companies are stored only once the contacts' file is read: whoever waited for them would wait for ever.
  const { portal, done } = watched(await store.portal('beside'), async (type, write) => {
    if (type === 'companies') await isRead;
    await write();
  });
  const source = files();
  const reading: CrmSource = {
    ...source,
    async *read(type, options) {
      yield* source.read(type, options);
      if (type === 'contacts') read();
    },
  };
  expect(await copyTypes({ source: reading, portal, progress: quiet }, TYPES, last)).toEqual({
    rejected: 0,
    last: 'last',
  });
  expect(done).toEqual(['companies stored', 'backfill/companies saved', 'contacts stored', 'backfill/contacts saved']);
});

test('what was read before a file breaks off is stored, of it and of the one before, each with its checkpoint', async () => {
  const portal = await store.portal('broken-off');
  await expect(copyTypes({ source: files('contacts'), portal, progress: quiet }, TYPES, last)).rejects.toThrow(
    'contacts.csv is cut short',
  );
  expect([await idsOf(portal, 'companies'), await idsOf(portal, 'contacts')]).toEqual([
    ['1', '2', '3'],
    ['a', 'b'],
  ]);
  expect(JSON.parse((await portal.crm.cursor('backfill/companies')) ?? '')).toEqual({ after: null, isDone: true });
  expect(JSON.parse((await portal.crm.cursor('backfill/contacts')) ?? '')).toEqual({ after: '2', isDone: false });
});

test('no checkpoint is saved after rows that could not be stored, of this type or a later one', async () => {
  const { portal, done } = watched(await store.portal('not-stored'), async (type, write) => {
    if (type === 'companies') throw new Error('no room');
    await write();
  });
  await expect(copyTypes({ source: files(), portal, progress: quiet }, TYPES, last)).rejects.toThrow('no room');
  expect(done).toEqual([]);
});
