import type { Anomaly } from '../analyses/anomalies-summary.ts';
import { anomalySentence, KIND_NAMES } from '../analyses/anomalies-words.ts';
import { periodName } from '../analyses/customers-report.ts';
import { pipelineDifference } from '../analyses/forecast-pipeline-report.ts';
import { FORECASTER_NAMES, forecastFan, forecastMonths } from '../analyses/forecast-report.ts';
import { reportTable } from '../analyses/report-table.ts';
import type { Finding } from '../ledger/findings.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, formatPercent, moneyFormat, plural } from '../report/format.ts';
import type { ReportPart } from '../report/report.ts';
import { type FinanceFigures, type FinanceMemory, hasMoved, type JudgedMonth, moveOfRisk } from './finance-figures.ts';

const NARROW = 0.8;

/** Of `YYYY-MM`, as a sentence says it. */
function monthOf(language: Language, month: string): string {
  if (language === 'zh') return `${month.slice(0, 4)}年${Number(month.slice(5))}月`;
  return periodName(language, 'month', `${month}-01`);
}

/** `+€1,234`, `−€1,234`. */
function signed(amount: number, money: (amount: number) => string): string {
  return `${amount < 0 ? '−' : '+'}${money(Math.abs(amount))}`;
}

/** What weighs most of what is new: a month that is over, then what moved. */
export function financeHeadline(
  language: Language,
  figures: FinanceFigures,
  news: {
    readonly memory: FinanceMemory | null;
    readonly changes: { readonly risk: boolean; readonly forecast: boolean };
    readonly judged: readonly JudgedMonth[];
    /** How many anomalies are told. */
    readonly unusual: number;
  },
): string {
  const { currency } = figures.run.portfolio;
  const said: Text[] = [];
  const judged = news.judged.at(-1);
  if (judged !== undefined) {
    const band = BANDS[judged.band];
    const [en, zh] = (['en', 'zh'] as const).map((one) => formatMoney(one, judged.amount, currency));
    said.push({
      en: `${monthOf('en', judged.month)} brought ${en}, ${band.en}`,
      zh: `${monthOf('zh', judged.month)}收入 ${zh}，${band.zh}`,
    });
  }
  const { revenue, days } = figures.risk;
  if (news.changes.risk && revenue !== null) {
    const change = news.memory === null ? null : (moveOfRisk(news.memory.risk, figures.risk)?.change ?? null);
    const of = (one: Language): string => {
      const money = moneyFormat(one, currency, [revenue]);
      return change === null ? money(revenue) : `${money(revenue)} (${signed(change, money)})`;
    };
    said.push({
      en: `${of('en')} at risk in the next ${days} days`,
      zh: `未来 ${days} 天风险收入 ${of('zh')}`,
    });
  }
  const first = figures.forecast?.months[0];
  if (news.changes.forecast && first !== undefined) {
    const [en, zh] = (['en', 'zh'] as const).map((one) => formatMoney(one, first.expected, currency));
    said.push({
      en: `${en} of won revenue expected in ${monthOf('en', first.month)}`,
      zh: `${monthOf('zh', first.month)}预计成交收入 ${zh}`,
    });
  }
  if (said.length === 0) {
    said.push(
      news.unusual > 0
        ? {
            en: `${plural('en', news.unusual, { one: 'thing is', other: 'things are' }, '')} unusual in the revenue`,
            zh: `收入中有 ${formatCount('zh', news.unusual)} 项异常`,
          }
        : { en: 'Revenue at risk and the forecast are as they were', zh: '风险收入与预测均无变化' },
    );
  }
  return said
    .slice(0, 2)
    .map((text) => say(language, text))
    .join(language === 'zh' ? '；' : '; ');
}

/** Why the edition after a change of currency tells everything anew. */
export function anotherCurrency(language: Language, before: string, now: string): ReportPart {
  const text = {
    en: `Amounts are in ${now} now, and were in ${before} in the last edition: nothing is compared with it.`,
    zh: `金额现以 ${now} 计，上一期以 ${before} 计，因此不与上一期比较。`,
  };
  return { kind: 'text', text: say(language, text) };
}

