import type { Outbox } from '../ledger/outbox.ts';
import { KithError, messageOf } from '../lib/errors.ts';
import type { Chat } from '../ports/chat.ts';

export interface DeliverReport {
  readonly sent: number;
  readonly refused: number;
  /** Left in the outbox for the next time. */
  readonly waiting: number;
  readonly uncertain: number;
}

const MAX_ATTEMPTS = 3;
const LONGEST_WAIT_MS = 60_000;

/**
 * Sends what waits in the outbox, one message at a time. A message is claimed before it is sent, so that a crash in between
 * leaves a trace; one whose outcome is unknown is marked and never repeated; one that was not sent is tried again, here
 * after the wait that the chat asked for when `sleep` is given, else at the next call.
 */
export async function deliver(options: {
  chat: Pick<Chat, 'deliver'>;
  outbox: Pick<Outbox, 'pending' | 'claim' | 'settle'>;
  sleep?: (ms: number) => Promise<void>;
  signal?: AbortSignal;
}): Promise<DeliverReport> {
  const { chat, outbox, sleep, signal } = options;
  const isStopping = (): boolean => signal?.aborted === true;
  const count = { sent: 0, refused: 0, waiting: 0, uncertain: 0 };
  for (const entry of await outbox.pending()) {
    if (isStopping()) break;
    for (let attempt = 1; ; attempt++) {
      if (!(await isClaimed(outbox, entry.key))) break;
      const delivery = await send(chat, { key: entry.key, channelId: entry.channelId, report: entry.report });
      if (delivery.outcome === 'sent') {
        const note = delivery.reduced.length === 0 ? '' : `reduced: ${delivery.reduced.join(', ')}`;
        const { messageId, chartBytes } = delivery;
        await outbox.settle(entry.key, { state: 'sent', messageId, chartBytes, note });
        count.sent += 1;
        break;
      }
      const state = delivery.outcome === 'not-sent' ? 'pending' : delivery.outcome;
      await outbox.settle(entry.key, { state, messageId: '', chartBytes: 0, note: delivery.reason });
      if (delivery.outcome !== 'not-sent') {
        count[delivery.outcome] += 1;
        break;
      }
      if (sleep === undefined || attempt === MAX_ATTEMPTS || isStopping()) {
        count.waiting += 1;
        break;
      }
      await sleep(Math.min(delivery.retryAfterMs, LONGEST_WAIT_MS));
    }
  }
  return count;
}

/** False when another delivery has the message, or finished it meanwhile. */
async function isClaimed(outbox: Pick<Outbox, 'claim'>, key: string): Promise<boolean> {
  try {
    await outbox.claim(key);
    return true;
  } catch (error) {
    if (error instanceof KithError && error.code === 'job-busy') return false;
    throw error;
  }
}

// An error that the chat did not turn into an outcome says nothing about whether the message arrived.
async function send(chat: Pick<Chat, 'deliver'>, message: Parameters<Chat['deliver']>[0]): ReturnType<Chat['deliver']> {
  try {
    return await chat.deliver(message);
  } catch (error) {
    return { outcome: 'uncertain', reason: messageOf(error) };
  }
}
