import { describe, expect, it } from 'vitest';
import { type Champion, championSchema, ENTRANTS } from '../../../src/analyses/churn-model.ts';
import { fitEntrant, modelErrors, modelLogOdds, scoringRows } from '../../../src/analyses/churn-models.ts';
import { type LastRun, movesOf } from '../../../src/analyses/churn-moved.ts';
import { prepareTraining, testPanel, trainingCutOffs, trainingPanel } from '../../../src/analyses/churn-panel.ts';
import { probabilitiesOf } from '../../../src/analyses/churn-predict.ts';
import { churnDesign } from '../../../src/analyses/churn-recipe.ts';
import { scenariosOf } from '../../../src/analyses/churn-scenarios.ts';
import { sharesOf } from '../../../src/analyses/churn-shares.ts';
import { movedPart } from '../../../src/analyses/churn-why.ts';
import { CHURN_FEATURES } from '../../../src/features/churn-features.ts';
import { usualValues } from '../../../src/features/family-values.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { inputOf, mixedPortal } from './churn-fixture.ts';

const DAYS = 720;
const H = 60;
const input = inputOf(mixedPortal(seededRandom(4), 400, DAYS), DAYS, H);
const CUT_OFF = DAYS - H - 1;
const GAP = 30;
const train = trainingPanel(input, trainingCutOffs(input, CUT_OFF).slice(0, 3), GAP, seededRandom(1));
const test = testPanel(input, CUT_OFF, GAP, Math.random);
const { recipe, training } = prepareTraining(train, test.raw, seededRandom(2));
const rows = scoringRows(recipe, test.raw);

function championOf(name: (typeof ENTRANTS)[number], seed = 3): Champion {
  const model = fitEntrant(name, training, seededRandom(seed));
  if (model.kind === 'net') throw new Error('no champion');
  const design = churnDesign(recipe, test.raw);
  const q = recipe.columns.length;
  return {
    model,
    recipe,
    centre: recipe.columns.map((_, j) => {
      let sum = 0;
      for (let i = 0; i < rows.count; i++) sum += design[i * q + j]!;
      return sum / rows.count;
    }),
    norms: Array.from(usualValues(test.raw), (norm) => (Number.isFinite(norm) ? norm : null)),
    portfolioMedianGap: GAP,
    horizonDays: H,
    columns: CHURN_FEATURES.map((feature) => feature.name),
  };
}

const CHAMPIONS = ENTRANTS.filter((name) => name !== 'neural-net');

describe.each(CHAMPIONS)('%s', (name) => {
  const champion = championOf(name);
  const odds = modelLogOdds(champion.model, rows);

  it('splits each score into shares that add up to it, each customer by its own row', () => {
    const shares = sharesOf(champion, rows);
    const told = new Set<string>();
    for (let row = 0; row < rows.count; row++) {
      const { baseline, sums } = shares(row);
      expect(baseline + sums.reduce((sum, share) => sum + share, 0)).toBeCloseTo(odds[row]!, 9);
      told.add(sums.join());
    }
    if (new Set(odds).size > 20) expect(told.size).toBeGreaterThan(20);
  });

  it('scores the same after a trip through the store', () => {
    const stored = championSchema.parse(JSON.parse(JSON.stringify(champion)));
    expect(modelLogOdds(stored.model, scoringRows(stored.recipe, test.raw))).toEqual(odds);
  });

  it('gives an interval where evidence level 2 lets it compete', () => {
    const errors = modelErrors(champion.model, rows);
    const isRequired = ['base-rate', 'overdue-ratio', 'mbg-nbd', 'ridge-logistic'].includes(name);
    if (isRequired) expect(errors!.every((error) => error > 0)).toBe(true);
  });
});

describe('what moved a risk', () => {
  const champion = championOf('ridge-logistic');
  const earlier = testPanel(input, CUT_OFF - 30, GAP, Math.random);
  const p = CHURN_FEATURES.length;
  const raw = new Float64Array(input.customerIds.length * p).fill(Number.NaN);
  earlier.customers.forEach((i, row) => {
    raw.set(earlier.raw.subarray(row * p, (row + 1) * p), i * p);
  });
  const now = probabilitiesOf(champion, test.raw);

  it('is the customer alone while the model stays, in parts that add up', () => {
    const moves = movesOf({ champion, raw }, champion, test.customers, test.raw);
    let told = 0;
    moves.forEach((move, row) => {
      if (move === null) return;
      expect(move.model).toBe(0);
      expect(move.from + move.customer).toBeCloseTo(now[row]!, 5);
      told += move.drivers.length;
    });
    expect(told).toBeGreaterThan(50);
  });

  it.each(['en', 'zh'] as const)('is told in numbers, what it is held against once (%s)', (language) => {
    const moves = movesOf({ champion, raw }, champion, test.customers, test.raw);
    const row = moves.findIndex((move) => move?.drivers.some(({ norm }) => norm !== null));
    const [, part] = movedPart(language, moves[row]!, now[row]!, 'EUR');
    const text = part?.kind === 'text' ? part.text : '';
    expect(text).toMatch(
      language === 'en' ? /^\d+% → \d+%: .+\n• .+ \(was: [^;]+\)/ : /^\d+% → \d+%：.+\n• .+（此前：[^；]+）/,
    );
    expect(text).not.toContain('–');
  });

  it('is the model alone while the customer stays', () => {
    const other = championOf('gradient-boosting');
    const stayed: LastRun = { champion: other, raw: new Float64Array(raw.length).fill(Number.NaN) };
    test.customers.forEach((i, row) => {
      stayed.raw.set(test.raw.subarray(row * p, (row + 1) * p), i * p);
    });
    movesOf(stayed, champion, test.customers, test.raw).forEach((move, row) => {
      expect(move!.customer).toBe(0);
      expect(move!.from + move!.model).toBeCloseTo(now[row]!, 5);
    });
  });

  it('is not told of who was not scored before', () => {
    const empty: LastRun = { champion, raw: new Float64Array(raw.length).fill(Number.NaN) };
    expect(movesOf(empty, champion, test.customers, test.raw).every((move) => move === null)).toBe(true);
  });
});

describe('scenarios', () => {
  const champion = championOf('ridge-logistic');
  const probabilities = probabilitiesOf(champion, test.raw);
  const scenarios = scenariosOf(champion, input, CUT_OFF, test.customers, probabilities);

  it('lead into another band: an order downwards, silence upwards', () => {
    const kinds = new Map<string, number>();
    scenarios.forEach((own, row) => {
      for (const { kind, band, probability } of own) {
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        const isUp = kind === 'silence';
        expect(isUp ? probability > probabilities[row]! : probability < probabilities[row]!).toBe(true);
        expect(band).not.toBe(probabilities[row]! >= 0.6 ? 'high' : probabilities[row]! >= 0.3 ? 'medium' : 'low');
      }
    });
    expect(kinds.get('order')).toBeGreaterThan(0);
    expect(kinds.get('silence')).toBeGreaterThan(0);
  });

  it('name the shortest silence that suffices', () => {
    const first = scenarios.findIndex((own) => own.some(({ kind, days }) => kind === 'silence' && days === 14));
    expect(first).toBeGreaterThanOrEqual(0);
    const week = scenariosOf(
      champion,
      input,
      CUT_OFF,
      test.customers.slice(first, first + 1),
      probabilities.slice(first, first + 1),
    );
    expect(week[0]!.filter(({ kind }) => kind === 'silence')).toHaveLength(1);
  });
});
