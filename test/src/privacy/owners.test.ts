import { expect, it } from 'vitest';
import { listOwners } from '../../../src/privacy/owners.ts';
import type { PortalStore } from '../../../src/store/portal-store.ts';
import { withStore } from '../store/with-store.ts';

const store = withStore();

it('owners are told from what the store remembers of them: no question of its own is asked for each request', async () => {
  const portal = await store.portal('owners');
  const about = { createdAt: 1, updatedAt: 1, archived: false, extra: {} };
  const owner = { ...about, id: '7', email: 'Ana@acme.example', firstName: 'Ana', lastName: 'Duarte' };
  await portal.crm.upsert('owners', [owner], { origin: 'list' });
  const query: PortalStore['query'] = () => Promise.reject(new Error('it was asked'));
  expect(await listOwners({ ...portal, query })).toMatchObject([{ id: '7', email: 'Ana@acme.example' }]);
});
