import { z } from 'zod';
import type { EvidenceLevel, Portfolio, Run, Score } from '../domain/results.ts';
import { KithError } from '../lib/errors.ts';
import { instantText } from './crm-rows.ts';
import type { Database } from './database.ts';
import type { QueryParameters, ResultStore, ScoreQuery } from './portal-store.ts';
import { instantOfRunId, newRunId } from './run-id.ts';
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

interface RunRow {
  id: string;
  started: string;
  finished: string | null;
  status: Run['status'];
  as_of_ms: string;
  fingerprint: string;
  portfolio: string;
}

const RUN_COLUMNS = `id, toUnixTimestamp64Milli(started_at) AS started, toUnixTimestamp64Milli(finished_at) AS finished,
  status, toUnixTimestamp64Milli(as_of) AS as_of_ms, fingerprint, portfolio`;

const SCORE_COLUMNS = ['run_id', 'analysis', 'customer_id', 'value', 'label', 'band', 'evidence', 'details'] as const;
const MATRIX_COLUMNS = ['run_id', 'analysis', 'customer_id', 'cut_off', 'features'] as const;

/** A run's scores, where a customer was scored again since then the newest of those. */
const NEWEST_SCORES = `
  SELECT customer_id, value, label, band, evidence, details FROM {db:Identifier}.scores
  WHERE run_id = {run:String} AND analysis = {analysis:String} AND customer_id NOT IN (
    SELECT customer_id FROM {db:Identifier}.rescored WHERE run_id = {run:String} AND analysis = {analysis:String})
  UNION ALL
  SELECT customer_id, value, label, band, evidence, details FROM {db:Identifier}.rescored
  WHERE run_id = {run:String} AND analysis = {analysis:String}
  ORDER BY seq DESC LIMIT 1 BY customer_id`;

const ORDERS: Readonly<Record<NonNullable<ScoreQuery['order']>, string>> = {
  'value-desc': 'value DESC NULLS LAST, customer_id',
  'value-asc': 'value ASC NULLS LAST, customer_id',
  customer: 'customer_id',
};

