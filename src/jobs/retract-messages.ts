import type { Instant } from '../domain/crm.ts';
import type { Chat } from '../ports/chat.ts';
import type { PortalStore } from '../store/portal-store.ts';

export interface RetractionReport {
  readonly gone: number;
  readonly refused: number;
  /** Tried again with the next delivery. */
  readonly waiting: number;
}

/** Takes back what was posted about people who were forgotten since; each message until the chat says what became of it. */
export async function retractMessages(
  portal: PortalStore,
  chat: Pick<Chat, 'retract'>,
  now: () => Instant,
): Promise<RetractionReport> {
  const count = { gone: 0, refused: 0, waiting: 0 };
  const rows = await portal.query<{ channelId: string; messageId: string; fileIds: string[]; seq: string }>(
    `SELECT channel_id AS channelId, message_id AS messageId, file_ids AS fileIds, seq FROM {db:Identifier}.retractions FINAL
     WHERE state = 'waiting' ORDER BY seq`,
  );
  for (const { channelId, messageId, fileIds, seq } of rows) {
    const outcome = await chat.retract({ channelId, messageId, fileIds });
    if (outcome === 'uncertain') {
      count.waiting += 1;
      continue;
    }
    count[outcome] += 1;
    const at = new Date(now()).toISOString();
    // The newest row of a message stands; a later erasure of the same message numbers on from the greatest.
    await portal.insert('retractions', [
      { channel_id: channelId, message_id: messageId, seq: Number(seq) + 1, at, state: outcome, file_ids: fileIds },
    ]);
  }
  return count;
}
