import type { WebClient } from '@slack/web-api';
import { messageOf } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { say, type Text } from '../../src/lib/text.ts';
import type { ChartRenderer } from '../../src/ports/chart-renderer.ts';
import type { Answer, ChatRequest, Fresh } from '../../src/ports/chat.ts';
import type { Report } from '../../src/report/report.ts';
import type { DirectChannels } from './direct-channels.ts';
import { deleteFiles } from './files.ts';
import type { People } from './people.ts';
import { emailsToMention, uploadPictures } from './prepare.ts';
import { postToResponseUrl, RESPONSE_URL_LIFE_MS, ResponseUrlError } from './response-url.ts';
import { sendDownTheLadder } from './send-down-the-ladder.ts';
import { sendFile } from './send-file.ts';
import { type SlackFailure, slackFailure } from './slack-errors.ts';
import { Outdated, tellFresh } from './tell-fresh.ts';

/** Where an answer may go. */
export interface ReplyTo {
  readonly request: ChatRequest;
  /** Null for mentions, which have none. */
  readonly responseUrl: string | null;
  /** When the request came in. */
  readonly since: number;
  /** Whether an acknowledgement stands there that the answer replaces. */
  readonly replaces: boolean;
  /** The thread to answer in. */
  readonly threadTs: string | null;
}

interface Sayable {
  readonly report: Report;
  readonly fresh: Fresh | undefined;
}

export interface Replies {
  answer(to: ReplyTo, answer: Answer): Promise<void>;
  /** A sentence to the person alone, in place of the acknowledgement where there is one. */
  sentence(to: ReplyTo, text: string): Promise<void>;
}

const NOT_A_MEMBER: Text = {
  en: 'Kith is not a member of this channel, so only you see this. To have answers posted here, type /invite @Kith.',
  zh: 'Kith 不是此频道的成员，因此只有你能看到这条消息。若要在这里发布答案，请输入 /invite @Kith。',
};
const NOT_POSTED: Text = {
  en: 'Slack did not let Kith post in this channel, so only you see this.',
  zh: 'Slack 不允许 Kith 在此频道发言，因此只有你能看到这条消息。',
};
const ARCHIVED: Text = {
  en: 'This channel is archived, so only you see this. To have answers posted, ask in another channel.',
  zh: '此频道已归档，因此只有你能看到这条消息。若要发布答案，请在其他频道提问。',
};
const ELSEWHERE: Text = {
  en: 'Slack did not take this where you asked any more, so it comes as a direct message.',
  zh: 'Slack 已不再接受在您提问的位置回复，因此以私信发送。',
};
const POSTED: Text = { en: 'Posted in the channel.', zh: '已发布到频道。' };

