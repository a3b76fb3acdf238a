import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foldRows } from '../../../src/analyses/churn-folds.ts';
import type { ChurnInput } from '../../../src/analyses/churn-input.ts';
import { championSchema } from '../../../src/analyses/churn-model.ts';
import { fitEntrant, modelLogOdds, scoringRows } from '../../../src/analyses/churn-models.ts';
import { atStake } from '../../../src/analyses/churn-outcome.ts';
import { prepareTraining, trainingCutOffs, trainingPanel } from '../../../src/analyses/churn-panel.ts';
import { churnRisk } from '../../../src/analyses/churn-risk.ts';
import { scoreCustomers } from '../../../src/analyses/churn-score.ts';
import type { ChurnSummary } from '../../../src/analyses/churn-summary.ts';
import type { Portfolio } from '../../../src/domain/results.ts';
import { CHURN_FEATURES, churnFeatures } from '../../../src/features/churn-features.ts';
import { rhythm } from '../../../src/features/expected-gap.ts';
import { zonedDay } from '../../../src/features/zoned-day.ts';
import type { Language } from '../../../src/lib/text.ts';
import { sigmoid } from '../../../src/math/logistic.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { calibrationError } from '../../../src/models/classification-metrics.ts';
import { computeChurn } from './churn-fixture.ts';
import { type CopiedPortals, openCopiedPortals } from './made-up-portals.ts';

/** Where everything of this file that takes minutes is asked for; CI has time for some of it. */
const hasHours = process.env.KITH_SLOW_TESTS !== undefined;
const hasTime = process.env.CI !== undefined || hasHours;
const SEED = 2011;
let portals: CopiedPortals;

beforeAll(async () => {
  portals = await openCopiedPortals();
});

afterAll(async () => {
  await portals.close();
});

function answer(summary: ChurnSummary, portfolio: Portfolio, language: Language) {
  const { asOf } = portfolio;
  return churnRisk.present(JSON.parse(JSON.stringify(summary)), {
    language,
    run: { id: 'r', startedAt: asOf, finishedAt: asOf, status: 'done', asOf, fingerprint: '', portfolio },
    rows: [],
    withheld: null,
    filter: '',
  });
}

interface Left {
  readonly position: number;
  readonly day: number;
}

/** A made-up portal and who left over urgent tickets, and when. */
async function madeUp(seed: number, companies: number): Promise<{ churn: ChurnInput; left: Left[] }> {
  const { churn, truths, portfolio } = await portals.generated({ seed, companies });
  const places = new Map(churn.customerIds.map((id, position) => [id, position]));
  const left = truths.leaving.left.flatMap(({ cause, companyId, on }) => {
    const position = places.get(companyId);
    const day = zonedDay(Date.parse(on), portfolio.timeZone);
    return cause === 'trouble' && position !== undefined ? [{ position, day }] : [];
  });
  return { churn, left };
}

/** Of those who left over urgent tickets after a run: how many it scores, and for how many the tickets are a top reason. */
function namedBefore({ churn, left }: { churn: ChurnInput; left: Left[] }) {
  // The run of 120 days before the last: those who left later were in no label of it.
  const runDay = churn.asOfDay - 120;
  const { model, summary } = computeChurn({ ...churn, asOfDay: runDay, lastCompleteDay: runDay - 1 }, SEED);
  const champion = championSchema.parse(JSON.parse(JSON.stringify(model)));
  const evidence = { level: summary.evidence_level, stopped: summary.outcomes.stopped };
  let [scored, named] = [0, 0];
  for (const { position, day } of left.filter((one) => one.day > runDay && one.day <= churn.asOfDay)) {
    // The day before it left: its trouble, of 40 days, is over, and it is scored by the frozen model as any day does.
    const asOfDay = day - 1;
    const then = { ...churn, asOfDay, lastCompleteDay: asOfDay - 1 };
    const rhythms = rhythm(churn.history, asOfDay, { portfolioMedianGap: champion.portfolioMedianGap });
    const eligible = atStake(then, rhythms).filter((i) => i === position);
    if (eligible.length === 0) continue;
    const raw = churnFeatures(then, rhythms, churn.horizonDays, eligible);
    const { detailsOf } = scoreCustomers(then, rhythms, evidence, champion, eligible, raw, null);
    scored++;
    if (detailsOf(position).up.some(({ family }) => family === 'severe-tickets')) named++;
  }
  return { scored, named, summary };
}

