import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Bot } from '../src/bot.ts';
import { progressBar, type Terminal } from '../src/cli/terminal.ts';
import type { Config } from '../src/config.ts';
import { digests } from '../src/digests/index.ts';
import { summariseRun } from '../src/jobs/summarise-run.ts';
import type { Kith, Workspace } from '../src/kith.ts';
import { endNow } from '../src/lib/end-now.ts';
import { KithError } from '../src/lib/errors.ts';
import { createLogger, type Logger } from '../src/lib/logger.ts';
import { say, type Text } from '../src/lib/text.ts';
import type { CommandListing } from '../src/ports/command.ts';
import type { Progress } from '../src/ports/job-runner.ts';
import { commandLineViewer } from '../src/privacy/viewer.ts';
import { startStandInHubspot } from './hubspot/start-stand-in-hubspot.ts';
import { generatePortal } from './portal/generate-portal.ts';
import type { PortalData } from './portal/portal-data.ts';
import { readPortalFolder } from './portal/read-portal-folder.ts';
import { type StandInSlack, startStandInSlack } from './slack/start-stand-in-slack.ts';
import { demoTexts } from './texts.ts';
import { CHANNELS, demoState, demoWorkspace, PEOPLE } from './workspace.ts';

export interface DemoOptions {
  readonly data?: string;
  readonly port: number;
  readonly once: boolean;
  readonly json: boolean;
  readonly config: Config;
  readonly terminal: Terminal;
  readonly commands: readonly CommandListing[];
  readonly openApp: (options: {
    config: Config;
    logger: Logger;
    now: () => number;
    asOf: 'now' | 'last-event';
  }) => Promise<Kith>;
  readonly startBot: (kith: Kith, at: Workspace, progress: Progress) => Promise<Bot>;
  readonly serve: (kith: Kith) => Promise<{ close(): Promise<void> }>;
  readonly stop: AbortSignal;
}

/** HubSpot's own limit is 190 calls in ten seconds; a newcomer should not wait minutes for a large folder. */
const RAISED_LIMITS = { perTenSeconds: 100_000, searchPerSecond: 1_000, daily: 10_000_000 };
const TOKEN = 'pat-demo-stand-in';
/** A statement of the engine's that was under way when its folder went is over by then; nothing begins another meanwhile. */
const STATEMENT_MS = 100;
const REMOVALS = 50;
const COMPANY = { seed: 20_260_101, companies: 1_500 };

/**
 * The whole of Kith against a stand-in HubSpot and a stand-in Slack on this machine: sync, analyses, write-back, digests and
 * slash commands, over real HTTP and WebSocket. Everything it keeps is in a folder of its own that is removed at the end.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { terminal, once } = options;
  const tell = (text: Text): void => terminal.err(`${say(options.config.language, text)}\n`);
  const startedAt = performance.now();
  const seconds = (since: number): number => Math.round((performance.now() - since) / 10) / 100;
  const dataDir = mkdtempSync(join(tmpdir(), 'kith-demo-'));
  const closing: (() => Promise<void>)[] = [async () => removeForGood(dataDir)];
  let isReady = false;
  // What is half made is of use to nobody, and a run does not end in its middle: the process ends, and nothing is left.
  const abandon = (): void => {
    if (isReady) return;
    removeForGood(dataDir);
    endNow('SIGINT');
  };
  if (options.stop.aborted) abandon();
  options.stop.addEventListener('abort', abandon, { once: true });
  try {
    const portal = await loadPortal(options.data, tell);
    const hubspot = await startStandInHubspot({ portal, token: TOKEN, limits: RAISED_LIMITS, hasOwnPages: true });
    closing.push(hubspot.close);
    const slack = await startStandInSlack({
      port: once ? 0 : options.port,
      workspace: demoWorkspace(portal.account.name, portal.owners, options.commands),
    });
    closing.push(slack.close);
    const calls = RAISED_LIMITS.perTenSeconds.toLocaleString('en');
    tell(demoTexts.servers(hubspot.url, slack.url, calls));

    // Nothing of a real Kith's settings but how it speaks: its folders, backups and addresses are not the demo's.
    const config: Config = {
      ...options.config,
      hubspot: { accessToken: TOKEN, clientId: null, clientSecret: null, baseUrl: hubspot.url, engagements: true },
      slack: {
        botToken: slack.botToken,
        clientId: null,
        clientSecret: null,
        appToken: slack.appToken,
        signingSecret: slack.signingSecret,
        mode: 'socket',
        apiUrl: slack.apiUrl,
      },
      httpPort: 0,
      publicUrl: null,
      dataDir,
      sharedEngineDir: null,
      tenant: null,
      tenantsDir: null,
      shard: null,
      backupDir: null,
      identityKeys: null,
      clickhouseUrl: null,
      portalId: null,
    };
    const logger = createLogger(config.logLevel === 'info' ? 'warn' : config.logLevel);
    const kith = await options.openApp({
      config,
      logger,
      now: Date.now,
      asOf: options.data === undefined ? 'now' : 'last-event',
    });
    closing.push(kith.close);
    const bar = progressBar(terminal, kith.now, kith.config.language);

    const synced = await kith.sync({ full: true, progress: bar });
    bar.finish();
    const at = synced.workspace;
    await at.updateState(demoState);
    const analysing = performance.now();
    await kith.analyse(at, { asOf: null, only: [], progress: bar });
    bar.finish();
    const analysed = seconds(analysing);
    const writing = performance.now();
    const written = await kith.writeBack(at, { dryRun: false, progress: bar });
    bar.finish();
    const wrote = seconds(writing);

    const bot = await options.startBot(kith, at, { update: () => undefined });
    closing.push(bot.stop);
    for (const digest of digests) await bot.runJob(digest.name);
    await askAround(slack);
    const summary = {
      synced: { ...synced.counts, calls: synced.calls },
      ...(await summariseRun(at.reader(commandLineViewer()))),
      messages: messagesOf(slack),
      annotated: written.written,
      seconds: {
        sync: Math.round(synced.seconds * 100) / 100,
        analyse: analysed,
        write_back: wrote,
        total: seconds(startedAt),
      },
    };
    if (once) {
      terminal.out(`${JSON.stringify(summary, null, options.json ? undefined : 2)}\n`);
      return;
    }
    const socket = await options.serve(kith);
    closing.push(socket.close);
    tell(demoTexts.ready(summary.seconds.total, slack.url, hubspot.url, dataDir));
    isReady = true;
    await new Promise<void>((resolve) => {
      options.stop.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** The engine's own threads may still write into a folder while it is removed, and make it anew. */
