import { z } from 'zod';
import type { KeptRun, Portfolio, Run } from '../domain/results.ts';
import { KithError } from '../lib/errors.ts';
import { instantText } from './crm-rows.ts';
import type { Database } from './database.ts';
import type { AnalysisSummary, ResultRows, ResultStore } from './portal-store.ts';
import { noMemory, type ReadMemory } from './read-memory.ts';
import { keptLines, MATRIX_COLUMNS, resultRows, SCORE_COLUMNS, scoreRow } from './result-rows.ts';
import { instantOfRunId, newRunId } from './run-id.ts';
import { createScoreReader } from './score-reader.ts';
import type { Sequence } from './sequence.ts';
import { createSerial } from './serial.ts';

const portfolioSchema = z.strictObject({
  unit: z.enum(['company', 'contact']),
  timeZone: z.string(),
  currency: z.string(),
  asOf: z.number(),
  horizonDays: z.number(),
  seed: z.number(),
});

const listingSchema = z.looseObject({ customerIds: z.array(z.string()) });

interface RunRow {
  id: string;
  started: string;
  finished: string | null;
  status: Run['status'];
  as_of_ms: string;
  fingerprint: string;
  portfolio: string;
  kind: string;
  replay_of: string;
  settings: string;
}

const RUN_COLUMNS = `id, toUnixTimestamp64Milli(started_at) AS started, toUnixTimestamp64Milli(finished_at) AS finished,
  status, toUnixTimestamp64Milli(as_of) AS as_of_ms, fingerprint, portfolio, kind, replay_of, settings`;

const RESULT_COLUMNS = ['run_id', 'analysis', 'summary', 'model', 'created_at'] as const;
const WHOLE = ['summary', 'model'] as const;
const NEWEST = "kind = 'current'";

