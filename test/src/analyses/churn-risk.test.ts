import { describe, expect, it } from 'vitest';
import type { PresentedRow } from '../../../src/analyses/analysis.ts';
import { decide, entrantsAt, runTrial, type Trial } from '../../../src/analyses/churn-board.ts';
import { fitEntrant, modelLogOdds, scoringRows } from '../../../src/analyses/churn-models.ts';
import {
  leakIn,
  prepareTraining,
  testPanel,
  trainingCutOffs,
  trainingPanel,
} from '../../../src/analyses/churn-panel.ts';
import { churnRisk } from '../../../src/analyses/churn-risk.ts';
import { churnDetailsSchema, churnSummarySchema } from '../../../src/analyses/churn-summary.ts';
import { churnWhy } from '../../../src/analyses/churn-why.ts';
import type { Run } from '../../../src/domain/results.ts';
import { CHURN_FEATURES } from '../../../src/features/churn-features.ts';
import { logit } from '../../../src/math/logistic.ts';
import { seededRandom, shuffledIndices } from '../../../src/math/random.ts';
import { areaUnderCurve } from '../../../src/models/classification-metrics.ts';
import { formatMoney } from '../../../src/report/format.ts';
import type { Event } from '../features/history-fixture.ts';
import { computeChurn, inputOf, mixedPortal, poissonCustomer } from './churn-fixture.ts';

const DAYS = 720;
const mixed = inputOf(mixedPortal(seededRandom(11), 900, DAYS), DAYS, 60);
const computed = computeChurn(mixed, 1);
const details = computed.scores!.details.map((text) => churnDetailsSchema.parse(JSON.parse(text)));

const run: Run = {
  id: 'r',
  startedAt: 0,
  finishedAt: 0,
  status: 'done',
  asOf: DAYS * 86_400_000,
  fingerprint: '',
  portfolio: { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: DAYS * 86_400_000, horizonDays: 60, seed: 1 },
};

function rowOf(i: number): PresentedRow {
  const { scores } = computed;
  return {
    customerId: mixed.customerIds[i]!,
    value: Number.isNaN(scores!.value[i]!) ? null : scores!.value[i]!,
    label: scores!.label[i]!,
    band: scores!.band[i]!,
    evidence: 3,
    details: JSON.parse(scores!.details[i]!),
    name: `Firm ${i}`,
    link: '',
    owner: null,
  };
}

