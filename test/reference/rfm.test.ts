import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { leastOfTop } from '../../src/analyses/loyalty-tiers.ts';
import { rfmValues } from '../../src/features/rfm.ts';
import { mean, quantile } from '../../src/math/statistics.ts';
import { historyOf } from '../src/analyses/make-history.ts';

const folder = join(process.env.KITH_REFERENCE ?? '../shared', 'data');
const isHere = existsSync(join(folder, 'reference.json'));

interface Entry {
  dataset: string;
  task: string;
  metric: string;
  value: never;
}

/** Orders of the whole CDNOW cohort, as days and amounts by customer; several orders of a day are one purchase here. */
function cdnow() {
  const customers: Record<string, [number, number][]> = {};
  const text = gunzipSync(readFileSync(join(folder, 'cdnow/transactions_master.csv.gz'))).toString();
  const [header, ...lines] = text.trim().split('\n');
  const columns = header!.trim().split(',');
  for (const line of lines) {
    const cells = line.trim().split(',');
    const cell = (name: string): string => cells[columns.indexOf(name)]!;
    const date = cell('date').replaceAll('-', '');
    const day = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8))) / 86_400_000;
    const id = cell('customer_id');
    customers[id] ??= [];
    customers[id].push([day, Number(cell('amount'))]);
  }
  return customers;
}

describe.skipIf(!isHere)(`RFM on CDNOW${isHere ? '' : ` (skipped: no reference data in ${folder})`}`, () => {
  const entries: Entry[] = isHere ? JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) : [];
  const figure = (task: string, metric: string): never =>
    entries.find((e) => e.dataset === 'cdnow' && e.task === task && e.metric.startsWith(metric))!.value;
  const values = isHere ? rfmValues(historyOf(cdnow()), Date.UTC(1998, 6, 1) / 86_400_000) : null;

  it('has the reference’s number of customers, mean money and tier shares by money', () => {
    const { money } = values!;
    expect(money.length).toBe(figure('rfm', 'customers'));
    expect(mean(money)).toBeCloseTo((figure('rfm', 'mean') as { m: number }).m, 6);
    const cuts = [0.05, 0.2, 0.5, 1].map((share) => leastOfTop(money, share));
    const total = money.reduce((a, b) => a + b, 0);
    const upTo = cuts.map((cut) => money.reduce((sum, value) => sum + (value >= cut ? value : 0), 0) / total);
    const shares = upTo.map((share, i) => share - (upTo[i - 1] ?? 0));
    (figure('loyalty tiers', 'share of revenue') as number[]).forEach((share, i) => {
      // Customers who spent the same amount stand on one side of a cut here.
      expect(shares[i]).toBeCloseTo(share, 3);
    });
  });

  it('has the reference’s quantiles of money, and of recency where an amount was paid', () => {
    const { m } = figure('rfm', 'quantiles') as { m: number[] };
    const at = [0, 0.2, 0.4, 0.5, 0.6, 0.8, 1];
    at.forEach((share, i) => {
      expect(quantile(values!.money, share)).toBeCloseTo(m[i]!, 6);
    });
    const { r } = figure('rfm', 'quantiles') as { r: number[] };
    // Orders that cost nothing are no purchases here, so recency is compared in its middle.
    const recency = values!.recency.filter((days) => !Number.isNaN(days));
    expect(quantile(recency, 0.5)).toBeCloseTo(r[3]!, 0);
  });
});
