import type { PackedBins } from './packed-bins.ts';
import type { Split } from './tree.ts';

/** Least sum of second derivatives on either side of a split. */
const LEAST_CURVATURE = 1e-3;
/** Keeps a leaf without curvature from dividing by 0. */
const TINY = 1e-15;

/** Where each column's bins lie in a histogram: entry 2 k is Σ of slopes of bin k, entry 2 k + 1 its packed count. */
export interface HistogramLayout {
  readonly bins: PackedBins;
  /** Of each column, filled up to four a word. Columns that are only filling share the last, unread place. */
  readonly offsets: Int32Array;
  readonly length: number;
}

export function histogramLayout(bins: PackedBins): HistogramLayout {
  const offsets = new Int32Array(bins.words.length * 4);
  let length = 0;
  for (let j = 0; j < offsets.length; j++) {
    offsets[j] = length;
    if (j < bins.bounds.length) length += 2 * (bins.bounds[j]!.length + 2);
  }
  return { bins, offsets, length: length + 2 };
}

/**
 * Rounds derivatives so that their sums are exact: multiples of a power of two small enough for m of them to add up within
 * a double's 53 bits. A sum then does not depend on the order of rows, a difference of two histograms is the third, and
 * one double can hold a count of rows and Σ of second derivatives: the count before the point, the sum behind it.
 */
export interface ExactSums {
  /** Adding and taking off this number rounds a slope. */
  readonly slopeRounding: number;
  /** Adding and taking off this number rounds a curvature of at most ¼. */
  readonly curvatureRounding: number;
  /** A curvature's part of a packed count: multiply to pack, divide to unpack. 0 where every curvature is 1. */
  readonly packing: number;
}

export function exactSums(rows: number, largestSlope: number, isCurved: boolean): ExactSums {
  const rowBits = Math.ceil(Math.log2(rows + 1));
  const slopeBits = largestSlope === 0 ? 0 : Math.ceil(Math.log2(largestSlope));
  // m curvatures of at most ¼ in units of 2^−curvatureBits stay below 2^sumBits units, and m times 2^sumBits below 2⁵³.
  const sumBits = 53 - rowBits;
  const curvatureBits = sumBits - rowBits + 2;
  return {
    slopeRounding: 1.5 * 2 ** (52 - (53 - rowBits - slopeBits)),
    curvatureRounding: 1.5 * 2 ** (52 - curvatureBits),
    packing: isCurved ? 2 ** (curvatureBits - sumBits) : 0,
  };
}

/** Σ over the rows of a node. */
export interface NodeSums {
  readonly slope: number;
  readonly packed: number;
}

export interface HistogramSplit extends Split {
  /** Known values up to this bin go left. */
  readonly bin: number;
  readonly gain: number;
  readonly left: NodeSums;
}

export interface LeafRules {
  readonly minLeaf: number;
  readonly l2: number;
  readonly packing: number;
}

/** The Newton step −Σ slopes / (Σ curvatures + l2) and what it is made of. */
export function leafOf(
  sums: NodeSums,
  { l2, packing }: LeafRules,
): { count: number; curvature: number; value: number } {
  const count = Math.floor(sums.packed);
  const curvature = packing === 0 ? count : (sums.packed - count) / packing;
  return { count, curvature, value: -sums.slope / (curvature + l2 + TINY) };
}

/**
 * The split with the largest gain, G²/(H + l2) of both sides less that of the node, G being Σ slopes and H Σ curvatures; null
 * when none gains. Missing rows are tried right, then left; the first of equals wins.
 */
export function bestHistogramSplit(
  { bins, offsets }: HistogramLayout,
  histogram: Float64Array,
  node: NodeSums,
  rules: LeafRules,
): HistogramSplit | null {
  const { minLeaf, l2, packing } = rules;
  const all = leafOf(node, rules);
  const before = (node.slope * node.slope) / (all.curvature + l2 + TINY);
  const l2AndTiny = l2 + TINY;
  // Packing is a power of two, so that multiplying by what it divides is exact too.
  const unpacking = packing === 0 ? 0 : 1 / packing;
  let most = 0;
  let [bestFeature, bestBin, bestSlope, bestPacked] = [-1, 0, 0, 0];
  let isMissingLeft = false;
  for (let feature = 0; feature < bins.bounds.length; feature++) {
    const offset = offsets[feature]!;
    const last = bins.bounds[feature]!.length;
    const hasMissing = bins.hasMissing[feature]!;
    for (let pass = 0; pass < (hasMissing ? 2 : 1); pass++) {
      const missing = offset + 2 * (last + 1);
      let slope = pass === 0 ? 0 : histogram[missing]!;
      let packed = pass === 0 ? 0 : histogram[missing + 1]!;
      const stop = hasMissing && pass === 0 ? last : last - 1;
      for (let bin = 0; bin <= stop; bin++) {
        const own = histogram[offset + 2 * bin + 1]!;
        // An empty bin parts the rows as the one before does.
        if (own === 0) continue;
        slope += histogram[offset + 2 * bin]!;
        packed += own;
        const count = Math.floor(packed);
        if (count < minLeaf) continue;
        if (all.count - count < minLeaf) break;
        const curvature = packing === 0 ? count : (packed - count) * unpacking;
        if (curvature < LEAST_CURVATURE) continue;
        const rest = all.curvature - curvature;
        if (rest < LEAST_CURVATURE) break;
        const other = node.slope - slope;
        const gain = (slope * slope) / (curvature + l2AndTiny) + (other * other) / (rest + l2AndTiny) - before;
        if (gain > most) {
          most = gain;
          bestFeature = feature;
          bestBin = bin;
          bestSlope = slope;
          bestPacked = packed;
          isMissingLeft = pass === 1;
        }
      }
    }
  }
  if (bestFeature < 0) return null;
  const bounds = bins.bounds[bestFeature]!;
  return {
    feature: bestFeature,
    bin: bestBin,
    // After the last bin only missing values are right.
    threshold: bestBin === bounds.length ? Number.MAX_VALUE : bounds[bestBin]!,
    // Where no missing value was seen, later ones go to the larger side.
    missingLeft: bins.hasMissing[bestFeature]! ? isMissingLeft : 2 * Math.floor(bestPacked) > all.count,
    gain: most,
    left: { slope: bestSlope, packed: bestPacked },
  };
}
