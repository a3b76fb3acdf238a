import { type Language, say, type Text } from '../lib/text.ts';
import {
  capitalised,
  formatCalendarMonth,
  formatCount,
  formatMoney,
  formatNumber,
  formatPercent,
  moneyFormat,
} from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { Presentation } from './analysis.ts';
import { pipelineParts } from './forecast-pipeline-report.ts';
import type { ForecasterName, ForecastSummary } from './forecast-summary.ts';
import { reportTable } from './report-table.ts';
import { trustLine } from './trust-line.ts';

export const FORECASTER_NAMES: Readonly<Record<ForecasterName, Text>> = {
  'seasonal-naive': { en: 'the same month last year', zh: '去年同月' },
  naive: { en: 'the last month again', zh: '上月值' },
  drift: { en: 'the last month plus the mean change', zh: '上月值加平均变化' },
  theta: { en: 'Theta', zh: 'Theta 法' },
  ets: { en: 'exponential smoothing (ETS)', zh: '指数平滑（ETS）' },
  'holt-winters-additive': { en: 'Holt–Winters, additive season', zh: 'Holt–Winters（加法季节）' },
  'holt-winters-multiplicative': { en: 'Holt–Winters, multiplicative season', zh: 'Holt–Winters（乘法季节）' },
};

/** Months before the forecast that the picture shows. */
const SHOWN_MONTHS = 24;

export function presentForecast(summary: ForecastSummary, { language, run }: Presentation): Report {
  const { currency, months, winner } = summary;
  if (winner === null) {
    const n = summary.history.length;
    return {
      language,
      headline: say(language, {
        en: `No forecast yet: ${formatCount('en', n)} complete months of won revenue, at least 6 are needed`,
        zh: `暂无预测：仅有 ${formatCount('zh', n)} 个完整月份的成交收入，至少需要 6 个月`,
      }),
      parts: n === 0 ? [] : [historyTable(summary, language)],
      trust: trustLine(language, run, 0, { en: 'facts only, nothing was fitted', zh: '仅为事实，未拟合模型' }),
    };
  }
  const narrow = summary.bands.find(({ level }) => level === 0.8)!;
  const first = months[0]!;
  const [low, high] = [narrow.low[0]!, narrow.high[0]!];
  const money = moneyFormat(language, currency, [first.expected, low, high]);
  const parts: ReportPart[] = [
    { kind: 'text', text: say(language, howChosen(summary)) },
    ...(summary.fallback === 'short' ? [{ kind: 'text' as const, text: say(language, shortHistory(summary)) }] : []),
    ...(summary.zero_months > 0
      ? [{ kind: 'text' as const, text: say(language, zeroMonths(summary.zero_months)) }]
      : []),
    forecastFan(summary, language),
    forecastMonths(summary, language),
    { kind: 'text', text: say(language, coverage(summary)) },
    ...pipelineParts(summary, language),
    board(summary, language),
  ];
  const naiveWon = winner === summary.incumbent;
  const mase = formatNumber('en', summary.board.find(({ name }) => name === winner)!.mase);
  return {
    language,
    headline: say(language, {
      en: `${formatCalendarMonth('en', first.month)}: ${money(first.expected)} of won revenue expected (80% band ${money(low)} to ${money(high)}); ${money(summary.running.amount)} won so far`,
      zh: `${formatCalendarMonth('zh', first.month)}：预计成交收入 ${money(first.expected)}（80% 区间 ${money(low)} 至 ${money(high)}），目前已成交 ${money(summary.running.amount)}`,
    }),
    parts,
    trust: trustLine(language, run, summary.fallback === 'short' ? 1 : naiveWon ? 2 : 3, {
      en: `${FORECASTER_NAMES[winner].en}, MASE ${mase} over ${summary.origins} earlier starts`,
      zh: `${FORECASTER_NAMES[winner].zh}，在 ${summary.origins} 个历史起点上的 MASE 为 ${mase}`,
    }),
  };
}

function howChosen(summary: ForecastSummary): Text {
  const { winner, incumbent, board, origins, currency } = summary;
  const best = board.find(({ name }) => name === winner)!;
  const others = board.length - 1;
  if (winner === incumbent) {
    return {
      en: `The forecast is ${FORECASTER_NAMES[incumbent].en}: on ${origins} earlier starts none of ${others} other methods beat it by more than chance.`,
      zh: `预测采用“${FORECASTER_NAMES[incumbent].zh}”：在 ${origins} 个历史起点上，其他 ${others} 种方法均未显著优于它。`,
    };
  }
  const model = summary.detail === '' ? '' : `, ${summary.detail}`;
  return {
    en: `The forecast is by ${FORECASTER_NAMES[winner!].en}${model}: on ${origins} earlier starts it was closer than ${FORECASTER_NAMES[incumbent].en} by ${formatMoney('en', best.gain, currency)} a month on average (± ${formatMoney('en', best.standard_error, currency)}).`,
    zh: `预测采用${FORECASTER_NAMES[winner!].zh}${model}：在 ${origins} 个历史起点上，比“${FORECASTER_NAMES[incumbent].zh}”平均每月误差少 ${formatMoney('zh', best.gain, currency)}（± ${formatMoney('zh', best.standard_error, currency)}）。`,
  };
}

