import type { CommandContext } from '../commands/context.ts';
import { actions, commands, forms, home, questions } from '../commands/index.ts';
import { createChartRenderer } from '../integrations/chartjs/chart-renderer.ts';
import { createDocumentRenderer } from '../integrations/chartjs/pdf.ts';
import { copiedColumns } from '../integrations/csv/copied-columns.ts';
import { askHealth } from '../integrations/http/ask-health.ts';
import { createListener } from '../integrations/http/create-listener.ts';
import { checkUpHubspot } from '../integrations/hubspot/check-up.ts';
import { copiedObjects } from '../integrations/hubspot/copied-objects.ts';
import { createOAuthApp } from '../integrations/hubspot/oauth-app.ts';
import { hubspotCallback } from '../integrations/hubspot/oauth-callback.ts';
import { hubspotWebhooks } from '../integrations/hubspot/webhook-handler.ts';
import { crms } from '../integrations/index.ts';
import { checkUpSlack } from '../integrations/slack/check-up.ts';
import { createSlackChat } from '../integrations/slack/create-slack-chat.ts';
import { createSlackInstaller } from '../integrations/slack/create-slack-installer.ts';
import { buildManifest } from '../integrations/slack/manifest.ts';
import { httpConnection } from '../integrations/slack/receivers.ts';
import { analyses } from './analyses/index.ts';
import type { Config } from './config.ts';
import { type CrmAccess, createCrmAccess } from './crm-access.ts';
import { createCrmWork, FOLDER_CURSOR, noToken } from './crm-work.ts';
import { digests } from './digests/index.ts';
import { examine, type StoreExamination } from './doctor.ts';
import type { Instant } from './domain/crm.ts';
import { openHost } from './host.ts';
import { createInstalledChat } from './installed-chat.ts';
import { analyse } from './jobs/analyse.ts';
import { createAnswerDesk } from './jobs/answer-desk.ts';
import { NOTHING_COPIED, storeFindings } from './jobs/doctor/store-findings.ts';
import { exportPlaybooks } from './jobs/export-playbooks.ts';
import { exportScores } from './jobs/export-scores.ts';
import { rescoreAfter } from './jobs/follow-hints.ts';
import { homeFacts } from './jobs/home-facts.ts';
import { createLoyaltyDesk } from './jobs/loyalty-desk.ts';
import { createPeopleDesk } from './jobs/people-desk.ts';
import { createPlaybookDesk } from './jobs/playbook-desk.ts';
import { createPreferencesDesk } from './jobs/preferences-desk.ts';
import { readiness } from './jobs/readiness.ts';
import { createRfmDesk } from './jobs/rfm-desk.ts';
import { createSettingsDesk } from './jobs/settings-desk.ts';
import { createSubscriptionsDesk } from './jobs/subscriptions-desk.ts';
import { systemStatus } from './jobs/system-status.ts';
import { SCORED_AT } from './jobs/write-back-plan.ts';
import type { Asker, HttpListener, JobListing, Kith, Readiness, SharedListener, Workspace } from './kith.ts';
import { auditAs } from './ledger/audit.ts';
import { createFindings } from './ledger/findings.ts';
import { KithError, when } from './lib/errors.ts';
import { instanceId } from './lib/instance-id.ts';
import { createLogger, type Logger } from './lib/logger.ts';
import { nearest } from './lib/nearest.ts';
import type { Text } from './lib/text.ts';
import type { Chat } from './ports/chat.ts';
import type { CommandListing } from './ports/command.ts';
import type { OpenCrm } from './ports/crm.ts';
import type { DoctorProbes } from './ports/doctor.ts';
import { commandLineViewer } from './privacy/viewer.ts';
import { watchedReader } from './privacy/watched-reader.ts';
import { createSlackAccess, noSlackApp, notInSlack, type SlackAccess } from './slack-access.ts';
import type { Shared } from './start-tenants.ts';
import { copiedProperties } from './state/copied-properties.ts';
import { acquireDataLock, type DataLock } from './store/data-lock.ts';
import { loadOrCreateKeys } from './store/identity-key-file.ts';
import { installationFile } from './store/installation-file.ts';
import { createSerial } from './store/serial.ts';
import { openWorkspaces, type Workspaces } from './workspaces.ts';

