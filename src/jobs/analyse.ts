import type { Computed, RegisteredAnalysis } from '../analyses/analysis.ts';
import { analyses } from '../analyses/index.ts';
import type { Instant } from '../domain/crm.ts';
import type { Portfolio, Run } from '../domain/results.ts';
import { chooseUnit } from '../features/customer-unit.ts';
import { readPurchaseHistory } from '../features/purchase-history.ts';
import { buildWonDeals } from '../features/won-deals.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { KithError } from '../lib/errors.ts';
import type { JobRunner, Progress } from '../ports/job-runner.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { dataFingerprint } from './data-fingerprint.ts';
import { HORIZON_TASK } from './worker.ts';

export interface AnalyseOptions {
  readonly portal: PortalStore;
  readonly runner: JobRunner;
  readonly state: PortalState;
  readonly now: () => number;
  /** Null: now; for the portal of a folder of files, the last event in it. */
  readonly asOf: Instant | null;
  /** Null: what people set for the portal, else read off the gaps between purchases. */
  readonly horizonDays: number | null;
  /** Names of analyses; all when absent. */
  readonly only?: readonly string[];
  readonly progress: Progress;
}

/** The same data gives the same answers, so the seed is no choice. */
const SEED = 2011;
/** Portals of CRM folders end when their files end. */
const FOLDER_PORTAL = 'folder-';

/**
 * One run of the analyses: reads on this thread, beside the store; fits in the runner's; saves each result. Nothing of a run
 * that fails is ever shown.
 */
export async function analyse(options: AnalyseOptions): Promise<Run> {
  const { portal, runner, now, progress } = options;
  const chosen = chosenAnalyses(options.only);
  const steps = chosen.length + 1;
  progress.update('analyse', 0, steps);
  const portfolio = await preparePortfolio(options);
  const run = await portal.results.begin({
    asOf: portfolio.asOf,
    startedAt: now(),
    fingerprint: await dataFingerprint(portal, portfolio),
    portfolio,
  });
  let done = 1;
  progress.update('analyse', done, steps);
  const running: Promise<void>[] = [];
  try {
    for (const analysis of chosen) {
      const input = await read(options, portfolio, analysis);
      const finished = runner
        .run<Computed<unknown>>(analysis.name, { read: input, seed: portfolio.seed })
        .then((computed) => save(portal, run, analysis, input.customerIds, computed))
        .then(() => {
          done++;
          progress.update('analyse', done, steps);
        });
      // The next one is read while this one is fitted; what failed is met by the wait below.
      finished.catch(() => undefined);
      running.push(finished);
    }
    await Promise.all(running);
  } catch (error) {
    // What still runs must not save into a run that is over.
    await Promise.allSettled(running);
    await portal.results.finish(run, 'failed', now());
    throw error;
  }
  const finishedAt = now();
  await portal.results.finish(run, 'done', finishedAt);
  return { ...run, status: 'done', finishedAt };
}

function chosenAnalyses(only: readonly string[] | undefined): readonly RegisteredAnalysis[] {
  if (only === undefined || only.length === 0) return analyses;
  const names = analyses.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new KithError('usage', `There is no analysis "${unknown}"; choose from ${names.join(', ')}`);
  }
  return analyses.filter(({ name }) => only.includes(name));
}

/** What every analysis of the run shares; builds the tables that they read. */
async function preparePortfolio(options: AnalyseOptions): Promise<Portfolio> {
  const { portal, runner, state, now } = options;
  const account = await portal.crm.account();
  if (account === null) {
    throw new KithError(
      'no-results',
      `Portal ${portal.portalId} has no records yet; run \`kith sync\` or \`kith import DIR\` first`,
    );
  }
  const isFolder = account.portalId.startsWith(FOLDER_PORTAL);
  const asOf = options.asOf ?? (isFolder ? await portal.crm.lastEventAt() : null) ?? now();
  const unit = state.unit ?? (await chooseUnit(portal));
  const { timeZone, currency } = account;
  await buildWonDeals(portal, { unit, timeZone, currency, asOf });
  const shared = { unit, timeZone, currency, asOf, seed: SEED };
  const wanted = options.horizonDays ?? state.horizonDays;
  if (wanted !== null) return { ...shared, horizonDays: wanted };
  const history = await readPurchaseHistory(portal, { ...shared, horizonDays: 0 });
  const lastDay = zonedDay(asOf, timeZone);
  return { ...shared, horizonDays: await runner.run<number>(HORIZON_TASK, { history, lastDay }) };
}

async function read({ portal, state }: AnalyseOptions, portfolio: Portfolio, analysis: RegisteredAnalysis) {
  const latest = await portal.results.latest(analysis.name);
  const previous = latest === null ? null : { summary: latest.summary, model: latest.model };
  const {
    horizonDays,
    unit,
    tierNames,
    segmentNames,
    valueThresholds,
    rfmCutPoints,
    minimumSupport,
    minimumConfidence,
  } = state;
  const settings = {
    horizonDays,
    unit,
    tierNames,
    segmentNames,
    valueThresholds,
    rfmCutPoints,
    minimumSupport,
    minimumConfidence,
  };
  return analysis.read({ portal, portfolio, settings, previous });
}

async function save(
  portal: PortalStore,
  run: Run,
  analysis: RegisteredAnalysis,
  customerIds: readonly string[],
  { summary, model, scores, matrix }: Computed<unknown>,
): Promise<void> {
  const columns =
    scores === null
      ? { customerIds: [], value: new Float64Array(0), label: [], band: [], evidence: new Uint8Array(0), details: [] }
      : { customerIds, ...scores };
  await portal.results.save(run, analysis.name, { summary, model, scores: columns });
  if (matrix !== null) {
    await portal.results.saveMatrix(run, analysis.name, { customerIds, cutOff: run.asOf, ...matrix });
  }
}
