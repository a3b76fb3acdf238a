import type { CommandContext } from '../commands/context.ts';
import { commands } from '../commands/index.ts';
import { createListener } from '../integrations/http/create-listener.ts';
import { crms } from '../integrations/index.ts';
import { buildManifest } from '../integrations/slack/manifest.ts';
import { analyses } from './analyses/index.ts';
import { accessTo, slackAccessTo } from './app/access.ts';
import { createChatAccess } from './app/chat-access.ts';
import { createCommandDesk } from './app/command-desk.ts';
import { createDrawing } from './app/drawing.ts';
import type { Gateway } from './app/gateway.ts';
import { takeWebhooks } from './app/take-webhooks.ts';
import type { Config } from './config.ts';
import { createCrmWork, FOLDER_CURSOR, noToken } from './crm-work.ts';
import type { StoreExamination } from './doctor.ts';
import type { Instant } from './domain/crm.ts';
import { openHost } from './host.ts';
import { analyse } from './jobs/analyse.ts';
import { NOTHING_COPIED, storeFindings } from './jobs/doctor/store-findings.ts';
import { exportPlaybooks } from './jobs/export-playbooks.ts';
import { exportScores } from './jobs/export-scores.ts';
import { rescoreAfter } from './jobs/follow-hints.ts';
import { createPlaybookDesk } from './jobs/playbook-desk.ts';
import { readiness } from './jobs/readiness.ts';
import type { Kith } from './kith.ts';
import { when } from './lib/errors.ts';
import { instanceId } from './lib/instance-id.ts';
import type { Logger } from './lib/logger.ts';
import type { Chat } from './ports/chat.ts';
import type { CommandListing } from './ports/command.ts';
import type { OpenCrm } from './ports/crm.ts';
import type { JobStatus } from './ports/system-status.ts';
import { commandLineViewer } from './privacy/viewer.ts';
import type { SharedWith } from './start-tenants.ts';
import { copiedProperties } from './state/copied-properties.ts';
import { acquireDataLock, type DataLock } from './store/data-lock.ts';
import { createSerial } from './store/serial.ts';
import { openWorkspaces, type Workspaces } from './workspaces.ts';

export interface AppOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly now: () => Instant;
  /** 'last-event': data that ended long ago is read as of its own end. Folders are read so in any case. */
  readonly asOf: 'now' | 'last-event';
  /** Of a process that serves several tenants; absent where there is but one, which has everything to itself. */
  readonly shared?: SharedWith<Gateway>;
}

