import { z } from 'zod';
import type { Instant } from '../domain/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** What somebody asked, and where. The answer itself is not kept: it is made anew for whoever asks for it again. */
export interface KeptAnswer {
  readonly id: string;
  readonly userId: string;
  readonly channelId: string;
  /** '' outside of threads. */
  readonly threadId: string;
  /** Without the slash. */
  readonly command: string;
  readonly text: string;
}

export interface AnswerMemory {
  /** The same id is kept once. */
  keep(answer: KeptAnswer): Promise<void>;
  byId(id: string): Promise<KeptAnswer | null>;
  /**
   * The newest of a thread; else, the newest of the channel within an hour: what a reply to it follows up. Of one person's
   * questions, or of everybody's (null) where everybody sees the answers.
   */
  last(channelId: string, threadId: string, onlyOf: string | null): Promise<KeptAnswer | null>;
}

const FOLLOWED_MS = 3_600_000;

const rowSchema = z.object({
  id: z.string(),
  user_id: z.string(),
  channel_id: z.string(),
  thread_id: z.string(),
  command: z.string(),
  text: z.string(),
});

/** One portal's answers of the last days: retention takes the older ones. */
export function createAnswerMemory(portal: PortalStore, now: () => Instant): AnswerMemory {
  async function first(rest: string, parameters: Record<string, string | number>): Promise<KeptAnswer | null> {
    const [raw] = await portal.query(
      `SELECT id, user_id, channel_id, thread_id, command, text FROM {db:Identifier}.answers WHERE ${rest}
       ORDER BY at DESC, id DESC LIMIT 1`,
      parameters,
    );
    if (raw === undefined) return null;
    const row = rowSchema.parse(raw);
    const { id, command, text } = row;
    return { id, userId: row.user_id, channelId: row.channel_id, threadId: row.thread_id, command, text };
  }
  const byId = (id: string): Promise<KeptAnswer | null> => first('id = {id:String}', { id });
  return {
    async keep({ id, userId, channelId, threadId, command, text }) {
      if ((await byId(id)) !== null) return;
      const at = new Date(now()).toISOString();
      await portal.insert('answers', [
        { id, at, user_id: userId, channel_id: channelId, thread_id: threadId, command, text },
      ]);
    },
    byId,
    async last(channelId, threadId, onlyOf) {
      const asked = { channelId, userId: onlyOf ?? '' };
      const here = `channel_id = {channelId:String}${onlyOf === null ? '' : ' AND user_id = {userId:String}'}`;
      const ofThread =
        threadId === '' ? null : await first(`${here} AND thread_id = {threadId:String}`, { ...asked, threadId });
      return (
        ofThread ??
        (await first(`${here} AND thread_id = '' AND at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')`, {
          ...asked,
          since: now() - FOLLOWED_MS,
        }))
      );
    },
  };
}
