import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney } from '../report/format.ts';
import type { Report, ReportItem, ReportPart } from '../report/report.ts';
import type { Presentation, PresentedRow } from './analysis.ts';
import { type ListHeading, listedParts } from './listed-parts.ts';
import {
  type ProductSuggestion,
  type RecommendDetails,
  type RecommendSummary,
  recommendDetailsSchema,
} from './recommend-summary.ts';
import { methodText, suggestionText, testedText } from './recommend-words.ts';
import { taskButton } from './task-button.ts';
import { trustLine } from './trust-line.ts';

const HEADING: ListHeading = {
  whole: { en: 'Most valuable next products', zh: '价值最高的下一个产品' },
  some: (shown, all) => ({
    en: `Most valuable next products: ${shown} of ${all.en} customers`,
    zh: `价值最高的下一个产品（${all.zh} 位客户中的 ${shown} 位）`,
  }),
};

export interface NextProduct {
  readonly row: PresentedRow;
  readonly suggestion: ProductSuggestion;
  readonly segment: RecommendDetails['segment'];
}

/** Each active customer's next product, the most valuable first: by expected value, else by the usual amount. */
export function rankedNextProducts(rows: readonly PresentedRow[]): NextProduct[] {
  return rows
    .flatMap((row) => {
      const details = row.band === 'open' ? recommendDetailsSchema.safeParse(row.details).data : undefined;
      const suggestion = details?.suggestions[0];
      return details === undefined || suggestion === undefined ? [] : [{ row, suggestion, segment: details.segment }];
    })
    .sort(
      (a, b) =>
        (b.suggestion.expected ?? 0) - (a.suggestion.expected ?? 0) ||
        (b.suggestion.usualAmount ?? 0) - (a.suggestion.usualAmount ?? 0) ||
        (a.row.customerId < b.row.customerId ? -1 : 1),
    );
}

export function nextProductParts(presentation: Presentation, found: readonly NextProduct[]): ReportPart[] {
  const { currency, horizonDays } = presentation.run.portfolio;
  return listedParts(presentation, found, HEADING, (one) => itemOf(presentation.language, one, currency, horizonDays));
}

/** `/recommend me` or an owner: whom of theirs to offer what. */
export function ownersNextProducts(summary: RecommendSummary, presentation: Presentation, owner: string): Report {
  const { language, run, rows } = presentation;
  const found = rankedNextProducts(rows);
  const worth = found.reduce((sum, { suggestion }) => sum + (suggestion.expected ?? 0), 0);
  const who = found.length === 1 ? 'One customer has' : `${formatCount('en', found.length)} customers have`;
  const money = (of: Language): string => (worth > 0 ? formatMoney(of, worth, run.portfolio.currency) : '');
  const headline: Text =
    found.length === 0
      ? { en: `No next product to offer: ${owner}`, zh: `没有可推荐的下一个产品：${owner}` }
      : {
          en: `${who} a next product${worth > 0 ? `, expected value ${money('en')}` : ''}: ${owner}`,
          zh: `${formatCount('zh', found.length)} 位客户有下一个产品${worth > 0 ? `，预期价值 ${money('zh')}` : ''}：${owner}`,
        };
  return {
    language,
    headline: say(language, headline),
    parts: [...nextProductParts(presentation, found), { kind: 'text', text: say(language, methodText(summary)) }],
    trust: trustLine(language, run, summary.evidence, testedText(summary)),
  };
}

function itemOf(
  language: Language,
  { row, suggestion, segment }: NextProduct,
  currency: string,
  days: number,
): ReportItem {
  return {
    kind: 'item',
    title: `${row.name} → ${suggestion.product}`,
    text: say(language, suggestionText(suggestion, segment, currency, days)),
    ...(row.owner === null ? {} : { owner: { ...row.owner, mention: false } }),
    ...(row.link === '' ? {} : { link: row.link }),
    actions: taskButton(language, {
      analysis: 'recommend',
      customerId: row.customerId,
      productId: suggestion.productId,
    }),
  };
}
