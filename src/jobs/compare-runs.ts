import type { KeptRun } from '../domain/results.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** One analysis in two runs. */
export interface AnalysisComparison {
  readonly analysis: string;
  /** Customers that either scored, and of them those whose score, class, band, evidence or reasons differ or who are in one only. */
  readonly customers: number;
  readonly differing: number;
  /** Top-level parts of the summary that differ. */
  readonly summary: readonly string[];
  /** Of them, and 'model', those that tell of the copy and the CRM as they are on the day of the run, whatever its as-of. */
  readonly ofTheDay: readonly string[];
  readonly isSameModel: boolean;
  /** Customers whose row of the feature matrix differs. */
  readonly matrixRows: number;
  /** Retention took what the run before it had learnt from, so that what moved since then cannot be told again. */
  readonly lacksRunBefore: boolean;
}

export interface RunComparison {
  readonly run: string;
  readonly replay: string;
  readonly isSameData: boolean;
  /** Whether the settings of then were kept; without them today's were used. */
  readonly hasSettings: boolean;
  /** To the byte: every summary, model, score and matrix. */
  readonly isSame: boolean;
  /** The same but for what tells of the day of the run. */
  readonly isSameAsOf: boolean;
  readonly customers: number;
  readonly differing: number;
  readonly analyses: readonly AnalysisComparison[];
}

/** A kept run beside a replay of it, byte by byte as both are stored; what customers were given after a run is left out. */
export async function compareRuns(portal: PortalStore, kept: KeptRun, replay: KeptRun): Promise<RunComparison> {
  const names = await commonAnalyses(portal, kept.id, replay.id);
  const ids = { first: kept.id, second: replay.id, names };
  const scored = new Map(
    (
      await portal.query<{ analysis: string; customers: string; differing: string }>(
        `SELECT analysis, count() AS customers, countIf(differs) AS differing FROM (${SCORES}) GROUP BY analysis`,
        ids,
      )
    ).map((row) => [row.analysis, row]),
  );
  const matrices = new Map(
    (
      await portal.query<{ analysis: string; differing: string }>(
        `SELECT analysis, countIf(differs) AS differing FROM (${MATRICES}) GROUP BY analysis`,
        ids,
      )
    ).map((row) => [row.analysis, Number(row.differing)]),
  );
  const [all] = await portal.query<{ customers: string; differing: string }>(
    `SELECT count() AS customers, countIf(any) AS differing
     FROM (SELECT customer_id, max(differs) AS any FROM (${SCORES}) GROUP BY customer_id)`,
    ids,
  );
  const analyses: AnalysisComparison[] = [];
  for (const analysis of names) {
    const before = await portal.results.result(kept.id, analysis);
    const after = await portal.results.result(replay.id, analysis);
    const summary = differingParts(before?.summary, after?.summary);
    const isSameModel = JSON.stringify(before?.model) === JSON.stringify(after?.model);
    const differing = isSameModel ? summary : [...summary, 'model'];
    analyses.push({
      analysis,
      customers: Number(scored.get(analysis)?.customers ?? 0),
      differing: Number(scored.get(analysis)?.differing ?? 0),
      summary,
      ofTheDay: differing.filter((part) => OF_THE_DAY[analysis]?.(part) === true),
      isSameModel,
      matrixRows: matrices.get(analysis) ?? 0,
      lacksRunBefore: await lacksRunBefore(portal, analysis, kept, replay),
    });
  }
  return {
    run: kept.id,
    replay: replay.id,
    isSameData: kept.fingerprint === replay.fingerprint,
    hasSettings: kept.settings !== null,
    isSame: analyses.every(isSameIn),
    isSameAsOf: analyses.every((one) =>
      isSameIn({
        ...one,
        summary: one.summary.filter((part) => !one.ofTheDay.includes(part)),
        isSameModel: one.isSameModel || one.ofTheDay.includes('model'),
      }),
    ),
    customers: Number(all?.customers ?? 0),
    differing: Number(all?.differing ?? 0),
    analyses,
  };
}

export function isSameIn({ differing, summary, isSameModel, matrixRows }: AnalysisComparison): boolean {
  return differing === 0 && summary.length === 0 && isSameModel && matrixRows === 0;
}

/**
 * The revenue is compared with what the CRM has now; data health is that of the records as they lie there now; in which stage a
 * deal was, and which deals were open, on a day of the past is in no record, and what runs remember of stages is made of that.
 */
const OF_THE_DAY: Readonly<Record<string, (part: string) => boolean>> = {
  portfolio: (part) => part === 'revenue' || part === 'warnings',
  health: () => true,
  forecast: (part) => part === 'pipeline' || part === 'open_deals' || part === 'model',
};

/** What retention took from the kept run says nothing about the replay. */
const SCORES = sideBySide(
  'scores',
  'customer_id',
  `value, label, band, evidence, if((SELECT max(details) FROM {db:Identifier}.scores WHERE run_id = {first:String}) = '{}', '', details)`,
);
const MATRICES = sideBySide(
  'matrices',
  'customer_id, cut_off',
  'features',
  'AND analysis IN (SELECT analysis FROM {db:Identifier}.matrices WHERE run_id = {first:String})',
);

/** A row for each key that either run has, and whether the two say the same of it. */
function sideBySide(table: string, key: string, columns: string, also = ''): string {
  // As text, in which a missing value is one too.
  return `SELECT analysis, ${key}, count() != 2 OR uniqExact(toString(tuple(${columns}))) != 1 AS differs
    FROM {db:Identifier}.${table}
    WHERE run_id IN ({first:String}, {second:String}) AND analysis IN {names:Array(String)} ${also} GROUP BY analysis, ${key}`;
}

async function commonAnalyses(portal: PortalStore, first: string, second: string): Promise<readonly string[]> {
  const rows = await portal.query<{ analysis: string }>(
    `SELECT analysis FROM {db:Identifier}.results WHERE run_id IN ({first:String}, {second:String})
     GROUP BY analysis HAVING uniqExact(run_id) = 2 ORDER BY min(created_at), analysis`,
    { first, second },
  );
  return rows.map(({ analysis }) => analysis);
}

/** Whether the run that both compare with has a model and no rows of features any more, while the replay has both. */
async function lacksRunBefore(portal: PortalStore, analysis: string, kept: KeptRun, replay: KeptRun): Promise<boolean> {
  const before = await portal.results.latest(analysis, { asOfBefore: kept.portfolio.asOf, before: kept.id });
  if (before === null || before.model === null) return false;
  const [row] = await portal.query<{ before: number; again: number }>(
    `SELECT max(run_id = {before:String}) AS before, max(run_id = {replay:String}) AS again FROM {db:Identifier}.matrices
     WHERE analysis = {analysis:String} AND run_id IN ({before:String}, {replay:String})`,
    { analysis, before: before.run.id, replay: replay.id },
  );
  return row?.before === 0 && row.again === 1;
}

function differingParts(before: unknown, after: unknown): string[] {
  const [a, b] = [partsOf(before), partsOf(after)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (part) => JSON.stringify(a[part]) !== JSON.stringify(b[part]),
  );
}

function partsOf(summary: unknown): Record<string, unknown> {
  return typeof summary === 'object' && summary !== null ? { ...summary } : { summary };
}
