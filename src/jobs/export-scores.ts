import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { RegisteredAnalysis } from '../analyses/analysis.ts';
import { KithError, messageOf } from '../lib/errors.ts';
import type { PrivacyReader } from '../privacy/privacy-reader.ts';

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
}): Promise<ExportReport> {
  const { reader, analyses, directory } = options;
  const files: Record<string, number> = {};
  try {
    await mkdir(directory, { recursive: true });
    for (const analysis of analyses) {
      const result = await reader.result(analysis.name);
      if (result === null) continue;
      const { rows } = await reader.rows(result.run, analysis.name, { order: 'customer' });
      if (rows.length === 0) continue;
      const table = rows.map((row) => ({
        customer_id: row.customerId,
        customer: row.name,
        owner: row.owner?.name ?? '',
        value: row.value ?? '',
        label: row.label,
        band: row.band,
        evidence_level: row.evidence,
        as_of: new Date(result.run.asOf).toISOString(),
        details: JSON.stringify(row.details),
      }));
      await writeFile(
        join(directory, `${analysis.name}.csv`),
        stringify(table, { header: true, escape_formulas: true }),
      );
      files[`${analysis.name}.csv`] = rows.length;
    }
  } catch (error) {
    if (error instanceof KithError) throw error;
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