describe('churn risk where the past tells something', () => {
  it('beats the base rate and says which model did, on which cut-offs', () => {
    const { summary } = computed;
    expect(churnSummarySchema.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
    expect(summary.evidence_level).toBe(3);
    expect(summary.trials).toHaveLength(2);
    expect(summary.auc).toBeGreaterThan(0.7);
    expect(summary.log_loss).toBeLessThan(summary.base_log_loss!);
    expect(summary.kept.length).toBeGreaterThan(0);
    expect(summary.board.map(({ model }) => model)).toContain('textbook-logistic');
  });

  it('gives reasons that add up to each score', () => {
    let told = 0;
    details.forEach((detail, i) => {
      if (detail.log_odds === null) return;
      const reasons = [...detail.up, ...detail.down].reduce((sum, { contribution }) => sum + contribution, 0);
      expect(Math.abs(detail.baseline! + reasons + detail.other - detail.log_odds)).toBeLessThan(1e-6);
      expect(Math.abs(logit(computed.scores!.value[i]!) - detail.log_odds)).toBeLessThan(1e-6);
      expect(detail.up.length).toBeLessThanOrEqual(3);
      expect(detail.down.length).toBeLessThanOrEqual(2);
      told += detail.up.length;
    });
    expect(told).toBeGreaterThan(100);
  });

  it('is calibrated at the newest complete cut-off in every band of 30 or more', () => {
    for (const { customers, predicted, stopped } of computed.summary.calibration) {
      if (customers < 30) continue;
      const spread = 2.576 * Math.sqrt((predicted * (1 - predicted)) / customers);
      expect(Math.abs(predicted - stopped / customers)).toBeLessThanOrEqual(Math.max(0.05, spread));
    }
  });

  it('sums revenue at risk from the customers it scored, and leaves lapsed ones out', () => {
    const sum = details.reduce((total, detail) => total + (detail.at_risk ?? 0), 0);
    expect(computed.summary.revenue_at_risk).toBeCloseTo(sum, 1);
    details.forEach((detail, i) => {
      if (detail.standing === 'eligible') return;
      expect(detail.at_risk).toBeNull();
      expect(computed.scores!.value[i]).toBeNaN();
      expect(computed.scores!.band[i]).toBe(detail.standing);
    });
    const { eligible, lapsed, too_new, total } = computed.summary.customers;
    expect(eligible + lapsed + too_new).toBe(total);
  });

  it('keeps the last score of a customer who has lapsed since', () => {
    const i = details.findIndex(({ standing }) => standing === 'lapsed');
    const lastRisk = Float64Array.from(mixed.lastRisk);
    lastRisk[i] = 0.42;
    const { scores } = computeChurn({ ...mixed, lastRisk }, 1);
    expect([scores!.value[i], scores!.label[i], scores!.band[i]]).toEqual([0.42, 'lapsed', 'lapsed']);
  });

  it('gives the same bytes twice', () => {
    expect(JSON.stringify(computeChurn(mixed, 1)) === JSON.stringify(computed)).toBe(true);
  });

  it('scores as before when every event after the as-of is deleted or added', () => {
    const later = mixed.customerIds.map((_, i): Event[] => {
      const own: Event[] = [];
      for (let k = mixed.history.offsets[i]!; k < mixed.history.offsets[i + 1]!; k++) {
        own.push([mixed.history.day[k]!, mixed.history.amount[k]! / 10_000]);
      }
      return [...own, [DAYS + 5, 999]];
    });
    const { scores } = computeChurn(inputOf(later, DAYS, 60), 1);
    expect(JSON.stringify(scores) === JSON.stringify(computed.scores)).toBe(true);
  });
});

describe('churn risk where the past tells nothing', () => {
  it('finds no signal in shuffled labels: mean AUC of 20 seeds within 0.02 of one half', () => {
    const { history } = mixed;
    const cutOff = DAYS - 61;
    const gap = 30;
    let sum = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed);
      const train = trainingPanel({ ...mixed, history }, trainingCutOffs(mixed, cutOff).slice(0, 3), gap, random);
      const test = testPanel(mixed, cutOff, gap, Math.random);
      const shuffle = (labels: Uint8Array) =>
        Uint8Array.from(shuffledIndices(labels.length, random), (i) => labels[i]!);
      const labels = shuffle(train.labels);
      const { recipe, training } = prepareTraining({ ...train, labels }, test.raw, random);
      // Whatever the selection kept, the model gets every column: noise has to stay noise.
      const kept = recipe.columns.map((_, column) => column);
      const card = fitEntrant('ridge-logistic', { ...training, kept }, random);
      sum += areaUnderCurve(modelLogOdds(card, scoringRows(recipe, test.raw)), shuffle(test.labels));
    }
    expect(Math.abs(sum / 20 - 0.5)).toBeLessThanOrEqual(0.02);
  });

  it('lets the base rate win, and says so, when everybody buys at one equal Poisson rate', () => {
    const random = seededRandom(2);
    const equal = Array.from({ length: 600 }, () => poissonCustomer(random, 50, DAYS));
    const { summary, scores } = computeChurn(inputOf(equal, DAYS, 60), 1);
    expect(summary.model).toBe('base-rate');
    expect(summary.note).toMatch(/No model told customers apart better than the base rate/);
    const risks = new Set([...scores!.value].filter((risk) => !Number.isNaN(risk)));
    expect(risks.size).toBe(1);
    const report = churnRisk.present(summary, { language: 'en', run, rows: [], withheld: null, filter: '' });
    expect(report.headline).toMatch(/Nothing tells who will stop/);
  });

  it('prints no probability where nobody stops, and says why', () => {
    const steady = Array.from({ length: 85 }, (_, i) =>
      Array.from({ length: 70 }, (_, k): Event => [k * 10 + (i % 7), 100]).filter(([day]) => day <= DAYS),
    );
    const { summary, scores } = computeChurn(inputOf(steady, 700, 60), 1);
    expect([summary.model, summary.auc, summary.revenue_at_risk]).toEqual([null, null, null]);
    expect(summary.note).toMatch(/all 85 eligible customers ordered/);
    expect([...scores!.value].every(Number.isNaN)).toBe(true);
    expect(scores!.band).not.toContain('high');
  });

  it('gives five customers facts only', () => {
    const few = Array.from({ length: 5 }, (_, i): Event[] => [
      [i, 10],
      [i + 30, 20],
    ]);
    const { summary, scores } = computeChurn(inputOf(few, 90, 20), 1);
    expect(summary.evidence_level).toBe(0);
    expect([...scores!.evidence]).toEqual([0, 0, 0, 0, 0]);
    expect(new Set(scores!.band).has('high')).toBe(false);
    expect(summary.note).toMatch(/No score/);
  });

  it.each([0, 1])('survives a portal of %i customers without a purchase', (count) => {
    const { summary } = computeChurn(
      inputOf(
        Array.from({ length: count }, () => []),
        90,
        20,
      ),
      1,
    );
    expect(summary.customers).toMatchObject({ total: count, eligible: 0, too_new: count });
    const report = churnRisk.present(summary, { language: 'zh', run, rows: [], withheld: null, filter: '' });
    expect(report.headline).toMatch(/历史不足/);
  });
});

