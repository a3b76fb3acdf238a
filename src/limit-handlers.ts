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
/** Who has waited so long for their turn is told so: they may not be there any more. */
const WAITS_MS = 60_000;

/**
 * The same handlers, for at most so many requests of a person at once, answered in turns; what is logged while one is answered names the request, and
 * one that is refused is written to the audit log as any other refusal.
 */
export function limitHandlers(handlers: ChatHandlers, audit: Pick<Audit, 'append'>): ChatHandlers {
  const limit = createPerUserLimit(AT_ONCE);
  const queue = createFairQueue(WORKED_ON);
  const tired = new WeakSet<Error>();
  const inTurn =
    <Request extends ChatRequest, Result>(answer: (request: Request) => Promise<Result>) =>
    (request: Request): Promise<Result> => {
      const patience = new AbortController();
      const timer = setTimeout(() => {
        const refusal = tooBusy();
        tired.add(refusal);
        patience.abort(refusal);
      }, WAITS_MS);
      const begin = (): Promise<Result> => {
        clearTimeout(timer);
        return answer(request);
      };
      return queue.run(request.userId, begin, patience.signal);
    };
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
          if (error === refusal || (error instanceof KithError && tired.has(error))) {
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

function tooBusy(): KithError {
  return new KithError('job-busy', {
    en: `Kith had so much to answer that this question's turn did not come within ${WAITS_MS / 1000} seconds; ask again in a minute`,
    zh: `Kith 需要回答的问题太多，${WAITS_MS / 1000} 秒内未能轮到此问题；请一分钟后再问`,
  });
}
