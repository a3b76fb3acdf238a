import { KithError } from '../../src/lib/errors.ts';
import { say } from '../../src/lib/text.ts';
import type { CommandContext } from '../context.ts';
import { onlyReads } from './only-reads.ts';

/** What was asked under an id; throws KithError('usage') when it is not kept, or would change something if it were asked again. */
export async function needAnswer(
  { answers, commands, language }: CommandContext,
  id: string,
): Promise<{ readonly command: string; readonly text: string }> {
  const kept = await answers.byId(id);
  if (kept === null) {
    throw new KithError(
      'usage',
      say(language, {
        en: 'This answer is not kept any more: run the command again',
        zh: '这个回答已不再保留：请重新运行命令',
      }),
    );
  }
  if (onlyReads(commands, kept)) return kept;
  throw new KithError(
    'usage',
    say(language, {
      en: `\`/${kept.command}\` may change something, so it is not run again by a button: type it yourself`,
      zh: `\`/${kept.command}\` 可能会更改内容，不能通过按钮再次运行：请自行输入`,
    }),
  );
}
