/** The standard normal quantile of a two-sided 95 % interval. */
const Z = 1.959963984540054;

/** An estimate with the ends of its two-sided 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** `some` of `all`, whole numbers, 0 ≤ some ≤ all. */
export interface Share {
  readonly some: number;
  readonly all: number;
}

/**
 * How sure a share is: Wilson's score interval at 95 %, without continuity correction. It stays within [0, 1] and holds for few
 * cases and for none or all of them, where the usual ± interval collapses. NaN for a share of nothing.
 *
 * Assumes independent cases with one probability. Wilson, E. B. (1927). Probable inference, the law of succession, and
 * statistical inference. JASA 22(158).
 */
export function wilsonInterval({ some, all }: Share): Estimate {
  const value = some / all;
  const centre = value + (Z * Z) / (2 * all);
  const half = Z * Math.sqrt((value * (1 - value) + (Z * Z) / (4 * all)) / all);
  const scale = 1 + (Z * Z) / all;
  return {
    value,
    low: some === 0 ? 0 : (centre - half) / scale,
    high: some === all ? 1 : (centre + half) / scale,
  };
}

/**
 * By how much one share is greater than another: `a − b` with Newcombe's hybrid score interval at 95 % (his method 10), which
 * puts together the two Wilson intervals. NaN where one of them is a share of nothing.
 *
 * Assumes: 1. the two groups are different cases; 2. within each, cases are independent. Newcombe, R. G. (1998). Interval
 * estimation for the difference between independent proportions: comparison of eleven methods. Statistics in Medicine 17(8).
 */
export function differenceOfShares(a: Share, b: Share): Estimate {
  return differenceOfEstimates(wilsonInterval(a), wilsonInterval(b));
}

/**
 * `a − b` of two independent estimates with intervals of any shape, from the intervals alone (MOVER): each end of the
 * difference is as far from it as the two nearer errors together, squared and added. With two Wilson intervals it is Newcombe's.
 *
 * Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures: a general approach. Statistics in
 * Medicine 27(10), equation 4.
 */
export function differenceOfEstimates(a: Estimate, b: Estimate): Estimate {
  const value = a.value - b.value;
  return {
    value,
    low: value - Math.hypot(a.value - a.low, b.high - b.value),
    high: value + Math.hypot(a.high - a.value, b.value - b.low),
  };
}
