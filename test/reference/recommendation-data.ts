import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { Interactions } from '../../src/models/recommender.ts';

const folder = join(process.env.KITH_REFERENCE ?? '../shared', 'data');

export const isHere = existsSync(join(folder, 'reference.json'));
/** Put behind the name of a suite, so that a skipped one says why. */
export const whySkipped = isHere ? '' : ` (skipped: no reference data in ${folder})`;

export interface Entry {
  readonly dataset: string;
  readonly task: string;
  readonly settings: {
    readonly model: string;
    readonly evaluated_on?: string;
    /** Of nearest neighbours. */
    readonly similarity: string;
    /** Of gradient descent. */
    readonly factors: number;
    readonly epochs: number;
    readonly learning_rate: number;
    readonly regularisation: number;
  };
  readonly metric: string;
  readonly value: unknown;
  readonly tolerance: number;
  readonly source: string;
}

export function entriesOf(task: string): Entry[] {
  if (!isHere) return [];
  const all = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) as Entry[];
  return all.filter((entry) => entry.task === task);
}

export function expectWithin(found: number, wanted: number, tolerance: number): void {
  expect(Math.abs(found - wanted), `${found} for ${wanted}`).toBeLessThanOrEqual(tolerance);
}

/** Made when first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Ratings in the file's order, users and items by the position of their number. */
export interface Ratings {
  readonly users: number;
  readonly items: number;
  readonly user: Int32Array;
  readonly item: Int32Array;
  readonly rating: Float64Array;
  readonly time: Float64Array;
  readonly lowest: number;
  readonly highest: number;
}

export function loadRatings(dataset: string): Ratings {
  const lines = linesOf(dataset === 'filmtrust' ? 'filmtrust/ratings.csv' : 'movielens-small/ratings.csv.gz');
  const cells = lines.map((line) => line.split(',').map(Number));
  const positions = (column: number) => {
    const sorted = [...new Set(cells.map((row) => row[column]!))].sort((a, b) => a - b);
    const at = new Map(sorted.map((id, position) => [id, position]));
    return { count: sorted.length, position: Int32Array.from(cells, (row) => at.get(row[column]!)!) };
  };
  const users = positions(0);
  const items = positions(1);
  return {
    users: users.count,
    items: items.count,
    user: users.position,
    item: items.position,
    rating: Float64Array.from(cells, (row) => row[2]!),
    time: Float64Array.from(cells, (row) => row[3] ?? 0),
    lowest: 0.5,
    highest: dataset === 'filmtrust' ? 4 : 5,
  };
}

/** Purchases to learn from, and what each customer bought afterwards (none: not asked about). */
export interface HoldOut {
  readonly train: Interactions;
  readonly bought: readonly (readonly number[])[];
}

/** The last rating of every user held out, where somebody else rated that film. */
export function lastRatingHeldOut(): HoldOut {
  const { users, items, user, item, time } = loadRatings('movielens-small');
  const last = new Int32Array(users).fill(-1);
  for (let r = 0; r < user.length; r++) {
    const before = last[user[r]!]!;
    if (before < 0 || time[r]! >= time[before]!) last[user[r]!] = r;
  }
  const bags = Array.from({ length: users }, () => new Map<number, number>());
  for (let r = 0; r < user.length; r++) if (last[user[r]!] !== r) bags[user[r]!]!.set(item[r]!, 1);
  return heldOut(
    bags,
    items,
    [...last].map((r) => [item[r]!]),
  );
}

/** The last invoice of every customer with two or more held out; the other customers are not learned from either. */
export function lastInvoiceHeldOut(): HoldOut {
  const invoices = new Map<string, { customer: string; date: string }>();
  for (const line of linesOf('online-retail/invoices.csv.gz')) {
    const [number, date, customer] = line.split(',') as [string, string, string];
    if (customer !== '' && !number.startsWith('C')) invoices.set(number, { customer, date });
  }
  const baskets = new Map<string, Set<string>>();
  for (const line of linesOf('online-retail/lines.csv.gz')) {
    const [number, code, , quantity, price] = line.split(',') as [string, string, string, string, string];
    if (!invoices.has(number) || !(Number(quantity) > 0) || !(Number(price) > 0)) continue;
    const basket = baskets.get(number) ?? new Set<string>();
    baskets.set(number, basket.add(code));
  }
  const ofCustomer = new Map<string, string[]>();
  for (const number of baskets.keys()) {
    const { customer } = invoices.get(number)!;
    ofCustomer.set(customer, [...(ofCustomer.get(customer) ?? []), number]);
  }
  const codes = [...new Set([...baskets.values()].flatMap((basket) => [...basket]))].sort();
  const position = new Map(codes.map((code, at) => [code, at]));
  const customers = [...ofCustomer.keys()].filter((customer) => ofCustomer.get(customer)!.length > 1).sort();
  const bags = customers.map(() => new Map<number, number>());
  const bought = customers.map((customer, c) => {
    const numbers = ofCustomer.get(customer)!;
    const key = (number: string) => `${invoices.get(number)!.date} ${number}`;
    numbers.sort((a, b) => (key(a) < key(b) ? -1 : 1));
    const last = numbers.pop()!;
    for (const number of numbers) {
      for (const code of baskets.get(number)!) {
        const at = position.get(code)!;
        bags[c]!.set(at, (bags[c]!.get(at) ?? 0) + 1);
      }
    }
    return [...baskets.get(last)!].map((code) => position.get(code)!);
  });
  return heldOut(bags, codes.length, bought);
}

/** Of what was bought afterwards, only what is new to the customer and was known before counts. */
function heldOut(bags: readonly ReadonlyMap<number, number>[], products: number, later: readonly number[][]): HoldOut {
  const offsets = new Int32Array(bags.length + 1);
  const items: number[] = [];
  const weights: number[] = [];
  for (const [c, bag] of bags.entries()) {
    for (const [item, weight] of [...bag].sort(([a], [b]) => a - b)) {
      items.push(item);
      weights.push(weight);
    }
    offsets[c + 1] = items.length;
  }
  const isKnown = new Set(items);
  return {
    train: {
      customers: bags.length,
      products,
      offsets,
      items: Int32Array.from(items),
      weights: Float64Array.from(weights),
    },
    bought: later.map((list, c) => list.filter((item) => isKnown.has(item) && !bags[c]!.has(item))),
  };
}

function linesOf(file: string): string[] {
  const bytes = readFileSync(join(folder, file));
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.trim().replaceAll('\r', '').split('\n').slice(1);
}
