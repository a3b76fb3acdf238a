import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../src/lib/instant.ts';

describe('an instant', () => {
  it('is read with its zone, with or without seconds and their fraction', () => {
    expect(instantOf('2024-02-29T10:00:00Z')).toBe(Date.UTC(2024, 1, 29, 10));
    expect(instantOf('2024-02-29T10:00:00.123456Z')).toBe(Date.UTC(2024, 1, 29, 10, 0, 0, 123));
    expect(instantOf('2024-02-29T10:11:12.345Z')).toBe(Date.UTC(2024, 1, 29, 10, 11, 12, 345));
    expect(instantOf('2024-02-28T23:59:59.999Z')).toBe(Date.UTC(2024, 1, 28, 23, 59, 59, 999));
    expect(instantOf('0099-12-01T00:00:00.000Z')).toBe(instantOf('0099-12-01'));
    expect(instantOf('2024-01-01T00:30+01:00')).toBe(Date.UTC(2023, 11, 31, 23, 30));
    expect(instantOf('2024-01-01T00:30:00-0330')).toBe(Date.UTC(2024, 0, 1, 4));
  });

  it('is midnight UTC of a date alone, and epoch milliseconds as they are', () => {
    expect(instantOf('2024-01-01')).toBe(Date.UTC(2024, 0, 1));
    expect(instantOf('1704067200000')).toBe(Date.UTC(2024, 0, 1));
  });

  it('is null without a zone, on a day or hour that does not exist, and in other notations', () => {
    for (const text of [
      '',
      '2024-01-01T00:00:00',
      '2023-02-29',
      '2024-13-01',
      '2024-01-01T24:00:00Z',
      '2024-01-01T24:00:00.000Z',
      '2024-13-01T00:00:00.000Z',
      '2023-02-29T00:00:00.000Z',
      '2024-01-00T00:00:00.000Z',
      '2024-01-01T00:00:00.0x0Z',
      '2024-01-01T00:0x:00.000Z',
      '01.02.2024',
      '20240101',
      '12/01/2024',
    ]) {
      expect(instantOf(text)).toBeNull();
    }
  });
});
