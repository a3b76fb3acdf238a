import { join } from 'node:path';
import { generatePortal } from '../demo/portal/generate-portal.ts';
import { writePortalFolder } from '../demo/portal/write-portal-folder.ts';
import type { BenchOptions, BenchRow } from './bench-row.ts';
import type { Measured } from './contestant.ts';
import { duel } from './duel.ts';
import { withSklearn } from './python-row.ts';
import { runProcess } from './run-process.ts';
import { inTemporaryFolder } from './temporary-files.ts';
import type { WholeRunOrder, WholeRunResult } from './whole-run-process.ts';

const COMPANIES = 1_500;
const BOTH_CORES = 2;

/** From a folder of CRM export files to every analysis's results, beside an analyst's notebook of the same questions. */
export function benchWholeRun(options: BenchOptions): Promise<readonly BenchRow[]> {
  const companies = options.records ?? COMPANIES;
  const asked = {
    work: `whole run of ${companies.toLocaleString('en')} customers: load a portal folder → all analyses → results`,
    peer: 'pandas + sklearn, bench/peers/notebook.py',
    reach: 0.33,
  };
  return withSklearn(
    asked,
    (start) =>
      inTemporaryFolder(async (directory) => {
        const folder = join(directory, 'portal');
        await writePortalFolder(generatePortal({ seed: 3, companies }).portal, null, folder);
        return duel({
          ...asked,
          ours: { run: () => ourRun(directory, folder), close() {} },
          theirs: await start<WholeRunResult>('notebook.py', { folder }),
          rounds: 3,
          compare: compareRuns,
        });
      }),
    BOTH_CORES,
  );
}

let runs = 0;

/** A data folder of its own for each run: nothing is known beforehand. */
async function ourRun(directory: string, folder: string): Promise<Measured<WholeRunResult>> {
  const dataDir = join(directory, `data-${runs++}`);
  const { answer } = await runProcess<WholeRunOrder, Measured<WholeRunResult>>('./whole-run-process.ts', {
    dataDir,
    folder,
  });
  return answer;
}

function compareRuns(ours: WholeRunResult, theirs: WholeRunResult): { same: boolean; how: string } {
  const same = ours.customers === theirs.customers && ours.revenue === theirs.revenue;
  return {
    same,
    how: `${ours.customers} and ${theirs.customers} customers, revenue ${ours.revenue} and ${theirs.revenue}, AUC ${ours.auc?.toFixed(3)} and ${theirs.auc?.toFixed(3)}`,
  };
}
