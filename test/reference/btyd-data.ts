import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Purchases of one customer: day since 1970-01-01 to amount, several on one day together. */
export type DailyPurchases = Map<string, Map<number, number>>;

export interface Summarised {
  readonly frequency: Float64Array;
  readonly recency: Float64Array;
  readonly age: Float64Array;
  /** Mean amount of the repeat purchases. */
  readonly meanRepeat: Float64Array;
  /** Purchases after the calibration, up to `until`. */
  readonly later: Float64Array;
}

const DAY_MS = 86_400_000;

export function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

export function columnsOf(path: string): Record<string, number[]> {
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const names = header!.trim().split(',');
  const rows = lines.map((line) => line.trim().split(',').map(Number));
  return Object.fromEntries(names.map((name, j) => [name, rows.map((row) => row[j]!)]));
}

export function cdnowSample(folder: string): DailyPurchases {
  const [, ...lines] = readFileSync(join(folder, 'cdnow/transactions_sample.csv'), 'utf8').trim().split('\n');
  const purchases: DailyPurchases = new Map();
  for (const line of lines) {
    const [customer, , date, , amount] = line.trim().split(',');
    add(purchases, customer!, dayOf(date!), Number(amount));
  }
  return purchases;
}

/** With a known customer, not cancelled, quantity and price above 0. */
export function onlineRetail(folder: string): DailyPurchases {
  const read = (name: string): string[] =>
    gunzipSync(readFileSync(join(folder, 'online-retail', name)))
      .toString()
      .trim()
      .split('\n')
      .slice(1);
  const invoices = new Map<string, [customer: string, day: number]>();
  for (const line of read('invoices.csv.gz')) {
    const [invoice, date, customer] = line.split(',');
    if (customer === '' || invoice!.startsWith('C')) continue;
    invoices.set(invoice!, [customer!, dayOf(date!.slice(0, 10))]);
  }
  const purchases: DailyPurchases = new Map();
  for (const line of read('lines.csv.gz')) {
    const cells = line.trim().split(',');
    const invoice = invoices.get(cells[0]!);
    const quantity = Number(cells[3]);
    const price = Number(cells[4]);
    if (invoice !== undefined && quantity > 0 && price > 0) add(purchases, ...invoice, quantity * price);
  }
  return purchases;
}

function add(purchases: DailyPurchases, customer: string, day: number, amount: number): void {
  const days = purchases.get(customer) ?? new Map<number, number>();
  purchases.set(customer, days);
  days.set(day, (days.get(day) ?? 0) + amount);
}

/** Customers who bought by `end`, purchases of one day once; times in units of `unit` days. */
export function summarise(purchases: DailyPurchases, end: number, until: number, unit: number): Summarised {
  const rows = [...purchases.values()]
    .map((days) => [...days].sort((a, b) => a[0] - b[0]))
    .filter((days) => days[0]![0] <= end)
    .map((days) => {
      const before = days.filter(([day]) => day <= end);
      const repeats = before.slice(1);
      return {
        frequency: repeats.length,
        recency: (before.at(-1)![0] - before[0]![0]) / unit,
        age: (end - before[0]![0]) / unit,
        meanRepeat: repeats.length === 0 ? 0 : repeats.reduce((sum, [, money]) => sum + money, 0) / repeats.length,
        later: days.filter(([day]) => day > end && day <= until).length,
      };
    });
  const pick = (name: keyof (typeof rows)[number]): Float64Array => Float64Array.from(rows, (row) => row[name]);
  return {
    frequency: pick('frequency'),
    recency: pick('recency'),
    age: pick('age'),
    meanRepeat: pick('meanRepeat'),
    later: pick('later'),
  };
}
