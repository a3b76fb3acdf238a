import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Association, CrmRecords, ObjectType, RejectedRecord } from '../../src/domain/crm.ts';
import type { CrmPage } from '../../src/ports/crm.ts';
import { FORMATS } from './formats.ts';
import { createIdSet } from './id-set.ts';
import { type CsvRow, readRowGroups } from './rows.ts';

/** Rows to a page: large enough for few inserts, small enough that a page is nothing in memory. */
const PAGE_ROWS = 5000;

/**
 * Pages of one file. A checkpoint is the number of data rows read so far and the file's size and date: reading goes on
 * after that row, or begins anew when it is no longer the same file. When an id comes twice, the later row is the record
 * and the repetition is reported.
 */
export async function* readFile<T extends ObjectType>(
  type: T,
  file: string,
  options: { after?: string; signal?: AbortSignal; copied?: readonly string[] } = {},
): AsyncGenerator<CrmPage<T>> {
  const format = FORMATS[type];
  const place = basename(file);
  const { size, mtimeMs } = await stat(file);
  const edition = `${size}-${Math.trunc(mtimeMs)}`;
  const [rows, readEdition] = (options.after ?? '').split('/');
  const skip = readEdition === edition ? Number(rows) : 0;
  const seen = createIdSet();
  let header: readonly string[] | null = null;
  let positions: readonly number[] = [];
  let copied: readonly CopiedColumn[] = [];
  let rowNumber = 0;
  let page = emptyPage<T>();
  options.signal?.throwIfAborted();
  const add = (row: CsvRow, columns: readonly string[]): void => {
    page.rows++;
    const where = `${place}:${row.line}`;
    if (row.problem !== '' || row.cells.length !== columns.length) {
      const reason = row.problem !== '' ? row.problem : `${row.cells.length} values for ${columns.length} columns`;
      page.rejected.push({ objectType: type, recordId: '', place: where, reason });
      return;
    }
    const cells = positions.map((at) => cellAt(row.cells, at));
    const read = format.read(cells, copied.length === 0 ? NOTHING : extraOf(copied, row.cells));
    if ('problem' in read) {
      const valueIn = (column: string): string => cells[format.columns.indexOf(column)] ?? '';
      const recordId = format.idColumns.map(valueIn).join('/');
      // A contact's cells may hold a person's data in the wrong column, so they are never quoted.
      const quoted = type === 'contacts' ? '' : valueIn(read.column).slice(0, 40);
      const value = quoted === '' ? '' : ` "${quoted}"`;
      const reason = `${read.column}${value} ${read.problem}`;
      page.rejected.push({ objectType: type, recordId, place: where, reason });
      return;
    }
    const { id } = read.record;
    if (!seen.add(id)) {
      const reason = `id ${id} is on an earlier line too; the later line is used`;
      page.rejected.push({ objectType: type, recordId: id, place: where, reason });
    }
    page.read.set(id, read);
  };
  for await (const rows of readRowGroups(file)) {
    for (const row of rows) {
      if (header === null) {
        header = row.cells.map((cell) => cell.trim());
        const names = header;
        positions = format.columns.map((column) => names.indexOf(column));
        copied = (options.copied ?? []).map((column) => ({ column, at: names.indexOf(column) }));
        continue;
      }
      rowNumber++;
      if (rowNumber <= skip) {
        // Ids before the checkpoint are remembered, so that a repetition after it is still noticed.
        const [only] = format.idColumns;
        seen.add(cellAt(row.cells, header.indexOf(only ?? 'id')));
        continue;
      }
      if (page.rows === PAGE_ROWS) {
        options.signal?.throwIfAborted();
        yield finished(page, `${rowNumber - 1}/${edition}`);
        page = emptyPage<T>();
      }
      add(row, header);
    }
  }
  yield finished(page, null);
}

/** A further column that the portal wants, and where it stands; -1 for one that the file lacks. */
interface CopiedColumn {
  readonly column: string;
  readonly at: number;
}

const NOTHING: Readonly<Record<string, string>> = {};

/** Of the further columns those in which the row has a value. */
function extraOf(copied: readonly CopiedColumn[], cells: readonly string[]): Readonly<Record<string, string>> {
  const entries = copied.map(({ column, at }) => [column, cellAt(cells, at)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

function cellAt(cells: readonly string[], at: number): string {
  return cells[at]?.trim() ?? '';
}

interface OpenPage<T extends ObjectType> {
  rows: number;
  readonly read: Map<string, { readonly record: CrmRecords[T]; readonly links: readonly Association[] }>;
  readonly rejected: RejectedRecord[];
}

function emptyPage<T extends ObjectType>(): OpenPage<T> {
  return { rows: 0, read: new Map(), rejected: [] };
}

function finished<T extends ObjectType>(page: OpenPage<T>, next: string | null): CrmPage<T> {
  const records: CrmRecords[T][] = [];
  const associations: Association[] = [];
  for (const { record, links } of page.read.values()) {
    records.push(record);
    for (const link of links) associations.push(link);
  }
  return { records, associations, rejected: page.rejected, next, total: null };
}
