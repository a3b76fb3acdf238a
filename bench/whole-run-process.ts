import { summariseRun } from '../src/jobs/summarise-run.ts';
import { commandLineViewer } from '../src/privacy/viewer.ts';
import type { Measured } from './contestant.ts';
import { openKith, QUIET } from './open-kith.ts';

/** From a folder of CRM export files to stored results, in a process and a data folder of its own. */
export interface WholeRunOrder {
  readonly dataDir: string;
  readonly folder: string;
}

/** What the notebook works out too. */
export interface WholeRunResult {
  readonly customers: number;
  /** Won revenue in the account's currency, to the cent. */
  readonly revenue: string;
  readonly auc: number | null;
}

async function run({ dataDir, folder }: WholeRunOrder): Promise<Measured<WholeRunResult>> {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const kith = await openKith(dataDir);
  try {
    const { workspace } = await kith.importFolder(folder, QUIET);
    await kith.analyse(workspace, { asOf: null, only: [], progress: QUIET });
    const { customers, revenue, churn } = await summariseRun(workspace.reader(commandLineViewer()));
    const seconds = (performance.now() - startedAt) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const result = { customers: customers.total, revenue: revenue.ours, auc: churn.auc };
    return { seconds, cpuSeconds: (user + system) / 1e6, result };
  } finally {
    await kith.close();
  }
}

process.once('message', async (message) => {
  // The parent is bench/run-process.ts, which sends what its type says.
  process.send?.(await run(message as WholeRunOrder));
  process.disconnect();
});
