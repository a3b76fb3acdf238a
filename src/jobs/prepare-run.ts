import type { AnalysisSettings } from '../analyses/analysis.ts';
import type { Instant } from '../domain/crm.ts';
import type { KeptRun, Portfolio, RunKind } from '../domain/results.ts';
import { chooseUnit } from '../features/customer-unit.ts';
import { readPurchaseHistory } from '../features/purchase-history.ts';
import { buildWonDeals } from '../features/won-deals.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { KithError } from '../lib/errors.ts';
import type { JobRunner } from '../ports/job-runner.ts';
import type { PortalState } from '../state/portal-state.ts';
import { loadArrow } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { analysisSettings, keptSettings } from './analysis-settings.ts';
import { dataFingerprint, tableSums } from './data-fingerprint.ts';
import { HORIZON_TASK } from './worker.ts';

/** Whose run it is, and of when. */
export interface RunOptions {
  readonly portal: PortalStore;
  readonly runner: JobRunner;
  readonly state: PortalState;
  readonly now: () => number;
  /**
   * An instant that somebody named; null: the portal's own. A run as of another instant than the portal's own is a replay: of the
   * kept run that looked at that very instant, with its settings, or else of the past with today's.
   */
  readonly asOf: Instant | null;
  /** The portal's own as-of, where it is not now; of a folder of files it is the last event in it in any case. */
  readonly ownAsOf?: Instant | null;
  /** Null: what people set for the portal, else read off the gaps between purchases. */
  readonly horizonDays: number | null;
}

/** The same data gives the same answers, so the seed is no choice. */
const SEED = 2011;
/** Portals of CRM folders end when their files end. */
const FOLDER_PORTAL = 'folder-';
/** More than are ever kept. */
const ALL_RUNS = 1_000_000;

/** What a run works with. */
export interface RunWork {
  readonly portfolio: Portfolio;
  /** Of the data that it reads. */
  readonly fingerprint: string;
  readonly kind: RunKind;
  /** The kept run that is made again. */
  readonly replayOf: KeptRun | null;
  readonly settings: AnalysisSettings;
}

/** What every analysis of the run shares; builds the tables that they read. */
export async function prepareRun(options: RunOptions): Promise<RunWork> {
  const { portal, runner, state, now } = options;
  const account = await portal.crm.account();
  if (account === null) {
    throw new KithError('no-results', {
      en: `Portal ${portal.portalId} has no records yet; run \`kith sync\` or \`kith import DIR\` first`,
      zh: `门户 ${portal.portalId} 尚无任何记录；请先运行 \`kith sync\` 或 \`kith import DIR\``,
    });
  }
  // A thread takes as long to start as the tables take to build, and what reads columns half as long to load.
  const awake = runner.wake();
  // Whoever asks for columns meets its failure.
  loadArrow().catch(() => undefined);
  const isFolder = account.portalId.startsWith(FOLDER_PORTAL);
  const own = options.ownAsOf ?? (isFolder ? await portal.crm.lastEventAt() : null) ?? now();
  const asOf = options.asOf ?? own;
  // A folder's records say when they were put there, which may be long after what happened to them.
  const isLive = !isFolder && (options.ownAsOf ?? null) === null;
  const replayOf = options.asOf === null ? null : await runAsOf(portal, asOf);
  const settings = analysisSettings(state);
  if (replayOf !== null) {
    const { portfolio } = replayOf;
    await buildWonDeals(portal, { ...portfolio, existing: isLive });
    const fingerprint = dataFingerprint(portfolio, await tableSums(portal));
    return { portfolio, fingerprint, kind: 'replay', replayOf, settings: keptSettings(replayOf) ?? settings };
  }
  const kind = asOf === own ? 'current' : 'replay';
  const unit = state.unit ?? (await chooseUnit(portal));
  const { timeZone, currency } = account;
  await buildWonDeals(portal, { unit, timeZone, currency, asOf, existing: isLive && kind === 'replay' });
  const shared = { unit, timeZone, currency, asOf, seed: SEED };
  const wanted = options.horizonDays ?? state.horizonDays;
  // The engine reads the data while a thread chooses the horizon.
  const [horizonDays, sums] = await Promise.all([
    wanted ?? horizonOf({ portal, runner, awake }, { ...shared, horizonDays: 0 }),
    tableSums(portal),
  ]);
  const portfolio = { ...shared, horizonDays };
  return { portfolio, fingerprint: dataFingerprint(portfolio, sums), kind, replayOf: null, settings };
}

async function horizonOf(
  { portal, runner, awake }: { portal: PortalStore; runner: JobRunner; awake: Promise<void> },
  portfolio: Portfolio,
): Promise<number> {
  const history = await readPurchaseHistory(portal);
  // Or a second thread would start for it.
  await awake;
  return runner.run<number>(HORIZON_TASK, { history, lastDay: zonedDay(portfolio.asOf, portfolio.timeZone) });
}

/** The newest kept run that looked at an instant; null when none did. */
async function runAsOf(portal: PortalStore, asOf: Instant): Promise<KeptRun | null> {
  const runs = await portal.results.kept(ALL_RUNS);
  return runs.find((run) => run.asOf === asOf && run.kind === 'current' && run.status === 'done') ?? null;
}

/** What people are shown is read from the same tables: they get the newest run's back. */
export async function backToPresent(portal: PortalStore): Promise<void> {
  const [newest] = await portal.results.runs(1);
  if (newest !== undefined) await buildWonDeals(portal, newest.portfolio);
}
