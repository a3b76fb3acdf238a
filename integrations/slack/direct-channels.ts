import type { WebClient } from '@slack/web-api';
import { slackFailure } from './slack-errors.ts';

/** The conversations behind people's ids. */
export interface DirectChannels {
  /** A person's direct conversation; any other id as it is. */
  channelOf(id: string): Promise<string>;
}

/**
 * A message can be posted to a person's id, but changed, deleted or given a file only in the conversation itself, whose id
 * `conversations.open` tells; where its scope (im:write, optional) is missing, the person's id is used.
 */
export function createDirectChannels(client: WebClient): DirectChannels {
  const known = new Map<string, string>();
  return {
    async channelOf(id) {
      if (!/^[UW]/.test(id)) return id;
      const channel = known.get(id);
      if (channel !== undefined) return channel;
      try {
        const opened = (await client.conversations.open({ users: id })).channel?.id;
        if (opened === undefined) return id;
        known.set(id, opened);
        return opened;
      } catch (error) {
        if (slackFailure(error).kind === 'refused') return id;
        throw error;
      }
    },
  };
}
