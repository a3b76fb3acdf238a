import { KithError } from '../../src/lib/errors.ts';
import { say } from '../../src/lib/text.ts';
import type { CommandContext } from '../context.ts';

/** What was asked under an id; throws KithError('usage') when it is kept no more. */
export async function needAnswer(
  { answers, language }: CommandContext,
  id: string,
): Promise<{ readonly command: string; readonly text: string }> {
  const kept = await answers.byId(id);
  if (kept !== null) return kept;
  throw new KithError(
    'usage',
    say(language, {
      en: 'This answer is more than a week old and no longer kept: run the command again',
      zh: '这个回答已超过一周，不再保留：请重新运行命令',
    }),
  );
}
