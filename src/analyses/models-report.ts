import type { ChartSpec } from '../charts/chart-spec.ts';
import type { Run } from '../domain/results.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { wilsonInterval } from '../models/difference-of-shares.ts';
import { capitalised, formatCount, formatDay, formatNumber, formatPercent } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import { LEAST_GAIN } from './churn-board.ts';
import { MODEL_NAMES } from './churn-note.ts';
import { calibrationSentence } from './churn-report.ts';
import { type ChurnSummary, churnSummarySchema } from './churn-summary.ts';
import { outcomeWords } from './churn-words.ts';
import { featureName } from './family-names.ts';
import { trustLine } from './trust-line.ts';

type BoardRow = ChurnSummary['board'][number];
type Champion = NonNullable<ChurnSummary['model']>;

/** Population stability: below the first nothing moved, from the second on much did. */
const PSI_SOME = 0.1;
const PSI_MUCH = 0.25;

/** `/models`: which way of telling who stops is used and by how much it won; what it goes by; how far to trust it; all of them. */
export function presentModels(storedSummary: unknown, run: Run, language: Language): Report {
  const summary = churnSummarySchema.parse(storedSummary);
  const { model, board } = summary;
  const note = { kind: 'text', text: say(language, { en: `${summary.note}.`, zh: `${summary.note_zh}。` }) } as const;
  const trust = trustLine(language, run, summary.evidence_level, {
    en: quality('en', summary),
    zh: quality('zh', summary),
  });
  if (model === null || board.length === 0) {
    return {
      language,
      headline: say(language, {
        en: 'No model is used: there is too little to tell one from a guess',
        zh: '未使用模型：数据不足以证明模型优于猜测',
      }),
      parts: [note],
      trust,
    };
  }
  const chart = calibrationChart(language, summary);
  return {
    language,
    headline: headlineOf(language, summary, model),
    parts: [
      { kind: 'text', text: inPlainWords(language, summary, model) },
      ...(chart === null ? [] : [{ kind: 'chart', chart } as const]),
      note,
      ...boardTables(language, summary, model),
      { kind: 'text', text: howToRead(language) },
      trialsTable(language, summary),
      ...featureParts(language, summary),
      { kind: 'text', text: driftText(language, summary) },
    ],
    trust,
  };
}

function headlineOf(language: Language, { board, outcome, horizon_days: days }: ChurnSummary, model: Champion): string {
  const name = say(language, MODEL_NAMES[model]);
  const { leaving } = outcomeWords(outcome, days);
  const count = formatCount(language, board.length);
  if (model === 'base-rate') {
    return say(language, {
      en: `Of ${count} ways to tell the risk of ${leaving.en}, none beat giving everybody the same risk`,
      zh: `判断${leaving.zh}的 ${count} 种方法中，没有一种优于给所有人相同的风险`,
    });
  }
  return say(language, {
    en: `Of ${count} ways to tell the risk of ${leaving.en}, the ${name} was best and is used`,
    zh: `判断${leaving.zh}的 ${count} 种方法中，${name}最佳，正在使用`,
  });
}

/** What the board comes to for somebody who has never heard of log loss. */
function inPlainWords(language: Language, summary: ChurnSummary, model: Champion): string {
  const { lift, trials, outcome, horizon_days: days } = summary;
  const { left } = outcomeWords(outcome, days);
  const [newest] = trials;
  const said: string[] = [];
  if (lift !== null && newest !== undefined) {
    const byChance = (lift.top / newest.test_customers) * lift.stopped;
    const count = (language: Language, value: number) => formatCount(language, value);
    said.push(
      say(language, {
        en: `The ${count('en', lift.top)} ranked highest held ${count('en', lift.held)} of the ${count('en', lift.stopped)} who ${left.en}; picked at random they would have held about ${count('en', byChance)}.`,
        zh: `${count('zh', lift.stopped)} 位${left.zh}的客户中，有 ${count('zh', lift.held)} 位在风险最高的 ${count('zh', lift.top)} 位之内；随机抽取约为 ${count('zh', byChance)} 位。`,
      }),
    );
  }
  const sentence = calibrationSentence(language, summary);
  if (sentence !== '') {
    said.push(language === 'zh' ? `${sentence}。` : `${capitalised(sentence)}.`);
  }
  const used = summary.board.find((row) => row.model === model);
  const base = summary.board.find((row) => row.model === 'base-rate');
  if (model !== 'base-rate' && used !== undefined && base !== undefined) {
    const loss = formatPercent(language, base.log_loss / used.log_loss - 1);
    said.push(
      say(language, {
        en: `Always saying the base rate loses by ${loss}: it costs ${formatNumber('en', base.log_loss, 3)} a customer in log loss (the price of being surely wrong), the ${MODEL_NAMES[model].en} ${formatNumber('en', used.log_loss, 3)}.`,
        zh: `始终按基准比率判断要差 ${loss}：每位客户的对数损失为 ${formatNumber('zh', base.log_loss, 3)}（越自信而错，代价越大），${MODEL_NAMES[model].zh}为 ${formatNumber('zh', used.log_loss, 3)}。`,
      }),
    );
  }
  return said.join(language === 'zh' ? '' : ' ');
}