/** `noProfileOf`: tells of which contacts nothing may be kept, for they were forgotten while a run went on, or opted out. */
export function createResultStore(
  database: Database,
  sequence: Sequence,
  now: () => number,
  noProfileOf: () => Promise<(contactId: string) => boolean>,
  memory: ReadMemory = noMemory,
): ResultStore {
  const serially = createSerial();

  /** The rows that may be kept: positions, ascending. */
  async function allowed({ portfolio }: Pick<Run, 'portfolio'>, ids: readonly string[]): Promise<readonly number[]> {
    if (portfolio.unit !== 'contact') return [...ids.keys()];
    const isOut = await noProfileOf();
    return [...ids.keys()].filter((i) => !isOut(ids[i]!));
  }

  /** What a model keeps of customers by position: an empty id stands where nothing may be kept. */
  async function withoutOthers({ portfolio }: Pick<Run, 'portfolio'>, model: unknown): Promise<unknown> {
    const listing = listingSchema.safeParse(model);
    if (portfolio.unit !== 'contact' || !listing.success) return model;
    const isOut = await noProfileOf();
    return { ...listing.data, customerIds: listing.data.customerIds.map((id) => (isOut(id) ? '' : id)) };
  }

  async function saveRows(run: Run, { customerIds, scores, matrix }: ResultRows): Promise<void> {
    const kept = await allowed(run, customerIds);
    const allowedOf = (lines: Uint8Array) => (kept.length === customerIds.length ? lines : keptLines(lines, kept));
    await database.insertLines('scores', SCORE_COLUMNS, allowedOf(scores));
    if (matrix !== null) await database.insertLines('matrices', MATRIX_COLUMNS, allowedOf(matrix));
  }

  async function saveRun(run: KeptRun): Promise<void> {
    await database.insert('runs', [
      {
        id: run.id,
        started_at: instantText(run.startedAt),
        finished_at: instantText(run.finishedAt),
        status: run.status,
        as_of: instantText(run.asOf),
        fingerprint: run.fingerprint,
        portfolio: JSON.stringify(run.portfolio),
        kind: run.kind,
        replay_of: run.replayOf ?? '',
        settings: run.settings === null ? '' : JSON.stringify(run.settings),
        version: sequence.next(),
      },
    ]);
  }

  async function findRun(id: string): Promise<KeptRun | null> {
    const [row] = await database.query<RunRow>(
      `SELECT ${RUN_COLUMNS} FROM {db:Identifier}.runs FINAL WHERE id = {id:String}`,
      { id },
    );
    return row === undefined ? null : asKeptRun(row);
  }

  async function resultIn<Column extends 'summary' | 'model'>(
    analysis: string,
    where: string,
    parameters: Record<string, string | number>,
    columns: readonly Column[],
  ): Promise<(Omit<AnalysisSummary, 'summary'> & Record<Column, unknown>) | null> {
    // The run first, of which there may be years; then its texts, which may be large, alone.
    const [found] = await database.query<{ run_id: string }>(
      `SELECT s.run_id AS run_id FROM {db:Identifier}.results AS s
       INNER JOIN (SELECT id, as_of FROM {db:Identifier}.runs FINAL WHERE status = 'done' AND ${where}) AS r ON r.id = s.run_id
       WHERE s.analysis = {analysis:String}
       ORDER BY ${parameters.asOfBefore === undefined ? '' : 'r.as_of DESC, '}s.run_id DESC LIMIT 1`,
      { analysis, ...parameters },
    );
    if (found === undefined) return null;
    const [run, [row]] = await Promise.all([
      findRun(found.run_id),
      database.query<Record<Column, string>>(
        `SELECT ${columns.join(', ')} FROM {db:Identifier}.results
         WHERE analysis = {analysis:String} AND run_id = {run:String} ORDER BY created_at DESC LIMIT 1`,
        { analysis, run: found.run_id },
      ),
    ]);
    if (run === null || row === undefined) return null;
    const parsed = columns.map((column) => [column, JSON.parse(row[column])]);
    return { run: asRun(run), analysis, ...(Object.fromEntries(parsed) as Record<Column, unknown>) };
  }

  return {
    begin: ({ asOf, startedAt, fingerprint, portfolio }, kept = { kind: 'current', replayOf: null, settings: null }) =>
      serially(async () => {
        const [newest] = await database.query<{ id: string }>('SELECT max(id) AS id FROM {db:Identifier}.runs');
        const after = newest === undefined || newest.id === '' ? 0 : instantOfRunId(newest.id) + 1;
        // A clock that was turned back must not make a new run look older than the last.
        const id = newRunId(Math.max(startedAt, after));
        const run: Run = { id, startedAt, finishedAt: null, status: 'running', asOf, fingerprint, portfolio };
        await saveRun({ ...run, ...kept });
        return run;
      }),

    saveRows,

    async save(run, analysis, { summary, model, scores }) {
      if (scores !== undefined) await saveRows(run, resultRows(run, analysis, scores));
      const texts = [JSON.stringify(summary ?? null), JSON.stringify((await withoutOthers(run, model)) ?? null)];
      // A model may be a hundred megabytes: as values it is copied least often on its way.
      await database.insertValues('results', RESULT_COLUMNS, 1, () => [run.id, analysis, ...texts, instantText(now())]);
    },

    rescore: (runId, analysis, scores) =>
      serially(async () => {
        const { length } = scores.customerIds;
        if (length === 0) return;
        const [newest] = await database.query<{ seq: string }>('SELECT max(seq) AS seq FROM {db:Identifier}.rescored');
        const first = Number(newest?.seq ?? 0) + 1;
        const at = instantText(now());
        await database.insertValues('rescored', [...SCORE_COLUMNS, 'seq', 'at'], length, (i) => [
          ...scoreRow(runId, analysis, scores, i),
          first + i,
          at,
        ]);
      }),

    async finish(run, status, finishedAt) {
      const begun = await findRun(run.id);
      const kept: KeptRun = begun ?? { ...run, kind: 'current', replayOf: null, settings: null };
      await saveRun({ ...kept, status, finishedAt });
    },

    async runs(limit) {
      const rows = await database.query<RunRow>(
        `SELECT ${RUN_COLUMNS} FROM {db:Identifier}.runs FINAL WHERE kind = 'current' ORDER BY id DESC LIMIT {limit:UInt32}`,
        { limit },
      );
      return rows.map((row) => asRun(asKeptRun(row)));
    },

    async kept(limit) {
      const rows = await database.query<RunRow>(
        `SELECT ${RUN_COLUMNS} FROM {db:Identifier}.runs FINAL ORDER BY id DESC LIMIT {limit:UInt32}`,
        { limit },
      );
      return rows.map(asKeptRun);
    },

    keptRun: findRun,

    latest(analysis, { before, asOfBefore } = {}) {
      const older = before === undefined ? '' : ' AND id < {before:String}';
      const earlier =
        asOfBefore === undefined ? '' : " AND as_of < fromUnixTimestamp64Milli({asOfBefore:Int64}, 'UTC')";
      return resultIn(
        analysis,
        `${NEWEST}${older}${earlier}`,
        {
          ...(before === undefined ? {} : { before }),
          ...(asOfBefore === undefined ? {} : { asOfBefore }),
        },
        WHOLE,
      );
    },

    result: (runId, analysis) => resultIn(analysis, 'id = {run:String}', { run: runId }, WHOLE),

    async summary(analysis, runId) {
      const text = await memory.text(`summary ${analysis} ${runId ?? ''}`, async () => {
        const [where, of] = runId === undefined ? [NEWEST, {}] : ['id = {run:String}', { run: runId }];
        const found = await resultIn(analysis, where, of, ['summary']);
        return found === null ? null : JSON.stringify(found);
      });
      // Written two lines above: each reader gets an object of its own.
      return text === null ? null : (JSON.parse(text) as AnalysisSummary);
    },

    ...createScoreReader(database, memory, async (runId) => (await findRun(runId))?.portfolio ?? null),
  };
}

/** Without what only a replay needs. */
function asRun({ kind: _kind, replayOf: _replayOf, settings: _settings, ...run }: KeptRun): Run {
  return run;
}

function asKeptRun(row: RunRow): KeptRun {
  const portfolio = portfolioSchema.safeParse(JSON.parse(row.portfolio));
  if (!portfolio.success) {
    throw new KithError('store-damaged', {
      en: `Run ${row.id} is not stored in a form that Kith wrote; run \`kith analyse\` again`,
      zh: `分析 ${row.id} 的存储格式不是 Kith 写入的；请重新运行 \`kith analyse\``,
    });
  }
  return {
    id: row.id,
    startedAt: Number(row.started),
    finishedAt: row.finished === null ? null : Number(row.finished),
    status: row.status,
    asOf: Number(row.as_of_ms),
    fingerprint: row.fingerprint,
    portfolio: portfolio.data satisfies Portfolio,
    kind: row.kind === 'replay' ? 'replay' : 'current',
    replayOf: row.replay_of === '' ? null : row.replay_of,
    settings: row.settings === '' ? null : JSON.parse(row.settings),
  };
}
