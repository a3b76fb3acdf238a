import { analyses } from './analyses/index.ts';
import type { Instant } from './domain/crm.ts';
import { noteCalls } from './jobs/crm-calls.ts';
import { followHints, hasHints } from './jobs/follow-hints.ts';
import { createHintQueue, type HintQueue } from './jobs/hint-queue.ts';
import { reconcileRecords } from './jobs/reconcile-records.ts';
import { scheduledWriteBack } from './jobs/scheduled-write-back.ts';
import { type SyncPart, sync } from './jobs/sync.ts';
import { createTaskDesk, type TaskDesk } from './jobs/task-desk.ts';
import { writeBackCsv } from './jobs/write-back-csv.ts';
import { createWriteBackDesk, type WriteBackDesk } from './jobs/write-back-desk.ts';
import type { Asker, Kith, Workspace } from './kith.ts';
import { KithError, when } from './lib/errors.ts';
import type { OpenCrm } from './ports/crm.ts';
import type { Progress } from './ports/job-runner.ts';
import { digestViewer } from './privacy/viewer.ts';
import { watchedReader } from './privacy/watched-reader.ts';
import { copiedProperties } from './state/copied-properties.ts';
import { createSerial } from './store/serial.ts';
import type { Workspaces } from './workspaces.ts';

export interface CrmWorkOptions {
  readonly workspaces: Workspaces;
  /** Null without a token. */
  readonly hubspot: (() => Promise<OpenCrm>) | null;
  readonly folder: (directory: string) => Promise<OpenCrm>;
  readonly now: () => Instant;
  readonly asOf: 'now' | 'last-event';
  readonly lagMs: number;
}

/** What Kith does with a CRM: copy it, compare with it, follow its hints, write back to it. */
export interface CrmWork {
  readonly operations: Pick<
    Kith,
    | 'importFolder'
    | 'sync'
    | 'reconcile'
    | 'writeBack'
    | 'scheduledWriteBack'
    | 'presentWriteBack'
    | 'presentUndo'
    | 'writeBackCsv'
    | 'undoWriteBack'
    | 'removeProperties'
    | 'followHints'
  >;
  hintsOf(workspace: Workspace): HintQueue;
  /** The write-back as one person may steer it. */
  controlsOf(workspace: Workspace, asker: Asker): ReturnType<WriteBackDesk['controls']>;
  /** Tasks on the CRM's records. */
  tasksOf(workspace: Workspace): TaskDesk;
}

/** Where the folder of an imported portal is remembered, so that it can be read again and written back to. */
export const FOLDER_CURSOR = 'folder';

