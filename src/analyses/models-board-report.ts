import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatDay, formatNumber, formatPercent } from '../report/format.ts';
import type { ReportPart } from '../report/report.ts';
import { LEAST_GAIN } from './churn-board.ts';
import { MODEL_NAMES } from './churn-note.ts';
import type { ChurnSummary } from './churn-summary.ts';
import { outcomeWords } from './churn-words.ts';

type BoardRow = ChurnSummary['board'][number];
type Champion = NonNullable<ChurnSummary['model']>;

/** In two tables, since one with every number is wider than a screen. */
export function boardTables(language: Language, summary: ChurnSummary, model: Champion): ReportPart[] {
  const column = (label: Text, align: 'left' | 'right' = 'right') => ({ label: say(language, label), align });
  const name = column({ en: 'Way to tell', zh: '方法' }, 'left');
  const number = (value: number | null, digits = 3): string =>
    value === null || !Number.isFinite(value) ? '–' : formatNumber(language, value, digits);
  const gained = ({ gain, standard_error: error }: BoardRow['gains'][number]): string =>
    `${gain > 0 ? '+' : ''}${number(gain)} ± ${number(error)}`;
  const trials = summary.trials.map(({ cut_off: day }) => formatDay(language, Date.parse(`${day}T00:00:00Z`), 'UTC'));
  return [
    {
      kind: 'table',
      title: say(language, { en: 'The model board, from simple to complex', zh: '模型比较，从简单到复杂' }),
      columns: [
        name,
        column({ en: 'Verdict', zh: '结论' }, 'left'),
        ...trials.map((day) => column({ en: `Gain from ${day}`, zh: `${day}起的改进` })),
      ],
      rows: summary.board.map((row) => [
        say(language, MODEL_NAMES[row.model]),
        say(language, verdict(row, model)),
        ...trials.map((_, k) => (row.gains[k] === undefined ? '–' : gained(row.gains[k]))),
      ]),
    },
    {
      kind: 'table',
      title: say(language, { en: 'How good each is, at the newest cut-off', zh: '各方法在最新截止点的表现' }),
      columns: [
        name,
        column({ en: 'Log loss', zh: '对数损失' }),
        column({ en: 'Brier skill', zh: 'Brier 技巧' }),
        column({ en: 'AUC', zh: 'AUC' }),
        column({ en: 'Accuracy', zh: '准确率' }),
        column({ en: 'Off by', zh: '校准误差' }),
        column({ en: 'Rows', zh: '学习行数' }),
      ],
      rows: summary.board.map((row) => [
        say(language, MODEL_NAMES[row.model]),
        number(row.log_loss),
        formatPercent(language, row.brier_skill, 1),
        number(row.auc, 2),
        formatPercent(language, row.accuracy),
        formatPercent(language, row.calibration_error, 1),
        formatCount(language, row.rows),
      ]),
    },
  ];
}

function verdict(row: BoardRow, model: Champion): Text {
  if (row.model === model) return { en: '✓ used', zh: '✓ 使用中' };
  if (!row.has_reasons) return { en: 'cannot say why', zh: '无法说明原因' };
  if (row.replaced_incumbent) return { en: 'won, then was beaten', zh: '曾胜出，后被超越' };
  return row.gains.length === 0 ? { en: 'beaten', zh: '被超越' } : { en: 'not surely better', zh: '改进不够确定' };
}

/** What the columns of those tables mean. */
export function howToRead(language: Language): string {
  return say(language, {
    en: `Gain: how much log loss falls against the best so far, at each past cut-off, newest first. A more complex way is used only where its gain exceeds both its error and ${formatNumber('en', LEAST_GAIN, 3)} at every one of them, and where it can say why: at an older one it is not tried (–) where it can no longer win. Brier skill: 0% is the base rate, 100% is never wrong. AUC: 0.5 is a coin, 1 ranks everybody rightly. Off by: how far what was said lies from what happened, on average (calibration error). Rows: customers at past cut-offs that were learnt from.`,
    zh: `改进：在每个历史截止点上（从新到旧），对数损失相对此前最佳的降幅。只有在每个截止点上改进既大于误差又大于 ${formatNumber('zh', LEAST_GAIN, 3)}，并能说明原因，才采用更复杂的方法；已不可能胜出的方法不在更早的截止点上比较（–）。Brier 技巧：0% 等同基准比率，100% 从不出错。AUC：0.5 如同掷硬币，1 表示排序完全正确。校准误差：预测与实际的平均差距。学习行数：用于学习的历史截止点上的客户数。`,
  });
}

/** The cut-offs, with what was learnt from before each and who was judged after it. */
export function trialsTable(language: Language, { trials, outcome, horizon_days: days }: ChurnSummary): ReportPart {
  const { left } = outcomeWords(outcome, days);
  return {
    kind: 'table',
    title: say(language, {
      en: 'Past cut-offs that it was decided on: nothing after one was learnt from',
      zh: '用于判断的历史截止点：之后的数据未参与学习',
    }),
    columns: [
      { label: say(language, { en: 'Cut-off', zh: '截止点' }), align: 'left' },
      { label: say(language, { en: 'Learnt from', zh: '学习行数' }), align: 'right' },
      { label: say(language, { en: 'Customers judged', zh: '被检验的客户' }), align: 'right' },
      { label: say(language, { en: `Of them ${left.en}`, zh: `其中${left.zh}` }), align: 'right' },
    ],
    rows: trials.map((trial) => [
      formatDay(language, Date.parse(`${trial.cut_off}T00:00:00Z`), 'UTC'),
      formatCount(language, trial.training_rows),
      judgedText(language, trial),
      formatPercent(language, trial.test_rate),
    ]),
  };
}

/** How many were judged; of how many they were drawn at random, where it was not everybody. */
export function judgedText(
  language: Language,
  trial: Pick<ChurnSummary['trials'][number], 'test_customers' | 'test_drawn_from'>,
): string {
  const judged = formatCount(language, trial.test_customers);
  if (trial.test_drawn_from === undefined) return judged;
  const all = formatCount(language, trial.test_drawn_from);
  return say(language, { en: `${judged}, drawn at random from ${all}`, zh: `从 ${all} 位中随机抽取 ${judged} 位` });
}
