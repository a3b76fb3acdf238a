import type { ChartSpec } from '../../src/charts/chart-spec.ts';
import { type ChartTable, chartTable } from '../../src/charts/chart-table.ts';
import { LIMITS } from './block-limits.ts';
import type { DataTableBlock } from './block-types.ts';
import { label } from './escape.ts';

/** A page of a table in a chat: more rows are one click away. */
const PAGE = 10;
/** Longer cells make a table that nobody reads on a phone. */
const CELL = 150;

/** A table cut to what Slack takes and to the characters that the message has left; null when not one row fits. */
export function tableBlock(
  caption: string,
  table: ChartTable,
  left: number,
): { block: DataTableBlock; shown: number } | null {
  const columns = Math.min(table.columns.length, LIMITS.tableColumns);
  const cells = (row: readonly string[]) =>
    Array.from({ length: columns }, (_, index) => ({ type: 'raw_text' as const, text: label(row[index] ?? '', CELL) }));
  const title = label(caption, LIMITS.caption);
  const rows = [cells(table.columns.map((column) => column.label))];
  const size = (row: readonly { text: string }[]) => row.reduce((sum, cell) => sum + cell.text.length, 0);
  let used = size(rows[0] ?? []);
  for (const row of table.rows.slice(0, LIMITS.tableRows)) {
    const made = cells(row);
    used += size(made);
    if (used > LIMITS.tableCharacters || used + title.length > left) break;
    rows.push(made);
  }
  const shown = rows.length - 1;
  if (shown === 0 || columns === 0) return null;
  return { block: { type: 'data_table', caption: title, page_size: Math.min(PAGE, shown), rows }, shown };
}

/** The chart's numbers as a table. */
export function chartTableBlock(
  chart: ChartSpec,
  left: number,
): { block: DataTableBlock; shown: number; count: number } | null {
  const table = chartTable(chart);
  const made = tableBlock(chart.title, table, left);
  return made === null ? null : { ...made, count: table.rows.length };
}
