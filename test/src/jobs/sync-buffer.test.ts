import { expect, test } from 'vitest';
import type { CrmRecords } from '../../../src/domain/crm.ts';
import { createSyncBuffer } from '../../../src/jobs/sync-buffer.ts';
import { contact, link } from '../store/records.ts';
import { withStore } from '../store/with-store.ts';

const store = withStore();

const page = (records: readonly CrmRecords['contacts'][], links: ReturnType<typeof link>[], next: string | null) => ({
  records,
  associations: links,
  rejected: [],
  next,
  total: null,
});

test('of a record that comes again, the later one counts, with its own links alone', async () => {
  const portal = await store.portal('again');
  const buffer = createSyncBuffer('contacts');
  buffer.add(
    page(
      [contact('1', { country: 'DE' }), contact('2')],
      [link('contacts:1', 'companies:10'), link('contacts:2', 'companies:20')],
      'a',
    ),
  );
  buffer.add(
    page(
      [contact('1', { country: 'FR' }), contact('3')],
      [link('contacts:1', 'companies:11'), link('contacts:3', 'companies:30'), link('contacts:9', 'companies:90')],
      null,
    ),
  );
  expect([buffer.rows, buffer.ids, buffer.next]).toEqual([3, ['1', '2', '3'], null]);
  await buffer.store(portal);
  const rows = await portal.query('SELECT id, country FROM {db:Identifier}.contacts FINAL ORDER BY id');
  expect(rows).toEqual([
    { id: '1', country: 'FR' },
    { id: '2', country: '' },
    { id: '3', country: '' },
  ]);
  const links = await portal.query(
    'SELECT from_id, to_id FROM {db:Identifier}.associations FINAL ORDER BY from_id, to_id',
  );
  // The link of a record that no page brought is nobody's.
  expect(links).toEqual([
    { from_id: '1', to_id: '11' },
    { from_id: '2', to_id: '20' },
    { from_id: '3', to_id: '30' },
  ]);
});
