import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/math/random.ts';
import {
  averagePredictors,
  biasPredictor,
  type Errors,
  errorsOf,
  FOLDS,
  globalAverage,
  gradientPredictor,
  neighbourErrors,
  type Predict,
  trainAndTest,
} from './rating-predictor.ts';
import { type Entry, entriesOf, expectWithin, isHere, loadRatings, once, whySkipped } from './recommendation-data.ts';

describe.skipIf(!isHere)(`errors of predicted ratings${whySkipped}`, () => {
  const entries = entriesOf('collaborative filtering');
  const figures = {
    'movielens-small': figuresOf('movielens-small'),
    filmtrust: figuresOf('filmtrust'),
  };

  it('compares every entry once', () => {
    expect(entries).toHaveLength(69);
  });

  it.each(entries.map((entry) => [titleOf(entry), entry] as const))('%s', (_, entry) => {
    const found = figures[entry.dataset as keyof typeof figures](entry);
    for (const [f, wanted] of [entry.value as number | number[]].flat().entries()) {
      expectWithin(found[f]!, wanted, entry.tolerance);
    }
  });
});

function titleOf({ dataset, settings, metric, source }: Entry): string {
  return [dataset, Object.values(settings).slice(0, 4).join(', '), metric, source].join(': ');
}

/** Each model is fitted when the first of its entries asks. */
function figuresOf(dataset: string): (entry: Entry) => number[] {
  const ratings = once(() => loadRatings(dataset));
  const known = new Map<string, Errors>();
  const all = once(() => Int32Array.from(ratings().rating, (_, at) => at));
  const folds = once(() => Array.from({ length: FOLDS }, (_, fold) => trainAndTest(ratings(), fold)));
  const byFolds = (predictor: (train: Int32Array) => Predict) =>
    meanErrors(folds().map(({ train, test }) => errorsOf(ratings(), test, predictor(train))));
  const neighbours = (by: 'user' | 'item') => {
    const found = folds().map(({ train, test }) => neighbourErrors(ratings(), by, train, test));
    for (const name of Object.keys(found[0]!)) {
      known.set(`${by}-based kNN ${name}`, meanErrors(found.map((fold) => fold[name]!)));
    }
  };
  const errorsFor = (settings: Entry['settings']): Errors => {
    const { model } = settings;
    if (settings.evaluated_on !== undefined) {
      return errorsOf(ratings(), all(), averagePredictors(ratings(), all())[model]!, false);
    }
    if (model.includes('ALS')) return byFolds((train) => biasPredictor(ratings(), train));
    if (!model.includes('SGD')) return byFolds((train) => averagePredictors(ratings(), train)[model]!);
    const { factors, epochs, learning_rate: learningRate, regularisation } = settings;
    const options = { factors, epochs, learningRate, regularisation };
    return byFolds((train) => gradientPredictor(ratings(), train, options, seededRandom(1)));
  };
  return ({ settings, metric }) => {
    if (metric.startsWith('ratings')) {
      return [all().length, ratings().users, ratings().items, globalAverage(ratings(), all())];
    }
    const neighbour = /^(user|item)-based kNN,? (.*)$/.exec(settings.model);
    const name = neighbour === null ? Object.values(settings).join() : neighbourName(neighbour, settings.similarity);
    if (!known.has(name)) {
      if (neighbour === null) known.set(name, errorsFor(settings));
      else neighbours(neighbour[1] as 'user' | 'item');
    }
    return [known.get(name)![metric as keyof Errors]];
  };
}

function neighbourName([, by, kind]: readonly string[], similarity: string): string {
  if (kind !== 'plain') return `${by}-based kNN ${kind}`;
  return `${by}-based kNN plain, ${similarity.startsWith('cosine') ? 'cosine' : 'mean squared difference'}`;
}

function meanErrors(folds: readonly Errors[]): Errors {
  const mean = (pick: (errors: Errors) => number) => folds.reduce((sum, fold) => sum + pick(fold), 0) / folds.length;
  return { rmse: mean(({ rmse }) => rmse), mae: mean(({ mae }) => mae) };
}
