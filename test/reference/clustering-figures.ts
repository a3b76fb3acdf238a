import { logFactorial } from '../../src/math/log-factorial.ts';

/** Sizes of the clusters, largest first; labels below 0 are none. */
export function sizesOf(labels: Int32Array): number[] {
  const sizes = new Map<number, number>();
  for (const label of labels) if (label >= 0) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  return [...sizes.values()].sort((a, b) => b - a);
}

/** Mean over clusters of the largest (spread + spread) ÷ distance to another. Davies and Bouldin (1979). */
export function daviesBouldin(data: Float64Array, p: number, labels: Int32Array): number {
  const k = Math.max(...labels) + 1;
  const sizes = new Float64Array(k);
  const centres = new Float64Array(k * p);
  labels.forEach((c, i) => {
    sizes[c]! += 1;
    for (let j = 0; j < p; j++) centres[c * p + j]! += data[i * p + j]!;
  });
  for (let c = 0; c < k; c++) for (let j = 0; j < p; j++) centres[c * p + j]! /= sizes[c]!;
  const distance = (left: Float64Array, right: Float64Array): number =>
    Math.hypot(...left.map((value, j) => value - right[j]!));
  const centre = (c: number) => centres.subarray(c * p, (c + 1) * p);
  const spreads = new Float64Array(k);
  labels.forEach((c, i) => {
    spreads[c]! += distance(data.subarray(i * p, (i + 1) * p), centre(c)) / sizes[c]!;
  });
  let sum = 0;
  for (let a = 0; a < k; a++) {
    let worst = 0;
    for (let b = 0; b < k; b++) {
      if (a !== b) worst = Math.max(worst, (spreads[a]! + spreads[b]!) / distance(centre(a), centre(b)));
    }
    sum += worst / k;
  }
  return sum;
}

/** Homogeneity, completeness and their harmonic mean (Rosenberg and Hirschberg 2007), and the adjusted mutual information. */
export function informationOf(truth: ArrayLike<number>, labels: ArrayLike<number>) {
  const n = truth.length;
  const cells = new Map<string, number>();
  const rows = new Map<number, number>();
  const columns = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const [a, b] = [truth[i]!, labels[i]!];
    cells.set(`${a},${b}`, (cells.get(`${a},${b}`) ?? 0) + 1);
    rows.set(a, (rows.get(a) ?? 0) + 1);
    columns.set(b, (columns.get(b) ?? 0) + 1);
  }
  const entropy = (counts: Iterable<number>): number => {
    let sum = 0;
    for (const count of counts) sum -= (count / n) * Math.log(count / n);
    return sum;
  };
  const inTruth = entropy(rows.values());
  const inLabels = entropy(columns.values());
  const mutual = inTruth + inLabels - entropy(cells.values());
  const homogeneity = mutual / inTruth;
  const completeness = mutual / inLabels;
  const expected = expectedMutual([...rows.values()], [...columns.values()], n);
  return {
    homogeneity,
    completeness,
    vMeasure: (2 * homogeneity * completeness) / (homogeneity + completeness),
    adjustedMutual: (mutual - expected) / ((inTruth + inLabels) / 2 - expected),
  };
}

/** What chance gives, over all tables with these margins. Vinh, Epps and Bailey (2010), equation 24a. */
function expectedMutual(rows: readonly number[], columns: readonly number[], n: number): number {
  let sum = 0;
  for (const a of rows) {
    for (const b of columns) {
      for (let both = Math.max(1, a + b - n); both <= Math.min(a, b); both++) {
        const ways =
          logFactorial(a) +
          logFactorial(b) +
          logFactorial(n - a) +
          logFactorial(n - b) -
          logFactorial(n) -
          logFactorial(both) -
          logFactorial(a - both) -
          logFactorial(b - both) -
          logFactorial(n - a - b + both);
        sum += (both / n) * Math.log((n * both) / (a * b)) * Math.exp(ways);
      }
    }
  }
  return sum;
}
