import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Baskets, frequentItemsets, itemsOf } from '../src/models/frequent-itemsets.ts';
import type { BenchRow } from './bench-row.ts';
import { type Contestant, inThisProcess } from './contestant.ts';
import { duel } from './duel.ts';
import type { AprioriAnswer, AprioriOrder } from './peers/apriori-process.ts';
import { findPython, startPython } from './python-peer.ts';
import { skipped } from './python-row.ts';
import { runProcessWithin } from './run-process.ts';

const FOLDER = join(process.env.KITH_REFERENCE ?? '../shared', 'data');
const REACH = 0.1;
/** Nobody waits longer for a peer; its time is then at least this. */
const PATIENCE_S = 60;
const LIMITS = { maximumLength: 20, maximumItemsets: 10_000_000 };

interface Task {
  readonly name: string;
  readonly file: string;
  readonly separator: string;
  readonly support: number;
}

const TASKS: readonly Task[] = [
  { name: 'Groceries', file: 'groceries/baskets.csv', separator: ',', support: 0.001 },
  // Where `apriori` comes to an end, so that its sets can be compared.
  { name: 'Groceries', file: 'groceries/baskets.csv', separator: ',', support: 0.01 },
  { name: 'T10I4D100K', file: 't10i4d100k/transactions.txt.gz', separator: ' ', support: 0.005 },
];

/** What is bought together: the same sets as other miners', in a tenth of their time. */
export async function benchFrequentItemsets(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const task of TASKS) rows.push(...(await rowsOf(task)));
  return rows;
}

async function rowsOf({ name, file, separator, support }: Task): Promise<readonly BenchRow[]> {
  const work = `frequent itemsets, ${name} at ${support}`;
  const peers = {
    apriori: { work, peer: 'apriori', reach: REACH },
    mlxtend: { work, peer: 'mlxtend fpgrowth', reach: REACH },
  };
  const path = join(FOLDER, file);
  if (!existsSync(path)) {
    const why = `no ${file} in ${FOLDER}; name the folder of reference data with KITH_REFERENCE`;
    return Object.values(peers).map((asked) => skipped(asked, why));
  }
  const bytes = readFileSync(path);
  const lines = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trim().split('\n');
  const baskets = lines.map((line) => [...new Set(line.trim().split(separator))]);
  const ours = () => inThisProcess(() => itemsetsOf(baskets, support));
  const rows = [await againstApriori(peers.apriori, ours(), { baskets, support }, publishedCount(name, support))];
  const python = findPython('mlxtend');
  if (python === null) return [...rows, skipped(peers.mlxtend, 'mlxtend is not installed for Python 3')];
  const theirs = await startPython<string[]>(python, 'itemsets.py', { baskets, support }, 1);
  return [...rows, await duel({ ...peers.mlxtend, ours: ours(), theirs, rounds: 5, compare: compareSets })];
}

async function againstApriori(
  asked: Pick<BenchRow, 'work' | 'peer' | 'reach'>,
  ours: Contestant<string[]>,
  order: AprioriOrder,
  published: number | null,
): Promise<BenchRow> {
  const run = () => runProcessWithin<AprioriOrder, AprioriAnswer>('./peers/apriori-process.ts', order, PATIENCE_S);
  const first = await run();
  if (first !== null) {
    const theirs = { run: async () => (await run()) ?? first, close() {} };
    return duel({ ...asked, ours, theirs, rounds: 3, compare: compareSets });
  }
  await ours.run();
  const { seconds, result } = await ours.run();
  const ratio = seconds / PATIENCE_S;
  const same = result.length === published;
  const note = `${result.length} sets, published ${published ?? 'nowhere'}; apriori was stopped after ${PATIENCE_S} s, so the ratio is less than this, and its own sets are not known`;
  return {
    ...asked,
    ours_s: seconds,
    theirs_s: PATIENCE_S,
    ratio,
    same_result: same,
    ok: same && ratio <= REACH,
    note,
  };
}

/** How many sets other miners found, in the reference data's list of figures. */
function publishedCount(name: string, support: number): number | null {
  const entries = JSON.parse(readFileSync(join(FOLDER, 'reference.json'), 'utf8')) as readonly {
    readonly dataset: string;
    readonly metric: string;
    readonly settings: { readonly min_support?: number };
    readonly value: unknown;
  }[];
  const found = entries.find(
    ({ dataset, metric, settings }) =>
      dataset === name.toLowerCase() && metric === 'itemsets by length' && Number(settings.min_support) === support,
  );
  if (typeof found?.value !== 'object' || found.value === null) return null;
  return Object.values(found.value).reduce((sum: number, count) => sum + Number(count), 0);
}

function compareSets(ours: readonly string[], theirs: readonly string[]): { same: boolean; how: string } {
  const known = new Set(theirs);
  const same = ours.length === theirs.length && ours.every((set) => known.has(set));
  return { same, how: `${ours.length} and ${theirs.length} sets` };
}

/** From lists of names to the names of each set: what the peers do too. */
function itemsetsOf(lists: readonly (readonly string[])[], support: number): string[] {
  const ids = new Map<string, number>();
  const offsets = [0];
  const items: number[] = [];
  for (const list of lists) {
    for (const name of list) {
      let id = ids.get(name);
      if (id === undefined) {
        id = ids.size;
        ids.set(name, id);
      }
      items.push(id);
    }
    offsets.push(items.length);
  }
  const baskets: Baskets = { offsets: Int32Array.from(offsets), items: Int32Array.from(items) };
  const sets = frequentItemsets(baskets, { ...LIMITS, minimumCount: Math.ceil(support * lists.length - 1e-9) });
  const names = [...ids.keys()];
  return Array.from(sets.item, (_, i) =>
    itemsOf(sets, i)
      .map((item) => names[item]!)
      .sort()
      .join(','),
  );
}