export function createResultStore(database: Database, sequence: Sequence, now: () => number): ResultStore {
  const serially = createSerial();

  async function saveRun(run: Run): Promise<void> {
    await database.insert('runs', [
      {
        id: run.id,
        started_at: instantText(run.startedAt),
        finished_at: instantText(run.finishedAt),
        status: run.status,
        as_of: instantText(run.asOf),
        fingerprint: run.fingerprint,
        portfolio: JSON.stringify(run.portfolio),
        version: sequence.next(),
      },
    ]);
  }

  async function findRun(id: string): Promise<Run | null> {
    const [row] = await database.query<RunRow>(
      `SELECT ${RUN_COLUMNS} FROM {db:Identifier}.runs FINAL WHERE id = {id:String}`,
      { id },
    );
    return row === undefined ? null : asRun(row);
  }

  return {
    begin: ({ asOf, startedAt, fingerprint, portfolio }) =>
      serially(async () => {
        const [newest] = await database.query<{ id: string }>('SELECT max(id) AS id FROM {db:Identifier}.runs');
        const after = newest === undefined || newest.id === '' ? 0 : instantOfRunId(newest.id) + 1;
        // A clock that was turned back must not make a new run look older than the last.
        const id = newRunId(Math.max(startedAt, after));
        const run: Run = { id, startedAt, finishedAt: null, status: 'running', asOf, fingerprint, portfolio };
        await saveRun(run);
        return run;
      }),

    async save(run, analysis, { summary, model, scores }) {
      const { customerIds, value, label, band, evidence, details } = scores;
      await database.insertValues('scores', SCORE_COLUMNS, customerIds.length, (i) => [
        run.id,
        analysis,
        customerIds[i],
        Number.isFinite(value[i]) ? value[i] : null,
        label[i] ?? '',
        band[i] ?? '',
        evidence[i] ?? 0,
        details[i] ?? '',
      ]);
      await database.insert('results', [
        {
          run_id: run.id,
          analysis,
          summary: JSON.stringify(summary ?? null),
          model: JSON.stringify(model ?? null),
          created_at: instantText(now()),
        },
      ]);
    },

    rescore: (runId, analysis, { customerIds, value, label, band, evidence, details }) =>
      serially(async () => {
        if (customerIds.length === 0) return;
        const [newest] = await database.query<{ seq: string }>('SELECT max(seq) AS seq FROM {db:Identifier}.rescored');
        const first = Number(newest?.seq ?? 0) + 1;
        const at = instantText(now());
        await database.insertValues('rescored', [...SCORE_COLUMNS, 'seq', 'at'], customerIds.length, (i) => [
          runId,
          analysis,
          customerIds[i],
          Number.isFinite(value[i]) ? value[i] : null,
          label[i] ?? '',
          band[i] ?? '',
          evidence[i] ?? 0,
          details[i] ?? '',
          first + i,
          at,
        ]);
      }),

    async saveMatrix(run, analysis, { customerIds, cutOff, columns, values }) {
      await database.insertValues('matrices', MATRIX_COLUMNS, customerIds.length, (i) => [
        run.id,
        analysis,
        customerIds[i],
        instantText(cutOff),
        // JSON has no NaN; the engine reads these words as the numbers they name.
        Array.from(values.subarray(i * columns, (i + 1) * columns), (x) => (Number.isFinite(x) ? x : String(x))),
      ]);
    },

    finish: (run, status, finishedAt) => saveRun({ ...run, status, finishedAt }),

    async runs(limit) {
      const rows = await database.query<RunRow>(
        `SELECT ${RUN_COLUMNS} FROM {db:Identifier}.runs FINAL ORDER BY id DESC LIMIT {limit:UInt32}`,
        { limit },
      );
      return rows.map(asRun);
    },

    async latest(analysis, options = {}) {
      const older = options.before === undefined ? '' : 'AND run_id < {before:String}';
      const [row] = await database.query<{ run_id: string; summary: string; model: string }>(
        `SELECT run_id, summary, model FROM {db:Identifier}.results
         WHERE analysis = {analysis:String} ${older}
           AND run_id IN (SELECT id FROM {db:Identifier}.runs FINAL WHERE status = 'done')
         ORDER BY run_id DESC, created_at DESC LIMIT 1`,
        { analysis, before: options.before ?? '' },
      );
      if (row === undefined) return null;
      const run = await findRun(row.run_id);
      return run === null ? null : { run, analysis, summary: JSON.parse(row.summary), model: JSON.parse(row.model) };
    },

    async scores(runId, analysis, query = {}) {
      const filters = ['1'];
      const parameters: Record<string, QueryParameters[string]> = { run: runId, analysis };
      if (query.customerIds !== undefined) {
        filters.push('customer_id IN {customers:Array(String)}');
        parameters.customers = query.customerIds;
      }
      if (query.label !== undefined) {
        filters.push('label = {label:String}');
        parameters.label = query.label;
      }
      if (query.band !== undefined) {
        filters.push('band = {band:String}');
        parameters.band = query.band;
      }
      if (query.ownerIds !== undefined) {
        const run = await findRun(runId);
        const table = run?.portfolio.unit === 'contact' ? 'contacts' : 'companies';
        filters.push(
          `customer_id IN (SELECT id FROM {db:Identifier}.${table} FINAL WHERE owner_id != '' AND owner_id IN {owners:Array(String)})`,
        );
        parameters.owners = query.ownerIds;
      }
      if (query.limit !== undefined) parameters.limit = query.limit;
      const rows = await database.query<{
        customer_id: string;
        value: number | null;
        label: string;
        band: string;
        evidence: number;
        details: string;
      }>(
        `SELECT customer_id, value, label, band, evidence, details FROM (${NEWEST_SCORES})
         WHERE ${filters.join(' AND ')} ORDER BY ${ORDERS[query.order ?? 'customer']}
         ${query.limit === undefined ? '' : 'LIMIT {limit:UInt32}'}`,
        parameters,
      );
      return rows.map(
        (row): Score => ({
          customerId: row.customer_id,
          value: row.value,
          label: row.label,
          band: row.band,
          evidence: evidenceLevel(row.evidence),
          details: row.details === '' ? null : JSON.parse(row.details),
        }),
      );
    },
  };
}

function asRun(row: RunRow): Run {
  const portfolio = portfolioSchema.safeParse(JSON.parse(row.portfolio));
  if (!portfolio.success) {
    throw new KithError(
      'store-damaged',
      `Run ${row.id} is not stored in a form that Kith wrote; run \`kith analyse\` again`,
    );
  }
  return {
    id: row.id,
    startedAt: Number(row.started),
    finishedAt: row.finished === null ? null : Number(row.finished),
    status: row.status,
    asOf: Number(row.as_of_ms),
    fingerprint: row.fingerprint,
    portfolio: portfolio.data satisfies Portfolio,
  };
}

function evidenceLevel(value: number): EvidenceLevel {
  return value === 1 || value === 2 || value === 3 ? value : 0;
}