function removeForGood(folder: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 1; existsSync(folder); tries++) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (tries === REMOVALS) throw error;
    }
    Atomics.wait(pause, 0, 0, STATEMENT_MS);
  }
}

async function loadPortal(data: string | undefined, tell: (text: Text) => void): Promise<PortalData> {
  if (data === undefined) {
    tell(demoTexts.madeUp(COMPANY.companies.toLocaleString('en'), COMPANY.seed));
    return generatePortal({ ...COMPANY, asOf: Date.now() }).portal;
  }
  const portal = await readPortalFolder(data);
  const first = portal.skipped[0];
  if (first !== undefined)
    tell(demoTexts.skipped(portal.skipped.length, data, `${first.file}:${first.line}: ${first.reason}`));
  return portal;
}

/** What people would type first, each where the answer belongs. */
async function askAround(slack: StandInSlack): Promise<void> {
  const questions = [
    { userId: PEOPLE.manager, channelId: CHANNELS.sales, command: '/churn-risk', text: '' },
    { userId: PEOPLE.marketer, channelId: CHANNELS.marketing, command: '/segments', text: '' },
    { userId: PEOPLE.marketer, channelId: CHANNELS.marketing, command: '/loyalty', text: '' },
    { userId: PEOPLE.manager, channelId: CHANNELS.sales, command: '/basket', text: '' },
  ];
  for (const question of questions) {
    const before = slack.messages(question.channelId).filter(isAnswer).length;
    const { outcome } = await slack.runCommand(question);
    if (outcome !== 'acknowledged')
      throw new KithError('chat-unreachable', `${question.command} was not acknowledged by Kith (${outcome})`);
    await slack.waitForMessage(() => slack.messages(question.channelId).filter(isAnswer).length > before, 60_000);
  }
}

/** A message for the whole channel from Kith. */
function isAnswer(message: ReturnType<StandInSlack['messages']>[number]): boolean {
  return message.ephemeralFor === null && message.user !== 'USLACKBOT';
}

function messagesOf(slack: StandInSlack): { channel: string; headline: string; chart_bytes: number }[] {
  const sizes = new Map(slack.files().map(({ id, bytes }) => [id, bytes.length]));
  return slack
    .messages()
    .filter(isAnswer)
    .map((message) => ({
      channel: Object.entries(CHANNELS).find(([, id]) => id === message.channel)?.[0] ?? message.channel,
      headline: message.text.split('\n')[0] ?? '',
      chart_bytes: message.blocks.reduce((sum, block) => sum + (sizes.get(pictureOf(block)) ?? 0), 0),
    }));
}

/** The id of the file that an image block shows; '' for any other block. */
function pictureOf(block: object): string {
  const { success, data } = imageBlock.safeParse(block);
  return success ? data.slack_file.id : '';
}

const imageBlock = z.object({ type: z.literal('image'), slack_file: z.object({ id: z.string() }) });
