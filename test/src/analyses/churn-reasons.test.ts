import { describe, expect, it } from 'vitest';
import { reasonText } from '../../../src/analyses/churn-reasons.ts';
import { FAMILIES, type Family } from '../../../src/features/churn-features.ts';

function told(family: Family, own: number | null, norm: number | null, language: 'en' | 'zh' = 'en'): string {
  return reasonText(language, { family, contribution: 0.5, own, norm }, 'EUR');
}

describe('a reason', () => {
  it('says the customer’s own number beside its norm', () => {
    expect(told('rhythm', 143, 48)).toBe('no order for 143 days; usual gap 48');
    expect(told('tickets', 5, 1)).toBe('support tickets in 90 days: 5; usual 1');
    expect(told('ticket-trend', 4, 1)).toBe('support tickets lately: 4; in the same time before: 1');
    expect(told('repeat-tickets', 2, 0)).toBe('tickets again within 14 days of one closed, in a year: 2; usual 0');
    expect(told('time-to-close', 12.5, 2)).toBe('a ticket takes 12.5 days to close; usual 2');
    expect(told('touches', 0, 3)).toBe('calls, meetings and e-mails in 90 days: 0; usual 3');
    expect(told('last-touch', 120, 30)).toBe('last call, meeting or e-mail 120 days ago; usual 30');
    expect(told('missed', 0.5, 0.1)).toBe('calls and meetings missed in 180 days: 50%; usual 10%');
    expect(told('order-trend', 1, 4)).toBe('orders lately: 1; in the same time before: 4');
    expect(told('same-season', 2, 0)).toBe('orders in these weeks a year ago: 2; usual 0');
    expect(told('tickets', 5, 1, 'zh')).toBe('90 天内工单 5 个；通常为 1 个');
  });

  it('says which way amounts went, and whether a season is to come or has begun', () => {
    expect(told('amount-trend', -0.4, null)).toBe('the last three orders average 40% less than those before');
    expect(told('amount-trend', 0.25, null)).toBe('the last three orders average 25% more than those before');
    expect(told('season', 200, null)).toBe('buys once a year; its season comes in 200 days');
    expect(told('season', -1, null)).toBe('buys once a year; its season began 1 day ago');
    expect(told('season', -30, null, 'zh')).toBe('每年购买一次；采购季始于 30 天前');
  });

  it('is told in both languages for every family, with a value and without one', () => {
    for (const family of FAMILIES) {
      for (const language of ['en', 'zh'] as const) {
        for (const [own, norm] of [
          [3, 2],
          [3, null],
          [null, 2],
          [null, null],
        ] as const) {
          const text = told(family, own, norm, language);
          expect(text.length).toBeGreaterThan(3);
          expect(text).not.toMatch(/undefined|NaN|null|because|因为/);
        }
      }
    }
  });
});
