import { expect, it } from 'vitest';
import type { KeptRun } from '../../../src/domain/results.ts';
import { compareRuns } from '../../../src/jobs/compare-runs.ts';
import { presentReplay } from '../../../src/jobs/present-runs.ts';
import { applyRetention } from '../../../src/jobs/retention.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { resultRows } from '../../../src/store/result-rows.ts';
import { withStore } from '../store/with-store.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const NAME = 'churn-risk';

const store = withStore();

it('a replay that differs tells of what retention removed, and of another version only where nothing is missing', async () => {
  const portal = await store.portal('thinned');
  const state = portalStateSchema.parse({});
  async function run(asOf: number, kind: KeptRun['kind'], moved: number, replayOf: string | null = null) {
    const portfolio = { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf, horizonDays: 90, seed: 1 } as const;
    const settings = { horizonDays: 90 };
    const kept = { kind, replayOf, settings };
    const begun = await portal.results.begin({ asOf, startedAt: asOf, fingerprint: 'f', portfolio }, kept);
    const scores = {
      customerIds: ['1'],
      value: Float64Array.of(0.5),
      label: [''],
      band: [''],
      evidence: Uint8Array.of(3),
      details: [JSON.stringify({ moved })],
    };
    await portal.results.save(begun, NAME, { summary: {}, model: { weights: [1] } });
    const matrix = { columns: 1, values: Float64Array.of(1) };
    await portal.results.saveRows(begun, resultRows(begun, NAME, scores, matrix));
    await portal.results.finish(begun, 'done', asOf);
    return (await portal.results.keptRun(begun.id))!;
  }
  await run(NOW - 60 * DAY, 'current', 0);
  const kept = await run(NOW - 20 * DAY, 'current', 1);
  await run(NOW - DAY, 'current', 0);
  const whole = await compareRuns(portal, kept, await run(kept.asOf, 'replay', 2, kept.id));
  expect(whole).toMatchObject({ isSame: false, isSameData: true, differing: 1, analyses: [{ lacksRunBefore: false }] });
  expect(presentReplay(whole, kept.asOf, 'en').headline).toMatch(/may have made that run/);

  expect(await applyRetention({ portal, state, now: () => NOW })).toMatchObject({ 'learning rows': 1 });
  const thinned = await compareRuns(portal, kept, await run(kept.asOf, 'replay', 2, kept.id));
  expect(thinned).toMatchObject({ isSame: false, isSameData: true, analyses: [{ lacksRunBefore: true }] });
  for (const language of ['en', 'zh'] as const) {
    const { headline } = presentReplay(thinned, kept.asOf, language);
    expect(headline).toContain('retentionDays.matrices');
    expect(headline).not.toMatch(/version|版本/);
  }
});
