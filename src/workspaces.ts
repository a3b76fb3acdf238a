import { join } from 'node:path';
import type { Config } from './config.ts';
import type { CrmAccount, Instant } from './domain/crm.ts';
import type { Host } from './host.ts';
import { checkDroppable, type RotationReport, resealAll } from './jobs/rotate-keys.ts';
import type { Workspace } from './kith.ts';
import { createAnswerMemory } from './ledger/answer-memory.ts';
import { createAudit } from './ledger/audit.ts';
import { createOutbox } from './ledger/outbox.ts';
import { createPlaybookLog } from './ledger/playbook-log.ts';
import { createSeenRequests } from './ledger/seen-requests.ts';
import { createWriteBackLog } from './ledger/write-back-log.ts';
import { KithError } from './lib/errors.ts';
import { removeLeftovers } from './lib/write-whole.ts';
import type { Progress } from './ports/job-runner.ts';
import { createReader } from './privacy/create-reader.ts';
import type { PortalState } from './state/portal-state.ts';
import { openState } from './state/state-store.ts';
import { connectionFile } from './store/connection-file.ts';
import { ERASURES_FILE } from './store/erasure-record.ts';
import { KEY_FILE, loadOrCreateKeys, saveKeys } from './store/identity-key-file.ts';
import { type IdentityKey, newIdentityKey, parseIdentityKeys } from './store/identity-keys.ts';
import { installationFile } from './store/installation-file.ts';
import { keysThatSealed } from './store/key-check.ts';
import { openStore } from './store/open-store.ts';
import type { PortalStore } from './store/portal-store.ts';
import type { SealedFile } from './store/sealed-file.ts';

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
  /** A new identity key, or the rest of a rotation that was broken off; `dropOld` forgets every key but the current one. */
  rotateKeys(options: { dropOld: boolean; progress: Progress; signal?: AbortSignal }): Promise<KeyRotation>;
  close(): Promise<void>;
}

export interface KeyRotation extends RotationReport {
  readonly current: string;
  /** A key to put in front of those in the environment; '' where Kith keeps the keys itself. */
  readonly new_key: string;
  readonly next: string;
}

/** Opens keys, state and store; the caller holds the folder's lock. */
export async function openWorkspaces(config: Config, host: Host, now: () => Instant): Promise<Workspaces> {
  const { dataDir, tenant } = config;
  // The caller holds the folder's lock: nobody else writes them now.
  await removeLeftovers(['state.json', 'state.json.bak', KEY_FILE, ERASURES_FILE].map((name) => join(dataDir, name)));
  let keys: readonly IdentityKey[] = await loadOrCreateKeys(dataDir, config.identityKeys, async () =>
    keysThatSealed(await host.engine(), tenant),
  );
  const state = await openState(dataDir);
  const store = await openStore({ dataDir, keys, now, engine: await host.engine(), tenant });
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
      answers: createAnswerMemory(portal, now),
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
    async rotateKeys({ dropOld, progress, signal }) {
      const portals = await Promise.all((await store.portals()).map((id) => store.portal(id)));
      const isWithin = config.identityKeys === null;
      if (!dropOld && !(await isUnderWay(portals, keys[0]!.id))) {
        const fresh = newIdentityKey();
        if (!isWithin && keys.length === 1) {
          const next = `Put this key in front of those in KITH_IDENTITY_KEYS, with a comma after it, start Kith again and run 'kith rotate-key' once more`;
          return { current: keys[0]!.id, new_key: fresh, resealed: 0, inUse: [], next };
        }
        if (isWithin) {
          const [key] = parseIdentityKeys(fresh);
          // On disk before anything is sealed under it.
          await saveKeys(dataDir, [key!, ...keys]);
          keys = [key!, ...keys];
          store.adopt(key!);
        }
      }
      const current = keys[0]!.id;
      const report = await resealAll(portals, progress, signal);
      await resealFile(connectionFile(dataDir, async () => keys));
      await resealFile(installationFile(dataDir, async () => keys));
      const done = { ...report, current, new_key: '' };
      if (!dropOld) {
        const next = isWithin
          ? "Make a backup, then forget the older keys with 'kith rotate-key --drop-old'; backups made before need them, so keep a copy as long as those"
          : 'Take the older keys out of KITH_IDENTITY_KEYS; backups made before need them, so keep a copy as long as those';
        return { ...done, next };
      }
      checkDroppable(report, current);
      if (isWithin) {
        keys = keys.slice(0, 1);
        await saveKeys(dataDir, keys);
      }
      return { ...done, next: isWithin ? '' : 'Take the older keys out of KITH_IDENTITY_KEYS' };
    },
    close: () => store.close(),
  };
}

async function resealFile<Content>(file: SealedFile<Content>): Promise<void> {
  await file.exclusively(async () => {
    const content = await file.read();
    if (content !== null) await file.save(content);
  });
}

/** Whether a rotation was broken off: something is still sealed under another key than the current one. */
async function isUnderWay(portals: readonly PortalStore[], current: string): Promise<boolean> {
  for (const portal of portals) {
    if ([...(await portal.identity.keysInUse()).keys()].some((id) => id !== current)) return true;
  }
  return false;
}

function noData(): KithError {
  return new KithError('no-results', {
    en: "There is no data yet; run 'kith import DIR' with a folder of CRM export files, or 'kith sync' with a HubSpot token or connection",
    zh: '尚无数据；请用 kith import DIR 导入 CRM 导出文件夹，或设置 HubSpot 令牌或连接后运行 kith sync',
  });
}
