import type { Config } from './config.ts';
import type { CrmAccount, Instant } from './domain/crm.ts';
import type { Workspace } from './kith.ts';
import { createAudit } from './ledger/audit.ts';
import { createOutbox } from './ledger/outbox.ts';
import { createPlaybookLog } from './ledger/playbook-log.ts';
import { createSeenRequests } from './ledger/seen-requests.ts';
import { createWriteBackLog } from './ledger/write-back-log.ts';
import { KithError } from './lib/errors.ts';
import { createReader } from './privacy/create-reader.ts';
import type { PortalState } from './state/portal-state.ts';
import { openState } from './state/state-store.ts';
import { loadOrCreateKeys } from './store/identity-key-file.ts';
import { openStore } from './store/open-store.ts';
import type { PortalStore } from './store/portal-store.ts';

/** The data folder, opened: every portal's workspace. */
export interface Workspaces {
  /** The portal named, or the only one, or the one synced last. KithError('no-results') when there is none. */
  workspace(portalId?: string): Promise<Workspace>;
  /** A portal's store, made when it is not there. */
  portal(portalId: string): Promise<PortalStore>;
  /** What people decided about a portal, which need not have been synced. */
  state(portalId: string): PortalState;
  /** After a sync: the account as it is now. The workspace stays the same one, since its ledgers are one chain each. */
  refresh(portalId: string): Promise<Workspace>;
  close(): Promise<void>;
}

/** Opens keys, state and store; the caller holds the folder's lock. */
export async function openWorkspaces(config: Config, now: () => Instant): Promise<Workspaces> {
  const { dataDir, clickhouseUrl: url } = config;
  const keys = await loadOrCreateKeys(dataDir, config.identityKeys);
  const state = await openState(dataDir);
  const store = await openStore({ dataDir, keys, now, ...(url === null ? {} : { url }) });
  const opened = new Map<string, Promise<Workspace>>();
  const accounts = new Map<string, CrmAccount>();

  async function open(portalId: string): Promise<Workspace> {
    const portal = await store.portal(portalId);
    const account = await portal.crm.account();
    if (account === null) throw noData();
    accounts.set(portalId, account);
    return {
      portal,
      get account() {
        return accounts.get(portalId) ?? account;
      },
      outbox: createOutbox(portal, now),
      audit: createAudit(portal, now),
      seen: createSeenRequests(portal, now),
      writeBackLog: createWriteBackLog(portal, now),
      playbookLog: createPlaybookLog(portal, now),
      state: () => state.portal(portalId),
      updateState: (change) => state.update(portalId, change),
      reader: (viewer) =>
        createReader({ portal, account: accounts.get(portalId) ?? account, state: state.portal(portalId), viewer }),
    };
  }

  async function currentPortal(): Promise<string> {
    if (config.portalId !== null) return config.portalId;
    let newest: { portalId: string; at: number } | null = null;
    for (const portalId of await store.portals()) {
      const at = Number((await (await store.portal(portalId)).crm.cursor('last-sync')) ?? 0);
      if (newest === null || at > newest.at) newest = { portalId, at };
    }
    if (newest === null) throw noData();
    return newest.portalId;
  }

  function workspaceOf(portalId: string): Promise<Workspace> {
    const opening = opened.get(portalId) ?? open(portalId);
    opened.set(portalId, opening);
    opening.catch(() => opened.delete(portalId));
    return opening;
  }

  return {
    workspace: async (portalId) => workspaceOf(portalId ?? (await currentPortal())),
    portal: (portalId) => store.portal(portalId),
    state: (portalId) => state.portal(portalId),
    async refresh(portalId) {
      const workspace = await workspaceOf(portalId);
      const account = await workspace.portal.crm.account();
      if (account !== null) accounts.set(portalId, account);
      return workspace;
    },
    close: () => store.close(),
  };
}

function noData(): KithError {
  return new KithError(
    'no-results',
    "There is no data yet; run 'kith import DIR' with a folder of CRM export files, or 'kith sync' with a HubSpot token or connection",
  );
}
