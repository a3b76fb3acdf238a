import type { startBot } from './bot.ts';
import { progressBar, type Terminal } from './cli/terminal.ts';
import { FOLDER_CURSOR } from './crm-work.ts';
import { SYNC_CURSORS } from './jobs/sync-cursors.ts';
import type { Kith, Workspace } from './kith.ts';
import { endNow } from './lib/end-now.ts';
import { when } from './lib/errors.ts';
import type { Logger } from './lib/logger.ts';
import { say, type Text } from './lib/text.ts';

/** An orchestrator's usual patience; docker's own is as long. */
const STOPS_WITHIN_MS = 10_000;

/** Aborted by the first SIGTERM or SIGINT; another one changes nothing. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  return stop.signal;
}

/** Resolves when the process is told to stop. */
export function untilStopped(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What is stopped and does not end is ended: what it had acknowledged is in the store. */
export function endInTime(stop: AbortSignal, logger: Logger): void {
  void untilStopped(stop).then(() => {
    setTimeout(() => {
      logger.error(`Kith had not ended ${STOPS_WITHIN_MS / 1000} s after it was told to stop, and is ended`);
      endNow('SIGTERM');
    }, STOPS_WITHIN_MS).unref();
  });
}

/**
 * The bot, until `stop`: the first sync when nothing was copied yet, then Slack and the schedules. What runs is told to stop
 * where it can go on the next time, and is waited for.
 */
export async function serveUntilStopped(
  kith: Kith,
  options: {
    readonly terminal: Terminal;
    readonly stop: AbortSignal;
    readonly startBot: typeof startBot;
    /** Answers commands typed beside this process. */
    readonly serve: (kith: Kith) => Promise<{ close(): Promise<void> }>;
  },
): Promise<void> {
  const { terminal, stop } = options;
  const tell = (text: Text): void => terminal.err(`  ${say(kith.config.language, text)}\n`);
  if (kith.config.tenant !== null && !(await kith.isConnected())) await connected(kith, options);
  if (stop.aborted) return;
  const at = await copied(kith, terminal, stop);
  if (at === null || stop.aborted) return;
  const bot = await options.startBot(kith, at, { update: () => undefined });
  let socket: { close(): Promise<void> } | null = null;
  try {
    socket = await options.serve(kith);
    const { name } = at.account;
    const install = `${kith.config.publicUrl}/slack/install`;
    tell(
      bot.isInSlack()
        ? {
            en: `Kith is in Slack for ${name}. Stop it with Ctrl-C.`,
            zh: `Kith 已在 Slack 中为 ${name} 运行。按 Ctrl-C 停止。`,
          }
        : {
            en: `Kith runs for ${name}, and waits to be added to Slack at ${install}. Stop it with Ctrl-C.`,
            zh: `Kith 正在为 ${name} 运行，等待在 ${install} 被添加到 Slack。按 Ctrl-C 停止。`,
          },
    );
    await untilStopped(stop);
  } finally {
    // At once: a command that takes its time holds up no job, nor a job a command.
    await Promise.all([socket?.close(), bot.stop()]);
  }
}

/** One of several tenants that is not connected yet waits for it, with its pages open and its commands answered. */
async function connected(
  kith: Kith,
  { terminal, stop, serve }: Pick<Parameters<typeof serveUntilStopped>[1], 'terminal' | 'stop' | 'serve'>,
): Promise<void> {
  const listener = kith.listener(() => ({ ok: false, reason: 'waiting to be connected to HubSpot' }));
  const socket = await serve(kith);
  try {
    await listener.open();
    const command = `KITH_TENANT=${kith.config.tenant} kith connect hubspot`;
    const waits = {
      en: `Kith waits to be connected to HubSpot: ${command}`,
      zh: `Kith 等待连接到 HubSpot：${command}`,
    };
    terminal.err(`  ${say(kith.config.language, waits)}\n`);
    await kith.untilConnected(stop);
  } finally {
    await socket.close();
    await listener.close();
  }
}

/** A first sync that was ended before its end goes on where it was; nothing is answered from half a copy, nor from none. */
async function copied(kith: Kith, terminal: Terminal, stop: AbortSignal): Promise<Workspace | null> {
  const at = await kith.workspace().catch(when('no-results', () => null));
  if (at === null) return firstSync(kith, terminal, stop, true);
  const { crm } = at.portal;
  // The account is known before the copy begins. A portal of files is read when somebody says so.
  const isThere = (await crm.cursor(SYNC_CURSORS.lastSync)) ?? (await crm.cursor(FOLDER_CURSOR));
  if (isThere !== null) return at;
  return firstSync(kith, terminal, stop, (await crm.cursor(SYNC_CURSORS.backfill)) === null);
}

/** Null when Kith was stopped meanwhile: the next start goes on where this one was. */
async function firstSync(kith: Kith, terminal: Terminal, stop: AbortSignal, full: boolean): Promise<Workspace | null> {
  const begun = full
    ? { en: 'The first sync: everything is copied once.', zh: '首次同步：所有内容将复制一遍。' }
    : { en: 'The first sync goes on where it was stopped.', zh: '首次同步从停止处继续。' };
  terminal.err(`  ${say(kith.config.language, begun)}\n`);
  const bar = progressBar(terminal, kith.now, kith.config.language);
  try {
    const copy = () => kith.sync({ full, progress: bar, signal: stop });
    return (await kith.inTurn('copies', copy, stop)).workspace;
  } catch (error) {
    if (stop.aborted) return null;
    throw error;
  } finally {
    bar.finish();
  }
}
