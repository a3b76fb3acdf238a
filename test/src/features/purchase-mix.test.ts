import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnomaliesInput, anomalies } from '../../../src/analyses/anomalies.ts';
import { type AnomaliesSummary, anomaliesSummarySchema } from '../../../src/analyses/anomalies-summary.ts';
import { MIX_BLOCK_DAYS } from '../../../src/features/purchase-mix.ts';
import { type CopiedPortals, openCopiedPortals } from '../analyses/made-up-portals.ts';

let portals: CopiedPortals;

beforeAll(async () => {
  portals = await openCopiedPortals();
});

afterAll(async () => {
  await portals.close();
});

/** The answer of a run after one whose segments say who bought in the newest block. */
async function afterSegments(seed: number): Promise<{ input: AnomaliesInput; summary: AnomaliesSummary }> {
  const copied = await portals.generated({ seed, companies: 150, years: 2, equalGap: 30 });
  const { portal, portfolio, churn } = copied;
  const { asOf } = portfolio;
  const run = await portal.results.begin({ asOf, startedAt: asOf, fingerprint: 'before', portfolio });
  const { customerIds, history } = churn;
  const label = customerIds.map((_, i) => {
    const end = history.offsets[i + 1]!;
    const isLately = end > history.offsets[i]! && churn.asOfDay - history.day[end - 1]! <= MIX_BLOCK_DAYS;
    return isLately ? 'bought lately' : 'quiet';
  });
  const empty = customerIds.map(() => '');
  await portal.results.save(run, 'segments', {
    summary: {},
    model: null,
    scores: {
      customerIds,
      value: new Float64Array(customerIds.length),
      label,
      band: empty,
      evidence: new Uint8Array(customerIds.length),
      details: customerIds.map(() => '{}'),
    },
  });
  await portal.results.finish(run, 'done', asOf);
  const input = (await anomalies.read({ ...copied, previous: { run, summary: {}, model: null } })) as AnomaliesInput;
  return { input, summary: anomaliesSummarySchema.parse(anomalies.compute(input, 1).summary) };
}

describe('the mix of purchases', () => {
  it('does not shift with segments that are built on who bought last, where nothing changed', async () => {
    for (const seed of [1, 2]) {
      const { input, summary } = await afterSegments(seed);
      expect(new Set(input.mix.dimension)).toEqual(new Set(['country', 'product']));
      expect(Object.keys(summary.tests)).toContain('mix-product');
      expect(summary.tests['mix-segment']).toBeUndefined();
      expect(summary.told.filter(({ kind }) => kind.startsWith('mix-'))).toEqual([]);
    }
  }, 120_000);
});