/** Revenue at risk, how it moved, and how much of that is a larger or smaller stake and how much a higher or lower risk. */
export function financeRisk(
  language: Language,
  { run, risk, note }: FinanceFigures,
  memory: FinanceMemory | null,
): ReportPart[] {
  const { currency } = run.portfolio;
  const heading = sectionHeading(language, memory, { en: 'Revenue at risk', zh: '风险收入' });
  const { revenue, worth, days } = risk;
  if (revenue === null) {
    const text = {
      en: `No revenue at risk is given. ${note.en}`,
      zh: `暂无风险收入。${note.zh}`,
    };
    return [heading, { kind: 'text', text: say(language, text) }];
  }
  const move = memory === null ? null : moveOfRisk(memory.risk, risk);
  const money = moneyFormat(language, currency, [revenue, worth]);
  const share = formatPercent(language, worth > 0 ? revenue / worth : 0, 1);
  const facts = [
    {
      label: say(language, { en: `At risk in the next ${days} days`, zh: `未来 ${days} 天风险收入` }),
      value: move === null ? money(revenue) : `${money(revenue)} (${signed(move.change, money)})`,
    },
    {
      label: say(language, { en: 'Of what active customers usually spend', zh: '占活跃客户通常支出' }),
      value: say(language, { en: `${share} of ${money(worth)}`, zh: `${money(worth)} 的 ${share}` }),
    },
  ];
  if (move !== null) {
    const [was, is] = [move.shareBefore, move.share].map((one) => formatPercent(language, one, 1));
    facts.push(
      {
        label: say(language, { en: 'From more or less at stake', zh: '来自涉及金额的增减' }),
        value: signed(move.byWorth, money),
      },
      {
        label: say(language, { en: 'From a higher or lower risk', zh: '来自风险高低的变化' }),
        value: `${signed(move.byShare, money)} (${was} → ${is})`,
      },
    );
  }
  const notes: Text[] = [];
  if (memory !== null && memory.risk.days !== days) {
    notes.push({
      en: `The last edition looked ${memory.risk.days} days ahead, so the two figures are not compared.`,
      zh: `上一期的期限为 ${memory.risk.days} 天，因此两期数字不作比较。`,
    });
  }
  if (move !== null && memory?.risk.model !== risk.model) {
    notes.push({
      en: 'Another model is in use since the last edition: a part of the second share is the model’s.',
      zh: '自上一期以来更换了模型：第二部分变化中有一部分来自模型。',
    });
  }
  return [
    heading,
    { kind: 'facts', facts },
    ...notes.map((text) => ({ kind: 'text' as const, text: say(language, text) })),
  ];
}

const PERIODS = {
  month: { en: 'month', zh: '月' },
  quarter: { en: 'quarter', zh: '季度' },
  year: { en: 'year', zh: '年' },
} as const;
const SHOWN_COHORTS = 8;

/** What customers brought so far, by when they first bought; after the first edition only those that moved. */
export function financeCohorts(
  language: Language,
  { run, period, cohorts }: FinanceFigures,
  memory: FinanceMemory | null,
): ReportPart[] {
  if (period === null) return [];
  const isComparable = memory !== null && memory.period === period;
  const before = new Map((isComparable ? memory.cohorts : []).map((cohort) => [cohort.start, cohort]));
  const moved = cohorts.filter(({ start, customers, revenue }) => {
    const old = before.get(start);
    return old === undefined || old.customers !== customers || hasMoved(old.revenue, revenue);
  });
  const shown = moved.slice(-SHOWN_COHORTS);
  if (shown.length === 0) return [];
  const money = moneyFormat(
    language,
    run.portfolio.currency,
    shown.map(({ revenue }) => revenue),
  );
  const { en, zh } = PERIODS[period];
  const isAll = shown.length === moved.length;
  return [
    reportTable(
      language,
      {
        en: `Value by ${en} of first purchase, in ${en}s that are over${isAll ? '' : `: the newest ${shown.length}`}`,
        zh: `按首购${zh}分组的价值（仅计已结束的${zh}${isAll ? '' : `，最近 ${shown.length} 组`}）`,
      },
      [
        { en: 'First purchase', zh: '首购' },
        { en: 'Customers', zh: '客户数' },
        { en: 'Revenue so far', zh: '累计收入' },
        { en: 'Per customer', zh: '每位客户' },
        ...(isComparable ? [{ en: 'Change', zh: '变化' }] : []),
      ],
      shown.map(({ start, customers, revenue }) => [
        periodName(language, period, start),
        formatCount(language, customers),
        money(revenue),
        money(customers === 0 ? 0 : revenue / customers),
        ...(isComparable ? [changeOf(language, before.get(start)?.revenue, revenue, money)] : []),
      ]),
    ),
  ];
}

