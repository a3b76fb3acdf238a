import type { WebClient } from '@slack/web-api';
import { KithError } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/lib/logger.ts';
import type { Text } from '../../src/lib/text.ts';
import type { ChatRequest } from '../../src/ports/chat.ts';
import { slackFailure } from './slack-errors.ts';

export interface Channels {
  kind(channelId: string, name: string): Promise<ChatRequest['channelKind']>;
  /** As people see it, without the #; '' where Slack does not tell it. */
  name(channelId: string): Promise<string>;
}

const KEPT_MS = 10 * 60_000;

const UNTOLD: Text = {
  en: 'Slack did not tell whether this channel is shared with another company: ask again in a minute',
  zh: 'Slack 未告知此频道是否与其他公司共享：请一分钟后再问',
};

/**
 * What kind of conversation a channel is. Whether it is shared with another company comes from `conversations.info`, whose
 * scopes are optional: without them a channel counts as one's own, which the log says once.
 */
export function createChannels(client: WebClient, logger: Logger, now: () => number): Channels {
  const told = new Map<string, { kind: ChatRequest['channelKind']; name: string; until: number }>();
  let warned = false;
  const ask = async (channelId: string): Promise<{ kind: ChatRequest['channelKind']; name: string }> => {
    const { channel } = await client.conversations.info({ channel: channelId });
    const kind = channel?.is_im ? 'direct' : channel?.is_ext_shared ? 'shared-externally' : 'channel';
    const answer = { kind, name: channel?.name ?? '', until: now() + KEPT_MS } as const;
    told.set(channelId, answer);
    return answer;
  };
  return {
    async name(channelId) {
      const known = told.get(channelId);
      if (known !== undefined && known.until > now()) return known.name;
      return ask(channelId).then(
        ({ name }) => name,
        () => known?.name ?? '',
      );
    },
    async kind(channelId, name) {
      if (isDirect(channelId) || name === 'directmessage') return 'direct';
      const known = told.get(channelId);
      if (known !== undefined && known.until > now()) return known.kind;
      try {
        return (await ask(channelId)).kind;
      } catch (error) {
        const failure = slackFailure(error);
        // Slack may tell in a minute; until then it is not assumed that the channel is one's own, or still is.
        if (known !== undefined && known.kind !== 'channel') return known.kind;
        if (failure.kind !== 'refused') {
          throw new KithError('chat-unreachable', UNTOLD, { cause: error });
        }
        if (!warned && failure.error === 'missing_scope') {
          warned = true;
          logger.warn(
            'channels shared with other companies cannot be recognised: the Slack app lacks the optional scopes channels:read and groups:read',
          );
        }
        return 'channel';
      }
    },
  };
}

/** A person's id stands for the direct conversation with them. */
export function isDirect(channelId: string): boolean {
  return /^[DUW]/.test(channelId);
}
