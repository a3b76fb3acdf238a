import { describe, expect, it } from 'vitest';
import { churnedLabels, hasChurned } from '../../../src/features/churn-dates.ts';
import {
  coveredUntil,
  dueCustomers,
  notRenewedLabels,
  renewalsBetween,
  type TermHistory,
} from '../../../src/features/renewals.ts';

/** Per customer: [signed, start, end]. */
function termsOf(customers: readonly (readonly (readonly [number, number, number])[])[]): TermHistory {
  const rows = customers.flat();
  const offsets = new Int32Array(customers.length + 1);
  customers.forEach((own, i) => {
    offsets[i + 1] = offsets[i]! + own.length;
  });
  return {
    customerIds: customers.map((_, i) => String(i)),
    offsets,
    signedDay: Int32Array.from(rows, ([signed]) => signed),
    startDay: Int32Array.from(rows, ([, start]) => start),
    endDay: Int32Array.from(rows, ([, , end]) => end),
    amount: new Float64Array(rows.length),
  };
}

const renewedInTime = [
  [0, 0, 364],
  [380, 365, 729],
] as const;
const renewedTooLate = [
  [0, 0, 364],
  [396, 396, 760],
] as const;
const renewedEarly = [
  [0, 0, 364],
  [300, 365, 729],
] as const;
const addedOnly = [
  [0, 0, 364],
  [340, 340, 350],
] as const;
const terms = termsOf([renewedInTime, renewedTooLate, renewedEarly, addedOnly, []]);

describe('renewals', () => {
  it('are due where the cover that was signed by the cut-off ends within the horizon', () => {
    expect([...coveredUntil(terms, 320)]).toEqual([364, 364, 729, 364, -1]);
    expect([...dueCustomers(terms, 320, 60)]).toEqual([0, 1, 3]);
    expect([...dueCustomers(terms, 320, 43)]).toEqual([]);
    expect([...dueCustomers(terms, 364, 60)]).toEqual([]);
  });

  it('are missed when nothing that runs on was signed by the end of the grace', () => {
    const due = dueCustomers(terms, 320, 60);
    expect([...notRenewedLabels(terms, 320, 30, due)]).toEqual([0, 1, 1]);
    expect([...notRenewedLabels(terms, 320, 32, due)]).toEqual([0, 0, 1]);
    expect([...notRenewedLabels(terms, 320, 15, due)]).toEqual([1, 1, 1]);
  });

  it('know nothing at a cut-off of what was signed after it', () => {
    const cut = termsOf(
      [renewedInTime, renewedTooLate, renewedEarly, addedOnly, []].map((own) =>
        own.filter(([signed]) => signed <= 320),
      ),
    );
    expect(coveredUntil(cut, 320)).toEqual(coveredUntil(terms, 320));
    expect(dueCustomers(cut, 320, 60)).toEqual(dueCustomers(terms, 320, 60));
  });

  it('have a rate: of the covers that ended with their grace over, those that went on', () => {
    expect(renewalsBetween(terms, 0, 500, 30)).toEqual({ ended: 4, renewed: 2 });
    expect(renewalsBetween(terms, 0, 390, 30)).toEqual({ ended: 0, renewed: 0 });
    expect(renewalsBetween(terms, 0, 1000, 30)).toEqual({ ended: 7, renewed: 2 });
  });
});

describe('the portal’s own churn date', () => {
  it('labels the horizon after the cut-off, and who churned before is gone', () => {
    const days = Float64Array.of(Number.NaN, 100, 101, 160, 161);
    const all = Int32Array.of(0, 1, 2, 3, 4);
    expect([...churnedLabels(days, 100, 60, all)]).toEqual([0, 0, 1, 1, 0]);
    expect([...all].map((i) => hasChurned(days, 100, i))).toEqual([false, true, false, false, false]);
  });
});