/** In two tables, since one with every number is wider than a screen. */
function boardTables(language: Language, summary: ChurnSummary, model: Champion): ReportPart[] {
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

function howToRead(language: Language): string {
  return say(language, {
    en: `Gain: how much log loss falls against the best so far, at each past cut-off, newest first. A more complex way is used only where its gain exceeds both its error and ${formatNumber('en', LEAST_GAIN, 3)} at every one of them, and where it can say why. Brier skill: 0% is the base rate, 100% is never wrong. AUC: 0.5 is a coin, 1 ranks everybody rightly. Off by: how far what was said lies from what happened, on average (calibration error). Rows: customers at past cut-offs that were learnt from.`,
    zh: `改进：在每个历史截止点上（从新到旧），对数损失相对此前最佳的降幅。只有在每个截止点上改进既大于误差又大于 ${formatNumber('zh', LEAST_GAIN, 3)}，并能说明原因，才采用更复杂的方法。Brier 技巧：0% 等同基准比率，100% 从不出错。AUC：0.5 如同掷硬币，1 表示排序完全正确。校准误差：预测与实际的平均差距。学习行数：用于学习的历史截止点上的客户数。`,
  });
}

function trialsTable(language: Language, { trials, outcome, horizon_days: days }: ChurnSummary): ReportPart {
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

/** What it goes by, and what was left out since it moved too far. */
function featureParts(language: Language, summary: ChurnSummary): ReportPart[] {
  const comma = language === 'zh' ? '、' : ', ';
  const parts: ReportPart[] = [];
  if (summary.kept.length > 0) {
    const strongest = new Map<string, number>();
    for (const { feature, share } of summary.kept) {
      const name = say(language, featureName(feature));
      strongest.set(name, Math.max(share, strongest.get(name) ?? 0));
    }
    const names = [...strongest]
      .sort((a, b) => b[1] - a[1])
      .map(([name, share]) => `${name} (${formatPercent(language, share)})`)
      .join(comma);
    const rows = formatCount(language, summary.training_rows);
    parts.push({
      kind: 'text',
      text: say(language, {
        en: `Looked at, with the share of repeated draws that chose each: ${names}. Learnt from ${rows} rows (a customer at a past cut-off is a row).`,
        zh: `所用信息（括号内为重复抽样中被选中的比例）：${names}。学习了 ${rows} 行（每位客户在一个历史截止点为一行）。`,
      }),
    });
  }
  const sampled = summary.board.filter((row) => row.rows > 0 && row.rows < (summary.trials[0]?.training_rows ?? 0));
  if (sampled.length > 0) {
    const names = sampled
      .map((row) => `${say(language, MODEL_NAMES[row.model])} (${formatCount(language, row.rows)})`)
      .join(comma);
    parts.push({
      kind: 'text',
      text: say(language, {
        en: `Learnt from a seeded sample of the rows: ${names}.`,
        zh: `以下方法按固定种子抽样学习：${names}。`,
      }),
    });
  }
  if (summary.left_out.length > 0) {
    const names = summary.left_out
      .map(({ feature, psi }) => `${say(language, featureName(feature))} (PSI ${formatNumber(language, psi, 2)})`)
      .join(comma);
    parts.push({
      kind: 'text',
      text: say(language, {
        en: `Left out, since customers today differ too much in it from those learnt from: ${names}.`,
        zh: `因今日客户与学习时差异过大而未使用：${names}。`,
      }),
    });
  }
  return parts;
}

function driftText(language: Language, { drift }: ChurnSummary): string {
  if (drift === null) {
    return say(language, { en: 'Drift: nobody is scored today.', zh: '漂移：今日没有可评分的客户。' });
  }
  const psi = formatNumber(language, drift.score, 2);
  const words: Text =
    drift.score < PSI_SOME
      ? {
          en: 'today’s customers are like those the model learnt from',
          zh: '今日客户与模型学习时的客户相似',
        }
      : drift.score < PSI_MUCH
        ? {
            en: 'today’s customers differ somewhat from those the model learnt from: watch it',
            zh: '今日客户与模型学习时的客户有一定差异：请留意',
          }
        : {
            en: 'today’s customers differ much from those the model learnt from: read its numbers with care',
            zh: '今日客户与模型学习时的客户差异较大：请谨慎解读',
          };
  const moved = drift.features
    .filter((feature) => feature.psi >= PSI_SOME)
    .map((feature) => `${say(language, featureName(feature.feature))} (${formatNumber(language, feature.psi, 2)})`);
  const which: Text =
    moved.length === 0
      ? { en: '', zh: '' }
      : { en: ` Moved most: ${moved.join(', ')}.`, zh: `变化最大：${moved.join('、')}。` };
  return say(language, {
    en: `Drift: ${words.en} (PSI of the score ${psi}).${which.en}`,
    zh: `漂移：${words.zh}（评分 PSI ${psi}）。${which.zh}`,
  });
}

/** In each band of risk: what the model said, and what happened. */
function calibrationChart(language: Language, summary: ChurnSummary): ChartSpec | null {
  const { calibration, outcome, horizon_days: days } = summary;
  if (calibration.length < 2) return null;
  const { left } = outcomeWords(outcome, days);
  const range = ({ from, to }: { from: number; to: number }): string =>
    `${Math.round(from * 100)}–${Math.round(to * 100)}%`;
  const happened = calibration.map(({ stopped, customers }) => stopped / customers);
  const told = calibration.map((band, i) =>
    say(language, {
      en: `${range(band)}: said ${formatPercent('en', band.predicted)}, ${formatPercent('en', happened[i]!)} of ${formatCount('en', band.customers)} ${left.en}`,
      zh: `${range(band)}：预测 ${formatPercent('zh', band.predicted)}，${formatCount('zh', band.customers)} 位中 ${formatPercent('zh', happened[i]!)} ${left.zh}`,
    }),
  );
  return {
    kind: 'calibration',
    title: say(language, { en: 'What the model said, and what happened', zh: '模型预测与实际结果' }),
    subtitle: say(language, {
      en: 'By band of risk, at the newest complete cut-off; the upright lines are 95% intervals',
      zh: '按风险区间，最近完整截止点；竖线为 95% 区间',
    }),
    alt: told.join(language === 'zh' ? '；' : '; '),
    format: { kind: 'percent' },
    xTitle: say(language, { en: 'Said', zh: '预测' }),
    yTitle: say(language, { en: 'Happened', zh: '实际' }),
    countTitle: say(language, { en: 'Customers', zh: '客户数' }),
    points: calibration.map((band, i) => {
      const { low, high } = wilsonInterval({ some: band.stopped, all: band.customers });
      return {
        name: range(band),
        predicted: band.predicted,
        observed: happened[i]!,
        low,
        high,
        count: band.customers,
      };
    }),
  };
}

function quality(language: Language, { model, auc, board }: ChurnSummary): string {
  if (model === null) return say(language, { en: 'no model', zh: '无模型' });
  const name = say(language, MODEL_NAMES[model]);
  if (model === 'base-rate' || auc === null) return name;
  const skill = board.find((row) => row.model === model)?.brier_skill ?? 0;
  return say(language, {
    en: `${name}, AUC ${formatNumber('en', auc, 2)}, Brier skill ${formatPercent('en', skill)}`,
    zh: `${name}，AUC ${formatNumber('zh', auc, 2)}，Brier 技巧 ${formatPercent('zh', skill)}`,
  });
}
