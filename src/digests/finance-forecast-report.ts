import { pipelineDifference } from '../analyses/forecast-pipeline-report.ts';
import { FORECASTER_NAMES, forecastFan, forecastMonths } from '../analyses/forecast-report.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCalendarMonth, formatCount, formatPercent, moneyFormat, plural } from '../report/format.ts';
import type { ReportPart } from '../report/report.ts';
import { type FinanceFigures, type FinanceMemory, hasMoved, type JudgedMonth } from './finance-figures.ts';
import { BAND_TEXTS, sectionHeading, signed } from './finance-words.ts';

const NARROW = 0.8;

/** Month by month with bands, beside what the open deals are worth, and why the two differ. */
export function financeForecast(
  language: Language,
  { run, forecast }: FinanceFigures,
  memory: FinanceMemory | null,
): ReportPart[] {
  const heading = sectionHeading(language, memory, { en: 'What to expect', zh: '收入预期' });
  if (forecast === null || forecast.winner === null) {
    const months = forecast?.history.length ?? 0;
    const text = {
      en: `No forecast yet: ${plural('en', months, { one: 'complete month', other: 'complete months' }, '')} of won revenue, at least 6 are needed.`,
      zh: `暂无预测：仅有 ${formatCount('zh', months)} 个完整月份的成交收入，至少需要 6 个月。`,
    };
    return [heading, { kind: 'text', text: say(language, text) }];
  }
  const { currency } = run.portfolio;
  const parts: ReportPart[] = [heading, forecastMonths(forecast, language)];
  const before = new Map((memory?.months ?? []).map(({ month, expected }) => [month, expected]));
  const moved = forecast.months.filter(({ month, expected }) => {
    const old = before.get(month);
    return old !== undefined && hasMoved(old, expected);
  });
  if (moved.length > 0) {
    const lines = moved.map(({ month, expected }) => {
      const old = before.get(month)!;
      const money = moneyFormat(language, currency, [old, expected]);
      const name = formatCalendarMonth(language, month);
      return say(language, {
        en: `${name}: ${money(old)} in the last edition, ${signed(expected - old, money)}`,
        zh: `${name}：上一期 ${money(old)}，${signed(expected - old, money)}`,
      });
    });
    parts.push({ kind: 'text', text: lines.join('\n') });
  }
  if (forecast.pipeline !== null || memory === null || memory.weighted !== null) {
    parts.push({ kind: 'text', text: say(language, pipelineDifference(forecast)) });
  }
  return parts;
}

/** Whether months that are over fell inside their bands, and what became of the deals past their date. */
export function financeOutcomes(
  language: Language,
  { run, forecast }: FinanceFigures,
  {
    memory,
    judged,
    record,
  }: {
    readonly memory: FinanceMemory;
    readonly judged: readonly JudgedMonth[];
    readonly record: FinanceMemory['record'];
  },
): ReportPart[] {
  const { currency } = run.portfolio;
  const lines = judged.map((one) => judgement(language, currency, one));
  if (judged.length > 0 && record.judged > 0) {
    lines.push(
      say(language, {
        en: `Of ${plural('en', record.judged, { one: 'month', other: 'months' }, '')} told before they began, ${formatCount('en', record.inside)} fell inside the 80% band (8 in 10 should).`,
        zh: `在开始前给出预测的 ${formatCount('zh', record.judged)} 个月中，${formatCount('zh', record.inside)} 个落在 80% 区间内（应为十之八）。`,
      }),
    );
  }
  const [late, deals] = [forecast?.pipeline?.late ?? 0, forecast?.pipeline?.late_deals ?? 0];
  if (memory.lateDeals > 0 && (deals === 0 || hasMoved(memory.late, late))) {
    const money = moneyFormat(language, currency, [memory.late, late]);
    lines.push(
      deals === 0
        ? say(language, {
            en: `No open deal is past its close date any more: ${money(memory.late)} was`,
            zh: `已没有超过预计日期的未结商机，此前为 ${money(memory.late)}`,
          })
        : say(language, {
            en: `Open deals past their close date: ${money(memory.late)} in the last edition, ${money(late)} now`,
            zh: `超过预计日期的未结商机：上一期 ${money(memory.late)}，现为 ${money(late)}`,
          }),
    );
  }
  if (lines.length === 0) return [];
  return [
    { kind: 'heading', text: say(language, { en: 'What became of the last ones', zh: '上一期的预测与提示后来怎样' }) },
    { kind: 'text', text: lines.join('\n') },
  ];
}

function judgement(language: Language, currency: string, { month, amount, promise, band }: JudgedMonth): string {
  const [low, high] = promise.narrow;
  const money = moneyFormat(language, currency, [amount, promise.expected, low, high]);
  const name = formatCalendarMonth(language, month);
  const when: Text = promise.isBefore ? { en: '', zh: '' } : { en: ', when the month had begun', zh: '（当月已开始）' };
  return say(language, {
    en: `${name} brought ${money(amount)}: ${BAND_TEXTS[band].en}. On ${promise.toldOn}${when.en} ${money(promise.expected)} was expected, ${money(low)} to ${money(high)}.`,
    zh: `${name}收入 ${money(amount)}：${BAND_TEXTS[band].zh}。${promise.toldOn}${when.zh}预计 ${money(promise.expected)}，区间 ${money(low)} 至 ${money(high)}。`,
  });
}

/** The one chart; none before the first forecast. */
export function financeFan(language: Language, { forecast }: FinanceFigures): ReportPart[] {
  return forecast === null || forecast.winner === null ? [] : [forecastFan(forecast, language)];
}

export function financeQuality({ forecast }: FinanceFigures): Text {
  if (forecast === null || forecast.winner === null) return { en: 'no forecast yet', zh: '暂无预测' };
  const name = FORECASTER_NAMES[forecast.winner];
  const band = forecast.bands.find(({ level }) => level === NARROW);
  if (band === undefined || band.coverage === null) {
    return {
      en: `forecast by ${name.en}, too few starts to check its bands`,
      zh: `预测采用${name.zh}，起点太少，无法检验区间`,
    };
  }
  return {
    en: `forecast by ${name.en}; its 80% band held ${formatPercent('en', band.coverage)} of ${formatCount('en', band.checked)} earlier values`,
    zh: `预测采用${name.zh}；80% 区间包含了 ${formatCount('zh', band.checked)} 个历史值中的 ${formatPercent('zh', band.coverage)}`,
  };
}
