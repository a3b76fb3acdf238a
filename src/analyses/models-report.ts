import type { ChartSpec } from '../charts/chart-spec.ts';
import type { Run } from '../domain/results.ts';
import { type Language, say } from '../lib/text.ts';
import { wilsonInterval } from '../models/difference-of-shares.ts';
import { capitalised, formatCount, formatNumber, formatPercent } from '../report/format.ts';
import type { Report } from '../report/report.ts';
import { MODEL_NAMES } from './churn-note.ts';
import { calibrationSentence } from './churn-report.ts';
import { type ChurnSummary, churnSummarySchema } from './churn-summary.ts';
import { outcomeWords } from './churn-words.ts';
import { boardTables, howToRead, trialsTable } from './models-board-report.ts';
import { driftText, featureParts } from './models-inputs-report.ts';
import { trustLine } from './trust-line.ts';

type Champion = NonNullable<ChurnSummary['model']>;

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
