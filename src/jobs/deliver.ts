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
 * slow down holds up nobody else. A message whose outcome is not known is marked and never repeated. What is sent is read when it
 * is claimed: somebody whom it named before may have been forgotten. A failure ends its channel's turn, and is thrown at the end.
 */
export async function deliver(options: DeliverOptions): Promise<DeliverReport> {
  const { outbox, signal, isHeld = () => false, mentioned = new Set<string>() } = options;
  const count = { sent: 0, refused: 0, waiting: 0, uncertain: 0 };
  const pending = await outbox.pending();
  const due = pending.filter((entry) => !isHeld(entry));
  count.waiting += pending.length - due.length;
  const lanes = [...groupBy(due, ({ channelId }) => channelId).values()];
  let failure: { readonly error: unknown } | null = null;
  await inParallel(lanes, CHANNELS_AT_ONCE, async (lane) => {
    try {
      for (const [i, entry] of lane.entries()) {
        if (signal?.aborted === true) break;
        const outcome = await deliverOne({ ...options, mentioned }, entry);
        if (outcome === 'waiting') {
          // What came after it is not said before it.
          count.waiting += lane.length - i;
          break;
        }
        if (outcome !== null) count[outcome] += 1;
      }
    } catch (error) {
      failure ??= { error };
    }
  });
  if (failure !== null) throw (failure as { readonly error: unknown }).error; // set in the closure above
  return count;
}

/** Null when another delivery has the message, finished it meanwhile, or somebody whom it named was forgotten. */
async function deliverOne(
  { chat, outbox, sleep, signal, fileOf, mentioned }: DeliverOptions & { readonly mentioned: Set<string> },
  entry: OutboxEntry,
): Promise<keyof DeliverReport | null> {
  // Made before it is claimed, so that a failure leaves it waiting. A document is never changed: what names somebody is not sent.
  const file = entry.document === null || fileOf === undefined ? null : await fileOf(entry.document);
  const place = await placeOf(outbox, entry);
  for (let attempt = 1; ; attempt++) {
    const claimed = await claim(outbox, entry.key);
    if (claimed === null) return null;
    const report = withoutRepeatedMentions(claimed.report, mentioned);
    // Taken at once, so that no other channel mentions them meanwhile; given back where nobody heard of it.
    const mentions = mentionsOf(report);
    for (const id of mentions) mentioned.add(id);
    const delivery = await send(chat, { key: entry.key, report, file, ...place });
    const { outcome } = delivery;
    if (outcome !== 'sent' && outcome !== 'uncertain') for (const id of mentions) mentioned.delete(id);
    await outbox.settle(entry.key, settlementOf(delivery));
    if (outcome !== 'not-sent') return outcome;
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

/** The message as it is now; null when another delivery has it, or finished it meanwhile. */
async function claim(outbox: Pick<Outbox, 'claim'>, key: string): Promise<OutboxEntry | null> {
  try {
    return await outbox.claim(key);
  } catch (error) {
    if (error instanceof KithError && error.code === 'job-busy') return null;
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
