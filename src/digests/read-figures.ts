import { type BasketSummary, basketSummarySchema } from '../analyses/basket-summary.ts';
import { segmentsSummarySchema } from '../analyses/segments-summary.ts';
import { valueSummarySchema } from '../analyses/value-summary.ts';
import type { EvidenceLevel, Run } from '../domain/results.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import type { PrivacyReader } from '../privacy/privacy-reader.ts';
import { needResult } from './edition-parts.ts';
import type { Group } from './figures.ts';

export type BestRule = BasketSummary['rules'][number];

/** What marketing hears about: aggregates alone. */
export interface MarketingFigures {
  readonly run: Run;
  /** By value so far, the most first. */
  readonly segments: readonly Group[];
  /** By value per year; the highest class first. */
  readonly classes: readonly Group[];
  /** The rule with the highest lift; null when nothing goes together. */
  readonly rule: BestRule | null;
  readonly evidence: EvidenceLevel;
  readonly quality: Text;
}

const CLASS_NAMES: Readonly<Record<'low' | 'medium' | 'high', Text>> = {
  low: { en: 'Low value', zh: '低价值' },
  medium: { en: 'Medium value', zh: '中价值' },
  high: { en: 'High value', zh: '高价值' },
};

const QUALITY: Readonly<Record<'clear' | 'overlapping' | 'weak', Text>> = {
  clear: { en: 'segments clear', zh: '分群清晰' },
  overlapping: { en: 'segments overlapping', zh: '分群有重叠' },
  weak: { en: 'segments weak', zh: '分群较弱' },
};

/** KithError('no-results') before the first run. */
export async function readFigures(reader: PrivacyReader, language: Language): Promise<MarketingFigures> {
  const { run, summary } = await needResult({ reader }, 'segments');
  const segments = segmentsSummarySchema.parse(summary);
  const value = await reader.result('value');
  const basket = await reader.result('basket');
  return {
    run,
    segments: segments.segments.map((segment) => ({
      id: segment.id,
      name: segment.custom ?? say(language, segment.name),
      customers: segment.customers,
      value: segment.value,
    })),
    classes:
      value === null
        ? []
        : valueSummarySchema
            .parse(value.summary)
            .classes.map(({ name, customers, perYear }) => ({
              id: name,
              name: say(language, CLASS_NAMES[name]),
              customers,
              value: perYear,
            }))
            .reverse(),
    rule: basket === null ? null : (basketSummarySchema.parse(basket.summary).rules[0] ?? null),
    evidence: segments.evidence,
    quality:
      segments.quality === null
        ? { en: 'RFM groups, no model', zh: 'RFM 分组，未使用模型' }
        : QUALITY[segments.quality.word],
  };
}
