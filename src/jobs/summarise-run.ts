import type { z } from 'zod';
import { basketSummarySchema } from '../analyses/basket-summary.ts';
import { churnSummarySchema } from '../analyses/churn-summary.ts';
import { loyaltySummarySchema } from '../analyses/loyalty-summary.ts';
import { portfolioSummarySchema } from '../analyses/portfolio-summary.ts';
import { segmentsSummarySchema } from '../analyses/segments-summary.ts';
import { KithError } from '../lib/errors.ts';
import type { PrivacyReader } from '../privacy/privacy-reader.ts';

const RULES_SHOWN = 10;

/** A run for machines, the newest unless another is named: aggregates only. A figure that does not exist is null, with a note that says why. */
export async function summariseRun(reader: PrivacyReader, runId?: string) {
  const portfolio = await summaryOf(reader, 'portfolio', portfolioSummarySchema, runId);
  if (portfolio === null)
    throw new KithError('no-results', {
      en: "Nothing has been analysed yet; run 'kith analyse' first",
      zh: "尚未进行任何分析；请先运行 'kith analyse'",
    });
  const [churn, segments, loyalty, basket] = await Promise.all([
    summaryOf(reader, 'churn-risk', churnSummarySchema, runId),
    summaryOf(reader, 'segments', segmentsSummarySchema, runId),
    summaryOf(reader, 'loyalty', loyaltySummarySchema, runId),
    summaryOf(reader, 'basket', basketSummarySchema, runId),
  ]);
  const { revenue, unit, as_of, customers } = portfolio;
  return {
    revenue,
    unit,
    as_of,
    customers: {
      ...customers,
      by_tier: Object.fromEntries((loyalty?.tiers ?? []).map(({ name, customers: count }) => [name, count])),
      by_segment: (segments?.segments ?? []).map((segment) => ({
        name: segment.custom ?? segment.name.en,
        customers: segment.customers,
        value: Math.round(segment.value * 100) / 100,
      })),
    },
    churn: {
      horizon_days: portfolio.horizon_days,
      model: churn?.model ?? null,
      auc: churn?.auc ?? null,
      log_loss: churn?.log_loss ?? null,
      base_log_loss: churn?.base_log_loss ?? null,
      overdue_auc: churn?.overdue_auc ?? null,
      note: churn?.note ?? 'The no-order risk has not been analysed yet',
    },
    rules: (basket?.rules ?? []).slice(0, RULES_SHOWN).map((rule) => ({
      if: rule.if,
      then: rule.then,
      support: rule.support,
      confidence: rule.confidence,
      lift: rule.lift,
    })),
  };
}

async function summaryOf<Summary>(
  reader: PrivacyReader,
  analysis: string,
  schema: z.ZodType<Summary>,
  runId: string | undefined,
): Promise<Summary | null> {
  const result = await reader.result(analysis, runId);
  return result === null ? null : schema.parse(result.summary);
}
