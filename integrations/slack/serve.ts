import { KithError, messageOf } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { type Language, say, type Text } from '../../src/lib/text.ts';
import type { Answer, ChatRequest } from '../../src/ports/chat.ts';
import type { Channels } from './channels.ts';
import { escapeWithCommands } from './escape.ts';
import type { InFlight } from './in-flight.ts';
import type { People } from './people.ts';
import type { Replies, ReplyTo } from './reply.ts';
import { fullRequest, type Origin, quickRequest } from './requests.ts';
import { TEXTS } from './texts.ts';

const PROGRESS_AFTER_MS = 10_000;
const FULL_STOP: Text = { en: '.', zh: '。' };

export interface Serving {
  /** Runs one request to its answer. */
  serve(
    origin: Origin,
    to: Omit<ReplyTo, 'request'> & { readonly isFirst: () => Promise<boolean> },
    work: (request: ChatRequest) => Promise<Answer>,
  ): Promise<void>;
  /** Logs a failure, and tells what a person should read of it: here, and nowhere else, an error becomes a sentence. */
  sentenceOf(error: unknown, request: { readonly id: string; readonly userLanguage: Language }): string;
}

export function createServing(options: {
  people: People;
  channels: Channels;
  replies: Replies;
  inFlight: InFlight;
  /** Draws a person's Home anew when there is room. */
  refreshHome: (origin: Origin) => void;
  logger: Logger;
}): Serving {
  const { people, channels, replies, inFlight, refreshHome, logger } = options;

  const sentenceOf: Serving['sentenceOf'] = (error, { id, userLanguage }) => {
    // Of wrong use, and of what is asked on top of what Kith is working on: neither is a fault of Kith's.
    const isRefused = error instanceof KithError && (error.exitCode === 2 || error.code === 'job-busy');
    const fields = {
      request: id,
      reason: messageOf(error),
      ...(error instanceof KithError ? { code: error.code } : { stack: stackOf(error) }),
    };
    if (isRefused) logger.info('a request was refused', fields);
    else logger.error('a request failed', fields);
    const what =
      error instanceof KithError
        ? `${say(userLanguage, TEXTS.couldNot)}${say(userLanguage, error.text)}${say(userLanguage, FULL_STOP)}`
        : say(userLanguage, TEXTS.failed);
    const reference = say(userLanguage, TEXTS.reference);
    return say(userLanguage, { en: `${what} (${reference} ${id})`, zh: `${what}（${reference} ${id}）` });
  };

  /** Nothing but this sentence is made of it: one more row for each in the store would hold up what it is refused for. */
  const refuse = (origin: Origin, to: Omit<ReplyTo, 'request'>): Promise<void> => {
    const request = quickRequest(origin, people);
    logger.warn('a request was refused: too many are being worked on', { request: request.id, user: origin.userId });
    return tell({ ...to, request }, say(request.userLanguage, TEXTS.tooMany));
  };

  const tell = async (to: ReplyTo, words: string): Promise<void> => {
    try {
      await replies.sentence(to, escapeWithCommands(words));
    } catch (unsaid) {
      logger.error('a sentence could not be told', { request: to.request.id, reason: messageOf(unsaid) });
    }
  };

  return {
    sentenceOf,
    serve(origin, { isFirst, ...to }, work) {
      if (inFlight.isFull) return refuse(origin, to);
      return inFlight.run(async () => {
        let reply: ReplyTo = { ...to, request: quickRequest(origin, people) };
        const progress = setTimeout(() => {
          if (to.replaces) void tell(reply, say(people.known(origin.userId).language, TEXTS.stillWorking));
        }, PROGRESS_AFTER_MS);
        try {
          if (!(await isFirst())) {
            // Only a standing acknowledgement promises something.
            if (to.replaces) await tell(reply, say((await people.person(origin.userId)).language, TEXTS.askedBefore));
            return;
          }
          reply = { ...to, request: await fullRequest(origin, people, channels) };
          const answer = await work(reply.request);
          clearTimeout(progress);
          await replies.answer(reply, answer);
          if (answer.changesHome === true) refreshHome(origin);
        } catch (error) {
          clearTimeout(progress);
          const userLanguage = people.known(origin.userId).language;
          await tell(reply, sentenceOf(error, { id: reply.request.id, userLanguage }));
        } finally {
          clearTimeout(progress);
        }
      });
    },
  };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? '') : '';
}
