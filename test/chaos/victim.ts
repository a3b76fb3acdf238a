import { subscribe } from 'node:diagnostics_channel';
import { createClient } from '@clickhouse/client';
import { z } from 'zod';
import { openApp } from '../../src/app.ts';
import { type Bot, startBot } from '../../src/bot.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { createHintQueue } from '../../src/jobs/hint-queue.ts';
import type { Kith, Workspace } from '../../src/kith.ts';
import { messageOf } from '../../src/lib/errors.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { endInTime, serveUntilStopped, stopSignal } from '../../src/serve-until-stopped.ts';
import { fillDisk } from './disk.ts';
import { outcomeIn, type StoreOutcome } from './store-outcome.ts';

/** At a step (one of its statements or calls is about to go out or has just come back) the process ends, is told to, or its disk is full. */
export interface Disturbance {
  readonly kind: 'SIGKILL' | 'SIGTERM' | 'disk-full';
  readonly step: number;
}

export interface VictimOrders {
  readonly dataDir: string;
  readonly hubspotUrl: string;
  readonly hubspotToken: string;
  readonly slack: { readonly apiUrl: string; readonly botToken: string; readonly appToken: string };
  /** A disk that holds the data folder and can be filled. */
  readonly disk: string | null;
  /** What Kith takes for the time, all the while. */
  readonly now: number;
  /** Counted from the start, for a first sync; from the job's start else. */
  readonly disturbance: Disturbance | null;
  readonly isFirstSync: boolean;
}

export type Ask =
  | { readonly kind: 'job'; readonly name: string }
  | { readonly kind: 'hint'; readonly dealIds: readonly string[] }
  | { readonly kind: 'look' };

export type Told =
  | { readonly kind: 'ready'; readonly steps: number }
  | { readonly kind: 'done'; readonly steps: number }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'outcome'; readonly outcome: StoreOutcome };

/** `kith start` as main.ts starts it, over a data folder and stand-ins that are given to it, with its jobs run when asked. */
const orders: VictimOrders = JSON.parse(process.env.KITH_CHAOS ?? '{}');
const askSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('job'), name: z.string() }),
  z.object({ kind: z.literal('hint'), dealIds: z.array(z.string()) }),
  z.object({ kind: z.literal('look') }),
]);
const tell = (message: Told): void => {
  // Whoever asked may have gone.
  if (process.connected) process.send?.(message, () => undefined);
};

let steps = 0;
let isCounting = orders.isFirstSync;
function step(): void {
  if (!isCounting) return;
  steps += 1;
  const { disturbance, disk } = orders;
  if (steps !== disturbance?.step) return;
  if (disturbance.kind !== 'disk-full') process.kill(process.pid, disturbance.kind);
  else if (disk !== null) fillDisk(disk);
}
for (const channel of [
  'http.client.request.start',
  'http.client.response.finish',
  'undici:request:create',
  'undici:request:trailers',
]) {
  subscribe(channel, step);
}
countStatements();

/** Every statement goes through one of the client's own methods, whichever engine is behind it. */
function countStatements(): void {
  let owner: object | null = createClient({ url: 'http://127.0.0.1:1' });
  while (owner !== null && !Object.hasOwn(owner, 'insert')) owner = Object.getPrototypeOf(owner);
  if (owner === null) throw new Error('The client of the store has no methods to count');
  for (const name of ['query', 'insert', 'exec', 'command']) {
    const method: unknown = Reflect.get(owner, name);
    if (typeof method !== 'function') throw new Error(`The client of the store has no ${name}`);
    Reflect.set(owner, name, async function (this: unknown, ...given: unknown[]) {
      step();
      const result: unknown = await method.apply(this, given);
      step();
      return result;
    });
  }
}

const base = loadConfig({
  KITH_DATA_DIR: orders.dataDir,
  HUBSPOT_BASE_URL: orders.hubspotUrl,
  HUBSPOT_ACCESS_TOKEN: orders.hubspotToken,
  HUBSPOT_CLIENT_SECRET: 'signs-the-webhooks',
  KITH_PUBLIC_URL: 'https://kith.example',
  KITH_HTTP_PORT: '0',
  KITH_IDENTITY_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
  KITH_LOG_LEVEL: 'error',
});
const config: Config = { ...base, slack: { ...base.slack, ...orders.slack } };
const logger = createLogger(config.logLevel);
const now = () => orders.now;

const stop = stopSignal();
let kith: Kith | null = null;
try {
  kith = await openApp({ config, logger, now, asOf: 'now' });
  endInTime(stop, logger);
  await serveUntilStopped(kith, {
    terminal: { out: () => undefined, err: () => undefined, isTerminal: false, columns: 80 },
    stop,
    async startBot(...given) {
      const bot = await startBot(...given);
      listen(bot, given[1]);
      tell({ kind: 'ready', steps });
      return bot;
    },
    serve: async () => ({ close: async () => undefined }),
  });
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  tell({ kind: 'failed', code, message: messageOf(error) });
} finally {
  await kith?.close();
  if (process.connected) process.disconnect();
}

function listen(bot: Bot, at: Workspace): void {
  process.on('message', (message) => {
    const ask = askSchema.parse(message);
    answer(bot, at, ask).then(tell, (error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      tell({ kind: 'failed', code, message: messageOf(error) });
    });
  });
}

async function answer(bot: Bot, at: Workspace, ask: Ask): Promise<Told> {
  if (ask.kind === 'look') {
    isCounting = false;
    return { kind: 'outcome', outcome: await outcomeIn(at) };
  }
  if (ask.kind === 'hint') {
    const hints = ask.dealIds.map((id) => ({ objectType: 'deals' as const, id, kind: 'changed' as const }));
    await createHintQueue(at.portal, now).add(hints);
    return { kind: 'done', steps };
  }
  steps = 0;
  isCounting = true;
  await bot.runJob(ask.name);
  isCounting = false;
  return { kind: 'done', steps };
}
