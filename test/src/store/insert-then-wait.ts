import { openStore } from '../../../src/store/open-store.ts';
import { company } from './records.ts';

// Run by open-store.test.ts in a process of its own, which it kills once the rows are said to be in.
const [dataDir = '', mode = ''] = process.argv.slice(2);
const store = await openStore({ dataDir, keys: [{ id: 'k1', secret: Buffer.alloc(32, 7) }] });
const { crm } = await store.portal('killed');
if (mode === 'write') {
  const companies = Array.from({ length: 5000 }, (_, i) => company(String(i)));
  await crm.upsert('companies', companies, { origin: 'list' });
  await crm.saveCursor('companies', 'after 5000');
  process.stdout.write('written\n');
  setInterval(() => undefined, 1000);
} else {
  process.stdout.write(
    JSON.stringify({ companies: (await crm.counts()).companies, cursor: await crm.cursor('companies') }),
  );
  await store.close();
}
