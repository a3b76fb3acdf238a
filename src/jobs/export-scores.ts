import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { RegisteredAnalysis } from '../analyses/analysis.ts';
import type { Run } from '../domain/results.ts';
import { KithError, messageOf } from '../lib/errors.ts';
import type { Progress } from '../ports/job-runner.ts';
import type { PrivacyReader } from '../privacy/privacy-reader.ts';

/** Rows that are read and written at once. */
const PAGE = 5_000;

export interface ExportReport {
  readonly directory: string;
  /** Rows by file. */
  readonly files: Readonly<Record<string, number>>;
}

/**
 * Every customer's newest scores as CSV, one file an analysis, names as the viewer may see them. A value that a spreadsheet
 * would run as a formula is quoted.
 */
export async function exportScores(options: {
  reader: PrivacyReader;
  analyses: readonly RegisteredAnalysis[];
  directory: string;
  progress: Progress;
  signal?: AbortSignal;
}): Promise<ExportReport> {
  const { reader, analyses, directory, progress, signal } = options;
  const files: Record<string, number> = {};
  try {
    await mkdir(directory, { recursive: true });
    for (const analysis of analyses) {
      const result = await reader.result(analysis.name);
      if (result === null) continue;
      const name = `${analysis.name}.csv`;
      const written = await writeScores(join(directory, name), analysis.name, result.run, reader, (rows) => {
        progress.update({ en: name, zh: name }, rows, null);
        signal?.throwIfAborted();
      });
      if (written > 0) files[name] = written;
    }
  } catch (error) {
    if (error instanceof KithError || signal?.aborted === true) throw error;
    throw new KithError(
      'store-unwritable',
      {
        en: `The scores could not be written to ${directory} (${messageOf(error)}); choose a folder that can be written`,
        zh: `无法将得分写入 ${directory}（${messageOf(error)}）；请选择可写入的文件夹`,
      },
      { cause: error },
    );
  }
  if (Object.keys(files).length === 0)
    throw new KithError('no-results', {
      en: "There are no scores yet; run 'kith analyse' first",
      zh: "还没有得分；请先运行 'kith analyse'",
    });
  return { directory, files };
}

/** Page by page, for there may be millions; the file has its name once it is whole. Gives back how many rows it has, and none for 0. */
async function writeScores(
  path: string,
  analysis: string,
  run: Run,
  reader: PrivacyReader,
  told: (rows: number) => void,
): Promise<number> {
  const part = `${path}.part`;
  const asOf = new Date(run.asOf).toISOString();
  let written = 0;
  try {
    const file = await open(part, 'w');
    try {
      let page = await reader.rows(run, analysis, { order: 'customer', limit: PAGE });
      while (page.rows.length > 0) {
        const table = page.rows.map((row) => ({
          customer_id: row.customerId,
          customer: row.name,
          owner: row.owner?.name ?? '',
          value: row.value ?? '',
          label: row.label,
          band: row.band,
          evidence_level: row.evidence,
          as_of: asOf,
          details: JSON.stringify(row.details),
        }));
        await file.writeFile(stringify(table, { header: written === 0, escape_formulas: true }));
        written += table.length;
        told(written);
        const after = page.rows.at(-1)!.customerId;
        page = await reader.rows(run, analysis, { order: 'customer', limit: PAGE, after });
      }
    } finally {
      await file.close();
    }
    if (written > 0) await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
  return written;
}