/** The composition root: opens the data folder (its lock, keys, store and state) and wires everything to it. */
export async function openApp({ config, logger, now, asOf, shared }: AppOptions): Promise<Kith> {
  const access = accessTo(config, now);
  const slack = await slackAccessTo(config, now, logger, shared?.gateway.tenantOf ?? null);
  const host = shared?.host ?? (await openHost(config));
  // The embedded engine's folder is the host's already.
  const isHosts = config.clickhouseUrl === null && config.sharedEngineDir === null;
  let lock: DataLock | null = null;
  async function release(): Promise<void> {
    if (shared === undefined) await host.close();
    await lock?.release();
  }
  let workspaces: Workspaces;
  try {
    if (!isHosts) lock = await acquireDataLock(config.dataDir);
    workspaces = await openWorkspaces(config, host, now);
  } catch (error) {
    await release();
    throw error;
  }
  const { renderer, documents } = createDrawing();
  let jobs: () => Promise<readonly JobStatus[]> = async () => [];
  let isRunning = false;
  // Without a chat, ids are all that is known.
  let chatNames: Chat['names'] = async () => new Map();
  const oneRunAtATime = createSerial();

  const copied = (portalId: string) => copiedProperties(workspaces.state(portalId));

  function hubspot(): Promise<OpenCrm> {
    const { baseUrl, engagements } = config.hubspot;
    const { token: accessToken } = access;
    if (accessToken === null) throw noToken();
    return crms.hubspot({
      accessToken,
      basePath: baseUrl,
      engagements,
      copied,
      onWait: ({ milliseconds, reason }) => logger.debug(`HubSpot: waiting ${Math.round(milliseconds)} ms`, { reason }),
    });
  }

  const work = createCrmWork({
    workspaces,
    hubspot: access.token === null ? null : hubspot,
    folder: (directory) => crms.csv({ directory, copied }),
    now,
    asOf,
    lagMs: config.syncLagMs,
  });

  async function examineStore(): Promise<StoreExamination> {
    const at = await workspaces.workspace().catch(when('no-results', () => null));
    if (at === null) return { portalId: null, findings: [NOTHING_COPIED], isRunning };
    const findings = await storeFindings(at.portal, at.account, now());
    return { portalId: at.portal.portalId, findings, isRunning };
  }

  const listener: Kith['listener'] = (ready) => {
    const { httpPort: port, dataDir, tenant } = config;
    const within =
      shared === undefined || tenant === null ? null : { listener: shared.gateway.listener, prefix: tenant };
    const own = createListener({
      port,
      logger,
      ready,
      instance: instanceId(dataDir),
      within,
      alsoBelow: within === null ? tenant : null,
    });
    return access.listener(slack === null ? own : slack.listener(own));
  };

  const namesOf: CommandContext['namesOf'] = async (ids) => {
    const names = await chatNames(ids);
    return (id) => names.get(id) ?? id;
  };
  const nameOf = async (id: string): Promise<string> => (await namesOf([id]))(id);

  const desk = createCommandDesk({
    config,
    now,
    work,
    access,
    slack,
    copied,
    examineStore,
    jobs: () => jobs(),
    namesOf,
  });

  const hooks = takeWebhooks({ config, work, shared: shared?.gateway.webhooks ?? null, logger, now });
  const chatAccess = createChatAccess({
    config,
    slack,
    renderer,
    logger,
    now,
    listener,
    socket: shared?.gateway.socket ?? null,
    opened(chat) {
      chatNames = chat.names;
    },
  });

  return {
    config,
    logger,
    now,
    renderer,
    documents,
    commands,
    workspace: workspaces.workspace,
    emptyPortal: workspaces.portal,
    ...work.operations,
    inTurn: (turn, act, signal) => host.inTurn(turn, config.tenant ?? '', act, signal),
    async analyse(at, options) {
      const { runner } = host;
      const ownAsOf = asOf === 'last-event' ? await at.portal.crm.lastEventAt() : null;
      const { horizonDays } = config;
      // They share the tables that they read.
      const run = await oneRunAtATime(() =>
        analyse({
          portal: at.portal,
          runner,
          state: at.state(),
          now,
          horizonDays,
          ...options,
          ownAsOf,
        }),
      );
      if (run.kind === 'current') await rescoreAfter(at.portal, run);
      return run;
    },
    ...desk,
    async exportScores(at, directory, { actor, ...watched }) {
      const viewer = commandLineViewer();
      const reader = at.reader(viewer);
      const desk = createPlaybookDesk({ ...at, actor: viewer.userId, now, nameOf });
      const write = async () => {
        const { files } = await exportScores({ reader, analyses, directory, ...watched });
        const playbooks = await exportPlaybooks({ reader, desk, directory });
        return { directory, files: playbooks === 0 ? files : { ...files, 'playbooks.csv': playbooks } };
      };
      // Written again where somebody was forgotten meanwhile: a receipt lists what was exported before it.
      return at.portal.erasures.fresh(write, async (written) => {
        await at.audit.append({ actor, act: 'exported', subject: 'scores', details: written });
        return written;
      });
    },
    rotateKeys: workspaces.rotateKeys,
    examineStore,
    webhooks: hooks.webhooks,
    readiness: async ({ portal }) =>
      readiness({
        portal,
        dataDir: config.dataDir,
        now,
        isCopiedBySchedule: (await portal.crm.cursor(FOLDER_CURSOR).catch(() => null)) === null,
      }),
    listener,
    connect: (announce) =>
      access.connect(announce, () => listener(() => ({ ok: false, reason: 'waiting for HubSpot to come back' }))),
    isConnected: access.isConnected,
    untilConnected: access.untilConnected,
    disconnect: access.disconnect,
    ...chatAccess,
    showJobs(listing) {
      jobs = listing;
      isRunning = true;
    },
    async close() {
      hooks.forget();
      await workspaces.close();
      await release();
    },
  };
}

/** What a chat shows of the commands, for those who need no open Kith. */
export const commandListings: readonly CommandListing[] = commands;

export function manifestText(mode: 'socket' | 'http', oauth: boolean, url: string | null): string {
  return buildManifest(commands, { mode, oauth, ...(url === null ? {} : { url }) });
}
