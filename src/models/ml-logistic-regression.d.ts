/** The package ships no types; these are the ones of it that textbook-logistic.ts uses. */
declare module 'ml-logistic-regression' {
  import type { Matrix } from 'ml-matrix';

  export default class LogisticRegression {
    constructor(options: { numSteps: number; learningRate: number });
    train(x: Matrix, y: Matrix): void;
    toJSON(): { classifiers: readonly { weights: Matrix }[] };
  }
}
