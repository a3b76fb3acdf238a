import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatPercent, moneyFormat, plural } from '../report/format.ts';
import type { ReportPart } from '../report/report.ts';
import type { ForecastSummary, PipelineSummary } from './forecast-summary.ts';
import { reportTable } from './report-table.ts';

/** Three deals that hold more of the pipeline than this carry it. */
const CONCENTRATED = 0.5;
const SHOWN_STAGES = 8;

/** The open deals beside the run-rate, and why the two differ. */
export function pipelineParts(summary: ForecastSummary, language: Language): ReportPart[] {
  const heading: ReportPart = {
    kind: 'heading',
    text: say(language, { en: 'Pipeline beside run-rate', zh: '商机与趋势对比' }),
  };
  const { pipeline } = summary;
  const beside: ReportPart = { kind: 'text', text: say(language, pipelineDifference(summary)) };
  if (pipeline === null) return [heading, beside];
  const shown = pipeline.stages.slice(0, SHOWN_STAGES);
  const money = moneyFormat(
    language,
    summary.currency,
    shown.map(({ value }) => value),
  );
  return [
    heading,
    beside,
    { kind: 'text', text: say(language, rates(pipeline)) },
    reportTable(
      language,
      { en: 'Open deals by stage', zh: '各阶段未结商机' },
      [
        { en: 'Stage', zh: '阶段' },
        { en: 'Open deals', zh: '未结商机' },
        { en: 'Value', zh: '金额' },
        { en: 'Win rate', zh: '赢单率' },
        { en: 'The rate rests on', zh: '赢单率依据' },
      ],
      shown.map((stage) => [
        stage.stage,
        formatCount(language, stage.open),
        money(stage.value),
        formatPercent(language, stage.rate),
        say(language, basis(stage)),
      ]),
    ),
  ];
}

/** Whose deals a rate was measured on, and how many. */
function basis({ basis: kind, basis_closed: closed, seen }: PipelineSummary['stages'][number]): Text {
  const deals = plural('en', closed, { one: 'closed deal', other: 'closed deals' }, '');
  const base: Text =
    kind === 'pipeline'
      ? { en: `${deals} of its pipeline`, zh: `本管道已结商机 ${formatCount('zh', closed)} 个` }
      : kind === 'portal'
        ? { en: `${deals} of all pipelines`, zh: `全部管道已结商机 ${formatCount('zh', closed)} 个` }
        : { en: 'the CRM’s probability, no deals', zh: 'CRM 设定的概率，无样本' };
  if (seen === 0) return base;
  return {
    en: `${formatCount('en', seen)} seen in this stage, ${base.en}`,
    zh: `该阶段经过 ${formatCount('zh', seen)} 个，${base.zh}`,
  };
}

function noPipeline({ open_deals: open, closed_deals: closed }: ForecastSummary): Text {
  if (open === 0) return { en: 'There are no open deals to weigh.', zh: '没有未结商机可供加权。' };
  return {
    en: `${plural('en', open, { one: 'open deal is', other: 'open deals are' }, '')} not weighed: ${plural('en', closed, { one: 'deal was', other: 'deals were' }, '')} closed in the last two years, a win rate needs at least 10, and the CRM has no probability for the stages.`,
    zh: `${formatCount('zh', open)} 个未结商机未加权：过去两年仅结束 ${formatCount('zh', closed)} 个商机，计算赢单率至少需要 10 个，而 CRM 也未设定各阶段的概率。`,
  };
}

function rates({ won, closed, seen_closed: seen, stages, without_rate: unrated }: PipelineSummary): Text {
  const unweighed: Text =
    unrated === 0
      ? { en: '', zh: '' }
      : {
          en: ` ${plural('en', unrated, { one: 'open deal weighs', other: 'open deals weigh' }, '')} nothing: no probability is set for the stage.`,
          zh: `${formatCount('zh', unrated)} 个未结商机所在阶段没有概率，未计入。`,
        };
  if (stages.every(({ basis: kind }) => kind === 'crm')) {
    return {
      en: `Win rates are the CRM’s stage probabilities, set by people and not measured: only ${plural('en', closed, { one: 'deal was', other: 'deals were' }, '')} closed in the last two years, and at least 10 are needed.${unweighed.en}`,
      zh: `赢单率采用 CRM 中人工设定的阶段概率，并非统计所得：过去两年仅结束 ${formatCount('zh', closed)} 个商机，至少需要 10 个。${unweighed.zh}`,
    };
  }
  const own: Text =
    seen === 0
      ? {
          en: 'The CRM’s copy does not say through which stages closed deals went, and no deal that Kith saw in a stage has closed yet, so every stage has the rate of its pipeline, or of all where that has fewer than 10 closed deals',
          zh: 'CRM 数据不含已结商机经过的阶段，Kith 记录过阶段的商机也尚未结束，因此各阶段采用其管道的赢单率；管道已结商机不足 10 个时采用全部管道的赢单率',
        }
      : {
          en: `Stage rates also rest on ${plural('en', seen, { one: 'stage passage', other: 'stage passages' }, '')} of deals seen open at earlier runs and closed since`,
          zh: `各阶段赢单率还依据 ${formatCount('zh', seen)} 次先前分析中记录、之后结束的阶段经过`,
        };
  return {
    en: `Win rates are this portal’s own, not the CRM’s default probabilities: ${formatCount('en', won)} of ${plural('en', closed, { one: 'deal', other: 'deals' }, '')} closed in the last two years were won. ${own.en}.${unweighed.en}`,
    zh: `赢单率来自本账户的历史，而非 CRM 默认概率：过去两年结束的 ${formatCount('zh', closed)} 个商机中赢得 ${formatCount('zh', won)} 个。${own.zh}。${unweighed.zh}`,
  };
}

