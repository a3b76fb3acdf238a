import type { WebClient } from '@slack/web-api';
import type { Logger } from '../../src/lib/logger.ts';
import type { ChartRenderer } from '../../src/ports/chart-renderer.ts';
import type { Delivery, OutgoingMessage } from '../../src/ports/chat.ts';
import type { People } from './people.ts';
import { emailsToMention, uploadPictures } from './prepare.ts';
import { blocksRefused, post } from './reply.ts';
import { sendDownTheLadder } from './send-down-the-ladder.ts';
import { refusalReason, type SlackFailure, slackFailure } from './slack-errors.ts';

const RETRY_MS = 60_000;
const RETRY_AFTER_AUTH_MS = 15 * 60_000;

/** Posts one message of the outbox, once: what became of it is told as exactly as it is known, and nothing is repeated. */
export async function deliver(
  message: OutgoingMessage,
  options: { client: WebClient; people: People; renderer: ChartRenderer; logger: Logger },
): Promise<Delivery> {
  const { client, people, renderer, logger } = options;
  const pictures = await uploadPictures(message.report, client, renderer, logger);
  // Nothing was said yet, so a message can wait for what will pass by itself.
  if (pictures.failure !== null && canWait(pictures.failure)) return outcomeOf(pictures.failure, 'before');
  const mentions = await people.idsByEmail(emailsToMention(message.report));
  try {
    const { sent, reduced } = await sendDownTheLadder(
      message.report,
      { rung: 'picture', pictures: pictures.files, mentions, notes: pictures.reduced },
      (body) => client.chat.postMessage({ channel: message.channelId, ...post(body) }),
      blocksRefused,
    );
    if (sent.ts === undefined) return { outcome: 'uncertain', reason: 'Slack took the message but gave it no ts' };
    return { outcome: 'sent', messageId: sent.ts, chartBytes: pictures.bytes, reduced: reduced.map((note) => note.en) };
  } catch (error) {
    return outcomeOf(slackFailure(error), 'during');
  }
}

function canWait(failure: SlackFailure): boolean {
  return failure.kind === 'limited' || failure.kind === 'unreachable' || failure.kind === 'auth';
}

function outcomeOf(failure: SlackFailure, when: 'before' | 'during'): Delivery {
  switch (failure.kind) {
    case 'limited':
      return { outcome: 'not-sent', reason: 'Slack asks to slow down', retryAfterMs: failure.retryAfterMs };
    case 'unreachable':
      return { outcome: 'not-sent', reason: `Slack cannot be reached (${failure.reason})`, retryAfterMs: RETRY_MS };
    case 'auth':
      return {
        outcome: 'not-sent',
        reason: `Slack refused the bot token (${failure.error}): check SLACK_BOT_TOKEN`,
        retryAfterMs: RETRY_AFTER_AUTH_MS,
      };
    case 'refused':
    case 'blocks':
      return { outcome: 'refused', reason: refusalReason(failure.error) };
    case 'unknown':
      return when === 'before'
        ? { outcome: 'not-sent', reason: failure.reason, retryAfterMs: RETRY_MS }
        : { outcome: 'uncertain', reason: failure.reason };
  }
}
