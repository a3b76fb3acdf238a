import type { RandomSource } from '../math/random.ts';
import { fitNeuralNet, type NeuralNet, neuralNetScores } from '../models/neural-net.ts';
import type { Platt } from '../models/platt.ts';
import { chooseVariant, pickColumns, type TrainingSet } from './churn-folds.ts';
import { constant, rowsOf } from './churn-linear.ts';
import type { LinearModel } from './churn-model.ts';
import { sampleRows } from './churn-sample.ts';

/** Rows that the net learns from at most. */
export const NET_ROWS = 10_000;
const NET = { hidden: 8, penalty: 1e-3, epochs: 30, batch: 64, learningRate: 0.01 };

/** Compared on the board, and never champion: its score does not split into exact shares. */
export interface NetModel {
  readonly kind: 'net';
  readonly name: 'neural-net';
  readonly columns: readonly number[];
  readonly net: NeuralNet;
  readonly platt: Platt;
}

export function fitNetModel(training: TrainingSet, random: RandomSource): NetModel | LinearModel {
  const { labels, kept } = training;
  const p = kept.length;
  if (p === 0) return constant('neural-net', labels);
  const x = pickColumns(training.design, training.columns, kept);
  const rows = sampleRows(labels.length, NET_ROWS, random);
  const { platt } = chooseVariant(training, rows, [NET], (net, inside, outside) =>
    neuralNetScores(fitNeuralNet(x, labels, p, { ...net, random, rows: inside }), rowsOf(x, p, outside)),
  );
  return {
    kind: 'net',
    name: 'neural-net',
    columns: [...kept],
    net: fitNeuralNet(x, labels, p, { ...NET, random, rows }),
    platt,
  };
}
