import type { Audit } from './ledger/audit.ts';
import { KithError } from './lib/errors.ts';
import { createFairQueue } from './lib/fair-queue.ts';
import { withLogScope } from './lib/logger.ts';
import { createPerUserLimit } from './lib/per-user-limit.ts';
import type { ChatHandlers, ChatRequest } from './ports/chat.ts';

/** Requests of one person that are answered at the same time. */
const AT_ONCE = 3;
/**
 * Answers of everybody that are worked on at the same time; the others wait, in turns between people. The store takes one question
 * after the other: a hundred answers at once would all be ready at the end, and every copy and analysis behind them.
 */
const WORKED_ON = 8;

/**
 * The same handlers, for at most so many requests of a person at once, answered in turns; what is logged while one is answered names the request, and
 * one that is refused is written to the audit log as any other refusal.
 */
export function limitHandlers(handlers: ChatHandlers, audit: Pick<Audit, 'append'>): ChatHandlers {
  const limit = createPerUserLimit(AT_ONCE);
  const queue = createFairQueue(WORKED_ON);
  const inTurn =
    <Request extends ChatRequest, Result>(answer: (request: Request) => Promise<Result>) =>
    (request: Request): Promise<Result> =>
      queue.run(request.userId, () => answer(request));
  const limited =
    <Request extends ChatRequest, More extends readonly unknown[], Result>(
      act: 'asked' | 'clicked',
      subjectOf: (request: Request) => string,
      answer: (request: Request, ...more: More) => Promise<Result>,
    ) =>
    (request: Request, ...more: More): Promise<Result> =>
      withLogScope({ request: request.id }, async () => {
        const { id, userId: actor, channelId: channel } = request;
        let refusal: KithError | null = null;
        const refused = (atOnce: number): KithError => {
          refusal = tooMany(atOnce);
          return refusal;
        };
        try {
          return await limit.run(actor, () => answer(request, ...more), refused);
        } catch (error) {
          if (error === refusal) {
            const details = { request: id, channel, refused: 'job-busy' };
            await audit.append({ actor, act, subject: subjectOf(request), details });
          }
          throw error;
        }
      });
  return {
    ...handlers,
    answer: limited('asked', ({ command }) => command, inTurn(handlers.answer)),
    act: limited('clicked', ({ action }) => action, inTurn(handlers.act)),
    ask: limited('asked', () => 'question', inTurn(handlers.ask)),
    openForm: limited('clicked', ({ action }) => action, handlers.openForm),
    submitForm: limited('clicked', ({ action }) => action, handlers.submitForm),
    home: limited('asked', () => 'home', handlers.home),
  };
}

function tooMany(atOnce: number): KithError {
  return new KithError('job-busy', {
    en: `Kith is still working on your last ${atOnce} questions; wait until one is answered, and ask again`,
    zh: `Kith 仍在处理您最近的 ${atOnce} 个问题；请等其中一个得到回答后再提问`,
  });
}
