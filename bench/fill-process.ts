import { FOLDER_CURSOR } from '../src/crm-work.ts';
import { newIdentityKey, parseIdentityKeys } from '../src/store/identity-keys.ts';
import { openStore } from '../src/store/open-store.ts';
import { fillWithCustomers } from './made-up-customers.ts';

/** Fills a data folder in a process of its own, so that its memory is not that of what reads it. */
export interface FillOrder {
  readonly dataDir: string;
  readonly portalId: string;
  readonly customers: number;
}

export type FillReport = Readonly<Record<string, number>>;

async function fill({ dataDir, portalId, customers }: FillOrder): Promise<FillReport> {
  const store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
  try {
    const portal = await store.portal(portalId);
    const filled = await fillWithCustomers(portal, customers);
    // As after an import: the start would copy it from HubSpot otherwise.
    await portal.crm.saveCursor(FOLDER_CURSOR, dataDir);
    return filled;
  } finally {
    await store.close();
  }
}

process.once('message', async (message) => {
  // The parent is bench/run-process.ts, which sends what its type says.
  process.send?.(await fill(message as FillOrder));
  process.disconnect();
});
