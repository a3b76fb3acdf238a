import { describe, expect, it } from 'vitest';
import { chooseVariant } from '../../../src/analyses/churn-folds.ts';
import { seededRandom } from '../../../src/math/random.ts';

/** Customers with eight rows each, whose outcome is drawn by a chance that the score below knows. */
function portal(customers: number) {
  const random = seededRandom(5);
  const n = customers * 8;
  const odds = Float64Array.from({ length: n }, () => 4 * random() - 2);
  return {
    odds,
    labels: Uint8Array.from(odds, (x) => (random() < 1 / (1 + Math.exp(-x)) ? 1 : 0)),
    customers: Int32Array.from({ length: n }, (_, row) => Math.floor(row / 8)),
    rows: Int32Array.from({ length: n }, (_, row) => row),
    noise: Float64Array.from({ length: n }, () => 4 * random() - 2),
  };
}

/** Variants 0, 1 and 2 know half, all and nothing of the odds. */
function chosenOf(customers: number) {
  const { odds, noise, ...set } = portal(customers);
  const asked = [0, 0, 0];
  const seen: number[] = [];
  const chosen = chooseVariant(set, set.rows, [0, 1, 2], (variant, inside, outside) => {
    asked[variant]!++;
    const learnt = new Set(Array.from(inside, (row) => set.customers[row]!));
    if (outside.some((row) => learnt.has(set.customers[row]!))) throw new Error('A customer on both sides');
    if (variant === 1) seen.push(...outside);
    const share = [0.5, 1, 0][variant]!;
    // On another scale, which calibration is to find.
    return Float64Array.from(outside, (row) => 1 + 2 * (share * odds[row]! + (1 - share) * noise[row]!));
  });
  return { ...chosen, asked, seen, set };
}

describe('The choice of a variant', () => {
  it('asks every variant for every fold where rows are few', () => {
    const { variant, asked } = chosenOf(400);
    expect(variant).toBe(1);
    expect(asked).toEqual([5, 5, 5]);
  });

  it('drops those that trail after two folds where rows are many', () => {
    const { variant, asked } = chosenOf(2000);
    expect(variant).toBe(1);
    expect(asked).toEqual([2, 5, 2]);
  });

  it.each([400, 2000])('calibrates by the rows of all folds, each scored once (%i customers)', (customers) => {
    const { platt, seen, set } = chosenOf(customers);
    expect(seen.sort((a, b) => a - b)).toEqual([...set.rows]);
    expect(platt.slope).toBeCloseTo(0.5, 1);
    expect(platt.intercept).toBeCloseTo(-0.5, 0);
  });

  it('leaves a fold out whose other side has one outcome', () => {
    const { odds, customers, rows } = portal(5);
    // Customer 0, the first fold, alone has the outcome: nothing can be learnt without it.
    const labels = Uint8Array.from(customers, (customer) => (customer === 0 ? 1 : 0));
    let folds = 0;
    const { platt } = chooseVariant({ labels, customers }, rows, ['only'], (_variant, inside, outside) => {
      folds++;
      expect(inside.some((row) => labels[row] === 1)).toBe(true);
      return Float64Array.from(outside, (row) => odds[row]!);
    });
    expect(folds).toBe(4);
    expect(Number.isFinite(platt.slope)).toBe(true);
  });
});
