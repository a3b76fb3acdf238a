import { type Drafted, defineAnalysis } from './analysis.ts';
import { evidenceLevel } from './evidence-level.ts';
import { backTest } from './recommend-back-test.ts';
import { type RecommendInput, readRecommendInput } from './recommend-input.ts';
import { tooCostly } from './recommend-methods.ts';
import { purchasesUntil } from './recommend-purchases.ts';
import { presentRecommend } from './recommend-report.ts';
import { nextProducts } from './recommend-scores.ts';
import { type RecommendSummary, recommendSummarySchema } from './recommend-summary.ts';

function compute(input: RecommendInput, seed: number): Drafted<RecommendSummary> {
  const bought = purchasesUntil(input, input.products.length, input.today);
  const test = backTest(input, tooCostly(bought), seed);
  const { judged, board } = test.told;
  const hits = Math.round(judged * (board.find(({ method }) => method === test.method)?.hitRate ?? 0));
  const evidence = evidenceLevel({ eligible: judged, gaps: judged, stopped: judged - hits, ordered: hits });
  const { scores, told } = nextProducts(input, bought, test, evidence, seed);
  return {
    summary: {
      customers: input.customerIds.length,
      products: input.products.length,
      ...told,
      method: test.method,
      evidence,
      backTest: test.told,
    },
    model: null,
    scores,
    matrix: null,
  };
}

/** What each customer may buy next that it has not bought yet. */
export const recommend = defineAnalysis<RecommendInput, RecommendSummary>({
  name: 'recommend',
  title: { en: 'Next product', zh: '下一个产品' },
  summary: recommendSummarySchema,
  read: readRecommendInput,
  compute,
  present: presentRecommend,
  properties: [
    {
      name: 'kith_next_product',
      label: 'Kith next product',
      description:
        'The product that the customer has not bought and may buy next, by the method that did best on a back-test',
      type: 'string',
      value: ({ label, band }) => (band === 'open' && label !== '' ? label : null),
    },
  ],
});
