import type { ChatUpdateResponse, WebClient } from '@slack/web-api';
import { KithError, messageOf } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/lib/logger.ts';
import type { Text } from '../../src/lib/text.ts';
import type { ChartRenderer } from '../../src/ports/chart-renderer.ts';
import type { Delivery, OutgoingMessage } from '../../src/ports/chat.ts';
import type { Channels } from './channels.ts';
import type { DirectChannels } from './direct-channels.ts';
import { type StagedFile, shareFile, stageFile } from './files.ts';
import type { People } from './people.ts';
import { emailsToMention, uploadPictures } from './prepare.ts';
import { blocksRefused, post } from './reply.ts';
import { type MessageBody, sendDownTheLadder } from './send-down-the-ladder.ts';
import { refusalReason, type SlackFailure, slackFailure } from './slack-errors.ts';

const RETRY_MS = 60_000;
const RETRY_AFTER_AUTH_MS = 15 * 60_000;

const NO_FILE: Text = {
  en: 'The file could not be attached: the Slack app may lack the scope files:write; whoever looks after Kith can see why with kith doctor.',
  zh: '文件未能附上：Slack 应用可能缺少 files:write 权限；Kith 的管理员可用 kith doctor 查看原因。',
};

const SHARED =
  'the channel is shared with another company: Kith posts no customers where others read, so choose a channel of your own';

/** The message that should be changed is not there any more, or may not be changed. */
const NOT_CHANGEABLE = new Set([
  'message_not_found',
  'channel_not_found',
  'cant_update_message',
  'edit_window_closed',
  'thread_not_found',
]);

/** Posts one message of the outbox, once: what became of it is told as exactly as it is known, and nothing is repeated. */
export async function deliver(
  message: OutgoingMessage,
  options: {
    client: WebClient;
    people: People;
    channels: Channels;
    direct: DirectChannels;
    renderer: ChartRenderer;
    logger: Logger;
    /** How long a message waits for Slack to look at its pictures. */
    pictureMs: number;
    /** Told of Slack's name for it when the token is not taken. */
    onAuthFailure: (error: string) => void;
  },
): Promise<Delivery> {
  const { client, people, renderer, logger } = options;
  const failed = (error: unknown, when: 'before' | 'during'): Delivery => {
    const failure = slackFailure(error);
    if (failure.kind === 'auth') options.onAuthFailure(failure.error);
    return outcomeOf(failure, when);
  };
  try {
    const kind = await options.channels.kind(message.channelId, '');
    if (kind === 'shared-externally') return { outcome: 'refused', reason: SHARED };
  } catch (error) {
    return failed(error instanceof KithError ? error.cause : error, 'before');
  }
  let channel = message.channelId;
  let staged: StagedFile | null = null;
  const notes: Text[] = [];
  // Nothing is said before everything that can wait is at Slack: a message waits for what will pass by itself.
  try {
    channel = await options.direct.channelOf(message.channelId);
    if (message.file !== null) staged = await stageFile(client, message.file);
  } catch (error) {
    if (canWait(slackFailure(error))) return failed(error, 'before');
    logger.warn('a message goes out as well as it can', { key: message.key, reason: messageOf(error) });
    if (message.file !== null) notes.push(NO_FILE);
  }
  const pictures = await uploadPictures(message.report, client, renderer, logger, options.pictureMs);
  if (pictures.failure !== null && canWait(pictures.failure)) {
    if (pictures.failure.kind === 'auth') options.onAuthFailure(pictures.failure.error);
    return outcomeOf(pictures.failure, 'before');
  }
  const mentions = await people.idsByEmail(emailsToMention(message.report));
  let old = message.replaces;
  const send = async (body: MessageBody): Promise<Pick<ChatUpdateResponse, 'ts' | 'channel'>> => {
    if (old !== null) {
      try {
        // An empty list takes the old blocks away.
        return await client.chat.update({ channel, ts: old, ...post({ ...body, blocks: body.blocks ?? [] }) });
      } catch (error) {
        const failure = slackFailure(error);
        if (failure.kind !== 'refused' || !NOT_CHANGEABLE.has(failure.error)) throw error;
        logger.info('a message that was to be changed is said anew', { channel, reason: failure.error });
        old = null;
      }
    }
    const thread = message.threadId === null ? {} : { thread_ts: message.threadId };
    return client.chat.postMessage({ channel, ...thread, ...post(body) });
  };
  try {
    const { sent, reduced } = await sendDownTheLadder(
      message.report,
      { rung: 'picture', pictures: pictures.files, mentions, notes: [...notes, ...pictures.reduced], logger },
      send,
      blocksRefused,
    );
    if (sent.ts === undefined) return { outcome: 'uncertain', reason: 'Slack took the message but gave it no ts' };
    const channelId = sent.channel ?? channel;
    const isShared =
      staged === null || (await isFileShared(staged, { channelId, threadTs: message.threadId ?? sent.ts, words: '' }));
    return {
      outcome: 'sent',
      messageId: sent.ts,
      channelId,
      chartBytes: pictures.bytes,
      reduced: [...reduced, ...(isShared ? [] : [NO_FILE])].map((note) => note.en),
      fileIds: [...pictures.files.values(), ...(staged !== null && isShared ? [staged.id] : [])],
    };
  } catch (error) {
    // The same change made twice is one change: it may be tried again.
    return failed(error, old === null ? 'during' : 'before');
  }

  async function isFileShared(file: StagedFile, to: Parameters<typeof shareFile>[2]): Promise<boolean> {
    try {
      await shareFile(client, file, to);
      return true;
    } catch (error) {
      logger.error('a message was sent without its file', { channel: to.channelId, reason: messageOf(error) });
      return false;
    }
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
