import { incompleteBetaByLogs } from '../math/incomplete-beta.ts';
import { logBeta } from '../math/log-beta.ts';

/** Spend is sought on a grid of logs, in units of v + the customer's money so far: from e^−14 to e^12 by steps of 2 %. */
const LOG_FROM = -14;
const STEP = 0.02;
const GRID = 1301;
/** Counts up to this one are kept apart; larger ones stand in groups a sixteenth of them wide. */
const SINGLE_COUNTS = 32;
export const MOST_COUNTS = 4_096;
const LEAST_SHARE = 1e-7;

/** Numbers of purchases whose money is tabled. */
export const NODES = countNodes();
const NODE_OF = nodeOfCount(NODES);

function countNodes(): Int32Array {
  const nodes: number[] = [];
  for (
    let n = 1;
    n < MOST_COUNTS;
    n += Math.max(1, Math.floor((n - SINGLE_COUNTS) / 16) + (n < SINGLE_COUNTS ? 0 : 1))
  ) {
    nodes.push(n);
  }
  return Int32Array.from(nodes);
}

function nodeOfCount(nodes: Int32Array): Int32Array {
  const nearest = new Int32Array(MOST_COUNTS);
  let k = 0;
  for (let n = 1; n < MOST_COUNTS; n++) {
    while (k + 1 < nodes.length && nodes[k + 1]! - n < n - nodes[k]!) k++;
    nearest[n] = k;
  }
  return nearest;
}

/** Adds P(n) of every n > 0 to its node; returns how many nodes are in use. */
export function groupCounts(probabilities: Float64Array, length: number, shares: Float64Array): number {
  shares.fill(0);
  for (let n = 1; n < length; n++) {
    const node = NODE_OF[n]!;
    shares[node] = shares[node]! + probabilities[n]!;
  }
  return NODE_OF[length - 1]! + 1;
}

/** y ÷ (1 + y) for money y on the grid, and the logs of that and of 1 less that. */
const PARTS = Float64Array.from({ length: GRID }, (_, grid) => {
  const money = Math.exp(LOG_FROM + STEP * grid);
  return money / (1 + money);
});
const LOG_PARTS = PARTS.map((part) => Math.log(part));
const LOG_RESTS = PARTS.map((part) => Math.log1p(-part));

/** P(money of a node's purchases ≤ e^log), for customers with one number of purchases so far; each cell when first needed. */
export class SpendTable {
  private readonly cells = new Float64Array(NODES.length * GRID).fill(Number.NaN);
  private readonly logBetas = new Float64Array(NODES.length);
  private p = Number.NaN;
  private shape = Number.NaN;

  use(p: number, shape: number): void {
    if (p === this.p && shape === this.shape) return;
    this.p = p;
    this.shape = shape;
    this.cells.fill(Number.NaN);
    this.logBetas.fill(Number.NaN);
  }

  /** Where `share` of the outcomes lie below; 0 when as many have no purchase. */
  quantile(none: number, shares: Float64Array, nodes: number, share: number): number {
    if (share <= none) return 0;
    let low = 0;
    let high = GRID - 1;
    let atLow = none;
    let atHigh = 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const at = none + this.below(shares, nodes, middle);
      if (at < share) {
        low = middle;
        atLow = at;
      } else {
        high = middle;
        atHigh = at;
      }
    }
    const part = atHigh > atLow ? (share - atLow) / (atHigh - atLow) : 0;
    return Math.exp(LOG_FROM + STEP * (low + part));
  }

  private below(shares: Float64Array, nodes: number, grid: number): number {
    let sum = 0;
    for (let k = 0; k < nodes; k++) {
      if (shares[k]! < LEAST_SHARE) continue;
      const cell = grid * NODES.length + k;
      let value = this.cells[cell]!;
      if (Number.isNaN(value)) {
        const a = this.p * NODES[k]!;
        if (Number.isNaN(this.logBetas[k]!)) this.logBetas[k] = logBeta(a, this.shape);
        const logB = this.logBetas[k]!;
        value = incompleteBetaByLogs(PARTS[grid]!, LOG_PARTS[grid]!, LOG_RESTS[grid]!, a, this.shape, logB);
        this.cells[cell] = value;
      }
      sum += shares[k]! * value;
    }
    return sum;
  }
}