function shortHistory({ history }: ForecastSummary): Text {
  return {
    en: `Only ${history.length} complete months are known: a season cannot be told before 24, so this forecast has none and looks 3 months ahead.`,
    zh: `仅有 ${history.length} 个完整月份：不足 24 个月无法识别季节性，因此本预测不含季节，仅预测 3 个月。`,
  };
}

function zeroMonths(count: number): Text {
  return {
    en: `${count} ${count === 1 ? 'month' : 'months'} without a won deal count as 0.`,
    zh: `${count} 个没有成交的月份按 0 计。`,
  };
}

function coverage({ bands }: ForecastSummary): Text {
  const parts = [...bands].reverse().map(({ level, coverage: share, checked }) => ({
    en: `${formatPercent('en', level)} band: ${share === null ? 'too few starts to check' : `${formatPercent('en', share)} of ${checked} earlier values`}`,
    zh: `${formatPercent('zh', level)} 区间：${share === null ? '起点太少，无法检验' : `${checked} 个历史值中有 ${formatPercent('zh', share)}`}`,
  }));
  return {
    en: `Coverage achieved, each start left out of its own band: ${parts.map(({ en }) => en).join('; ')}.`,
    zh: `实际覆盖率（计算区间时不含该起点自身）：${parts.map(({ zh }) => zh).join('；')}。`,
  };
}

/** Months won and months expected, with both bands. */
export function forecastFan(summary: ForecastSummary, language: Language): ReportPart {
  const { currency, months, bands } = summary;
  const shown = summary.history.slice(-SHOWN_MONTHS);
  const labels = [...shown, ...months].map(({ month }) => formatCalendarMonth(language, month));
  const before = shown.map(() => null);
  const last = months[months.length - 1]!;
  return {
    kind: 'chart',
    chart: {
      kind: 'fan',
      title: say(language, { en: 'Won revenue by month, and what to expect', zh: '每月成交收入与预测' }),
      alt: say(language, {
        en: `Won revenue of ${shown.length} months and ${months.length} expected ones, up to ${formatCalendarMonth('en', last.month)} with ${formatMoney('en', last.expected, currency)}.`,
        zh: `${shown.length} 个月的成交收入与 ${months.length} 个月的预测，至 ${formatCalendarMonth('zh', last.month)} 为 ${formatMoney('zh', last.expected, currency)}。`,
      }),
      format: { kind: 'money', currency },
      labels,
      series: [
        {
          name: say(language, { en: 'Won', zh: '已成交' }),
          values: [...shown.map(({ amount }) => Number(amount)), ...months.map(() => null)],
        },
        {
          name: say(language, { en: 'Expected', zh: '预测' }),
          values: [...before, ...months.map(({ expected }) => expected)],
        },
      ],
      bands: bands.map(({ level, low, high }) => ({
        name: say(language, {
          en: `${formatPercent('en', level)} band`,
          zh: `${formatPercent('zh', level)} 区间`,
        }),
        low: [...before, ...low],
        high: [...before, ...high],
      })),
      marks: [],
    },
  };
}

/** Every month of the forecast with its bands, beside the pipeline-weighted figure. */
export function forecastMonths(summary: ForecastSummary, language: Language): ReportPart {
  const { currency, months, bands, pipeline } = summary;
  const money = moneyFormat(
    language,
    currency,
    months.map(({ expected }) => expected),
  );
  const ordered = [...bands].reverse();
  return reportTable(
    language,
    { en: 'Month by month', zh: '逐月预测' },
    [
      { en: 'Month', zh: '月份' },
      { en: 'Expected (run-rate)', zh: '预测（趋势）' },
      ...ordered.map(({ level }) => ({
        en: `${formatPercent('en', level)} band`,
        zh: `${formatPercent('zh', level)} 区间`,
      })),
      ...(pipeline === null ? [] : [{ en: 'Pipeline-weighted', zh: '商机加权' }]),
    ],
    months.map(({ month, expected }, h) => [
      formatCalendarMonth(language, month),
      money(expected),
      ...ordered.map(({ low, high }) => `${money(low[h]!)} – ${money(high[h]!)}`),
      ...(pipeline === null ? [] : [money(pipeline.by_month[h]!)]),
    ]),
  );
}

function historyTable(summary: ForecastSummary, language: Language): ReportPart {
  const money = moneyFormat(
    language,
    summary.currency,
    summary.history.map(({ amount }) => amount),
  );
  return reportTable(
    language,
    { en: 'Won revenue by month', zh: '每月成交收入' },
    [
      { en: 'Month', zh: '月份' },
      { en: 'Won', zh: '已成交' },
    ],
    summary.history.map(({ month, amount }) => [formatCalendarMonth(language, month), money(amount)]),
  );
}

function board(summary: ForecastSummary, language: Language): ReportPart {
  const money = moneyFormat(
    language,
    summary.currency,
    summary.board.map(({ rmse }) => rmse),
  );
  return reportTable(
    language,
    { en: 'How the methods did on earlier months', zh: '各方法在历史月份上的表现' },
    [
      { en: 'Method', zh: '方法' },
      { en: 'MASE', zh: 'MASE' },
      { en: 'sMAPE', zh: 'sMAPE' },
      { en: 'RMSE', zh: 'RMSE' },
    ],
    summary.board.map(({ name, mase, smape, rmse }) => [
      `${capitalised(say(language, FORECASTER_NAMES[name]))}${name === summary.winner ? ' ←' : ''}`,
      formatNumber(language, mase),
      formatPercent(language, smape / 100, 1),
      money(rmse),
    ]),
  );
}
