import { type Language, say } from '../lib/text.ts';
import { formatCount, formatMoney, formatNumber, formatPercent, plural } from '../report/format.ts';
import type { Report, ReportItem, ReportPart } from '../report/report.ts';
import type { Presentation, PresentedRow } from './analysis.ts';
import type { HealthFinding, HealthSummary } from './health-summary.ts';
import { FEATURE_NAMES, FIELD_TEXTS, HEALTH_TEXTS, IMPUTED_NAMES, isMisplaced, OBJECT_NAMES } from './health-texts.ts';
import { reconciliationLine } from './reconciliation-line.ts';
import { reportTable } from './report-table.ts';
import { trustLine } from './trust-line.ts';

/** Fields that a table names; those without money come last. */
const FIELDS_SHOWN = 15;

/**
 * Findings in the order of their money, each with what it costs, examples and a next step. `rows` are the examples: `label`
 * is the finding's kind, `details.group` puts records that look alike together.
 */
export function presentHealth(summary: HealthSummary, presentation: Presentation): Report {
  const { language, run, withheld } = presentation;
  const trust = trustLine(language, run, 0, { en: 'counted, nothing estimated', zh: '均为计数，无估计' });
  const line: ReportPart = {
    kind: 'text',
    text: say(language, reconciliationLine(summary.revenue, run.portfolio.timeZone)),
  };
  return {
    language,
    headline: headline(language, summary),
    parts: [
      line,
      ...chart(language, summary),
      ...summary.findings.map((finding) => item(summary, finding, presentation)),
      ...(withheld === null || summary.findings.length === 0
        ? []
        : [{ kind: 'text', text: say(language, withheld) } as const]),
      ...fields(language, summary),
      ...outliers(language, summary),
      ...imputed(language, summary),
    ],
    trust,
  };
}

function headline(language: Language, { currency, findings, uncounted, won }: HealthSummary): string {
  const money = formatMoney(language, uncounted.money, currency);
  const things = plural(language, findings.length, { one: 'thing', other: 'things' }, ' 项');
  if (findings.length === 0) {
    return say(language, {
      en: `All ${formatCount('en', won.deals)} won deals count, and no record was found doubled or impossible`,
      zh: `全部 ${formatCount('zh', won.deals)} 笔赢单均已计入，未发现重复或不合理的记录`,
    });
  }
  if (uncounted.deals === 0) {
    return say(language, {
      en: `All ${formatCount('en', won.deals)} won deals count; ${things} to look at`,
      zh: `全部 ${formatCount('zh', won.deals)} 笔赢单均已计入；另有${things}值得查看`,
    });
  }
  const deals = plural(language, uncounted.deals, { one: 'won deal counts', other: 'won deals count' }, ' 笔赢单');
  return say(language, {
    en: `${deals} for nobody, ${money} as far as it is known; ${things} to mend`,
    zh: `${deals}未计入任何客户，已知金额 ${money}；共${things}待修复`,
  });
}

function item(summary: HealthSummary, finding: HealthFinding, { language, rows }: Presentation): ReportItem {
  const texts = HEALTH_TEXTS[finding.kind];
  const title = plural(language, finding.count, texts, texts.zh);
  const money = worth(language, summary, finding);
  const examples = rows.filter((row) => row.label === finding.kind);
  const first = examples.find((row) => row.link !== '');
  const shown = exampleText(language, examples);
  const sentences = [say(language, texts.cost), ...(shown === null ? [] : [shown]), `→ ${say(language, texts.next)}`];
  return {
    kind: 'item',
    title: money === null ? title : say(language, { en: `${title}: ${money}`, zh: `${title}：${money}` }),
    text: sentences.join('\n'),
    ...(first === undefined ? {} : { link: first.link }),
  };
}

/** The money of a finding, or what else its number is made of; null when there is nothing to add. */
function worth(language: Language, { currency, won }: HealthSummary, finding: HealthFinding): string | null {
  const { kind, money, parts, count } = finding;
  const separator = language === 'zh' ? '、' : ', ';
  if (kind === 'no_amount') {
    if (won.medianDeal === null) return null;
    const each = formatMoney(language, won.medianDeal, currency);
    const all = formatMoney(language, won.medianDeal * count, currency);
    return say(language, {
      en: `about ${all} if each is like the middle deal (${each})`,
      zh: `若均为中位金额（${each}），约 ${all}`,
    });
  }
  if (parts.length > 0) {
    return parts
      .map((part) =>
        part.amount === null
          ? `${formatCount(language, part.count)} ${say(language, OBJECT_NAMES[part.name] ?? { en: part.name, zh: part.name })}`
          : say(language, {
              en: `${amountIn('en', part.amount)} ${part.name} in ${plural('en', part.count, { one: 'deal', other: 'deals' }, '')}`,
              zh: `${formatCount('zh', part.count)} 笔共 ${amountIn('zh', part.amount)} ${part.name}`,
            }),
      )
      .join(separator);
  }
  return money === null ? null : formatMoney(language, money, currency);
}

/** An amount in a currency that may be no code that the engine knows. */
function amountIn(language: Language, amount: string): string {
  return formatNumber(language, Number(amount), 2);
}

