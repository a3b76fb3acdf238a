import { describe, expect, it } from 'vitest';
import type { AnalysisProperty } from '../../../src/analyses/analysis.ts';
import type { Run, Score } from '../../../src/domain/results.ts';
import { moveSize, type PlanInput, planWriteBack } from '../../../src/jobs/write-back-plan.ts';

const RUN: Run = {
  id: 'r1',
  startedAt: 1,
  finishedAt: Date.UTC(2026, 0, 5),
  status: 'done',
  asOf: 0,
  fingerprint: '',
  portfolio: { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: 0, horizonDays: 90, seed: 1 },
};
const TIER: AnalysisProperty = {
  name: 'kith_tier',
  label: 'Tier',
  description: '',
  type: 'string',
  value: (score) => (score.label === '' ? null : score.label),
};
const RISK: AnalysisProperty = {
  name: 'kith_risk',
  label: 'Risk',
  description: '',
  type: 'number',
  value: (score) => (score.value === null ? null : score.value.toFixed(2)),
  isSame: (current, next) => Math.abs(Number(current) - Number(next)) <= 0.05,
};
const SCORED_AT = { property: 'kith_scored_at', before: '', after: '2026-01-05T00:00:00.000Z' };

function plan(
  score: Partial<Score>,
  current: Record<string, string> | null,
  lastWritten: Record<string, readonly string[]> = {},
  authors: Record<string, string> = {},
) {
  const full: Score = { customerId: '1', value: null, label: '', band: '', evidence: 0, details: null, ...score };
  const input: PlanInput = {
    scoredAt: Date.UTC(2026, 0, 5),
    customerIds: ['1'],
    analyses: [{ run: RUN, properties: [TIER, RISK], scores: new Map([['1', full]]) }],
    current: new Map(current === null ? [] : [['1', current]]),
    lastWritten: new Map([['1', new Map(Object.entries(lastWritten))]]),
    authors: new Map([['1', authors]]),
  };
  return planWriteBack(input);
}

describe('the plan of a write-back', () => {
  it('writes what differs, and when it was scored along with it', () => {
    const logged = { kith_tier: ['Silver'] };
    expect(plan({ label: 'Gold', value: 0.5 }, { kith_tier: 'Silver', kith_risk: '' }, logged).writes).toEqual([
      {
        id: '1',
        changes: [
          { property: 'kith_tier', before: 'Silver', after: 'Gold' },
          { property: 'kith_risk', before: '', after: '0.50' },
          SCORED_AT,
        ],
      },
    ]);
  });

  it('writes nothing, not even when it was scored, when every value is as it was', () => {
    expect(plan({ label: 'Gold', value: 0.5 }, { kith_tier: 'Gold', kith_risk: '0.5' })).toEqual({
      writes: [],
      leftAlone: [],
      missing: [],
      annotated: 0,
      moved: 0,
    });
  });

  it('leaves a value alone that moved less than its property minds', () => {
    const logged = { kith_risk: ['0.5'] };
    expect(plan({ value: 0.54 }, { kith_risk: '0.5' }, logged).writes).toEqual([]);
    expect(plan({ value: 0.56 }, { kith_risk: '0.5' }, logged).writes).toHaveLength(1);
  });

  it('never clears a value', () => {
    expect(plan({ label: '', value: null }, { kith_tier: 'Gold', kith_risk: '0.5' }).writes).toEqual([]);
  });

  it('leaves a value alone that is not the one it wrote, and lists it; a cleared one too', () => {
    const changed = plan({ label: 'Gold' }, { kith_tier: 'VIP' }, { kith_tier: ['Silver'] });
    expect(changed).toMatchObject({
      writes: [],
      leftAlone: [{ id: '1', property: 'kith_tier', theirs: 'VIP', ours: 'Gold', reason: 'edited' }],
    });
    expect(plan({ label: 'Gold' }, { kith_tier: '' }, { kith_tier: ['Silver'] }).leftAlone).toHaveLength(1);
  });

  it('knows its own value in the way the CRM writes it, and after a crash whether it arrived or not', () => {
    expect(plan({ value: 0.9 }, { kith_risk: '0.5' }, { kith_risk: ['0.50'] }).writes).toHaveLength(1);
    expect(plan({ label: 'Gold' }, { kith_tier: 'Silver' }, { kith_tier: ['Bronze', 'Silver'] }).writes).toHaveLength(
      1,
    );
    expect(plan({ label: 'Gold' }, { kith_tier: 'Bronze' }, { kith_tier: ['Bronze', 'Silver'] }).writes).toHaveLength(
      1,
    );
  });

  it('leaves a value alone that its log does not know, unless its history says that Kith gave it', () => {
    const theirs = { kith_tier: 'Silver', kith_scored_at: '2025-12-01T00:00:00Z' };
    const left = [{ id: '1', property: 'kith_tier', theirs: 'Silver', ours: 'Gold', reason: 'unknown' }];
    expect(plan({ label: 'Gold' }, theirs)).toMatchObject({ writes: [], leftAlone: left });
    expect(plan({ label: 'Gold' }, theirs, {}, { kith_tier: '', kith_scored_at: 'app-7' }).leftAlone).toEqual(left);
    expect(plan({ label: 'Gold' }, theirs, {}, { kith_tier: 'app-1', kith_scored_at: 'app-7' }).writes).toEqual([]);
    // Edited by a person, both of them: nobody is an integration.
    expect(plan({ label: 'Gold' }, theirs, {}, { kith_tier: '', kith_scored_at: '' }).leftAlone).toEqual(left);
    const ours = plan({ label: 'Gold' }, theirs, {}, { kith_tier: 'app-7', kith_scored_at: 'app-7' });
    expect(ours).toMatchObject({
      leftAlone: [],
      writes: [{ changes: [{ after: 'Gold' }, { before: theirs.kith_scored_at }] }],
    });
  });

  it('leaves its own time stamp alone too when a person wrote there', () => {
    const stamped = plan(
      { label: 'Gold' },
      { kith_scored_at: '2025-01-01' },
      { kith_scored_at: ['2026-01-01T00:00:00Z'] },
    );
    expect(stamped.writes).toEqual([{ id: '1', changes: [{ property: 'kith_tier', before: '', after: 'Gold' }] }]);
    expect(stamped.leftAlone).toMatchObject([{ property: 'kith_scored_at', reason: 'edited' }]);
  });

  it('tells large moves from small ones', () => {
    const options = ['low', 'medium', 'high'].map((value) => ({ value, label: value }));
    const band: AnalysisProperty = { ...TIER, type: 'enumeration', options };
    expect(moveSize(band, 'low', 'high')).toBe(1);
    expect(moveSize(band, 'low', 'medium')).toBe(0.5);
    expect(moveSize(RISK, '0.1', '0.4')).toBeCloseTo(0.75);
    expect(moveSize(RISK, '', '0.4')).toBe(0);
  });

  it('skips a record that is gone', () => {
    expect(plan({ label: 'Gold' }, null)).toMatchObject({ writes: [], leftAlone: [], missing: ['1'] });
  });
});
