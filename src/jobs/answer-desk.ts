import type { Viewer } from '../domain/people.ts';
import type { AnswerMemory, KeptAnswer } from '../ledger/answer-memory.ts';

/**
 * What one request remembers and looks up. Outside of a chat (a terminal) there is no place to come back to, and nothing is kept.
 * What is found is asked again with the rights of whoever asks for it.
 */
export function createAnswerDesk({
  answers,
  viewer,
  request,
}: {
  readonly answers: AnswerMemory;
  readonly viewer: Viewer;
  readonly request: { readonly id: string; readonly channelId: string } | null;
}) {
  const { userId, place } = viewer;
  // What is asked in a department's channel is answered to everybody there; anywhere else, to whoever asked.
  const onlyOf = place.kind === 'department' ? null : userId;
  return {
    async keep(question: Pick<KeptAnswer, 'command' | 'text' | 'threadId'>): Promise<void> {
      if (request !== null) await answers.keep({ ...question, ...request, userId });
    },
    byId: (id: string): Promise<KeptAnswer | null> => answers.byId(id),
    last: async (threadId: string): Promise<KeptAnswer | null> =>
      request === null ? null : answers.last(request.channelId, threadId, onlyOf),
  };
}
