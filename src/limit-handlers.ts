import { KithError } from './lib/errors.ts';
import { withLogScope } from './lib/logger.ts';
import { createPerUserLimit } from './lib/per-user-limit.ts';
import type { ChatHandlers, ChatRequest } from './ports/chat.ts';

/** Questions of one person that are answered at the same time. */
const AT_ONCE = 3;

/** The same handlers, for at most so many questions of a person at once; what is logged while one is answered names the request. */
export function limitHandlers(handlers: ChatHandlers): ChatHandlers {
  const limit = createPerUserLimit(AT_ONCE);
  const limited =
    <Request extends ChatRequest, More extends readonly unknown[], Result>(
      answer: (request: Request, ...more: More) => Promise<Result>,
    ) =>
    (request: Request, ...more: More): Promise<Result> =>
      withLogScope({ request: request.id }, () => limit.run(request.userId, () => answer(request, ...more), tooMany));
  return {
    ...handlers,
    answer: limited(handlers.answer),
    act: limited(handlers.act),
    ask: limited(handlers.ask),
    openForm: limited(handlers.openForm),
    submitForm: limited(handlers.submitForm),
    // Drawn whenever somebody looks: it counts as no question.
    home: (request) => withLogScope({ request: request.id }, () => handlers.home(request)),
  };
}

function tooMany(atOnce: number): KithError {
  return new KithError('job-busy', {
    en: `Kith is still working on your last ${atOnce} questions; wait until one is answered, and ask again`,
    zh: `Kith 仍在处理您最近的 ${atOnce} 个问题；请等其中一个得到回答后再提问`,
  });
}
