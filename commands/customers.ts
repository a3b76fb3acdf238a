import { customers as analysis } from '../src/analyses/customers.ts';
import { portfolio } from '../src/analyses/portfolio.ts';
import { KithError } from '../src/lib/errors.ts';
import { say } from '../src/lib/text.ts';
import type { KithCommand } from './context.ts';
import { needResult } from './shared/need-result.ts';
import { quoted, readArgument } from './shared/read-argument.ts';

export const customers: KithCommand = {
  name: 'customers',
  summary: {
    en: 'Who your customers are as a whole: how many, how much, trends, cohorts',
    zh: '客户整体概况：数量、金额、趋势与同期群',
  },
  usage: '',
  onlyReads: () => true,
  async run(context, text) {
    const { language } = context;
    const wanted = readArgument(language, text);
    if (wanted !== '') {
      const typed = quoted(wanted);
      throw new KithError(
        'usage',
        say(language, {
          en: `\`/customers\` describes all customers and takes no “${typed}”: for one of them use \`/customer ${typed}\``,
          zh: `\`/customers\` 描述全部客户，不接受“${typed}”：查看单个客户请用 \`/customer ${typed}\``,
        }),
      );
    }
    const counts = await needResult(context, portfolio.name);
    const spread = await needResult(context, analysis.name);
    const shown = { language, rows: [], withheld: null, filter: '' };
    const overview = portfolio.present(counts.summary, { ...shown, run: counts.run });
    const more = analysis.present(spread.summary, { ...shown, run: spread.run });
    return {
      ...overview,
      parts: [...overview.parts, { kind: 'heading', text: more.headline }, ...more.parts],
    };
  },
};
