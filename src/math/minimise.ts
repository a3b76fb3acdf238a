export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  /** Whether the slope there is flat to the tolerance; false when the iterations ran out or no step helped. */
  readonly converged: boolean;
  readonly iterations: number;
}

export interface MinimiseOptions {
  /** Writes the slope at `x` into `into`; by central differences when absent. */
  readonly gradient?: (x: Float64Array, into: Float64Array) => void;
  readonly maxIterations?: number;
  /** The largest slope, relative to 1 + |value|, that counts as flat. */
  readonly tolerance?: number;
}

/** Pairs of steps and changes of slope that are remembered. */
const MEMORY = 8;
const ARMIJO = 1e-4;
const CURVATURE = 0.9;
/** Sums of many terms are no more exact than this share of themselves. */
const ROUNDING = 1e-11;
/** Without its own gradient a function's slope is no more exact than this. */
const FLAT_BY_DIFFERENCES = 1e-6;
const FLAT = 1e-8;

/**
 * A local minimum of a smooth function of n unbounded variables near `start`, by L-BFGS with a line search that meets the
 * weak Wolfe conditions, or near the minimum the approximate ones, by bisection. A value that is not finite counts as too high. The caller's scale matters: logs of
 * positive parameters are best. Each iteration costs a few values and slopes.
 *
 * Nocedal, J. and Wright, S. (2006). Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5; Lewis, A. and Overton, M.
 * (2013). Nonsmooth optimization via quasi-Newton methods. Mathematical Programming 141, algorithm 2.6; Hager, W. and Zhang, H.
 * (2005). A new conjugate gradient method. SIAM Journal on Optimization 16(1), eq. 4.1.
 */
export function minimise(
  f: (x: Float64Array) => number,
  start: ArrayLike<number>,
  options: MinimiseOptions = {},
): Minimum {
  const n = start.length;
  const slope = options.gradient ?? differences(f);
  const tolerance = options.tolerance ?? (options.gradient === undefined ? FLAT_BY_DIFFERENCES : FLAT);
  const { maxIterations = 500 } = options;
  let x = Float64Array.from(start);
  let value = f(x);
  let gradient = new Float64Array(n);
  if (!Number.isFinite(value)) return { x, value, converged: false, iterations: 0 };
  slope(x, gradient);
  const steps: Float64Array[] = [];
  const changes: Float64Array[] = [];
  const isFlat = (): boolean => largest(gradient) <= tolerance * (1 + Math.abs(value));
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    if (isFlat()) return { x, value, converged: true, iterations: iteration };
    let direction = descent(gradient, steps, changes);
    let descentRate = dot(direction, gradient);
    if (!(descentRate < 0)) {
      steps.length = 0;
      changes.length = 0;
      direction = gradient.map((g) => -g);
      descentRate = -dot(gradient, gradient);
    }
    // The first step knows no curvature: it moves no variable by more than 1.
    const first = steps.length === 0 ? Math.min(1, 1 / largest(gradient)) : 1;
    const found = search(f, slope, x, value, direction, descentRate, first);
    if (found === null) {
      if (steps.length === 0) return { x, value, converged: false, iterations: iteration };
      steps.length = 0;
      changes.length = 0;
      continue;
    }
    const step = found.x.map((v, j) => v - x[j]!);
    const change = found.gradient.map((v, j) => v - gradient[j]!);
    if (dot(step, change) > 1e-14 * dot(change, change)) {
      steps.push(step);
      changes.push(change);
      if (steps.length > MEMORY) {
        steps.shift();
        changes.shift();
      }
    }
    x = found.x;
    value = found.value;
    gradient = found.gradient;
  }
  return { x, value, converged: isFlat(), iterations: maxIterations };
}

function search(
  f: (x: Float64Array) => number,
  slope: (x: Float64Array, into: Float64Array) => void,
  from: Float64Array,
  value: number,
  direction: Float64Array,
  descentRate: number,
  first: number,
): { x: Float64Array<ArrayBuffer>; value: number; gradient: Float64Array<ArrayBuffer> } | null {
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let size = first;
  let best: { x: Float64Array<ArrayBuffer>; value: number; gradient: Float64Array<ArrayBuffer> } | null = null;
  const noise = ROUNDING * (1 + Math.abs(value));
  for (let tries = 0; tries < 50; tries++) {
    const x = Float64Array.from(from, (v, j) => v + size * direction[j]!);
    const next = f(x);
    const isLower = next <= value + ARMIJO * size * descentRate;
    if (!isLower && !(next <= value + noise)) {
      high = size;
    } else {
      const gradient = new Float64Array(x.length);
      slope(x, gradient);
      const rate = dot(gradient, direction);
      const isSteep = rate < CURVATURE * descentRate;
      // Where values differ by rounding alone, slopes tell whether the minimum along the line was passed.
      const isBeyond = !isLower && rate > (2 * ARMIJO - 1) * descentRate;
      if (!isSteep && !isBeyond) return { x, value: next, gradient };
      if (isLower && (best === null || next < best.value)) best = { x, value: next, gradient };
      if (isBeyond) high = size;
      else low = size;
    }
    size = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
  }
  return best;
}

/** −H · gradient by the two-loop recursion over the remembered steps. */
function descent(gradient: Float64Array, steps: readonly Float64Array[], changes: readonly Float64Array[]) {
  const q = Float64Array.from(gradient);
  const alpha = new Float64Array(steps.length);
  for (let i = steps.length - 1; i >= 0; i--) {
    alpha[i] = dot(steps[i]!, q) / dot(steps[i]!, changes[i]!);
    addTo(q, changes[i]!, -alpha[i]!);
  }
  const last = steps.length - 1;
  if (last >= 0) {
    const scale = dot(steps[last]!, changes[last]!) / dot(changes[last]!, changes[last]!);
    for (let j = 0; j < q.length; j++) q[j] = q[j]! * scale;
  }
  for (let i = 0; i < steps.length; i++) {
    const beta = dot(changes[i]!, q) / dot(steps[i]!, changes[i]!);
    addTo(q, steps[i]!, alpha[i]! - beta);
  }
  return q.map((v) => -v);
}

function differences(f: (x: Float64Array) => number): (x: Float64Array, into: Float64Array) => void {
  return (x, into) => {
    const moved = Float64Array.from(x);
    for (let j = 0; j < x.length; j++) {
      const width = 6e-6 * Math.max(1, Math.abs(x[j]!));
      moved[j] = x[j]! + width;
      const above = f(moved);
      moved[j] = x[j]! - width;
      into[j] = (above - f(moved)) / (2 * width);
      moved[j] = x[j]!;
    }
  };
}

function addTo(into: Float64Array, values: Float64Array, times: number): void {
  for (let j = 0; j < into.length; j++) into[j] = into[j]! + times * values[j]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
