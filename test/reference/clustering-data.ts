import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mean, standardDeviation } from '../../src/math/statistics.ts';

const folder = join(process.env.KITH_REFERENCE ?? '../shared', 'data');

export const isHere = existsSync(join(folder, 'reference.json'));
/** Put behind the name of a suite, so that a skipped one says why. */
export const whySkipped = isHere ? '' : ` (skipped: no reference data in ${folder})`;

export interface Entry<Settings> {
  readonly dataset: string;
  readonly task: string;
  readonly metric: string;
  readonly settings: Settings & { readonly features: string };
  readonly value: unknown;
  readonly source: string;
  readonly tolerance?: number;
}

export function entriesOf<Settings>(task: string): Entry<Settings>[] {
  if (!isHere) return [];
  const all = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) as Entry<Settings>[];
  return all.filter((entry) => entry.task === task);
}

/** Entries that describe the same run, by a name that says which. */
export function groupsOf<Settings>(
  entries: readonly Entry<Settings>[],
  name: (entry: Entry<Settings>) => string,
): [string, Entry<Settings>[]][] {
  const groups = new Map<string, Entry<Settings>[]>();
  for (const entry of entries) groups.set(name(entry), [...(groups.get(name(entry)) ?? []), entry]);
  return [...groups];
}

const COLUMNS: Record<string, readonly number[]> = {
  'four measurements': [0, 1, 2, 3],
  'annual income, spending score': [3, 4],
  'age, annual income, spending score': [2, 3, 4],
  'four columns': [1, 2, 3, 4],
  'x, y as given (already z-scored)': [0, 1],
};
const FILES: Record<string, string> = {
  iris: 'iris/iris.csv',
  'mall-customers': 'mall-customers/mall.csv',
  usarrests: 'usarrests/usarrests.csv',
  'dbscan-blobs': 'dbscan-blobs/blobs.csv',
};
/** Where a file keeps the class that every row has in truth. */
const CLASSES: Record<string, number> = { iris: 4, 'dbscan-blobs': 2 };

/** The columns that `features` names, scaled as it says; `classes` is empty where the file has none. */
export function load(dataset: string, features: string): { data: Float64Array; columns: number; classes: number[] } {
  const lines = readFileSync(join(folder, FILES[dataset]!), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().replaceAll('"', '').split(','));
  const picked = COLUMNS[features.split(';')[0]!]!;
  const p = picked.length;
  const n = lines.length;
  const data = Float64Array.from(lines.flatMap((line) => picked.map((column) => Number(line[column]))));
  if (features.includes('; z-scored')) {
    for (let j = 0; j < p; j++) {
      const column = Float64Array.from({ length: n }, (_, i) => data[i * p + j]!);
      const spread = standardDeviation(column) * (features.includes('sample') ? Math.sqrt(n / (n - 1)) : 1);
      const centre = mean(column);
      for (let i = 0; i < n; i++) data[i * p + j] = (data[i * p + j]! - centre) / spread;
    }
  }
  const truth = CLASSES[dataset];
  const names = truth === undefined ? [] : lines.map((line) => line[truth]!);
  const distinct = [...new Set(names)];
  return { data, columns: p, classes: names.map((name) => distinct.indexOf(name)) };
}
