import { describe, expect, it } from 'vitest';
import { computeCustomers, customers } from '../../../src/analyses/customers.ts';
import { cohortPeriod, monthsUpTo, triangle } from '../../../src/analyses/customers-cohorts.ts';
import { AS_OF_DAY, historyOf, type Purchases, run, stored } from './make-history.ts';

const month = (name: string, active = 1, fresh = 0, revenue = 10) => ({ month: name, active, fresh, revenue });
const input = (bought: Record<string, Purchases>) => {
  const history = historyOf(bought);
  const known = { asOfDay: AS_OF_DAY, lastDay: '2026-02-28', currency: 'EUR', period: 'month', cells: [] } as const;
  return { customerIds: history.customerIds, history, months: [], ...known };
};

describe('the portfolio', () => {
  it('is described by quantiles of money, purchases, order sizes, gaps and recency', () => {
    const { summary } = computeCustomers(
      input({
        a: [
          [AS_OF_DAY - 100, 10],
          [AS_OF_DAY - 40, 30],
          [AS_OF_DAY - 10, -5],
        ],
        b: [[AS_OF_DAY - 20, 65]],
        c: [],
      }),
    );
    expect(summary.buyers).toBe(2);
    expect(summary.quantiles.money).toMatchObject({ count: 2, mean: 50, p50: 50 });
    expect(summary.quantiles.purchases).toMatchObject({ count: 2, mean: 1.5 });
    expect(summary.quantiles.order).toMatchObject({ count: 3, p50: 30 });
    expect(summary.quantiles.gap).toMatchObject({ count: 1, p50: 60 });
    expect(summary.quantiles.recency).toMatchObject({ count: 2, p50: 30 });
  });

  it('says how much the top bring, and the spread holds everybody', () => {
    const many = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`c${i}`, [[AS_OF_DAY - 5, i < 2 ? 410 : 10]] as Purchases]),
    );
    const { summary } = computeCustomers(input(many));
    expect(summary.concentration?.top).toEqual([
      { share: 0.1, customers: 2, ofMoney: 0.82 },
      { share: 0.2, customers: 4, ofMoney: 0.84 },
    ]);
    expect(summary.spread.reduce((sum, { buyers }) => sum + buyers, 0)).toBe(20);
    const report = customers.present(stored(summary), { language: 'en', run, rows: [], withheld: null, filter: '' });
    expect(report.headline).toBe('Of 20 customers who have bought, the top 10% bring 82% of the money');
  });
});

describe('months', () => {
  it('run to the as-of without a hole, and the one that still runs is no whole one', () => {
    const months = monthsUpTo([month('2025-11', 3, 3), month('2026-01', 2, 1)], '2026-02-14');
    expect(months.map((one) => [one.month, one.active, one.returning, one.isWhole])).toEqual([
      ['2025-11', 3, 0, true],
      ['2025-12', 0, 0, true],
      ['2026-01', 2, 1, true],
      ['2026-02', 0, 0, false],
    ]);
    expect(monthsUpTo([month('2026-02')], '2026-02-28')[0]!.isWhole).toBe(true);
    expect(monthsUpTo([], '2026-02-28')).toEqual([]);
  });
});

describe('cohorts', () => {
  it('are by month, quarter or year as the history is long, whatever a slip of 1931 says', () => {
    expect(cohortPeriod([month('2025-01'), month('2026-02')])).toBe('month');
    expect(cohortPeriod([month('2023-01'), month('2026-02')])).toBe('quarter');
    expect(cohortPeriod([month('2015-01'), month('2026-02')])).toBe('year');
    expect(cohortPeriod([month('1931-01'), month('2026-01'), month('2026-02')])).toBe('month');
  });

  it('show only periods that are over, with nothing where nobody bought', () => {
    const cell = (cohort: string, since: number, active: number) => ({ cohort, since, active, revenue: 10 * active });
    const rows = triangle(
      [cell('2025-12-01', 0, 4), cell('2025-12-01', 2, 1), cell('2026-02-01', 0, 2)],
      'month',
      '2026-02-14',
    );
    expect(rows).toEqual([
      { start: '2025-12-01', customers: 4, active: [4, 0], revenue: [40, 0] },
      { start: '2026-02-01', customers: 2, active: [], revenue: [] },
    ]);
  });
});
