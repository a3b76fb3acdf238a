import { KithError } from '../src/lib/errors.ts';
import { nearest } from '../src/lib/nearest.ts';
import { say } from '../src/lib/text.ts';
import type { KithCommand } from './context.ts';
import { needResult } from './shared/need-result.ts';
import { quoted, readArgument, suggestion } from './shared/read-argument.ts';
import { refuseUnlessManager } from './shared/refuse-unless-manager.ts';

const SUBCOMMANDS = ['preview', 'undo'] as const;

export const writeBack: KithCommand = {
  name: 'write-back',
  summary: {
    en: 'What Kith would write on the CRM records, to approve or to undo',
    zh: '查看 Kith 将写回 CRM 的内容，并批准或撤销',
  },
  usage: '[preview|undo]',
  async run(context, text) {
    const { language } = context;
    refuseUnlessManager(context);
    await needResult(context, 'portfolio');
    const [wanted = '', batch = '', ...rest] = readArgument(language, text).split(' ');
    const word = wanted.toLowerCase();
    if ((word === '' || word === 'preview' || word === '预览') && batch === '') return context.writeBack.preview();
    if ((word === 'undo' || word === '撤销') && batch !== '' && rest.length === 0) return context.writeBack.undo(batch);
    const typed = quoted(readArgument(language, text));
    const hint = suggestion(language, word === 'undo' ? [] : nearest(word, SUBCOMMANDS), {
      en: 'use `/write-back preview`, or `/write-back undo BATCH` with the id that stands at the end of its answer',
      zh: '请使用 `/write-back preview`，或 `/write-back undo 批次号`（批次号见回答末尾）',
    });
    throw new KithError(
      'usage',
      say(language, {
        en: `\`/write-back ${typed}\` is not known: ${hint}`,
        zh: `无法识别 \`/write-back ${typed}\`：${hint}`,
      }),
    );
  },
};
