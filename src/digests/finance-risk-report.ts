import { periodName } from '../analyses/customers-report.ts';
import { reportTable } from '../analyses/report-table.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatPercent, moneyFormat } from '../report/format.ts';
import type { ReportPart } from '../report/report.ts';
import { type FinanceFigures, type FinanceMemory, hasMoved, moveOfRisk } from './finance-figures.ts';
import { sectionHeading, signed } from './finance-words.ts';

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
