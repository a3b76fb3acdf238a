import { openApp } from '../src/app.ts';
import { startBot } from '../src/bot.ts';
import { loadConfig } from '../src/config.ts';
import type { Kith, Workspace } from '../src/kith.ts';
import { createLogger } from '../src/lib/logger.ts';
import type { Report } from '../src/report/report.ts';

/** Kith itself, connected to a stand-in Slack in another process. */
export interface SlackOrder {
  readonly dataDir: string;
  readonly portalId: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly apiUrl: string;
}

/** What it is asked to do meanwhile; it answers once that is done. */
export type SlackWork =
  | { readonly work: 'analyse'; readonly times: number }
  | { readonly work: 'deliver'; readonly channels: readonly string[] }
  | { readonly work: 'stop' };

export interface SlackAnswer {
  readonly seconds: number;
  /** Of messages of the outbox, by what became of them. */
  readonly states: Readonly<Record<string, number>>;
}

const quiet = { update: () => undefined };
const PAUSE_MS = 1000;

async function start(order: SlackOrder): Promise<(work: SlackWork) => Promise<SlackAnswer>> {
  const base = loadConfig({ KITH_DATA_DIR: order.dataDir, KITH_HTTP_PORT: '0', KITH_PORTAL: order.portalId });
  const { botToken, appToken, apiUrl } = order;
  const config = { ...base, slack: { ...base.slack, botToken, appToken, apiUrl } };
  const kith = await openApp({ config, logger: createLogger('silent'), now: Date.now, asOf: 'last-event' });
  const at = await kith.workspace();
  await at.updateState((state) => ({ ...state, defaultRole: 'manager' }));
  await analyse(kith, at, 1);
  const bot = await startBot(kith, at, quiet);
  return async (work) => {
    const startedAt = performance.now();
    if (work.work === 'analyse') await analyse(kith, at, work.times);
    else if (work.work === 'deliver') await deliver(at, bot.runJob, work.channels);
    else {
      await bot.stop();
      await kith.close();
    }
    const states: Record<string, number> = {};
    if (work.work === 'deliver')
      for (const { state } of await at.outbox.recent(work.channels.length)) states[state] = (states[state] ?? 0) + 1;
    return { seconds: (performance.now() - startedAt) / 1000, states };
  };
}

async function analyse(kith: Kith, at: Workspace, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await kith.analyse(at, { asOf: null, only: [], progress: quiet });
}

/** A digest's edition for every channel, delivered by the job that the schedule runs too, until none is left. */
async function deliver(at: Workspace, runJob: (name: string) => Promise<void>, channels: readonly string[]) {
  for (const channelId of channels)
    await at.outbox.enqueue({ key: `bench:${channelId}`, channelId, kind: 'digest', report: edition(channelId) });
  while ((await at.outbox.pending()).length > 0) {
    // The schedule's own delivery may run just then.
    await runJob('deliver').catch(() => new Promise((wake) => setTimeout(wake, PAUSE_MS)));
  }
}

function edition(channelId: string): Report {
  const parts = Array.from({ length: 5 }, (_, i) => ({
    kind: 'item' as const,
    title: `Company ${i + 1}`,
    text: 'No order for 143 days; usual gap 48',
  }));
  return { language: 'en', headline: `5 customers to look after [${channelId}]`, parts, trust: 'Made up' };
}

let worker: ReturnType<typeof start> | null = null;
process.on('message', async (message) => {
  // The parent is bench/slack.ts, which sends what the types say: the order first.
  if (worker === null) {
    worker = start(message as SlackOrder);
    await worker;
    process.send?.({});
  } else process.send?.(await (await worker)(message as SlackWork));
});
process.once('disconnect', () => process.exit());
