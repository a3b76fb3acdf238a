import { forecast as analysis } from '../src/analyses/forecast.ts';
import { KithError } from '../src/lib/errors.ts';
import { say } from '../src/lib/text.ts';
import type { KithCommand } from './context.ts';
import { needResult } from './shared/need-result.ts';
import { quoted, readArgument } from './shared/read-argument.ts';

export const forecast: KithCommand = {
  name: 'forecast',
  summary: {
    en: 'What revenue to expect, with bands, beside what the open deals are worth',
    zh: '预计收入及区间，并与未结商机对比',
  },
  usage: '',
  onlyReads: () => true,
  async run(context, text) {
    const { language } = context;
    const wanted = readArgument(language, text);
    if (wanted !== '') {
      throw new KithError(
        'usage',
        say(language, {
          en: `\`/forecast\` tells the whole revenue and takes no “${quoted(wanted)}”`,
          zh: `\`/forecast\` 预测全部收入，不接受“${quoted(wanted)}”`,
        }),
      );
    }
    const { run, summary } = await needResult(context, analysis.name);
    return analysis.present(summary, { language, run, rows: [], withheld: null, filter: '' });
  },
};
