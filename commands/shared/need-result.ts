import type { Run } from '../../src/domain/results.ts';
import { KithError } from '../../src/lib/errors.ts';
import { type Language, say } from '../../src/lib/text.ts';
import type { CommandContext } from '../context.ts';

/** The newest result of an analysis. Throws KithError('no-results') that says how to get one. */
export async function needResult(
  context: Pick<CommandContext, 'reader' | 'language'>,
  analysis: string,
): Promise<{ run: Run; summary: unknown }> {
  const result = await context.reader.result(analysis);
  if (result === null) throw noResults(context.language);
  return { run: result.run, summary: result.summary };
}

function noResults(language: Language): KithError {
  return new KithError(
    'no-results',
    say(language, {
      en: 'Nothing has been analysed yet: run `kith analyse` once records have been synced, or wait for the next scheduled run (`/kith status` says when)',
      zh: '还没有任何分析结果：请在同步数据之后运行 `kith analyse`，或等待下一次定时分析（用 `/kith status` 查看时间）',
    }),
  );
}
