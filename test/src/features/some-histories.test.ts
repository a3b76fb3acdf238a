import { describe, expect, it } from 'vitest';
import { somePurchases, someTickets } from '../../../src/features/some-histories.ts';

const purchases = {
  customerIds: ['a', 'b', 'c', 'd'],
  offsets: Int32Array.of(0, 2, 2, 5, 6),
  day: Int32Array.of(1, 4, 2, 3, 9, 7),
  amount: Float64Array.of(10, 40, 20, 30, 90, 70),
  newProducts: Int32Array.of(1, 0, 2, 0, 1, 3),
};
const tickets = {
  customerIds: purchases.customerIds,
  offsets: Int32Array.of(0, 1, 2, 2, 4),
  openedDay: Int32Array.of(5, 6, 7, 8),
  closedDay: Int32Array.of(6, -1, 9, -1),
  priority: Int8Array.of(1, 2, 3, 4),
  satisfaction: Float64Array.of(0.5, Number.NaN, 1, Number.NaN),
};

describe('the histories of some customers', () => {
  it('hold their rows alone, in their order', () => {
    expect(somePurchases(purchases, Int32Array.of(1, 2, 3))).toEqual({
      customerIds: ['b', 'c', 'd'],
      offsets: Int32Array.of(0, 0, 3, 4),
      day: Int32Array.of(2, 3, 9, 7),
      amount: Float64Array.of(20, 30, 90, 70),
      newProducts: Int32Array.of(2, 0, 1, 3),
    });
    expect(someTickets(tickets, Int32Array.of(0, 2, 3))).toEqual({
      customerIds: ['a', 'c', 'd'],
      offsets: Int32Array.of(0, 1, 1, 3),
      openedDay: Int32Array.of(5, 7, 8),
      closedDay: Int32Array.of(6, 9, -1),
      priority: Int8Array.of(1, 3, 4),
      satisfaction: Float64Array.of(0.5, 1, Number.NaN),
    });
  });

  it('are nobody’s of nobody, and the same of everybody', () => {
    expect(somePurchases(purchases, new Int32Array(0))).toMatchObject({ customerIds: [], offsets: Int32Array.of(0) });
    expect(somePurchases(purchases, Int32Array.of(0, 1, 2, 3))).toBe(purchases);
    expect(someTickets(tickets, Int32Array.of(0, 1, 2, 3))).toBe(tickets);
  });
});
