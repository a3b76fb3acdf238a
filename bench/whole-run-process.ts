import type { ChurnSummary } from '../src/analyses/churn-summary.ts';
import type { SegmentsSummary } from '../src/analyses/segments-summary.ts';
import type { Measured } from './contestant.ts';
import { QUIET } from './open-kith.ts';

/** From a folder of CRM export files to stored results, in a process and a data folder of its own. */
export interface WholeRunOrder {
  /** Where the product was built to, a file address that ends in a slash. */
  readonly built: string;
  readonly dataDir: string;
  readonly folder: string;
}

/** What a notebook works out too. */
export interface WholeRunResult {
  readonly customers: number;
  /** Won revenue in the account's currency, to the cent. */
  readonly revenue: string;
  /** The horizon in days. */
  readonly horizon: number;
  /** Customers judged at the newest complete cut-off, and those of them who did not order. */
  readonly judged: number;
  readonly stopped: number;
  readonly auc: number | null;
  readonly model: string;
  readonly segments: number;
  readonly baskets: number;
  readonly itemsets: number;
  readonly sequences: number;
  /** Customers whose next products were compared with what was suggested. */
  readonly suggestionsJudged: number;
}

/** The built product, as whoever installs the package runs it. */
async function productIn(built: string) {
  const from = (path: string): Promise<unknown> => import(new URL(path, built).href);
  return {
    ...((await from('src/app.js')) as typeof import('../src/app.ts')),
    ...((await from('src/config.js')) as typeof import('../src/config.ts')),
    ...((await from('src/lib/logger.js')) as typeof import('../src/lib/logger.ts')),
    ...((await from('src/jobs/summarise-run.js')) as typeof import('../src/jobs/summarise-run.ts')),
    ...((await from('src/privacy/viewer.js')) as typeof import('../src/privacy/viewer.ts')),
  };
}

async function run({ built, dataDir, folder }: WholeRunOrder): Promise<Measured<WholeRunResult>> {
  const { openApp, loadConfig, createLogger, summariseRun, commandLineViewer } = await productIn(built);
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const config = loadConfig({ KITH_DATA_DIR: dataDir, KITH_LOG_LEVEL: 'error' });
  const kith = await openApp({ config, logger: createLogger(config.logLevel), now: Date.now, asOf: 'last-event' });
  try {
    const { workspace } = await kith.importFolder(folder, QUIET);
    await kith.analyse(workspace, { asOf: null, only: [], progress: QUIET });
    const reader = workspace.reader(commandLineViewer());
    const { customers, revenue, churn } = await summariseRun(reader);
    const seconds = (performance.now() - startedAt) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    // Each analysis' own, which its schema checked as it was stored.
    const summaryOf = async <Summary>(name: string) => (await reader.result(name))?.summary as Summary;
    const { trials } = await summaryOf<ChurnSummary>('churn-risk');
    const { quality } = await summaryOf<SegmentsSummary>('segments');
    const { baskets, itemsets } = await summaryOf<{ baskets: number; itemsets: number }>('basket');
    const { sequences } = await summaryOf<{ sequences: number }>('sequences');
    const { backTest } = await summaryOf<{ backTest: { judged: number } }>('recommend');
    const [newest] = trials;
    const result = {
      customers: customers.total,
      revenue: revenue.ours,
      horizon: churn.horizon_days,
      judged: newest?.test_customers ?? 0,
      stopped: Math.round((newest?.test_customers ?? 0) * (newest?.test_rate ?? 0)),
      auc: churn.auc,
      model: churn.model ?? '',
      segments: quality?.chosen.k ?? 0,
      baskets,
      itemsets,
      sequences,
      suggestionsJudged: backTest.judged,
    };
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