export interface AppOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly now: () => Instant;
  /** 'last-event': data that ended long ago is read as of its own end. Folders are read so in any case. */
  readonly asOf: 'now' | 'last-event';
  /** Of a process that serves several tenants; absent where there is but one, which has everything to itself. */
  readonly shared?: Shared;
}

/** The composition root: opens the data folder (its lock, keys, store and state) and wires everything to it. */
export async function openApp({ config, logger, now, asOf, shared }: AppOptions): Promise<Kith> {
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
  const renderer = createChartRenderer();
  let jobs: () => Promise<readonly JobListing[]> = async () => [];
  let isRunning = false;
  // Without a chat, ids are all that is known.
  let chatNames: Chat['names'] = async () => new Map();
  const oneRunAtATime = createSerial();
  const access = accessTo(config, now);
  const slack = slackAccessTo(config, now, logger);

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
    const within = shared === undefined || tenant === null ? null : { listener: shared.listener, prefix: tenant };
    const own = createListener({ port, logger, ready, instance: instanceId(dataDir), within });
    return access.listener(slack === null ? own : slack.listener(own));
  };

  /** Without a token: in HTTP mode, Slack asks for a signed answer before it lets the app be made. */
  function answerSlack(mount: HttpListener['mount']): void {
    const { mode, signingSecret } = config.slack;
    if (mode === 'http' && signingSecret !== null)
      void httpConnection({ signingSecret, port: config.httpPort, mount, logger, now }).open();
  }

  const namesOf: CommandContext['namesOf'] = async (ids) => {
    const names = await chatNames(ids);
    return (id) => names.get(id) ?? id;
  };
  const nameOf = async (id: string): Promise<string> => (await namesOf([id]))(id);

  const contextFor = (at: Workspace, asker: Asker): CommandContext => {
    const { viewer, language, timeZone, own = { language, timeZone }, request = null } = asker;
    const { userId } = viewer;
    const noting = { ...at, audit: auditAs(at.audit, asker.actor ?? userId) };
    return {
      language,
      timeZone,
      own,
      now: now(),
      reader: asker.read === undefined ? at.reader(viewer) : watchedReader(at.reader(viewer), asker.read),
      writeBack: work.controlsOf(at, asker),
      rfm: createRfmDesk({ ...noting, actor: userId }),
      loyalty: createLoyaltyDesk({ ...noting, actor: userId, now, timeZone: at.account.timeZone }),
      settings: createSettingsDesk({ ...noting, actor: userId, environment: decidedBy(config) }),
      people: createPeopleDesk({ ...noting, actor: userId }),
      namesOf,
      playbooks: createPlaybookDesk({ ...noting, actor: userId, now, nameOf }),
      subscriptions: createSubscriptionsDesk({ ...at, account: at.account, digests, viewer, now }),
      preferences: createPreferencesDesk({ ...noting, actor: userId }),
      homeFacts: async () => homeFacts({ ...at, jobs: await jobs(), userId: viewer.userId, now: now() }),
      copiedFields: async () =>
        (await at.portal.crm.cursor(FOLDER_CURSOR)) === null
          ? copiedObjects(copied(at.portal.portalId), { engagements: config.hubspot.engagements })
          : copiedColumns(copied(at.portal.portalId)),
      async preview(as, name, text) {
        if (viewer.role !== 'admin') throw new KithError('not-allowed', ONLY_ADMINS_PREVIEW);
        return commandOf(name).run(contextFor(at, { ...asker, viewer: { ...viewer, ...as } }), text);
      },
      tasks: { create: (order) => work.tasksOf(at).create(order, asker.actor ?? userId) },
      state: at.state(),
      findings: createFindings(at.portal, now),
      commands,
      doctor: () => examine(config, probes(config, access, slack), examineStore),
      status: async () => ({
        ...(await systemStatus({
          portal: at.portal,
          account: at.account,
          outbox: at.outbox,
          jobs: await jobs(),
          now: now(),
        })),
        slack: slack === null ? null : statusOf(await slack.standing().catch(() => null), slack.installUrl),
      }),
      answers: createAnswerDesk({ answers: at.answers, viewer, request }),
      run: async (name, text) => commandOf(name).run(contextFor(at, asker), text),
      list: async (name, text) => (await commandOf(name).list?.(contextFor(at, asker), text)) ?? null,
    };
  };

  return {
    config,
    logger,
    now,
    renderer,
    documents: createDocumentRenderer(renderer),
    commands,
    actions: actions.map(({ name }) => name),
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
    async command(at, asker, name, text) {
      return commandOf(name).run(contextFor(at, asker), text);
    },
    async action(at, asker, name, value) {
      const action = actions.find((one) => one.name === name);
      if (action === undefined)
        throw new KithError('unknown-command', {
          en: `The button '${name}' is not known to this version of Kith`,
          zh: `此版本的 Kith 没有按钮“${name}”`,
        });
      return action.run(contextFor(at, asker), value);
    },
    forms: forms.map(({ name }) => name),
    openForm: async (at, asker, name, value) => formOf(name).open(contextFor(at, asker), value),
    submitForm: async (at, asker, { name, value }, entered) =>
      formOf(name).submit(contextFor(at, asker), value, entered),
    home: (at, asker) => home.run(contextFor(at, asker)),
    ask: (at, asker, question) => questions.run(contextFor(at, asker), question),
    async exportScores(at, directory, actor) {
      const viewer = commandLineViewer();
      const reader = at.reader(viewer);
      const desk = createPlaybookDesk({ ...at, actor: viewer.userId, now, nameOf });
      const write = async () => {
        const { files } = await exportScores({ reader, analyses, directory });
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
    webhooks(at, mount, queued) {
      const { clientSecret: secret } = config.hubspot;
      if (secret === null) return false;
      if (config.publicUrl === null) {
        logger.warn('HUBSPOT_CLIENT_SECRET is set and KITH_PUBLIC_URL is not: webhooks are off until both are');
        return false;
      }
      const queue = work.hintsOf(at);
      const handler = hubspotWebhooks.handler({
        secret,
        publicUrl: config.publicUrl,
        portalId: at.portal.portalId,
        now,
        async queue(hints, unreadable) {
          await queue.add(hints, unreadable);
          if (unreadable.length > 0) {
            const { quarantined } = await queue.counts();
            const reason = unreadable[0]?.reason;
            logger.warn('Webhook events that are not understood were set aside', { reason, inAll: quarantined });
          }
          queued();
        },
        onTrouble: (reason) => logger.warn(reason),
      });
      mount(hubspotWebhooks.path, handler);
      return true;
    },
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
    disconnect: access.disconnect,
    async connectSlack(announce) {
      if (slack === null) throw noSlackApp(config);
      return slack.connect(announce, () => {
        const own = listener(() => ({ ok: false, reason: 'waiting to be added to Slack' }));
        answerSlack(own.mount);
        return own;
      });
    },
    async disconnectSlack() {
      if (slack === null) throw noSlackApp(config);
      return slack.disconnect();
    },
    chat(at, mount) {
      const { botToken, appToken, signingSecret, apiUrl, mode } = config.slack;
      const named = (chat: Chat): Chat => {
        chatNames = chat.names;
        return chat;
      };
      const chatWith = (token: string, isInstalled: boolean) =>
        createSlackChat({
          botToken: token,
          isInstalled,
          ...(appToken === null ? {} : { appToken }),
          ...(signingSecret === null ? {} : { signingSecret }),
          apiUrl,
          mode,
          mount,
          renderer,
          logger,
          firstTime: (id) => at.seen.firstTime(id),
        });
      if (botToken !== null) return named(chatWith(botToken, false));
      if (slack === null)
        throw new KithError(
          'config',
          "Neither SLACK_BOT_TOKEN nor SLACK_CLIENT_ID is set; make the Slack app with 'kith manifest' and put its bot token into .env, or its client id and secret to add it by OAuth",
        );
      return named(
        createInstalledChat({
          access: slack,
          open: (token) => chatWith(token, true),
          idle: () => answerSlack(mount),
          logger,
        }),
      );
    },
    showJobs(listing) {
      jobs = listing;
      isRunning = true;
    },
    async close() {
      await workspaces.close();
      await release();
    },
  };
}

/** The one port of a process that serves several tenants, each below its own name. */
export function openSharedListener(
  { httpPort: port, dataDir }: Config,
  logger: Logger,
  ready: () => Readiness,
): SharedListener {
  return createListener({ port, logger, ready, instance: instanceId(dataDir) });
}

function commandOf(name: string) {
  const command = commands.find((one) => one.name === name);
  if (command === undefined) throw unknownCommand(name);
  return command;
}

function formOf(name: string) {
  const form = forms.find((one) => one.name === name);
  if (form === undefined)
    throw new KithError('unknown-command', {
      en: `The form '${name}' is not known to this version of Kith`,
      zh: `此版本的 Kith 没有表单“${name}”`,
    });
  return form;
}

function unknownCommand(name: string): KithError {
  const names = commands.map((command) => command.name);
  const close = nearest(name, names)[0];
  const hint: Text =
    close === undefined
      ? { en: `choose one of ${names.join(', ')}`, zh: `可用命令：${names.join('、')}` }
      : { en: `did you mean '${close}'?`, zh: `您是不是想输入“${close}”？` };
  return new KithError('unknown-command', {
    en: `There is no command '${name}'; ${hint.en}`,
    zh: `没有命令“${name}”；${hint.zh}`,
  });
}

const ONLY_ADMINS_PREVIEW: Text = {
  en: 'Only an admin sees what others see',
  zh: '只有管理员可以查看其他人看到的内容',
};

/** Settings that the environment decides. */
function decidedBy({ horizonDays }: Config) {
  return horizonDays === null ? {} : { horizonDays: { variable: 'KITH_HORIZON_DAYS', value: horizonDays } };
}

/** What a chat shows of the commands, for those who need no open Kith. */
export const commandListings: readonly CommandListing[] = commands;

export function manifestText(mode: 'socket' | 'http', oauth: boolean, url: string | null): string {
  return buildManifest(commands, { mode, oauth, ...(url === null ? {} : { url }) });
}

/** The way into HubSpot that the settings name; nothing is opened or read yet. */
function accessTo(config: Config, now: () => Instant): CrmAccess {
  const { clientId, clientSecret, baseUrl: basePath, engagements } = config.hubspot;
  const app =
    clientId === null || clientSecret === null
      ? null
      : createOAuthApp({ clientId, clientSecret, basePath, engagements, now });
  return createCrmAccess({ config, app, callback: hubspotCallback, now });
}

/** The way into Slack by OAuth; null where the settings name no app. Nothing is opened or read yet. */
function slackAccessTo(config: Config, now: () => Instant, logger: Logger): SlackAccess | null {
  const { dataDir, identityKeys, publicUrl } = config;
  const { clientId, clientSecret, apiUrl } = config.slack;
  if (clientId === null || clientSecret === null || publicUrl === null) return null;
  const installer = createSlackInstaller({ clientId, clientSecret, apiUrl, publicUrl, logger, now });
  const file = installationFile(dataDir, () => loadOrCreateKeys(dataDir, identityKeys));
  return createSlackAccess({ file, installer, now, logger });
}

function statusOf(standing: Awaited<ReturnType<SlackAccess['standing']>>, installUrl: string) {
  if (standing === null) return { workspace: '', since: null, isConnected: false, installUrl };
  const since = standing.botToken === null ? standing.removedAt : standing.installedAt;
  return { workspace: standing.teamName, since, isConnected: standing.botToken !== null, installUrl };
}

/** How the doctor asks HubSpot, Slack and its own address. */
export function probes(
  config: Config,
  access = accessTo(config, Date.now),
  slackAccess = slackAccessTo(config, Date.now, createLogger('silent')),
): DoctorProbes {
  const { hubspot, slack } = config;
  const { token: accessToken } = access;
  const { botToken, appToken, apiUrl, mode } = slack;
  return {
    crm:
      accessToken === null
        ? null
        : () =>
            checkUpHubspot({
              accessToken,
              basePath: hubspot.baseUrl,
              engagements: hubspot.engagements,
              properties: [...analyses.flatMap(({ properties }) => properties), SCORED_AT],
              now: Date.now,
            }),
    chat:
      botToken === null && slackAccess === null
        ? null
        : async (channels) => {
            const { token, installUrl } = await tokenFor(botToken, slackAccess);
            const appTokenToTry = mode === 'socket' ? appToken : null;
            return checkUpSlack({ botToken: token, installUrl, appToken: appTokenToTry, apiUrl, channels });
          },
    health: askHealth,
  };
}

/** The bot's token, set or brought by an installation. KithError('chat-not-connected') where there is none. */
async function tokenFor(
  botToken: string | null,
  access: SlackAccess | null,
): Promise<{ readonly token: string; readonly installUrl: string | null }> {
  if (botToken !== null || access === null) return { token: botToken ?? '', installUrl: null };
  const standing = await access.standing();
  if (standing === null || standing.botToken === null) throw notInSlack(standing, access.installUrl);
  return { token: standing.botToken, installUrl: access.installUrl };
}
