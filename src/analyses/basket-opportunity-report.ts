import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, formatPercent } from '../report/format.ts';
import type { Report, ReportItem, ReportPart } from '../report/report.ts';
import type { Presentation, PresentedRow } from './analysis.ts';
import { basketDetailsSchema, type Suggestion } from './basket-summary.ts';
import { type ListHeading, listedParts } from './listed-parts.ts';
import { taskButton } from './task-button.ts';
import { trustLine } from './trust-line.ts';

const HEADING: ListHeading = {
  whole: { en: 'Who could buy more', zh: '可追加销售的客户' },
  some: (shown, all) => ({
    en: `Who could buy more: ${shown} of ${all.en}`,
    zh: `可追加销售的客户（${all.zh} 位中的 ${shown} 位）`,
  }),
};

export interface Opportunity {
  readonly row: PresentedRow;
  readonly suggestion: Suggestion;
}

/** Each customer's best suggestion, or its best of the products whose name has `product` in it; the most valuable first. */
export function rankedOpportunities(rows: readonly PresentedRow[], product: string): Opportunity[] {
  const wanted = product.toLowerCase();
  return rows
    .flatMap((row) => {
      const suggestions = basketDetailsSchema.safeParse(row.details).data?.suggestions ?? [];
      const suggestion = suggestions.find((one) => one.product.toLowerCase().includes(wanted));
      return suggestion === undefined ? [] : [{ row, suggestion }];
    })
    .sort(
      (a, b) =>
        (b.suggestion.expected ?? 0) - (a.suggestion.expected ?? 0) ||
        b.suggestion.bought / b.suggestion.similar - a.suggestion.bought / a.suggestion.similar ||
        (a.row.customerId < b.row.customerId ? -1 : 1),
    );
}

/** "Accounts like this also bought X; this one has not": the first few, each with its evidence and a button. */
export function opportunityParts(presentation: Presentation, found: readonly Opportunity[]): ReportPart[] {
  const { language, run } = presentation;
  return listedParts(presentation, found, HEADING, ({ row, suggestion }) =>
    itemOf(language, row, suggestion, run.portfolio.currency),
  );
}

/** An owner's customers alone: what could be offered to them, and what it would be worth. */
export function opportunitiesReport(presentation: Presentation, owner: string): Report {
  const { language, run, rows } = presentation;
  const found = rankedOpportunities(rows, '');
  const worth = found.reduce((sum, { suggestion }) => sum + (suggestion.expected ?? 0), 0);
  const money = (of: Language): string => formatMoney(of, worth, run.portfolio.currency);
  const more = found.length === 1 ? 'One customer' : `${formatCount('en', found.length)} customers`;
  const headline: Text =
    found.length === 0
      ? { en: `Nothing to offer that customers like theirs have: ${owner}`, zh: `没有可追加销售的建议：${owner}` }
      : {
          en: `${more} could buy what others like them have, expected value ${money('en')}: ${owner}`,
          zh: `${formatCount('zh', found.length)} 位客户可追加购买相似客户已有的产品，预期价值 ${money('zh')}：${owner}`,
        };
  return {
    language,
    headline: say(language, headline),
    parts: opportunityParts(presentation, found),
    trust: trustLine(language, run, 0, {
      en: 'shares counted among similar customers, rules tested by Fisher’s exact test',
      zh: '比例来自相似客户的计数，规则经 Fisher 精确检验',
    }),
  };
}

function itemOf(language: Language, row: PresentedRow, suggestion: Suggestion, currency: string): ReportItem {
  return {
    kind: 'item',
    title: `${row.name} → ${suggestion.product}`,
    text: say(language, suggestionText(suggestion, currency)),
    ...(row.owner === null ? {} : { owner: { ...row.owner, mention: false } }),
    ...(row.link === '' ? {} : { link: row.link }),
    actions: taskButton(language, { analysis: 'basket', customerId: row.customerId, productId: suggestion.productId }),
  };
}

/** The evidence and what it comes to, in a sentence or two. */
export function suggestionText(suggestion: Suggestion, currency: string): Text {
  const { product, similar, bought, usualAmount, expected } = suggestion;
  const share = bought / similar;
  const money = (language: Language, amount: number): string => formatMoney(language, amount, currency);
  const worth =
    usualAmount === null || expected === null
      ? { en: '', zh: '' }
      : {
          en: ` Expected value ${money('en', expected)} (${formatPercent('en', share)} × the usual ${money('en', usualAmount)}).`,
          zh: `预期价值 ${money('zh', expected)}（${formatPercent('zh', share)} × 通常金额 ${money('zh', usualAmount)}）。`,
        };
  return {
    en: `${formatCount('en', bought)} of ${formatCount('en', similar)} similar customers, who have ${suggestion.with.join(' + ')}, have also bought ${product}; this one has not.${worth.en}`,
    zh: `${formatCount('zh', similar)} 位相似客户（购买过${suggestion.with.map((name) => `“${name}”`).join('、')}）中有 ${formatCount('zh', bought)} 位也购买了“${product}”，该客户尚未购买。${worth.zh}`,
  };
}