/** The pipeline-weighted figure beside the run-rate, and the difference by cause; or why there is none. */
export function pipelineDifference(summary: ForecastSummary): Text {
  const { pipeline, currency, months } = summary;
  if (pipeline === null) return noPipeline(summary);
  const en: string[] = [];
  const zh: string[] = [];
  const amounts = [pipeline.run_rate, pipeline.weighted, pipeline.late, pipeline.undated, pipeline.not_entered];
  const formats = { en: moneyFormat('en', currency, amounts), zh: moneyFormat('zh', currency, amounts) };
  const m = (language: Language, amount: number) => formats[language](Math.abs(amount));
  const gap = pipeline.run_rate - pipeline.weighted;
  const span = months.length;
  en.push(
    `Over the next ${span} months the run-rate gives ${m('en', pipeline.run_rate)}, the ${plural('en', pipeline.counted_deals, { one: 'open deal', other: 'open deals' }, '')} due in them ${m('en', pipeline.weighted)} by value × win rate: ${m('en', gap)} ${gap >= 0 ? 'less' : 'more'}.`,
  );
  zh.push(
    `未来 ${span} 个月按趋势为 ${m('zh', pipeline.run_rate)}，期内到期的 ${formatCount('zh', pipeline.counted_deals)} 个未结商机按金额 × 赢单率为 ${m('zh', pipeline.weighted)}：${gap >= 0 ? '少' : '多'} ${m('zh', gap)}。`,
  );
  if (pipeline.late_deals > 0) {
    en.push(
      `Late deals: ${m('en', pipeline.late)} is in ${plural('en', pipeline.late_deals, { one: 'deal', other: 'deals' }, '')} past the close date, counted in no month.`,
    );
    zh.push(
      `逾期商机：${m('zh', pipeline.late)} 在 ${formatCount('zh', pipeline.late_deals)} 个已过预计日期的商机中，未计入任何月份。`,
    );
  }
  if (pipeline.undated_deals > 0) {
    en.push(
      `No date: ${m('en', pipeline.undated)} is in ${plural('en', pipeline.undated_deals, { one: 'deal', other: 'deals' }, '')} without a close date.`,
    );
    zh.push(
      `无日期：${m('zh', pipeline.undated)} 在 ${formatCount('zh', pipeline.undated_deals)} 个没有预计日期的商机中。`,
    );
  }
  if (pipeline.not_entered > 0) {
    en.push(`Thin pipeline: the other ${m('en', pipeline.not_entered)} is not in the CRM as a deal yet.`);
    zh.push(`商机不足：其余 ${m('zh', pipeline.not_entered)} 尚未在 CRM 中建立商机。`);
  } else if (gap < 0) {
    en.push('The open deals promise more than past months let expect.');
    zh.push('未结商机高于历史月份所预示的水平。');
  }
  if (pipeline.counted_deals > 3 && pipeline.top_share > CONCENTRATED) {
    en.push(`Concentration: three deals hold ${formatPercent('en', pipeline.top_share)} of the weighted pipeline.`);
    zh.push(`集中度：三个商机占加权商机的 ${formatPercent('zh', pipeline.top_share)}。`);
  }
  if (pipeline.beyond_deals > 0) {
    en.push(`Another ${m('en', pipeline.beyond)} is due later than these months.`);
    zh.push(`另有 ${m('zh', pipeline.beyond)} 在此期间之后到期。`);
  }
  if (pipeline.without_amount > 0) {
    en.push(
      `${plural('en', pipeline.without_amount, { one: 'open deal has', other: 'open deals have' }, '')} no amount and weigh nothing.`,
    );
    zh.push(`${formatCount('zh', pipeline.without_amount)} 个未结商机没有金额，未计入。`);
  }
  return { en: en.join(' '), zh: zh.join('') };
}
