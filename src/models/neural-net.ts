import { KithError } from '../lib/errors.ts';
import { sigmoid, softplus } from '../math/logistic.ts';
import { type RandomSource, shuffledIndices } from '../math/random.ts';
import { checkBothOutcomes, checkLearnerInput, rowsOrAll } from './learner-input.ts';

export interface NeuralNet {
  readonly columns: number;
  readonly hidden: number;
  /** hidden × p, row-major. */
  readonly inputWeights: readonly number[];
  readonly hiddenBiases: readonly number[];
  readonly outputWeights: readonly number[];
  readonly outputBias: number;
  /** Mean log loss on the training rows while the last epoch ran. */
  readonly trainingLoss: number;
}

export interface NeuralNetOptions {
  /** Units of the one hidden layer. */
  readonly hidden: number;
  /** λ of Σ log loss + ½ λ |weights|²; biases are not penalised. */
  readonly penalty: number;
  readonly epochs: number;
  /** Rows a step. */
  readonly batch: number;
  readonly learningRate: number;
  /** First weights and the order of rows; the same source gives the same net. */
  readonly random: RandomSource;
  /** Positions of the rows to fit on; all when absent. */
  readonly rows?: Int32Array;
}

const DECAY_MEAN = 0.9;
const DECAY_SQUARE = 0.999;
const EPSILON = 1e-8;
/** Hidden units that share a look at the row: their sums do not wait for one another. */
const TOGETHER = 4;

/**
 * Answers: how likely is the outcome, when columns may bend and work together?
 *
 * Assumes 1. columns on comparable scales, about −3 to 3: standardise first, 2. rows by the hundred: with fewer, a linear
 * model says the same with less to go wrong, 3. that nobody needs exact reasons: this net gives none, so it may be compared
 * but does not explain. `x`: n × p, row-major; `y`: n outcomes, 0 or 1. One hidden layer of tanh, Glorot's first weights,
 * log loss, Adam with a learning rate that falls to a tenth along a straight line. Throws `model-input` when a value is not
 * finite, there is only one outcome, or an option is out of its range. Costs epochs × n × p × hidden.
 *
 * Kingma, D. and Ba, J. (2015). Adam: a method for stochastic optimization. ICLR, algorithm 1. Glorot, X. and Bengio, Y.
 * (2010). Understanding the difficulty of training deep feedforward neural networks. AISTATS, eq. 16.
 */
export function fitNeuralNet(
  x: Float64Array,
  y: ArrayLike<number>,
  columns: number,
  options: NeuralNetOptions,
): NeuralNet {
  const { hidden, penalty, epochs, batch, learningRate, random } = options;
  checkOptions(options);
  const rows = rowsOrAll(y.length, options.rows);
  checkLearnerInput(x, y, columns, rows);
  checkBothOutcomes(y, rows, 'a neural net');
  const n = rows.length;
  const h = hidden;
  const p = columns;
  // One array of parameters: input weights (h × p), hidden biases, output weights, output bias.
  const biases = h * p;
  const out = biases + h;
  const last = out + h;
  const parameters = new Float64Array(last + 1);
  const reach = Math.sqrt(6 / (p + h));
  for (let k = 0; k < biases; k++) parameters[k] = (2 * random() - 1) * reach;
  const outReach = Math.sqrt(6 / (h + 1));
  for (let k = out; k < last; k++) parameters[k] = (2 * random() - 1) * outReach;
  let positives = 0;
  for (const row of rows) positives += y[row]!;
  parameters[last] = Math.log(positives / (n - positives));

  const gradient = new Float64Array(last + 1);
  const mean = new Float64Array(last + 1);
  const square = new Float64Array(last + 1);
  const activations = new Float64Array(h);
  const backs = new Float64Array(h);
  const steps = epochs * Math.ceil(n / batch);
  let step = 0;
  let trainingLoss = 0;
  const whole = h - (h % TOGETHER);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffledIndices(n, random);
    for (let start = 0; start < n; start += batch) {
      const end = Math.min(start + batch, n);
      gradient.fill(0);
      for (let i = start; i < end; i++) {
        const row = rows[order[i]!]!;
        const base = row * p;
        const odds = forward(parameters, x, base, p, h, activations);
        const outcome = y[row]!;
        // Logs are dear, and only the last epoch's loss is told.
        if (epoch === epochs - 1) trainingLoss += softplus(odds) - outcome * odds;
        const error = (sigmoid(odds) - outcome) / (end - start);
        gradient[last] = gradient[last]! + error;
        for (let u = 0; u < h; u++) {
          const active = activations[u]!;
          gradient[out + u] = gradient[out + u]! + error * active;
          const back = error * parameters[out + u]! * (1 - active * active);
          gradient[biases + u] = gradient[biases + u]! + back;
          backs[u] = back;
        }
        for (let u = 0; u < whole; u += TOGETHER) {
          const [first, second, third, fourth] = [u * p, (u + 1) * p, (u + 2) * p, (u + 3) * p];
          const [a, b, c, d] = [backs[u]!, backs[u + 1]!, backs[u + 2]!, backs[u + 3]!];
          for (let j = 0; j < p; j++) {
            const value = x[base + j]!;
            gradient[first + j] = gradient[first + j]! + a * value;
            gradient[second + j] = gradient[second + j]! + b * value;
            gradient[third + j] = gradient[third + j]! + c * value;
            gradient[fourth + j] = gradient[fourth + j]! + d * value;
          }
        }
        for (let u = whole; u < h; u++) {
          const line = u * p;
          for (let j = 0; j < p; j++) gradient[line + j] = gradient[line + j]! + backs[u]! * x[base + j]!;
        }
      }
      const shrink = penalty / n;
      for (let k = 0; k < biases; k++) gradient[k] = gradient[k]! + shrink * parameters[k]!;
      for (let k = out; k < last; k++) gradient[k] = gradient[k]! + shrink * parameters[k]!;
      step++;
      const rate = learningRate * (1 - (0.9 * (step - 1)) / steps);
      const meanScale = 1 - DECAY_MEAN ** step;
      const squareScale = 1 - DECAY_SQUARE ** step;
      for (let k = 0; k <= last; k++) {
        const slope = gradient[k]!;
        mean[k] = DECAY_MEAN * mean[k]! + (1 - DECAY_MEAN) * slope;
        square[k] = DECAY_SQUARE * square[k]! + (1 - DECAY_SQUARE) * slope * slope;
        parameters[k] =
          parameters[k]! - (rate * (mean[k]! / meanScale)) / (Math.sqrt(square[k]! / squareScale) + EPSILON);
      }
    }
  }
  return {
    columns,
    hidden,
    inputWeights: [...parameters.subarray(0, biases)],
    hiddenBiases: [...parameters.subarray(biases, out)],
    outputWeights: [...parameters.subarray(out, last)],
    outputBias: parameters[last]!,
    trainingLoss: trainingLoss / n,
  };
}