describe('what is said grows with what is known', () => {
  it.each([
    [
      20,
      0,
      /^Too little history to score: .* facts only/,
      /历史不足/,
      /No score: it takes 20 eligible customers/,
      'No score',
    ],
    [
      60,
      1,
      /^(All|\d+ of) .*active customers/,
      /活跃客户|位/,
      /No probability: it takes 50 eligible customers/,
      'rhythm',
    ],
    [
      150,
      2,
      /^€[\d,]+ at risk in the next \d+ days/,
      /^未来 \d+ 天有 €[\d,]+/,
      /won the model board|better than the base rate/,
      'shrunken',
    ],
    [500, 3, /^€[\d,]+ at risk in the next \d+ days/, /^未来 \d+ 天有 €[\d,]+/, /won the model board/, 'full'],
  ] as const)(
    '%i customers are given evidence level %i and the words that belong to it',
    async (...row) => {
      const [companies, level, en, zh, note] = row;
      const { churn, portfolio } = await portals.generated({ seed: companies === 500 ? 3 : 1, companies });
      const { summary, scores } = computeChurn(churn, SEED);
      expect(summary.evidence_level).toBe(level);
      expect(answer(summary, portfolio, 'en').headline).toMatch(en);
      expect(answer(summary, portfolio, 'zh').headline).toMatch(zh);
      expect(summary.note).toMatch(note);
      expect(summary.note_zh).toMatch(level < 2 ? /不评分|不给出概率/ : /截止点/);
      const risks = scores!.value.filter((value) => !Number.isNaN(value));
      // A probability is a claim that only the levels with outcomes may make.
      expect(risks.length > 0).toBe(level >= 2);
      expect([summary.model === null, summary.revenue_at_risk === null]).toEqual([level < 2, level < 2]);
      const shown = JSON.stringify([answer(summary, portfolio, 'en'), answer(summary, portfolio, 'zh')]);
      if (level < 2) expect(shown).not.toMatch(/\d ?% risk|AUC 0/);
      expect(shown).not.toMatch(/because|因为/i);
    },
    120_000,
  );

  it.skipIf(!hasHours)('5,000 customers are given every model, whichever wins', { timeout: 600_000 }, async () => {
    const { churn, truths } = await portals.generated({ seed: 1, companies: 5000 });
    const { summary } = computeChurn(churn, SEED);
    expect([summary.evidence_level, summary.board.length, summary.trials.length]).toEqual([3, 10, 2]);
    expect(summary.auc).toBeGreaterThan(0.8);
    for (const { customers, predicted, stopped } of summary.calibration) {
      if (customers < 30) continue;
      const spread = 2.576 * Math.sqrt((predicted * (1 - predicted)) / customers);
      expect(Math.abs(predicted - stopped / customers)).toBeLessThanOrEqual(Math.max(0.05, spread));
    }
    expect(truths.leaving.left.length).toBeGreaterThan(500);
  });
});

