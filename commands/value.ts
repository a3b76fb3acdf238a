import { value as analysis } from '../src/analyses/value.ts';
import { forecastOf } from '../src/analyses/value-report.ts';
import { VALUE_CLASSES } from '../src/analyses/value-summary.ts';
import { KithError } from '../src/lib/errors.ts';
import { nearest } from '../src/lib/nearest.ts';
import { type Language, say } from '../src/lib/text.ts';
import type { CommandContext, KithCommand } from './context.ts';
import { valueClassName } from './shared/class-names.ts';
import { LISTED } from './shared/listed.ts';
import { needResult } from './shared/need-result.ts';
import { playbookParts } from './shared/playbook-buttons.ts';
import { quoted, readArgument, suggestion } from './shared/read-argument.ts';
import { inCurrency, READ_WHOLE, rounded, wholeList } from './shared/whole-list.ts';

type ValueClass = (typeof VALUE_CLASSES)[number];

export const value: KithCommand = {
  name: 'value',
  summary: {
    en: 'What customers bring a year, and what to expect of them in the next 12 months',
    zh: '客户每年贡献多少，以及未来 12 个月的预期',
  },
  usage: '[low|medium|high]',
  onlyReads: () => true,
  async run(context, text) {
    const { language } = context;
    const { run, summary, label, rows, withheld } = await readValue(context, text, LISTED);
    const filter = label === null ? '' : valueClassName(language, label);
    const { playbooks } = context.state;
    const report = analysis.present(summary, { language, run, rows, withheld, filter, playbooks });
    const offered = await playbookParts(context, ({ target }) =>
      label === null ? target.startsWith('value:') : target === `value:${label}`,
    );
    return { ...report, parts: [...report.parts, ...offered] };
  },
  async list(context, text) {
    const { language } = context;
    const { run, rows } = await readValue(context, text, READ_WHOLE);
    const lines = rows.map((row) => ({ row, forecast: forecastOf(row) }));
    return wholeList(context, run, lines, [
      { title: inCurrency(run, { en: 'A year so far', zh: '至今每年' }), cell: ({ row }) => rounded(row.value) },
      {
        title: inCurrency(run, { en: 'Next 12 months', zh: '未来 12 个月' }),
        cell: ({ forecast }) => rounded(forecast?.value),
      },
      { title: { en: 'At least (80 %)', zh: '下限（80%）' }, cell: ({ forecast }) => rounded(forecast?.low) },
      { title: { en: 'At most (80 %)', zh: '上限（80%）' }, cell: ({ forecast }) => rounded(forecast?.high) },
      {
        title: { en: 'How it is told', zh: '计算方式' },
        cell: ({ forecast }) => (forecast === null ? null : say(language, METHODS[forecast.method])),
      },
      { title: { en: 'Class', zh: '价值等级' }, cell: ({ row }) => valueClassName(language, row.label) },
    ]);
  },
};

const METHODS = {
  predicted: { en: 'predicted', zh: '预测' },
  historic: { en: 'historic rate', zh: '历史水平' },
} as const;

/** Customers of the class that the text names, or all: the `most` who will bring the most. */
async function readValue(context: CommandContext, text: string, most: number) {
  const { language, reader } = context;
  const wanted = readArgument(language, text);
  const { run, summary } = await needResult(context, analysis.name);
  const label = wanted === '' ? null : findClass(language, wanted);
  const ofClass = label === null ? {} : { label };
  const { rows, withheld } = await reader.rows(run, analysis.name, { ...ofClass, order: 'forecast-desc', limit: most });
  return { run, summary, label, rows, withheld };
}

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
