import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../../src/lib/nearest.ts';

describe('editDistance', () => {
  it('counts a swap of neighbours as one edit', () => {
    expect(editDistance('stauts', 'status')).toBe(1);
    expect(editDistance('ca', 'abc')).toBe(3);
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('', 'abc')).toBe(3);
  });

  it('counts a Chinese character as one', () => {
    expect(editDistance('黄金客户', '黄金用户')).toBe(1);
  });

  it('is symmetric, zero only for equal texts, and never more than the longer text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max([...a].length, [...b].length));
      }),
    );
  });
});

describe('nearest', () => {
  it('finds what was meant, nearest first, whatever the case', () => {
    expect(nearest('Plantinum', ['Bronze', 'Silver', 'Gold', 'Platinum'])).toEqual(['Platinum']);
    expect(nearest('stauts', ['help', 'status'])).toEqual(['status']);
    expect(nearest('acme', ['Acme Ltd', 'Acne Ltd', 'Zenith'])).toEqual(['Acme Ltd']);
  });

  it('suggests nothing for what resembles nothing', () => {
    expect(nearest('xyzzy', ['help', 'status'])).toEqual([]);
    expect(nearest('', ['help'])).toEqual([]);
  });
});