describe('a company of 1,500 customers who leave after urgent tickets', () => {
  let made: Awaited<ReturnType<typeof madeUp>>;

  beforeAll(async () => {
    made = await madeUp(5, 1500);
  }, 180_000);

  it('names the tickets among the top three reasons of four in five who left over them, before they left', () => {
    const { scored, named } = namedBefore(made);
    expect(scored).toBeGreaterThanOrEqual(25);
    expect(named / scored).toBeGreaterThanOrEqual(0.8);
  }, 180_000);

  it('is calibrated out of fold to 0.03', () => {
    const { churn } = made;
    const random = seededRandom(1);
    const { portfolioMedianGap } = rhythm(churn.history, churn.lastCompleteDay);
    const cutOffs = trainingCutOffs(churn, churn.lastCompleteDay).slice(0, 4);
    const panel = trainingPanel(churn, cutOffs, portfolioMedianGap, random);
    const { training } = prepareTraining(panel, panel.raw, random);
    const p = CHURN_FEATURES.length;
    const probabilities = new Float64Array(panel.labels.length);
    for (const { inside, outside } of foldRows(panel.customers, Int32Array.from(panel.labels.keys()))) {
      const part = {
        ...training,
        design: rowsOf(training.design, training.columns, inside),
        raw: rowsOf(panel.raw, p, inside),
        labels: Uint8Array.from(inside, (row) => panel.labels[row]!),
        customers: Int32Array.from(inside, (row) => panel.customers[row]!),
      };
      const rows = scoringRows(training.recipe, rowsOf(panel.raw, p, outside));
      const odds = modelLogOdds(fitEntrant('ridge-logistic', part, random), rows);
      outside.forEach((row, k) => {
        probabilities[row] = sigmoid(odds[k]!);
      });
    }
    expect(calibrationError(probabilities, panel.labels)).toBeLessThanOrEqual(0.03);
  }, 120_000);
});

describe('companies of other sizes whose customers leave after urgent tickets', () => {
  it('names the tickets at 500 customers wherever a model that reads tickets won the board', async () => {
    let [scored, named] = [0, 0];
    const seeds = hasHours ? [1, 2, 3, 4, 5, 6, 7, 8] : [1, 2, 3];
    const rhythmAlone: number[] = [];
    for (const seed of seeds) {
      const one = namedBefore(await madeUp(seed, 500));
      if (one.summary.model === 'mbg-nbd') {
        // The rhythm alone was not beaten on both cut-offs: then it says so, and gives no reason that it does not read.
        expect(one.named).toBe(0);
        expect(one.summary.note).toMatch(/buying-rhythm model/);
        rhythmAlone.push(seed);
        continue;
      }
      scored += one.scored;
      named += one.named;
    }
    // That it stays so with few customers is the exception.
    expect(rhythmAlone.length, `left to the rhythm: seeds ${rhythmAlone}`).toBeLessThanOrEqual(seeds.length / 4);
    expect(scored).toBeGreaterThanOrEqual(20);
    expect(named / scored).toBeGreaterThanOrEqual(0.8);
  }, 400_000);

  it.skipIf(!hasTime)('names the tickets at 5,000 customers', { timeout: 600_000 }, async () => {
    const { scored, named } = namedBefore(await madeUp(1, 5000));
    expect(scored).toBeGreaterThanOrEqual(80);
    expect(named / scored).toBeGreaterThanOrEqual(0.8);
  });
});

describe('a company whose customers all buy at one equal rate', () => {
  it.each(hasHours ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : hasTime ? [3, 5, 7] : [5])(
    'is told that nothing predicts who stops (seed %i)',
    async (seed) => {
      const { churn, portfolio } = await portals.generated({ seed, companies: 400, equalGap: 45 });
      const { summary, scores } = computeChurn(churn, SEED);
      expect(summary.model).toBe('base-rate');
      expect(summary.note).toMatch(/No model told customers apart better than the base rate/);
      expect(summary.note_zh).toMatch(/没有模型比基准比率更能区分客户/);
      expect(answer(summary, portfolio, 'en').headline).toMatch(/^Nothing tells who will stop/);
      expect(answer(summary, portfolio, 'zh').headline).not.toMatch(/高风险/);
      // One risk for all, and no reasons of anybody's own.
      expect(new Set(scores!.value.filter((value) => !Number.isNaN(value))).size).toBe(1);
      for (const text of scores!.details) expect(JSON.parse(text)).toMatchObject({ up: [], down: [] });
      expect(summary.lift).toBeNull();
    },
    120_000,
  );
});

function rowsOf(values: Float64Array, width: number, rows: Int32Array): Float64Array {
  const picked = new Float64Array(rows.length * width);
  rows.forEach((row, k) => {
    picked.set(values.subarray(row * width, (row + 1) * width), k * width);
  });
  return picked;
}
