import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type StandInSlack, startStandInSlack } from '../demo/slack/start-stand-in-slack.ts';
import { commandListings } from '../src/app.ts';
import type { BenchOptions, BenchRow } from './bench-row.ts';
import type { FillOrder, FillReport } from './fill-process.ts';
import { runProcess } from './run-process.ts';

const CUSTOMERS = 100_000;
const PORTAL = 'folder-bench';
const USER = 'U0ANA';
const CHANNEL = 'C0SALES';
const START_S = 2;
const RECOVER_S = 10;
/** Into an analysis: it reads, or fits models. */
const KILLED_AFTER_MS = 8_000;
const STARTS = 3;

/** How long `kith start` takes until it is in Slack, and how long after it was killed in the midst of an analysis. */
export async function benchRecovery(options: BenchOptions): Promise<readonly BenchRow[]> {
  const customers = options.records ?? CUSTOMERS;
  const dataDir = await mkdtemp(join(tmpdir(), 'kith-bench-'));
  const slack = await openSlack();
  try {
    await runProcess<FillOrder, FillReport>('./fill-process.ts', { dataDir, portalId: PORTAL, customers });
    await ended(kith(['analyse', '--only', 'portfolio', 'value'], dataDir, slack));
    const started: number[] = [];
    for (let i = 0; i < STARTS; i++) {
      const bot = await startBot(dataDir, slack);
      started.push(bot.seconds);
      bot.child.kill('SIGTERM');
      await once(bot.child, 'exit');
    }
    const recovered: number[] = [];
    let isAnswered = true;
    for (let i = 0; i < STARTS; i++) {
      const bot = await startBot(dataDir, slack);
      const analysing = kith(['analyse'], dataDir, slack);
      await pause(KILLED_AFTER_MS + 2_000 * i);
      bot.child.kill('SIGKILL');
      await Promise.all([once(bot.child, 'exit'), ended(analysing).catch(() => undefined)]);
      const again = await startBot(dataDir, slack);
      recovered.push(again.seconds);
      isAnswered &&= await answers(slack);
      again.child.kill('SIGTERM');
      await once(again.child, 'exit');
    }
    return [
      row(`start until Kith is in Slack, ${of(customers)}`, 'two seconds', START_S, started, true),
      row(
        `start after kill -9 in an analysis until Kith is in Slack, ${of(customers)}`,
        'ten seconds',
        RECOVER_S,
        recovered,
        isAnswered,
      ),
    ];
  } finally {
    await slack.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function row(work: string, peer: string, theirs: number, times: readonly number[], same: boolean): BenchRow {
  const ours = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.POSITIVE_INFINITY;
  const ratio = Math.round((1000 * ours) / theirs) / 1000;
  const each = times.map((time) => time.toFixed(1)).join(', ');
  const built = existsSync(BUILT)
    ? 'built'
    : 'from sources through tsx, which compiles them; build first for the figure of an installed Kith';
  return {
    work,
    peer,
    ours_s: Math.round(1000 * ours) / 1000,
    theirs_s: theirs,
    ratio,
    reach: 1,
    same_result: same,
    ok: same && ratio <= 1,
    note: `${each} s; ${built}; load of the machine ${loadavg()[0]!.toFixed(1)}`,
  };
}

const of = (customers: number): string => `${customers.toLocaleString('en')} customers`;
const BUILT = fileURLToPath(new URL('../dist/src/main.js', import.meta.url));
const SOURCE = fileURLToPath(new URL('../src/main.ts', import.meta.url));

function kith(words: readonly string[], dataDir: string, { botToken, appToken, apiUrl }: StandInSlack): ChildProcess {
  const main = existsSync(BUILT) ? [BUILT] : ['--import', import.meta.resolve('tsx'), SOURCE];
  const { PATH = '', HOME = '' } = process.env;
  return spawn(process.execPath, [...main, ...words], {
    env: {
      PATH,
      HOME,
      KITH_DATA_DIR: dataDir,
      KITH_PORTAL: PORTAL,
      KITH_HTTP_PORT: '0',
      KITH_LOG_LEVEL: 'error',
      SLACK_BOT_TOKEN: botToken,
      SLACK_APP_TOKEN: appToken,
      SLACK_API_URL: apiUrl,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

async function startBot(dataDir: string, slack: StandInSlack): Promise<{ child: ChildProcess; seconds: number }> {
  const since = performance.now();
  const child = kith(['start'], dataDir, slack);
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Kith is in Slack')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`kith start ended with ${code}: ${said}`)));
  });
  return { child, seconds: (performance.now() - since) / 1000 };
}

async function ended(child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`kith ended with ${code}: ${said}`);
}

/** What was there before the kill is there now. */
async function answers(slack: StandInSlack): Promise<boolean> {
  const answered = slack.waitForMessage(
    ({ cause, blocks }) => cause?.text.startsWith('/value') === true && blocks.length > 1,
    60_000,
  );
  await slack.runCommand({ userId: USER, channelId: CHANNEL, command: '/value', text: '' });
  return answered.then(
    () => true,
    () => false,
  );
}

function openSlack(): Promise<StandInSlack> {
  const user = { id: USER, name: 'ana', realName: 'Ana', email: '', role: '', tz: 'UTC', locale: 'en-GB' };
  return startStandInSlack({
    workspace: {
      users: [user],
      channels: [{ id: CHANNEL, name: 'sales', purpose: '', members: [USER], isExtShared: false }],
      commands: commandListings.map(({ name, summary, usage }) => ({
        command: `/${name}`,
        description: summary.en,
        usageHint: usage,
      })),
    },
  });
}