describe('the champion', () => {
  it('is fitted anew where another led after the newest trial, and is the same', () => {
    const tried = [churnRisk.part(mixed, 0, 1, [])];
    tried.push(churnRisk.part(mixed, 1, 1, tried));
    const other = { kind: 'fitted', name: 'overdue-ratio', fitted: null };
    expect(computed.summary.model).not.toBe(other.name);
    const anew = churnRisk.draft(mixed, 1, [...tried, other]);
    expect(JSON.stringify(anew.summary)).toBe(JSON.stringify(computed.summary));
    expect(JSON.stringify(anew.model)).toBe(JSON.stringify(computed.model));
    expect([...anew.scores!.value]).toEqual([...computed.scores!.value]);
  });
});

describe('a leak', () => {
  it('is found and named', () => {
    const panel = testPanel(mixed, DAYS - 61, 30, Math.random);
    const column = CHURN_FEATURES.findIndex(({ name }) => name === 'satisfaction');
    const raw = Float64Array.from(panel.raw);
    panel.labels.forEach((label, i) => {
      raw[i * CHURN_FEATURES.length + column] = label + i / 1e6;
    });
    expect(leakIn(panel)).toBeNull();
    expect(leakIn({ ...panel, raw })).toMatchObject({ feature: 'satisfaction', auc: expect.any(Number) });
  });
});

describe('a trial', () => {
  it('trains on cut-offs whose horizon is over by the test cut-off', () => {
    const trial = runTrial(mixed, DAYS - 61, ['base-rate', 'ridge-logistic'], 1);
    if (trial === null || 'feature' in trial) throw new Error('no trial');
    expect(trial.cutOffDay).toBe(DAYS - 61);
    for (const cutOff of trainingCutOffs(mixed, trial.cutOffDay)) {
      expect(cutOff + mixed.horizonDays).toBeLessThanOrEqual(trial.cutOffDay);
    }
  });

  it('leaves out at the older cut-off who cannot win any more, and chooses the same with the same gains', () => {
    const entrants = entrantsAt(3);
    const tried = (cutOff: number, newest: Trial | null): Trial => {
      const trial = runTrial(mixed, cutOff, entrants, 1, newest);
      if (trial === null || 'feature' in trial) throw new Error('no trial');
      return trial;
    };
    const newest = tried(DAYS - 61, null);
    expect([...newest.probabilities.keys()]).toEqual(entrants);
    const all = tried(DAYS - 121, null);
    const some = tried(DAYS - 121, newest);
    expect(some.probabilities.size).toBeLessThan(entrants.length);
    for (const [name, probabilities] of some.probabilities) expect(probabilities).toEqual(all.probabilities.get(name));
    const [whole, short] = [decide([newest, all], entrants), decide([newest, some], entrants)];
    expect(short.champion).toBe(whole.champion);
    short.board.forEach((row, k) => {
      const full = whole.board[k]!;
      expect(row).toEqual({ ...full, gains: full.gains.slice(0, row.gains.length) });
      expect(row.gains.length).toBe(row.model === 'base-rate' ? 0 : some.probabilities.has(row.model) ? 2 : 1);
    });
  });

  it('is none where nothing came before', () => {
    expect(runTrial(mixed, 20, ['base-rate'], 1)).toBeNull();
  });
});

