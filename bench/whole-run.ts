import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatePortal } from '../demo/portal/generate-portal.ts';
import { writePortalFolder } from '../demo/portal/write-portal-folder.ts';
import type { BenchOptions, BenchRow } from './bench-row.ts';
import type { Measured } from './contestant.ts';
import { type Duel, duel } from './duel.ts';
import { withSklearn } from './python-row.ts';
import { runProcess } from './run-process.ts';
import { inTemporaryFolder } from './temporary-files.ts';
import type { WholeRunOrder, WholeRunResult } from './whole-run-process.ts';

const SIZES = [1_500, 10_000];
/** Takes most of an hour: measured where growth is, too. */
const LARGE = 100_000;
const ROOT = new URL('../', import.meta.url);
const BOTH_CORES = 2;
/** What the areas under the curve of two champions, learnt with other random draws, may differ by. */
const SAME_AUC = 0.02;

type Compare<Theirs> = Duel<WholeRunResult, Theirs>['compare'];

/**
 * From a folder of CRM export files to every analysis' results, beside an analyst's notebook that answers as much, and beside a
 * first one that answers less: what that takes is told, and nothing is asked of it.
 */
export async function benchWholeRun({ records, isToMillion }: BenchOptions): Promise<readonly BenchRow[]> {
  build();
  const rows: BenchRow[] = [];
  const sizes = records !== null ? [records] : isToMillion ? [...SIZES, LARGE] : SIZES;
  for (const companies of sizes) rows.push(...(await rowsOf(companies)));
  return rows;
}

/** As users of the package run it: from sources, a part of the time would be that of translating them. */
function build(): void {
  const { status, stderr } = spawnSync('npm', ['run', 'build'], { cwd: fileURLToPath(ROOT), encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm run build ended with ${status}: ${stderr}`);
}

function rowsOf(companies: number): Promise<readonly BenchRow[]> {
  const work = `whole run of ${companies.toLocaleString('en')} customers: load a portal folder → all analyses → results`;
  const asked = { work, peer: 'pandas + sklearn, bench/peers/notebook.py', reach: 0.33 };
  return withSklearn(
    asked,
    (start) =>
      inTemporaryFolder(async (directory) => {
        const folder = join(directory, 'portal');
        await writePortalFolder(generatePortal({ seed: 3, companies }).portal, null, folder);
        const against = async <Theirs>(notebook: string, reach: number | null, compare: Compare<Theirs>) =>
          duel({
            work,
            peer: `pandas + sklearn, bench/peers/${notebook}`,
            reach,
            ours: { run: () => ourRun(directory, folder), close() {} },
            theirs: await start<Theirs>(notebook, { folder }),
            rounds: companies <= 2_000 ? 3 : companies < LARGE ? 1 : 0,
            compare,
          });
        return [
          await against('notebook.py', asked.reach, compareAll),
          await against('first_notebook.py', null, compareFew),
        ];
      }),
    BOTH_CORES,
  );
}

let runs = 0;

/** A data folder of its own for each run: nothing is known beforehand. */
async function ourRun(directory: string, folder: string): Promise<Measured<WholeRunResult>> {
  const dataDir = join(directory, `data-${runs++}`);
  const { answer } = await runProcess<WholeRunOrder, Measured<WholeRunResult>>('./whole-run-process.ts', {
    built: new URL('dist/', ROOT).href,
    dataDir,
    folder,
  });
  return answer;
}

/** Figures that follow from the data alone: the same in both. */
const EXACT = [
  ['customers', 'customers'],
  ['revenue', 'revenue'],
  ['horizon', 'days of horizon'],
  ['judged', 'customers judged'],
  ['stopped', 'of them without an order'],
  ['segments', 'segments'],
  ['baskets', 'baskets'],
  ['itemsets', 'frequent sets'],
  ['sequences', 'frequent sequences'],
  ['suggestionsJudged', 'customers whose suggestions were judged'],
] as const;

function compareAll(ours: WholeRunResult, theirs: WholeRunResult): { same: boolean; how: string } {
  const other = EXACT.filter(([name]) => ours[name] !== theirs[name]);
  const alike = EXACT.filter(([name]) => ours[name] === theirs[name]).map(([name, words]) => `${ours[name]} ${words}`);
  const differ = other.map(([name, words]) => `${words} ${ours[name]} and ${theirs[name]}`);
  const apart = Math.abs((ours.auc ?? 0) - (theirs.auc ?? 0));
  return {
    same: other.length === 0 && apart <= SAME_AUC,
    how: `the same in both: ${alike.join(', ')}; ${[...differ, aucOf(ours, theirs)].join('; ')}, at most ${SAME_AUC} apart; ${ours.model} and ${theirs.model}`,
  };
}

interface FewResults extends Pick<WholeRunResult, 'customers' | 'revenue' | 'auc'> {}

function compareFew(ours: WholeRunResult, theirs: FewResults): { same: boolean; how: string } {
  return {
    same: ours.customers === theirs.customers && ours.revenue === theirs.revenue,
    how: `answers less: each model learns from one cut-off, without folds for its settings, intervals, scenarios or reasons; ${ours.customers} and ${theirs.customers} customers, revenue ${ours.revenue} and ${theirs.revenue}; ${aucOf(ours, theirs)}, of other cut-offs and horizons`,
  };
}

function aucOf(ours: FewResults, theirs: FewResults): string {
  return `AUC ${ours.auc?.toFixed(3)} and ${theirs.auc?.toFixed(3)}`;
}