export function createReplies(options: {
  client: WebClient;
  people: People;
  direct: DirectChannels;
  renderer: ChartRenderer;
  logger: Logger;
  /** How long an answer waits for Slack to look at its pictures. */
  pictureMs: number;
  now: () => number;
}): Replies {
  const { client, people, direct, renderer, logger, now } = options;
  const inThread = (to: ReplyTo) => (to.threadTs === null ? {} : { thread_ts: to.threadTs });
  const urlOf = (to: ReplyTo) => (now() - to.since < RESPONSE_URL_LIFE_MS ? to.responseUrl : null);

  /** To the person alone: through the response_url, else where they are, else in a direct message. */
  const privately = async (to: ReplyTo, { report, fresh }: Sayable, notes: readonly Text[]) => {
    const mentions = await people.idsByEmail(emailsToMention(report));
    const ladder = { rung: 'native' as const, mentions, notes, logger };
    const url = urlOf(to);
    if (url !== null) {
      try {
        await sendDownTheLadder(
          report,
          ladder,
          (body) =>
            tellFresh(fresh, () =>
              postToResponseUrl(url, { ...body, replace_original: to.replaces, response_type: 'ephemeral' }),
            ),
          (error) => error instanceof ResponseUrlError && error.areBlocksRefused,
        );
        return;
      } catch (error) {
        if (error instanceof Outdated) throw error;
        logger.warn('an answer goes out as a direct message', { reason: messageOf(error), request: to.request.id });
      }
    } else if (to.responseUrl === null && to.request.channelKind !== 'direct') {
      try {
        const { channelId: channel, userId: user } = to.request;
        await sendDownTheLadder(
          report,
          ladder,
          (body) =>
            tellFresh(fresh, () => client.chat.postEphemeral({ channel, user, ...inThread(to), ...post(body) })),
          blocksRefused,
        );
        return;
      } catch (error) {
        if (error instanceof Outdated) throw error;
        logger.warn('an answer goes out as a direct message', { reason: messageOf(error), request: to.request.id });
      }
    }
    const elsewhere = to.request.channelKind === 'direct' ? [] : [ELSEWHERE];
    await sendDownTheLadder(
      report,
      { ...ladder, notes: [...notes, ...elsewhere] },
      (body) => tellFresh(fresh, () => client.chat.postMessage({ channel: to.request.userId, ...post(body) })),
      blocksRefused,
    );
  };

  /** To everybody in the channel, with pictures; the acknowledgement goes away. */
  const publicly = async (to: ReplyTo, { report, fresh }: Sayable, notes: readonly Text[]) => {
    const pictures = await uploadPictures(report, client, renderer, logger, options.pictureMs);
    const mentions = await people.idsByEmail(emailsToMention(report));
    await sendDownTheLadder(
      report,
      { rung: 'picture', pictures: pictures.files, mentions, notes: [...notes, ...pictures.reduced], logger },
      (body) =>
        tellFresh(fresh, () =>
          client.chat.postMessage({ channel: to.request.channelId, ...inThread(to), ...post(body) }),
        ),
      blocksRefused,
    ).catch(async (error: unknown) => {
      // No message shows them, and they may name somebody.
      if (error instanceof Outdated) await deleteFiles(client, [...pictures.files.values()], logger);
      throw error;
    });
    const url = urlOf(to);
    if (!to.replaces || url === null) return;
    await postToResponseUrl(url, { delete_original: true }).catch(() =>
      postToResponseUrl(url, {
        text: say(report.language, POSTED),
        replace_original: true,
        response_type: 'ephemeral',
      }).catch((error: unknown) => logger.warn('an acknowledgement was left standing', { reason: messageOf(error) })),
    );
  };

  const told = async (to: ReplyTo, { report, visibility, file, fresh }: Answer): Promise<void> => {
    const sayable = { report, fresh };
    const notes = file === undefined ? [] : [await sendFile(file, sayable, to.request, { client, direct, logger })];
    // Nobody else reads a direct conversation: its messages need not vanish, and may carry pictures.
    const isOwn = to.responseUrl === null && to.request.channelKind === 'direct';
    if (visibility === 'only-you' && !isOwn) return privately(to, sayable, notes);
    try {
      await publicly(to, sayable, notes);
    } catch (error) {
      if (error instanceof Outdated) throw error;
      const failure = slackFailure(error);
      // After an unknown outcome the answer may stand in the channel already: it is not said twice.
      if (failure.kind === 'unknown') throw error;
      logger.warn('an answer could not be posted in its channel', {
        channel: to.request.channelId,
        reason: messageOf(error),
      });
      await privately(to, sayable, [...notes, notPosted(failure)]);
    }
  };

  return {
    async answer(to, answer) {
      try {
        await told(to, answer);
      } catch (error) {
        if (!(error instanceof Outdated)) throw error;
        logger.info('an answer was not told: somebody was forgotten since it was made', { request: to.request.id });
        await privately(to, { report: error.instead, fresh: undefined }, []);
      }
    },
    async sentence(to, text) {
      const url = urlOf(to);
      const { channelId: channel, userId: user, channelKind } = to.request;
      try {
        if (url !== null)
          return await postToResponseUrl(url, { text, replace_original: to.replaces, response_type: 'ephemeral' });
        if (to.responseUrl === null && channelKind !== 'direct') {
          await client.chat.postEphemeral({ channel, user, ...inThread(to), text });
          return;
        }
      } catch (error) {
        logger.warn('a sentence goes out as a direct message', { reason: messageOf(error), request: to.request.id });
      }
      const thread = channelKind === 'direct' ? inThread(to) : {};
      await client.chat.postMessage({ channel: channelKind === 'direct' ? channel : user, ...thread, text });
    },
  };
}

function notPosted(failure: SlackFailure): Text {
  if (failure.kind !== 'refused') return NOT_POSTED;
  if (failure.error === 'not_in_channel' || failure.error === 'channel_not_found') return NOT_A_MEMBER;
  return failure.error === 'is_archived' ? ARCHIVED : NOT_POSTED;
}

/** Blocks as the SDK takes them: it has no type for charts, so one cast stands here. */
export function post(body: { text: string; blocks?: unknown[] }) {
  return {
    text: body.text,
    ...(body.blocks === undefined ? {} : { blocks: body.blocks as { type: string }[] }),
    unfurl_links: false,
    unfurl_media: false,
  };
}

export function blocksRefused(error: unknown): boolean {
  return slackFailure(error).kind === 'blocks';
}
