import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Computed, RegisteredAnalysis } from '../../src/analyses/analysis.ts';
import { churnRisk } from '../../src/analyses/churn-risk.ts';
import { churnSummarySchema } from '../../src/analyses/churn-summary.ts';
import { loyalty } from '../../src/analyses/loyalty.ts';
import { segments } from '../../src/analyses/segments.ts';
import { value } from '../../src/analyses/value.ts';
import type { Language } from '../../src/lib/text.ts';
import type { Report } from '../../src/report/report.ts';
import type { AnalysedPortal } from '../contracts/test-analysis.ts';
import { type CopiedPortals, openCopiedPortals } from '../src/analyses/made-up-portals.ts';

const folder = join(process.env.KITH_REFERENCE ?? '../shared', 'portals');
const isHere = existsSync(folder);
let portals: CopiedPortals;
const copied = new Map<string, AnalysedPortal>();

async function computed(name: string, analysis: RegisteredAnalysis): Promise<Computed<unknown>> {
  return analysis.compute(await analysis.read({ ...copied.get(name)!, previous: null }), 2011);
}

function told(name: string, analysis: RegisteredAnalysis, summary: unknown, language: Language): Report {
  const { portfolio } = copied.get(name)!;
  const { asOf } = portfolio;
  return analysis.present(JSON.parse(JSON.stringify(summary)), {
    language,
    run: { id: 'r', startedAt: asOf, finishedAt: asOf, status: 'done', asOf, fingerprint: '', portfolio },
    rows: [],
    withheld: null,
    filter: '',
  });
}

describe.skipIf(!isHere)(`portals of real records${isHere ? '' : ` (skipped: none in ${folder})`}`, () => {
  beforeAll(async () => {
    portals = await openCopiedPortals();
    for (const name of ['crm-sales', 'saas-ravenstack']) {
      copied.set(name, await portals.copy(join(folder, name)));
    }
  }, 240_000);

  afterAll(async () => {
    await portals.close();
  });

  it('crm-sales: nobody stopped, so no risk is shown, and why', async () => {
    const { summary, scores } = await computed('crm-sales', churnRisk);
    const { evidence_level, model, revenue_at_risk, outcomes, note, note_zh } = churnSummarySchema.parse(summary);
    expect({ evidence_level, model, revenue_at_risk }).toEqual({
      evidence_level: 1,
      model: null,
      revenue_at_risk: null,
    });
    expect(outcomes).toEqual({ stopped: 0, ordered: 85 });
    expect(scores!.value.every(Number.isNaN)).toBe(true);
    expect(note).toMatch(/all 85 eligible customers ordered, so there is nothing to learn about stopping/);
    expect(note_zh).toMatch(/85 位可评分客户全部下单，没有流失可供学习/);
    expect(told('crm-sales', churnRisk, summary, 'en').headline).toMatch(/^Nobody stopped: all 85 active customers/);
    expect(told('crm-sales', churnRisk, summary, 'zh').headline).toMatch(/^无人流失：85 位活跃客户/);
  });

  it.each([value, loyalty, segments].map((analysis) => [analysis.name, analysis] as const))(
    'crm-sales: %s is given all the same, for every one of the 85 customers',
    async (name, analysis) => {
      const { summary, scores } = await computed('crm-sales', analysis);
      expect(scores!.label).toHaveLength(85);
      expect(new Set(scores!.label).size).toBeGreaterThan(1);
      expect(scores!.label).not.toContain('');
      for (const language of ['en', 'zh'] as const) {
        expect(told('crm-sales', analysis, summary, language).headline, name).toMatch(/\d/);
      }
    },
    120_000,
  );

  it('saas-ravenstack: a business of contracts, in which nothing predicts who leaves', async () => {
    const { summary } = await computed('saas-ravenstack', churnRisk);
    const { business, model, board } = churnSummarySchema.parse(summary);
    expect(business).toMatchObject({ mode: 'contract', is_set: false, won_deals: 5000, recurring_deals: 5000 });
    // Labels without a signal: whoever is compared, the base rate is not beaten.
    expect(model).toBe('base-rate');
    for (const { auc } of board) expect(Math.abs(auc! - 0.5)).toBeLessThan(0.1);
    expect(told('saas-ravenstack', churnRisk, summary, 'en').headline).toMatch(/^Nothing tells who will stop/);
  }, 120_000);
});