/** `for example Acme ↔ Acme Ltd; Birch ↔ Birch & Sons`; null without examples. */
function exampleText(language: Language, rows: readonly PresentedRow[]): string | null {
  if (rows.length === 0) return null;
  const groups = new Map<number, string[]>();
  for (const row of rows) {
    const group = groupOf(row);
    const names = groups.get(group) ?? [];
    names.push(row.name === '' ? idOf(row) : row.name);
    groups.set(group, names);
  }
  const list = [...groups.values()].map((names) => names.join(' ↔ ')).join(language === 'zh' ? '；' : '; ');
  const isDeals = rows.every((row) => row.customerId.startsWith('deals/'));
  if (isDeals) return say(language, { en: `For example deal ${list.replaceAll('; ', ', ')}`, zh: `例如交易 ${list}` });
  return say(language, { en: `For example ${list}`, zh: `例如 ${list}` });
}

function groupOf({ details }: PresentedRow): number {
  return typeof details === 'object' && details !== null && 'group' in details ? Number(details.group) : 0;
}

function idOf({ customerId }: PresentedRow): string {
  return customerId.slice(customerId.indexOf('/') + 1);
}

function chart(language: Language, summary: HealthSummary): ReportPart[] {
  const { currency } = summary;
  const shown = summary.findings.filter(isMisplaced);
  if (shown.length === 0) return [];
  const name = ({ kind }: HealthFinding): string => say(language, HEALTH_TEXTS[kind].short);
  const values = shown.map(({ money }) => Math.abs(Number(money)));
  return [
    {
      kind: 'chart',
      chart: {
        kind: 'horizontal-bar',
        title: say(language, { en: 'Won money that is not where it should be', zh: '未归位的成交金额' }),
        alt: shown
          .map((finding, i) => `${name(finding)}: ${formatMoney(language, values[i]!, currency)}`)
          .join(language === 'zh' ? '；' : '; '),
        format: { kind: 'money', currency },
        labels: shown.map(name),
        series: [{ name: say(language, { en: 'Money', zh: '金额' }), values }],
      },
    },
  ];
}

function fields(language: Language, summary: HealthSummary): ReportPart[] {
  const { currency } = summary;
  if (summary.fields.length === 0) return [];
  return [
    reportTable(
      language,
      { en: 'Missing values, and what each costs', zh: '缺失值及其代价' },
      [
        { en: 'Field', zh: '字段' },
        { en: 'Missing', zh: '缺失' },
        { en: 'Share', zh: '占比' },
        { en: 'Won money of those', zh: '涉及成交金额' },
        { en: 'What it costs', zh: '代价' },
      ],
      summary.fields.slice(0, FIELDS_SHOWN).map(({ object, field, missing, of, money }) => {
        const texts = FIELD_TEXTS[`${object}.${field}`];
        const kind = say(language, OBJECT_NAMES[object] ?? { en: object, zh: object });
        const name = texts === undefined ? field : say(language, texts.name);
        return [
          language === 'zh' ? `${kind}：${name}` : `${kind}: ${name}`,
          formatCount(language, missing),
          formatPercent(language, missing / of),
          money === null ? '–' : formatMoney(language, money, currency),
          texts === undefined ? '' : say(language, texts.cost),
        ];
      }),
    ),
  ];
}

function outliers(language: Language, summary: HealthSummary): ReportPart[] {
  if (summary.outliers.length === 0) return [];
  const amount = (feature: string, value: number): string =>
    feature === 'value' ? formatMoney(language, value, summary.currency) : formatNumber(language, value, 2);
  return [
    reportTable(
      language,
      {
        en: `Extremes of ${formatCount('en', summary.buyers)} buyers: beyond 1% and 99% they count as the limit in models`,
        zh: `${formatCount('zh', summary.buyers)} 位购买者中的极端值：超出 1% 与 99% 分位的在模型中按界限计`,
      },
      [
        { en: 'Feature', zh: '特征' },
        { en: 'Lower limit', zh: '下限' },
        { en: 'Below', zh: '低于' },
        { en: 'Upper limit', zh: '上限' },
        { en: 'Above', zh: '高于' },
      ],
      summary.outliers.map(({ feature, low, high, below, above }) => [
        say(language, FEATURE_NAMES[feature]),
        amount(feature, low),
        formatCount(language, below),
        amount(feature, high),
        formatCount(language, above),
      ]),
    ),
  ];
}

function imputed(language: Language, summary: HealthSummary): ReportPart[] {
  if (summary.imputed.length === 0) return [];
  return [
    reportTable(
      language,
      { en: 'Filled with the median in models, with a was-missing flag', zh: '在模型中以中位数填补并标记' },
      [
        { en: 'Feature', zh: '特征' },
        { en: 'Buyers without', zh: '缺失的购买者' },
        { en: 'Share', zh: '占比' },
        { en: 'Median', zh: '中位数' },
      ],
      summary.imputed.map(({ feature, missing, of, median }) => [
        say(language, IMPUTED_NAMES[feature]),
        formatCount(language, missing),
        formatPercent(language, missing / of),
        median === null ? '–' : formatNumber(language, median, 2),
      ]),
    ),
  ];
}
