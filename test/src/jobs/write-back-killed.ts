import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import { parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { scored, synced, write } from './write-back-fixture.ts';

/**
 * A process of its own that writes back and is killed after the CRM has taken its second batch and before the ledger hears of
 * it. Argument: JSON of the data folder, the identity key, the CRM's address and the ids.
 */
const { dataDir, key, url, ids } = JSON.parse(process.argv[2]!);
const store = await openStore({ dataDir, keys: parseIdentityKeys(key) });
const portal = await synced(await store.portal('killed'), ids);
await scored(portal, Date.now(), new Map(ids.map((id: string) => [id, { tier: 'Gold', risk: 0.5 }])));
const { sink } = await openHubspot({ accessToken: 't', basePath: url });
let batches = 0;
await write(
  portal,
  {
    ...sink,
    async write(type, writes) {
      const result = await sink.write(type, writes);
      batches += 1;
      if (batches === 2) process.kill(process.pid, 'SIGKILL');
      return result;
    },
  },
  Date.now,
);