describe('what people read', () => {
  const top = details
    .map((detail, i) => [detail.at_risk ?? -1, i] as const)
    .sort((a, b) => b[0] - a[0])
    .slice(0, 3)
    .map(([, i]) => rowOf(i));

  it.each(['en', 'zh'] as const)(
    'answers in one line with the money, lists customers and draws them (%s)',
    (language) => {
      const report = churnRisk.present(computed.summary, { language, run, rows: top, withheld: null, filter: '' });
      expect(report.headline).toMatch(
        language === 'en' ? /€[\d,]+ at risk in the next 60 days/ : /未来 60 天有 €[\d,]+/,
      );
      expect(report.parts.filter(({ kind }) => kind === 'item')).toHaveLength(3);
      const chart = report.parts.find((part) => part.kind === 'chart');
      expect(chart?.chart).toMatchObject({ kind: 'part-bar', labels: top.map(({ name }) => name) });
      expect(report.trust).toMatch(/AUC 0\.\d/);
    },
  );

  it('says why rows are withheld, and then draws bands instead of customers', () => {
    const withheld = { en: 'Names are hidden here', zh: '此处隐藏姓名' };
    const report = churnRisk.present(computed.summary, { language: 'en', run, rows: [], withheld, filter: '' });
    expect(report.parts).toContainEqual({ kind: 'text', text: 'Names are hidden here' });
    const chart = report.parts.find((part) => part.kind === 'chart');
    expect(chart?.chart).toMatchObject({ labels: ['high', 'medium', 'low'] });
  });

  it('tells a group by its own customers, and nothing of the portfolio', () => {
    const shown = { language: 'en', run, withheld: null, filter: 'Anna Meyer', isGroup: true } as const;
    const sumOf = (rows: readonly PresentedRow[]) =>
      formatMoney(
        'en',
        rows.reduce((sum, row) => sum + churnDetailsSchema.parse(row.details).at_risk!, 0),
        'EUR',
      );
    const all = formatMoney('en', computed.summary.revenue_at_risk!, 'EUR');
    const report = churnRisk.present(computed.summary, { ...shown, rows: top });
    expect(report.headline).toBe(`Anna Meyer: ${sumOf(top)} at risk with the 3 customers to look at first`);
    const mine = churnRisk.present(computed.summary, { ...shown, filter: 'your customers', rows: top });
    expect(mine.headline).toMatch(/^Your customers: /);
    expect(report.parts.filter(({ kind }) => kind === 'facts')).toEqual([]);
    expect(JSON.stringify(report)).not.toContain(all);
    // A group may have one member, and none at risk.
    const one = churnRisk.present(computed.summary, { ...shown, language: 'zh', rows: top.slice(0, 1) });
    expect(one.headline).toBe(`Anna Meyer：1 位客户需优先关注，${sumOf(top.slice(0, 1))} 面临风险`);
    expect(one.parts.some(({ kind }) => kind === 'chart')).toBe(false);
    const low = details.flatMap((_, i) => (computed.scores!.band[i] === 'low' ? [rowOf(i)] : [])).slice(0, 2);
    expect(churnRisk.present(computed.summary, { ...shown, rows: low }).headline).toBe(
      'Nobody at risk: Anna Meyer; 2 customers are listed',
    );
    expect(churnRisk.present(computed.summary, { ...shown, rows: [] }).headline).toBe('Nobody at risk: Anna Meyer');
    const hidden = churnRisk.present(computed.summary, { ...shown, rows: [], withheld: { en: 'Hidden', zh: '隐藏' } });
    expect(hidden.headline).toBe('The customers are not shown here: Anna Meyer');
    expect(hidden.parts.some(({ kind }) => kind === 'chart')).toBe(false);
  });

  it('explains one customer in its own values, as associations and never as causes', () => {
    const row = top[0]!;
    const text = JSON.stringify(churnWhy('en', row, run, computed.summary));
    expect(text).toMatch(/[Aa]ssociated with/);
    expect(text).not.toMatch(/because/i);
    expect(text).toMatch(/usual/);
    expect(JSON.stringify(churnWhy('zh', row, run, computed.summary))).toMatch(/相关/);
  });

  it('writes a probability back only where there is one, and ignores moves below five points', () => {
    const risk = churnRisk.properties.find(({ name }) => name === 'kith_no_order_risk')!;
    const row = top[0]!;
    expect(risk.value(row, run)).toBe(String(Math.round(row.value! * 100)));
    expect(risk.value({ ...row, evidence: 1, value: null }, run)).toBeNull();
    expect(risk.value({ ...row, label: 'lapsed' }, run)).toBeNull();
    expect([risk.isSame!('40', '44'), risk.isSame!('40', '45'), risk.isSame!('', '3')]).toEqual([true, false, false]);
  });
});
