import type { CommandContext } from '../commands/context.ts';
import { actions, commands } from '../commands/index.ts';
import { createChartRenderer } from '../integrations/chartjs/chart-renderer.ts';
import { createListener } from '../integrations/http/create-listener.ts';
import { crms } from '../integrations/index.ts';
import { createSlackChat } from '../integrations/slack/create-slack-chat.ts';
import { buildManifest } from '../integrations/slack/manifest.ts';
import { whoAmI } from '../integrations/slack/who-am-i.ts';
import { analyses } from './analyses/index.ts';
import type { Config } from './config.ts';
import type { DoctorProbes } from './doctor.ts';
import type { Instant } from './domain/crm.ts';
import { analyse } from './jobs/analyse.ts';
import { exportScores } from './jobs/export-scores.ts';
import { sync } from './jobs/sync.ts';
import { systemStatus } from './jobs/system-status.ts';
import { undoWriteBack } from './jobs/undo-write-back.ts';
import { createWorkerPool } from './jobs/worker-pool.ts';
import { writeBack } from './jobs/write-back.ts';
import type { Asker, JobListing, Kith, Workspace } from './kith.ts';
import { KithError } from './lib/errors.ts';
import type { Logger } from './lib/logger.ts';
import { nearest } from './lib/nearest.ts';
import type { CommandListing } from './ports/command.ts';
import type { OpenCrm } from './ports/crm.ts';
import type { JobRunner, Progress } from './ports/job-runner.ts';
import { commandLineViewer } from './privacy/viewer.ts';
import { acquireDataLock } from './store/data-lock.ts';
import { openWorkspaces } from './workspaces.ts';

export interface AppOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly now: () => Instant;
  /** 'last-event': data that ended long ago is read as of its own end. Folders are read so in any case. */
  readonly asOf: 'now' | 'last-event';
}

/** Where the folder of an imported portal is remembered, so that it can be read again and written back to. */
const FOLDER_CURSOR = 'folder';

