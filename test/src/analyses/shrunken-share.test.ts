import { describe, expect, it } from 'vitest';
import { type SharePrior, type ShareTotals, sharePrior, shrunkenShare } from '../../../src/analyses/shrunken-share.ts';
import { seededRandom } from '../../../src/math/random.ts';

function totalsOf(customers: readonly { orders: number; held: number }[]): ShareTotals {
  const sum = (of: (one: { orders: number; held: number }) => number) => customers.reduce((s, one) => s + of(one), 0);
  const [orders, held] = [sum((one) => one.orders), sum((one) => one.held)];
  return {
    customers: customers.length,
    orders,
    held,
    squaredOrders: sum((one) => one.orders ** 2),
    spread: sum((one) => one.orders * (one.held / one.orders - held / orders) ** 2),
  };
}

/** Each customer's own share is the mean of a pack of k draws: a beta of weight k, near enough. */
function made(customers: number, shareOf: (random: () => number) => number): SharePrior {
  const random = seededRandom(5);
  return sharePrior(
    totalsOf(
      Array.from({ length: customers }, () => {
        const share = shareOf(random);
        const orders = 5 + Math.floor(30 * random());
        return { orders, held: Array.from({ length: orders }).filter(() => random() < share).length };
      }),
    ),
  );
}

describe('the share of orders with a product', () => {
  it('is drawn towards everybody’s by (n + k · s) ÷ (N + k)', () => {
    expect(shrunkenShare({ share: 0.2, weight: 5 }, 3, 5)).toBeCloseTo((3 + 1) / 10, 12);
    expect(shrunkenShare({ share: 0.2, weight: 5 }, 0, 0)).toBeCloseTo(0.2, 12);
  });

  it('finds the weight that customers were drawn with', () => {
    // A uniform share is a beta(1, 1): k = 2.
    const uniform = made(2000, (random) => random());
    expect(uniform.share).toBeGreaterThan(0.47);
    expect(uniform.share).toBeLessThan(0.53);
    expect(uniform.weight).toBeGreaterThan(1.8);
    expect(uniform.weight).toBeLessThan(2.2);
    // The median of three uniform draws is a beta(2, 2): k = 4.
    const middle = made(2000, (random) => [random(), random(), random()].sort()[1]!);
    expect(middle.weight).toBeGreaterThan(3.5);
    expect(middle.weight).toBeLessThan(4.5);
  });

  it('believes nobody’s own share where customers differ by no more than chance', () => {
    expect(made(500, () => 0.3).weight).toBeGreaterThan(50);
  });

  it('keeps the weight within 1 to 100, and copes with nothing sold at all', () => {
    const extremes = Array.from({ length: 50 }, (_, i) => ({ orders: 20, held: i % 2 === 0 ? 20 : 0 }));
    expect(sharePrior(totalsOf(extremes)).weight).toBe(1);
    expect(sharePrior({ customers: 0, orders: 0, held: 0, squaredOrders: 0, spread: 0 })).toEqual({
      share: 0,
      weight: 100,
    });
    expect(sharePrior(totalsOf([{ orders: 3, held: 1 }])).weight).toBe(100);
  });
});
