import { describe, expect, it } from 'vitest';
import { decimalText } from '../../../src/lib/decimal.ts';

describe('decimal text', () => {
  it('keeps a plain number as it is written', () => {
    for (const text of ['0', '-12.3400', '99999999999999999999999999999999.999999']) {
      expect(decimalText(text)).toBe(text);
    }
  });

  it('writes out exponents, rounds half to even at the scale, and drops a plus', () => {
    expect(decimalText('1.0E7')).toBe('10000000');
    expect(decimalText('-2.5e-3')).toBe('-0.0025');
    expect(decimalText('+4.')).toBe('4');
    expect(decimalText('0.0000005')).toBe('0');
    expect(decimalText('0.0000015')).toBe('0.000002');
    expect(decimalText('1.123456789012345', 12)).toBe('1.123456789012');
  });

  it('is null for what is no number or does not fit the store', () => {
    for (const text of ['', 'x', '1,5', '€5', 'NaN', 'Infinity', '0x1F', '1 000', '1e40', '1'.repeat(33)]) {
      expect(decimalText(text)).toBeNull();
    }
  });
});
