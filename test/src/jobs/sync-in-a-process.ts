import { createHash } from 'node:crypto';
import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import { sync } from '../../../src/jobs/sync.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { TOKEN } from '../../demo/hubspot/small-portal.ts';
import { TEST_KEY } from '../store/with-store.ts';

// Run by sync-killed.test.ts in a process of its own: one part of a sync at an instant, then what the store holds.
const [dataDir = '', url = '', at = '', part = ''] = process.argv.slice(2);
let time = Number(at);
const now = () => time;
const store = await openStore({ dataDir, keys: [TEST_KEY], now });
const portal = await store.portal('killed');
const { source } = await openHubspot({
  accessToken: TOKEN,
  basePath: url,
  now,
  random: () => 0.5,
  sleep: async (milliseconds) => {
    time += milliseconds;
  },
});
const told = {
  ...portal,
  crm: {
    ...portal.crm,
    async saveCursor(name: string, value: string | null) {
      await portal.crm.saveCursor(name, value);
      if (value?.includes('afterId') === true) process.stdout.write(`${value}\n`);
    },
  },
};
const report = await sync({
  source,
  portal: told,
  progress: { update: () => undefined },
  now,
  full: false,
  part: part === 'safe' ? 'safe' : 'all',
});
const hash = createHash('sha256');
for (const table of ['companies', 'deals', 'contacts']) {
  const rows = await portal.query(`SELECT * EXCEPT version FROM {db:Identifier}.${table} FINAL ORDER BY id`);
  hash.update(JSON.stringify(rows));
}
const links = await portal.query(
  'SELECT from_type, from_id, to_type, to_id, is_primary FROM {db:Identifier}.associations FINAL ORDER BY ALL',
);
hash.update(JSON.stringify(links));
const { counts, calls } = report;
const cursor = JSON.parse((await portal.crm.cursor('lane/companies')) ?? 'null');
process.stdout.write(`${JSON.stringify({ companies: counts.companies, calls, cursor, hash: hash.digest('hex') })}\n`);
await store.close();
