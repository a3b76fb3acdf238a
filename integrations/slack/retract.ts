import type { WebClient } from '@slack/web-api';
import type { Logger } from '../../src/lib/logger.ts';
import type { Chat } from '../../src/ports/chat.ts';
import type { DirectChannels } from './direct-channels.ts';
import { slackFailure } from './slack-errors.ts';

/** What Slack says of something that is not there any more. */
const ALREADY_GONE = new Set(['message_not_found', 'file_not_found', 'file_deleted']);

/** Takes a message and its files away. Every part is tried, whatever became of the others. */
export async function retract(
  message: Parameters<Chat['retract']>[0],
  { client, direct, logger }: { client: WebClient; direct: DirectChannels; logger: Logger },
): ReturnType<Chat['retract']> {
  const steps = [
    async () => client.chat.delete({ channel: await direct.channelOf(message.channelId), ts: message.messageId }),
    ...message.fileIds.map((file) => () => client.files.delete({ file })),
  ];
  let outcome: 'gone' | 'refused' | 'uncertain' = 'gone';
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      const failure = slackFailure(error);
      const isRefused = failure.kind === 'refused' || failure.kind === 'blocks';
      if (isRefused && ALREADY_GONE.has(failure.error)) continue;
      logger.warn('a message or one of its files could not be taken away', {
        channel: message.channelId,
        reason: 'error' in failure ? failure.error : failure.kind,
      });
      if (!isRefused) outcome = 'uncertain';
      else if (outcome === 'gone') outcome = 'refused';
    }
  }
  return outcome;
}
