import type { Outbox, OutboxEntry, Settlement } from '../ledger/outbox.ts';
import type { StoredDocument } from '../ledger/report-schema.ts';
import { KithError, messageOf } from '../lib/errors.ts';
import { groupBy } from '../lib/group-by.ts';
import { inParallel } from '../lib/in-parallel.ts';
import type { Chat, Delivery, OutgoingMessage } from '../ports/chat.ts';
import type { ReportFile } from '../ports/command.ts';
import { mentionsOf, withoutRepeatedMentions } from './mentions-of-day.ts';

export interface DeliverReport {
  readonly sent: number;
  readonly refused: number;
  /** Still in the outbox for the next delivery. */
  readonly waiting: number;
  readonly uncertain: number;
}

interface DeliverOptions {
  readonly chat: Pick<Chat, 'deliver'>;
  readonly outbox: Pick<Outbox, 'pending' | 'claim' | 'settle' | 'byKey'>;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly signal?: AbortSignal;
  /** What is left for later: it is within quiet hours. */
  readonly isHeld?: (entry: OutboxEntry) => boolean;
  /** Makes the file of a message that has a document. */
  readonly fileOf?: (document: StoredDocument) => Promise<ReportFile>;
  /** Owners who were mentioned today already; those of what is sent now are put in. */
  readonly mentioned?: Set<string>;
}

/** A chat that asks for more patience than this gets the message with the next delivery. */
const LONGEST_WAIT_MS = 60_000;
const MAX_ATTEMPTS = 3;
const CHANNELS_AT_ONCE = 8;

/**
 * Sends what waits in the outbox: channels beside each other, each one's messages in their order, so that a channel which asks to
 * slow down holds up nobody else. A message whose outcome is not known is marked and never repeated.
 */
export async function deliver(options: DeliverOptions): Promise<DeliverReport> {
  const { outbox, signal, isHeld = () => false, mentioned = new Set<string>() } = options;
  const count = { sent: 0, refused: 0, waiting: 0, uncertain: 0 };
  const pending = await outbox.pending();
  const due = pending.filter((entry) => !isHeld(entry));
  count.waiting += pending.length - due.length;
  const lanes = [...groupBy(due, ({ channelId }) => channelId).values()];
  await inParallel(lanes, CHANNELS_AT_ONCE, async (lane) => {
    for (const entry of lane) {
      if (signal?.aborted === true) break;
      const outcome = await deliverOne({ ...options, mentioned }, entry);
      if (outcome !== null) count[outcome] += 1;
    }
  });
  return count;
}

/** Null when another delivery has the message, or finished it meanwhile. */
async function deliverOne(
  { chat, outbox, sleep, signal, fileOf, mentioned }: DeliverOptions & { readonly mentioned: Set<string> },
  entry: OutboxEntry,
): Promise<keyof DeliverReport | null> {
  const report = withoutRepeatedMentions(entry.report, mentioned);
  for (const id of mentionsOf(report)) mentioned.add(id);
  const file = entry.document === null || fileOf === undefined ? null : await fileOf(entry.document);
  const message = { key: entry.key, report, file, ...(await placeOf(outbox, entry)) };
  for (let attempt = 1; ; attempt++) {
    if (!(await isClaimed(outbox, entry.key))) return null;
    const delivery = await send(chat, message);
    await outbox.settle(entry.key, settlementOf(delivery));
    if (delivery.outcome !== 'not-sent') return delivery.outcome;
    if (sleep === undefined || attempt === MAX_ATTEMPTS || signal?.aborted === true) return 'waiting';
    await sleep(Math.min(delivery.retryAfterMs, LONGEST_WAIT_MS));
  }
}

/** A message that follows or replaces one that was never sent stands by itself. */
async function placeOf(
  outbox: Pick<Outbox, 'byKey'>,
  { channelId, threadKey, replacesKey }: OutboxEntry,
): Promise<Pick<OutgoingMessage, 'channelId' | 'threadId' | 'replaces'>> {
  const sent = async (key: string): Promise<OutboxEntry | null> => {
    const entry = key === '' ? null : await outbox.byKey(key);
    return entry?.state === 'sent' && entry.channelId === channelId ? entry : null;
  };
  const replaced = await sent(replacesKey);
  const parent = await sent(threadKey);
  const place = replaced ?? parent;
  return {
    // A direct message is updated and followed in the channel that it was given.
    channelId: place === null || place.sentChannelId === '' ? channelId : place.sentChannelId,
    threadId: parent?.messageId ?? null,
    replaces: replaced?.messageId ?? null,
  };
}

function settlementOf(delivery: Delivery): Settlement {
  if (delivery.outcome === 'sent') {
    const { messageId, chartBytes, reduced, channelId: sentChannelId, fileIds } = delivery;
    const note = reduced.length === 0 ? '' : `reduced: ${reduced.join(', ')}`;
    return { state: 'sent', messageId, sentChannelId, fileIds, chartBytes, note };
  }
  const state = delivery.outcome === 'not-sent' ? 'pending' : delivery.outcome;
  return { state, messageId: '', sentChannelId: '', fileIds: [], chartBytes: 0, note: delivery.reason };
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
