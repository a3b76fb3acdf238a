import { describe, expect, it } from 'vitest';
import { sigmoid, softplus } from '../../../src/math/logistic.ts';
import { normal, seededRandom } from '../../../src/math/random.ts';
import { fitNeuralNet, type NeuralNetOptions, neuralNetScores } from '../../../src/models/neural-net.ts';
import { fitRidgeLogistic, ridgeLogOdds } from '../../../src/models/ridge-logistic.ts';

const P = 2;

/** An outcome that depends on whether two columns have the same sign: no weighted sum can tell. */
function crossed(n: number, seed: number) {
  const random = seededRandom(seed);
  const x = Float64Array.from({ length: n * P }, () => normal(random));
  const y = Uint8Array.from({ length: n }, (_, i) => (random() < sigmoid(4 * x[i * P]! * x[i * P + 1]!) ? 1 : 0));
  return { x, y };
}

function logLoss(scores: Float64Array, y: Uint8Array): number {
  return scores.reduce((sum, odds, i) => sum + softplus(odds) - y[i]! * odds, 0) / y.length;
}

function options(seed: number, more: Partial<NeuralNetOptions> = {}): NeuralNetOptions {
  const random = seededRandom(seed);
  return { hidden: 8, penalty: 0.1, epochs: 60, batch: 32, learningRate: 0.02, random, ...more };
}

describe('fitNeuralNet', () => {
  it('learns two columns that work together on rows it has not seen, where a weighted sum learns nothing', () => {
    const train = crossed(1000, 1);
    const test = crossed(1000, 2);
    const truth = logLoss(
      Float64Array.from(test.y, (_, i) => 4 * test.x[i * P]! * test.x[i * P + 1]!),
      test.y,
    );
    const net = logLoss(neuralNetScores(fitNeuralNet(train.x, train.y, P, options(1)), test.x), test.y);
    const line = logLoss(ridgeLogOdds(fitRidgeLogistic(train.x, train.y, P, { penalty: 1 }), test.x), test.y);
    expect(line).toBeGreaterThan(0.68);
    expect(net).toBeLessThan(truth + 0.05);
  });

  it('descends along the slope of its own loss: a whole-batch fit ends where moving any weight does not help', () => {
    const { x, y } = crossed(60, 3);
    const penalty = 2;
    const fitted = fitNeuralNet(x, y, P, options(3, { hidden: 2, penalty, epochs: 6000, batch: 60 }));
    const loss = (net: typeof fitted): number => {
      const squares = [...net.inputWeights, ...net.outputWeights].reduce((sum, weight) => sum + weight ** 2, 0);
      return logLoss(neuralNetScores(net, x), y) + (penalty * squares) / (2 * y.length);
    };
    const nudged = (values: readonly number[], k: number, by: number) => values.map((v, i) => (i === k ? v + by : v));
    const h = 1e-5;
    for (const part of ['inputWeights', 'hiddenBiases', 'outputWeights'] as const) {
      fitted[part].forEach((_, k) => {
        const up = loss({ ...fitted, [part]: nudged(fitted[part], k, h) });
        const down = loss({ ...fitted, [part]: nudged(fitted[part], k, -h) });
        expect(Math.abs(up - down) / (2 * h)).toBeLessThan(1e-4);
      });
    }
  });

  it('gives the same net for the same seed and another for another', () => {
    const { x, y } = crossed(200, 4);
    const first = fitNeuralNet(x, y, P, options(4, { epochs: 5 }));
    expect(fitNeuralNet(x, y, P, options(4, { epochs: 5 }))).toEqual(first);
    expect(fitNeuralNet(x, y, P, options(5, { epochs: 5 }))).not.toEqual(first);
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  });

  it('fits the rows it is given and no others', () => {
    const { x, y } = crossed(100, 5);
    const spoiled = Float64Array.from(x);
    for (let i = 1; i < 100; i += 2) spoiled.fill(1e3, i * P, (i + 1) * P);
    const rows = Int32Array.from({ length: 50 }, (_, i) => i * 2);
    const more = { epochs: 5, rows };
    expect(fitNeuralNet(spoiled, y, P, options(6, more))).toEqual(fitNeuralNet(x, y, P, options(6, more)));
  });

  it('says the base rate when the penalty leaves it nothing else', () => {
    const { x } = crossed(200, 7);
    const y = Uint8Array.from({ length: 200 }, (_, i) => (i % 4 === 0 ? 1 : 0));
    const scores = neuralNetScores(fitNeuralNet(x, y, P, options(7, { penalty: 1e4, batch: 200 })), x);
    for (const odds of scores) expect(sigmoid(odds)).toBeCloseTo(0.25, 1);
  });

  it('says what is wrong with its input', () => {
    const x = Float64Array.of(1, 2, 3, 4);
    const y = [0, 1];
    expect(() => fitNeuralNet(x, [1, 1], P, options(1))).toThrow(
      /All 2 outcomes are the same; a neural net needs both/,
    );
    expect(() => fitNeuralNet(x, y, P, options(1, { hidden: 0 }))).toThrow(/"hidden" of a neural net is 0/);
    expect(() => fitNeuralNet(x, y, P, options(1, { batch: 1.5 }))).toThrow(/"batch" of a neural net is 1.5/);
    expect(() => fitNeuralNet(x, y, P, options(1, { learningRate: 0 }))).toThrow(/learning rate .* is 0/);
    expect(() => fitNeuralNet(x, y, P, options(1, { penalty: -1 }))).toThrow(/penalty .* is -1/);
  });
});
