import { messageKind } from '../ledger/message-kind.ts';
import type { OutboxEntry } from '../ledger/outbox.ts';
import type { Undelivered } from '../report/undelivered-table.ts';

/** How long ago what went wrong is still told; it stays in the outbox. */
export const LOOK_BACK_MS = 7 * 86_400_000;

/** A troubled message of the outbox as people are told of it. */
export function undeliveredMessage({ kind, channelId, changedAt, state, note }: OutboxEntry): Undelivered {
  const outcome = state === 'refused' ? state : 'uncertain';
  return { what: messageKind(kind), channelId, at: changedAt, outcome, reason: note };
}