/** The composition root: opens the data folder (its lock, keys, store and state) and wires everything to it. */
export async function openApp({ config, logger, now, asOf }: AppOptions): Promise<Kith> {
  const lock = await acquireDataLock(config.dataDir);
  const workspaces = await openWorkspaces(config, now).catch(async (error: unknown) => {
    await lock.release();
    throw error;
  });
  const renderer = createChartRenderer();
  let pool: JobRunner | null = null;
  let jobs: () => Promise<readonly JobListing[]> = async () => [];

  function hubspot(): Promise<OpenCrm> {
    const { accessToken, baseUrl, engagements } = config.hubspot;
    if (accessToken === null) throw noToken();
    return crms.hubspot({
      accessToken,
      basePath: baseUrl,
      engagements,
      onWait: ({ milliseconds, reason }) => logger.debug(`HubSpot: waiting ${Math.round(milliseconds)} ms`, { reason }),
    });
  }

  /** The CRM that a portal came from. */
  async function crmOf({ portal }: Workspace): Promise<OpenCrm> {
    const folder = await portal.crm.cursor(FOLDER_CURSOR);
    return folder === null ? hubspot() : crms.csv({ directory: folder });
  }

  async function syncFrom(crm: OpenCrm, options: { full: boolean; progress: Progress; signal?: AbortSignal }) {
    try {
      const { portalId } = await crm.source.account();
      const portal = await workspaces.portal(portalId);
      const report = await sync({ source: crm.source, portal, now, ...options });
      return { ...report, workspace: await workspaces.refresh(portalId) };
    } finally {
      await crm.source.close();
    }
  }

  const contextFor = (at: Workspace, { viewer, language, timeZone }: Asker): CommandContext => ({
    language,
    timeZone,
    now: now(),
    reader: at.reader(viewer),
    state: at.state(),
    commands,
    status: async () => systemStatus({ portal: at.portal, account: at.account, outbox: at.outbox, jobs: await jobs() }),
  });

  return {
    config,
    logger,
    now,
    renderer,
    commands,
    actions: actions.map(({ name }) => name),
    workspace: workspaces.workspace,
    emptyPortal: workspaces.portal,
    async importFolder(directory, progress) {
      const result = await syncFrom(await crms.csv({ directory }), { full: true, progress });
      await result.workspace.portal.crm.saveCursor(FOLDER_CURSOR, directory);
      return result;
    },
    async sync(options) {
      if (config.hubspot.accessToken !== null) return syncFrom(await hubspot(), options);
      const imported = await workspaces.workspace().catch(() => null);
      if (imported === null) throw noToken();
      return syncFrom(await crmOf(imported), options);
    },
    async analyse(at, options) {
      pool ??= createWorkerPool();
      const instant = options.asOf ?? (asOf === 'last-event' ? await at.portal.crm.lastEventAt() : null);
      const { horizonDays } = config;
      return analyse({
        portal: at.portal,
        runner: pool,
        state: at.state(),
        now,
        horizonDays,
        ...options,
        asOf: instant,
      });
    },
    async writeBack(at, options) {
      const { sink, source } = await crmOf(at);
      const { portal, audit, writeBackLog: log } = at;
      return writeBack({ sink, portal, log, audit, analyses, now, ...options }).finally(() => source.close());
    },
    async undoWriteBack(at, batch) {
      const { sink, source } = await crmOf(at);
      return undoWriteBack({ sink, log: at.writeBackLog, audit: at.audit, batch, actor: 'command-line' }).finally(() =>
        source.close(),
      );
    },
    async command(at, asker, name, text) {
      const command = commands.find((one) => one.name === name);
      if (command === undefined) throw unknownCommand(name);
      return command.run(contextFor(at, asker), text);
    },
    async action(at, asker, name, value) {
      const action = actions.find((one) => one.name === name);
      if (action === undefined)
        throw new KithError('unknown-command', `The button '${name}' is not known to this version of Kith`);
      return action.run(contextFor(at, asker), value);
    },
    exportScores: (at, directory) => exportScores({ reader: at.reader(commandLineViewer()), analyses, directory }),
    listener: (ready) => createListener({ port: config.httpPort, logger, ready }),
    chat(at, mount) {
      const { botToken, appToken, signingSecret, apiUrl, mode } = config.slack;
      if (botToken === null)
        throw new KithError(
          'config',
          "SLACK_BOT_TOKEN is not set; make the Slack app with 'kith manifest' and put its bot token into .env",
        );
      return createSlackChat({
        botToken,
        ...(appToken === null ? {} : { appToken }),
        ...(signingSecret === null ? {} : { signingSecret }),
        apiUrl,
        mode,
        mount,
        renderer,
        logger,
        firstTime: (id) => at.seen.firstTime(id),
      });
    },
    showJobs(listing) {
      jobs = listing;
    },
    async close() {
      await pool?.close();
      await workspaces.close();
      await lock.release();
    },
  };
}

function noToken(): KithError {
  return new KithError(
    'config',
    "HUBSPOT_ACCESS_TOKEN is not set; put the token of a HubSpot service key into .env, or read a folder with 'kith import DIR'",
  );
}

function unknownCommand(name: string): KithError {
  const names = commands.map((command) => command.name);
  const close = nearest(name, names)[0];
  const hint = close === undefined ? `choose one of ${names.join(', ')}` : `did you mean '${close}'?`;
  return new KithError('unknown-command', `There is no command '${name}'; ${hint}`);
}

/** What a chat shows of the commands, for those who need no open Kith. */
export const commandListings: readonly CommandListing[] = commands;

export function manifestText(mode: 'socket' | 'http'): string {
  return buildManifest(commands, { mode });
}

/** How the doctor asks HubSpot and Slack. */
export function probes({ hubspot, slack }: Config): DoctorProbes {
  return {
    async hubspot() {
      const { source } = await crms.hubspot({ accessToken: hubspot.accessToken ?? '', basePath: hubspot.baseUrl });
      const { name, currency, timeZone } = await source.account().finally(() => source.close());
      return `${name}, ${currency}, ${timeZone}`;
    },
    slack: () => whoAmI({ botToken: slack.botToken ?? '', apiUrl: slack.apiUrl }),
  };
}
