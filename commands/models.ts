import { presentModels } from '../src/analyses/models-report.ts';
import { KithError } from '../src/lib/errors.ts';
import { say } from '../src/lib/text.ts';
import type { KithCommand } from './context.ts';
import { needResult } from './shared/need-result.ts';
import { quoted, readArgument } from './shared/read-argument.ts';

export const models: KithCommand = {
  name: 'models',
  summary: {
    en: 'Which model tells who may stop, by how much it won, and how far to trust it',
    zh: '使用哪个模型判断流失、优势多大、可信程度如何',
  },
  usage: '',
  onlyReads: () => true,
  async run(context, text) {
    const { language } = context;
    const wanted = readArgument(language, text);
    const { run, summary } = await needResult(context, 'churn-risk');
    if (wanted !== '') {
      throw new KithError(
        'usage',
        say(language, {
          en: `\`/models\` shows every model at once and takes no “${quoted(wanted)}”: use \`/models\``,
          zh: `\`/models\` 一次展示全部模型，不接受“${quoted(wanted)}”：请使用 \`/models\``,
        }),
      );
    }
    return presentModels(summary, run, language);
  },
};
