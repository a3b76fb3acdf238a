import { describe, expect, it } from 'vitest';
import { areNear, duplicateGroups, tellingWords } from '../../../src/analyses/health-duplicates.ts';

const record = (id: string, name: string, domain: string) => ({ id, name, domain, money: 0 });

describe('near names', () => {
  it('leave legal forms, accents, case and signs aside', () => {
    expect(tellingWords('  Müller & Söhne GmbH ')).toEqual(['muller', 'sohne']);
    expect(tellingWords('Ltd')).toEqual(['ltd']);
    expect(areNear('ACME Ltd.', 'acme')).toBe(true);
    expect(areNear('Acme Instruments Group', 'Acme')).toBe(true);
    expect(areNear('Hofmann Optik', 'Hoffmann Optik')).toBe(true);
    expect(areNear('华东贸易有限公司', '华东贸易有限公司')).toBe(true);
    expect(areNear('', 'Acme')).toBe(true);
  });

  it('keep different firms of one domain apart', () => {
    expect(areNear('Acme North', 'Acme South')).toBe(false);
    expect(areNear('Birch', 'Cedar')).toBe(false);
  });
});

describe('groups of duplicates', () => {
  it('stay within a domain, begin with the oldest, and grow by whatever is near to any of them', () => {
    const groups = duplicateGroups([
      record('1', 'Acme', 'acme.com'),
      record('2', 'Other', 'acme.com'),
      record('3', 'Acme Steel', 'acme.com'),
      record('4', 'Acme', 'birch.com'),
      record('5', 'Acme Ltd', 'cedar.com'),
      record('6', 'ACME', 'cedar.com'),
    ]);
    expect(groups.map((group) => group.map(({ id }) => id))).toEqual([
      ['1', '3'],
      ['5', '6'],
    ]);
    expect(duplicateGroups([])).toEqual([]);
  });
});
