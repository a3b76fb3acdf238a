import { expect, it } from 'vitest';
import { businessNote } from '../../../src/analyses/churn-words.ts';
import { portfolioWarnings } from '../../../src/analyses/portfolio-warnings.ts';
import type { PortfolioFacts } from '../../../src/features/portfolio-facts.ts';
import type { Reconciliation } from '../../../src/features/reconciliation.ts';

it('writes money with its currency and to the cent, and groups the digits of what is counted', () => {
  const facts = {
    unconverted: [{ currency: 'CNY', deals: 1142, amount: '3642568.4' }],
    contestedDeals: 0,
    rejected: 0,
  } as unknown as PortfolioFacts;
  const differences = [{ cause: 'no_customer', count: 1088, amount: '212026.30' }];
  const warnings = portfolioWarnings(facts, { currency: 'EUR', differences } as unknown as Reconciliation);
  expect(warnings.map(({ en, zh }) => [en, zh])).toEqual([
    ['1,088 won deals without a customer: €212,026.30', '1,088 笔没有客户的赢单：€212,026.30'],
    [
      '1,142 won deals, 3,642,568.4 CNY in all, have no rate to EUR and are in no sum',
      '1,142 笔赢单共 3,642,568.4 CNY，缺少兑 EUR 的汇率，未计入任何合计',
    ],
  ]);
});

it('groups the digits of what the kind of business was read off', () => {
  const counts = { buyers: 1290, repeat_buyers: 1016, won_deals: 8023, recurring_deals: 0 };
  const note = businessNote({ mode: 'transactional', is_set: false, lacks_ends: false, ...counts });
  expect(note.en).toBe(
    'A business of repeat purchases: 0 of 8,023 won deals recur, 1,016 of 1,290 buyers bought twice',
  );
  expect(note.zh).toContain('8,023 笔赢单中 0 笔为周期性，1,290 位买家中 1,016 位');
});
