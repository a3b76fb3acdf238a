import { churnSummarySchema } from '../analyses/churn-summary.ts';
import { portfolioSummarySchema } from '../analyses/portfolio-summary.ts';
import type { KeptRun } from '../domain/results.ts';
import { KithError } from '../lib/errors.ts';
import type { PrivacyReader } from '../privacy/privacy-reader.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** A kept run as people compare them; what a run did not analyse is null. */
export interface RunFacts {
  readonly run: KeptRun;
  readonly customers: number | null;
  readonly evidenceLevel: number | null;
  /** The model of the no-order risk, and how well it told on customers that it had not seen. */
  readonly model: string | null;
  readonly auc: number | null;
}

/** The newest `limit` runs, replays and failures with them. */
export async function listRuns(portal: PortalStore, reader: PrivacyReader, limit: number): Promise<RunFacts[]> {
  const facts: RunFacts[] = [];
  for (const run of await portal.results.kept(limit)) facts.push(await factsOf(reader, run));
  return facts;
}

/** One run by its id, or by as much of it as names no other. KithError('usage') when there is none. */
export async function findRun(portal: PortalStore, reader: PrivacyReader, id: string): Promise<RunFacts> {
  const wanted = id.toLowerCase();
  const runs = (await portal.results.kept(ALL_RUNS)).filter((run) => run.id.startsWith(wanted));
  const [run, another] = runs;
  if (run === undefined) {
    throw new KithError('usage', {
      en: `No kept run begins with '${id}'; 'kith runs' lists those that are kept`,
      zh: `没有以 '${id}' 开头的已保留运行；'kith runs' 会列出已保留的运行`,
    });
  }
  if (another !== undefined && run.id !== wanted) {
    throw new KithError('usage', {
      en: `${runs.length} kept runs begin with '${id}'; give more of the id`,
      zh: `有 ${runs.length} 个已保留的运行以 '${id}' 开头；请写出更多位编号`,
    });
  }
  return factsOf(reader, run);
}

const ALL_RUNS = 1_000_000;

async function factsOf(reader: PrivacyReader, run: KeptRun): Promise<RunFacts> {
  const portfolio = portfolioSummarySchema.safeParse((await reader.result('portfolio', run.id))?.summary);
  const churn = churnSummarySchema.safeParse((await reader.result('churn-risk', run.id))?.summary);
  return {
    run,
    customers: portfolio.success ? portfolio.data.customers.total : null,
    evidenceLevel: portfolio.success ? portfolio.data.evidence_level : null,
    model: churn.success ? churn.data.model : null,
    auc: churn.success ? churn.data.auc : null,
  };
}

/** For machines. */
export function runJson({ run, customers, evidenceLevel, model, auc }: RunFacts) {
  return {
    run: run.id,
    kind: run.kind,
    replay_of: run.replayOf,
    status: run.status,
    as_of: new Date(run.asOf).toISOString(),
    started_at: new Date(run.startedAt).toISOString(),
    finished_at: run.finishedAt === null ? null : new Date(run.finishedAt).toISOString(),
    fingerprint: run.fingerprint,
    model,
    auc,
    evidence_level: evidenceLevel,
    customers,
  };
}

/** For machines, with all that a replay takes. */
export function runDetailsJson(facts: RunFacts) {
  const { unit, timeZone, currency, horizonDays, seed } = facts.run.portfolio;
  return {
    ...runJson(facts),
    unit,
    time_zone: timeZone,
    currency,
    horizon_days: horizonDays,
    seed,
    settings: facts.run.settings,
  };
}
