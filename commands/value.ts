import { value as analysis } from '../src/analyses/value.ts';
import { VALUE_CLASSES } from '../src/analyses/value-summary.ts';
import { KithError } from '../src/lib/errors.ts';
import { nearest } from '../src/lib/nearest.ts';
import { type Language, say } from '../src/lib/text.ts';
import type { KithCommand } from './context.ts';
import { valueClassName } from './shared/class-names.ts';
import { needResult } from './shared/need-result.ts';
import { playbookParts } from './shared/playbook-buttons.ts';
import { quoted, readArgument, suggestion } from './shared/read-argument.ts';

type ValueClass = (typeof VALUE_CLASSES)[number];

// The presentation ranks by the next 12 months; whoever is beyond these by value so far does not come near its first ten.
const READ = 300;

export const value: KithCommand = {
  name: 'value',
  summary: {
    en: 'What customers bring a year, and what to expect of them in the next 12 months',
    zh: '客户每年贡献多少，以及未来 12 个月的预期',
  },
  usage: '[low|medium|high]',
  async run(context, text) {
    const { language, reader } = context;
    const wanted = readArgument(language, text);
    const { run, summary } = await needResult(context, analysis.name);
    const label = wanted === '' ? null : findClass(language, wanted);
    const { rows, withheld } = await reader.rows(run, analysis.name, {
      ...(label === null ? {} : { label }),
      order: 'value-desc',
      limit: READ,
    });
    const filter = label === null ? '' : valueClassName(language, label);
    const { playbooks } = context.state;
    const report = analysis.present(summary, { language, run, rows, withheld, filter, playbooks });
    const offered = await playbookParts(context, ({ target }) =>
      label === null ? target.startsWith('value:') : target === `value:${label}`,
    );
    return { ...report, parts: [...report.parts, ...offered] };
  },
};

function findClass(language: Language, wanted: string): ValueClass {
  const typed = wanted.toLowerCase();
  const found = VALUE_CLASSES.find((name) =>
    [name, valueClassName('en', name), valueClassName('zh', name)].some((known) => known.toLowerCase() === typed),
  );
  if (found !== undefined) return found;
  const hint = suggestion(language, nearest(wanted, [...VALUE_CLASSES]), {
    en: `the classes are ${VALUE_CLASSES.join(', ')}`,
    zh: `现有等级：${VALUE_CLASSES.map((name) => valueClassName('zh', name)).join('、')}`,
  });
  throw new KithError(
    'usage',
    say(language, {
      en: `There is no value class called “${quoted(wanted)}”: ${hint}`,
      zh: `没有名为“${quoted(wanted)}”的价值等级：${hint}`,
    }),
  );
}