export function createCrmWork(options: CrmWorkOptions): CrmWork {
  const { workspaces, now, asOf, lagMs } = options;
  const oneSyncAtATime = createSerial();

  function openHubspot(): Promise<OpenCrm> {
    if (options.hubspot === null) throw noToken();
    return options.hubspot();
  }

  /** The CRM that a portal came from. */
  async function crmOf({ portal }: Workspace): Promise<OpenCrm> {
    const folder = await portal.crm.cursor(FOLDER_CURSOR);
    return folder === null ? openHubspot() : options.folder(folder);
  }

  /** Opens a CRM, uses it and closes it; what is then known of the day's calls is kept, and told when none are left. */
  async function withCrm<T>(
    opening: () => Promise<OpenCrm>,
    use: (crm: OpenCrm) => Promise<T>,
    at?: Workspace,
  ): Promise<T> {
    let crm: OpenCrm | null = null;
    let isRefused = false;
    try {
      crm = await opening();
      return await use(crm);
    } catch (error) {
      isRefused = error instanceof KithError && error.code === 'crm-limit';
      throw error;
    } finally {
      const budget = crm?.budget?.() ?? null;
      if (budget !== null || isRefused) {
        const of = at ?? (await workspaces.workspace().catch(when('no-results', () => null)));
        if (of !== null) await noteCalls({ ...of, state: of.state(), now }, budget, isRefused);
      }
      await crm?.source.close();
    }
  }

  const syncFrom = (
    opening: () => Promise<OpenCrm>,
    order: { full: boolean; part?: SyncPart; progress: Progress; signal?: AbortSignal },
  ) =>
    withCrm(opening, async ({ source }) => {
      const { portalId } = await source.account();
      const portal = await workspaces.portal(portalId);
      const copied = copiedProperties(workspaces.state(portalId));
      const run = () => sync({ source, portal, now, lagMs, copied, ...order });
      // The fast lane waits for nothing and moves no cursor; the others share theirs.
      const report = await (order.part === 'fast' ? run() : oneSyncAtATime(run));
      return { ...report, workspace: await workspaces.refresh(portalId) };
    });

  const hintQueues = new Map<string, HintQueue>();
  function hintsOf({ portal }: Workspace): HintQueue {
    const queue = hintQueues.get(portal.portalId) ?? createHintQueue(portal, now);
    hintQueues.set(portal.portalId, queue);
    return queue;
  }

  /** One a portal, so that two writes never run at once. */
  const desks = new Map<string, WriteBackDesk>();
  function deskOf(at: Workspace): WriteBackDesk {
    const { portal, audit, writeBackLog: log } = at;
    const desk =
      desks.get(portal.portalId) ??
      createWriteBackDesk({
        portal,
        log,
        audit,
        analyses,
        now,
        isApproved: () => at.state().writeBackApproved,
        withSink: (use) =>
          withCrm(
            () => crmOf(at),
            ({ sink }) => use(sink),
            at,
          ),
      });
    desks.set(portal.portalId, desk);
    return desk;
  }

  /** One a portal, so that two clicks on a button make one task. */
  const taskDesks = new Map<string, TaskDesk>();
  function tasksOf(at: Workspace): TaskDesk {
    const { portal, audit } = at;
    const withSink: Parameters<typeof createTaskDesk>[0]['withSink'] = (use) =>
      withCrm(
        () => crmOf(at),
        ({ sink }) => use(sink),
        at,
      );
    const desk = taskDesks.get(portal.portalId) ?? createTaskDesk({ portal, audit, now, withSink });
    taskDesks.set(portal.portalId, desk);
    return desk;
  }

  const operations: CrmWork['operations'] = {
    async importFolder(directory, progress) {
      const result = await syncFrom(() => options.folder(directory), { full: true, progress });
      await result.workspace.portal.crm.saveCursor(FOLDER_CURSOR, directory);
      return result;
    },
    async sync(order) {
      if (options.hubspot !== null) return syncFrom(options.hubspot, order);
      const imported = await workspaces.workspace().catch(when('no-results', () => null));
      if (imported === null) throw noToken();
      return syncFrom(() => crmOf(imported), order);
    },
    reconcile: (at, order) =>
      withCrm(
        () => crmOf(at),
        ({ source }) => reconcileRecords({ source, portal: at.portal, now, lagMs, ...order }),
        at,
      ),
    writeBack: (at, order) => deskOf(at).write(order),
    scheduledWriteBack: (at, order) => scheduledWriteBack({ ...at, desk: deskOf(at), state: at.state(), ...order }),
    presentWriteBack: (at, asker, report) => deskOf(at).present(report, to(at, asker)),
    presentUndo: (at, asker, report) => deskOf(at).presentUndo(report, to(at, asker)),
    writeBackCsv: (at, plan) => writeBackCsv(at.writeBackLog, plan),
    undoWriteBack: (at, batch, actor) => deskOf(at).undo(batch, actor),
    async removeProperties(at, order) {
      const report = await deskOf(at).remove(order);
      // What was just taken away is not to come back by itself.
      if (!order.dryRun) await at.updateState((state) => ({ ...state, writeBackApproved: false }));
      return report;
    },
    async followHints(at, order) {
      if (!(await hasHints(at.portal, hintsOf(at)))) return { read: 0, erased: 0, rescored: 0, told: 0 };
      return withCrm(
        () => crmOf(at),
        async ({ source }) => {
          if (source.changes === null) return { read: 0, erased: 0, rescored: 0, told: 0 };
          const { portal, account, audit, outbox } = at;
          const state = at.state();
          return followHints({
            changes: source.changes,
            portal,
            account,
            state,
            updateState: at.updateState,
            queue: hintsOf(at),
            audit,
            outbox,
            reader: at.reader(digestViewer('rescore', 'sales', state.channels.sales ?? '')),
            asOf: asOf === 'last-event' ? await portal.crm.lastEventAt() : null,
            now,
            ...order,
          });
        },
        at,
      );
    },
  };
  return {
    operations,
    hintsOf,
    tasksOf,
    controlsOf: (at, asker) => deskOf(at).controls(to(at, asker)),
  };
}

/** For whom something is shown; what is read for it is told to whoever keeps count. */
function to(at: Workspace, { viewer, language, timeZone, read }: Asker) {
  const reader = at.reader(viewer);
  return { reader: read === undefined ? reader : watchedReader(reader, read), language, timeZone };
}

export function noToken(): KithError {
  return new KithError('config', {
    en: "HUBSPOT_ACCESS_TOKEN is not set; put the token of a HubSpot service key into .env, connect by OAuth ('kith connect hubspot'), or read a folder with 'kith import DIR'",
    zh: '未设置 HUBSPOT_ACCESS_TOKEN；请把 HubSpot 服务密钥的令牌写入 .env，或通过 OAuth 连接（kith connect hubspot），或用 kith import 读取文件夹',
  });
}