function changeOf(
  language: Language,
  before: number | undefined,
  now: number,
  money: (amount: number) => string,
): string {
  return before === undefined ? say(language, { en: 'new', zh: '新增' }) : signed(now - before, money);
}

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
      const name = monthOf(language, month);
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

/** What somebody should look at. */
export function financeActions(
  language: Language,
  { run, forecast }: FinanceFigures,
  unusual: readonly { readonly anomaly: Anomaly; readonly finding: Finding }[],
  late: Finding | null,
): ReportPart[] {
  const { currency } = run.portfolio;
  const parts: ReportPart[] = [];
  const pipeline = forecast?.pipeline ?? null;
  if (late !== null && pipeline !== null) {
    const money = formatMoney(language, pipeline.late, currency);
    parts.push({
      kind: 'item',
      finding: late.key,
      title: say(language, {
        en: `${plural('en', pipeline.late_deals, { one: 'open deal', other: 'open deals' }, '')} past the close date`,
        zh: `${formatCount('zh', pipeline.late_deals)} 个未结商机已过预计日期`,
      }),
      text: say(language, {
        en: `${money} by value × win rate is counted in no month: have their owners give them a date or close them`,
        zh: `按金额 × 赢单率为 ${money}，未计入任何月份：请负责人更新日期或结束商机`,
      }),
    });
  }
  for (const { anomaly, finding } of unusual) {
    const kind = say(language, KIND_NAMES[anomaly.kind]);
    parts.push({
      kind: 'item',
      finding: finding.key,
      title: anomaly.subject === '' ? kind : `${anomaly.subject} · ${kind}`,
      text: `${say(language, anomalySentence(anomaly, currency))}\n${say(language, {
        en: `Of findings this sure at most ${formatPercent('en', anomaly.adjusted_p, 2)} are expected to be chance; /anomalies says what it is made of`,
        zh: `同等把握的发现中，预计至多 ${formatPercent('zh', anomaly.adjusted_p, 2)} 为偶然；用 /anomalies 查看构成`,
      })}`,
    });
  }
  if (parts.length === 0) return [];
  return [{ kind: 'heading', text: say(language, { en: 'What to look at', zh: '需要关注' }) }, ...parts];
}

const BANDS: Readonly<Record<JudgedMonth['band'], Text>> = {
  narrow: { en: 'inside the 80% band', zh: '在 80% 区间内' },
  wide: { en: 'outside the 80% band, inside the 95% band', zh: '在 80% 区间外、95% 区间内' },
  outside: { en: 'outside both bands', zh: '在两个区间之外' },
};

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
  const name = monthOf(language, month);
  const when: Text = promise.isBefore ? { en: '', zh: '' } : { en: ', when the month had begun', zh: '（当月已开始）' };
  return say(language, {
    en: `${name} brought ${money(amount)}: ${BANDS[band].en}. On ${promise.toldOn}${when.en} ${money(promise.expected)} was expected, ${money(low)} to ${money(high)}.`,
    zh: `${name}收入 ${money(amount)}：${BANDS[band].zh}。${promise.toldOn}${when.zh}预计 ${money(promise.expected)}，区间 ${money(low)} 至 ${money(high)}。`,
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

function sectionHeading(language: Language, memory: FinanceMemory | null, first: Text): ReportPart {
  const changed = { en: `${first.en}: what changed since the last edition`, zh: `${first.zh}：与上一期相比` };
  return { kind: 'heading', text: say(language, memory === null ? first : changed) };
}