/** Log-odds of each row of `x` (n × p, row-major). */
export function neuralNetScores(fitted: NeuralNet, x: Float64Array): Float64Array {
  const { columns, hidden } = fitted;
  const parameters = Float64Array.from([
    ...fitted.inputWeights,
    ...fitted.hiddenBiases,
    ...fitted.outputWeights,
    fitted.outputBias,
  ]);
  const activations = new Float64Array(hidden);
  const scores = new Float64Array(columns === 0 ? 0 : x.length / columns);
  for (let i = 0; i < scores.length; i++) {
    scores[i] = forward(parameters, x, i * columns, columns, hidden, activations);
  }
  return scores;
}

/** The log-odds of the row that starts at `base`; leaves the hidden layer's values in `activations`. */
function forward(
  parameters: Float64Array,
  x: Float64Array,
  base: number,
  p: number,
  h: number,
  activations: Float64Array,
): number {
  const out = h * p + h;
  let odds = parameters[out + h]!;
  const whole = h - (h % TOGETHER);
  for (let u = 0; u < whole; u += TOGETHER) {
    const [first, second, third, fourth] = [u * p, (u + 1) * p, (u + 2) * p, (u + 3) * p];
    let a = parameters[h * p + u]!;
    let b = parameters[h * p + u + 1]!;
    let c = parameters[h * p + u + 2]!;
    let d = parameters[h * p + u + 3]!;
    for (let j = 0; j < p; j++) {
      const value = x[base + j]!;
      a += parameters[first + j]! * value;
      b += parameters[second + j]! * value;
      c += parameters[third + j]! * value;
      d += parameters[fourth + j]! * value;
    }
    activations[u] = Math.tanh(a);
    activations[u + 1] = Math.tanh(b);
    activations[u + 2] = Math.tanh(c);
    activations[u + 3] = Math.tanh(d);
  }
  for (let u = whole; u < h; u++) {
    let sum = parameters[h * p + u]!;
    const line = u * p;
    for (let j = 0; j < p; j++) sum += parameters[line + j]! * x[base + j]!;
    activations[u] = Math.tanh(sum);
  }
  for (let u = 0; u < h; u++) odds += parameters[out + u]! * activations[u]!;
  return odds;
}

function checkOptions(options: NeuralNetOptions): void {
  for (const name of ['hidden', 'epochs', 'batch'] as const) {
    if (!(Number.isInteger(options[name]) && options[name] > 0)) {
      throw new KithError('model-input', `"${name}" of a neural net is ${options[name]}; give a whole number above 0`);
    }
  }
  if (!(options.learningRate > 0 && Number.isFinite(options.learningRate))) {
    throw new KithError('model-input', `The learning rate of a neural net is ${options.learningRate}; set it above 0`);
  }
  if (!(options.penalty >= 0 && Number.isFinite(options.penalty))) {
    throw new KithError('model-input', `The penalty of a neural net is ${options.penalty}; set 0 or more`);
  }
}
