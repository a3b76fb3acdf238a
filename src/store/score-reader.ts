import type { Portfolio, Score } from '../domain/results.ts';
import type { Database } from './database.ts';
import type { ResultStore, ScoreQuery } from './portal-store.ts';
import type { ReadMemory } from './read-memory.ts';
import { readScores, readValues } from './score-query.ts';

/** The longest list that an answer reads. */
const LONGEST_LIST = 2_000;

/** Reads the scores of runs; what many people ask for comes out of the memory. `portfolioOf`: a run's, null where there is no such run. */
export function createScoreReader(
  database: Database,
  memory: ReadMemory,
  portfolioOf: (runId: string) => Promise<Portfolio | null>,
): Pick<ResultStore, 'scores' | 'values'> {
  /** The analyses of which a run has scores that were given since; null where it would have to be asked each time. */
  async function rescoredOf(runId: string): Promise<readonly string[] | null> {
    if (!memory.keeps) return null;
    const text = await memory.text(`rescored ${runId}`, async () => {
      const rows = await database.query<{ analysis: string }>(
        'SELECT DISTINCT analysis FROM {db:Identifier}.rescored WHERE run_id = {run:String}',
        { run: runId },
      );
      return JSON.stringify(rows.map(({ analysis }) => analysis));
    });
    // Written just above.
    return text === null ? null : (JSON.parse(text) as readonly string[]);
  }

  async function read(runId: string, analysis: string, query: ScoreQuery): Promise<Score[]> {
    // Owners and purchases are read as of the run: the newest of neither may leak into an older one.
    const needsRun = query.ownerIds !== undefined || query.order === 'product-desc';
    const portfolio = needsRun ? await portfolioOf(runId) : null;
    return readScores(database, { runId, analysis, portfolio, rescored: await rescoredOf(runId) }, query);
  }

  return {
    async scores(runId, analysis, query = {}) {
      if (!memory.keeps || !isShared(query)) return read(runId, analysis, query);
      const text = await memory.text(`scores ${runId} ${analysis} ${JSON.stringify(query)}`, async () =>
        JSON.stringify(await read(runId, analysis, query)),
      );
      // Written just above: each reader gets objects of its own.
      return text === null ? [] : (JSON.parse(text) as Score[]);
    },

    values: async (runId, analysis, query = {}) =>
      readValues(database, { runId, analysis, portfolio: null, rescored: await rescoredOf(runId) }, query),
  };
}

/**
 * Whether many people read these same scores: the beginning of a list of all customers, which follows from the run alone. What
 * depends on owners or purchases may change with every sync.
 */
function isShared(query: ScoreQuery): boolean {
  const { limit = Number.POSITIVE_INFINITY, customerIds, ownerIds, product, givenBy } = query;
  return limit <= LONGEST_LIST && [customerIds, ownerIds, product, givenBy].every((one) => one === undefined);
}
