import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { personMatcher } from '../../../src/jobs/person-matcher.ts';

describe('finding a person in texts', () => {
  it.each([
    'heike.brandt@waldpermark-tools.example',
    'Heike-Marie (Brandt) [Sr.]',
    '+49 (30) 123-456/7',
    'O’Neil & Söhne | $1^2?*{3}\\',
    '李娜',
  ])('finds %s with whatever characters it has, and takes it out', (name) => {
    const matcher = personMatcher({ customerIds: ['42'], names: [name] });
    expect(matcher.isNamedIn(`ask ${name} today`)).toBe(true);
    expect(matcher.without(`ask ${name} today`)).toBe('ask ••• today');
  });

  it('finds nobody inside of a longer word, and an id as a whole only', () => {
    const matcher = personMatcher({ customerIds: ['42'], names: ['Ana Li'] });
    expect(matcher.isNamedIn('Diana Lindt')).toBe(false);
    expect(matcher.isMeantBy('churn-risk:42')).toBe(true);
    expect(matcher.isMeantBy('churn-risk:420')).toBe(false);
  });

  it.each(['B••• 42', '李••• 42', 'm•••@x.com 42', '••• 42', 'ask B••• 42, or ring'])(
    'finds the masked name in %s',
    (text) => {
      const matcher = personMatcher({ customerIds: ['42'], names: [] });
      expect(matcher.isNamedIn(text)).toBe(true);
      expect(matcher.without(text)).not.toContain('42');
      expect(matcher.isNamedIn(text.replace('42', '420'))).toBe(false);
    },
  );

  it.each(['monthly:2026-11', 'digest:2026-11-09', 'at 2026-11-09T11:26:42.042Z', '11.50', 'k-11'])(
    'takes no piece of %s for an id',
    (text) => {
      expect(personMatcher({ customerIds: ['11', '2026', '26', '42', '09', '50'], names: [] }).isMeantBy(text)).toBe(
        false,
      );
    },
  );

  it.each(['churn-risk:11', '11', 'why 11', '11.', '(11)', '11, 12'])('takes the id in %s for one', (text) => {
    expect(personMatcher({ customerIds: ['11'], names: [] }).isMeantBy(text)).toBe(true);
  });

  it('is made of any name at all', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { maxLength: 4 }), (names) => {
        const matcher = personMatcher({ customerIds: [], names });
        for (const name of names) if (name.trim() !== '') expect(matcher.without(` ${name.trim()} `)).not.toBe('');
      }),
      { numRuns: 300, seed: 5 },
    );
  });
});
