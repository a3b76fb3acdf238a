import { stringify } from 'csv-stringify/sync';
import type { Report } from '../../src/report/report.ts';

/** What spreadsheets need to read the file as Unicode. */
const BYTE_ORDER_MARK = '\uFEFF';

export function csvOf(rows: readonly (readonly string[])[]): string {
  return (
    BYTE_ORDER_MARK +
    stringify(
      rows.map((row) => [...row]),
      { escape_formulas: true },
    )
  );
}

/** A report's items and tables, one below the other, each under its titles. */
export function reportTables(report: Report): string[][] {
  const rows: string[][] = [];
  for (const part of report.parts) {
    if (part.kind === 'item') rows.push([part.title, part.text, part.owner?.name ?? '', part.link ?? '']);
    if (part.kind === 'table')
      rows.push(
        [part.title],
        part.columns.map(({ label }) => label),
        ...part.rows.map((row) => [...row]),
      );
    if (part.kind === 'facts') rows.push(...part.facts.map(({ label, value }) => [label, value]));
  }
  return [[report.headline], ...rows];
}
