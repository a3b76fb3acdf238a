import { basename } from 'node:path';
import type { Association, CrmRecords, ObjectType, RejectedRecord } from '../../src/domain/crm.ts';
import type { CrmPage } from '../../src/ports/crm.ts';
import { editionOf } from './edition.ts';
import { BrokenCell } from './file-format.ts';
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
  const edition = await editionOf(file);
  const [rows, readEdition] = (options.after ?? '').split('/');
  const skip = readEdition === edition ? Number(rows) : 0;
  const seen = createIdSet();
  let header: readonly string[] | null = null;
  let positions: readonly number[] = [];
  // Of one row at a time.
  const cells: string[] = [];
  let copied: readonly CopiedColumn[] = [];
  let rowNumber = 0;
  let page = emptyPage<T>();
  options.signal?.throwIfAborted();
  const add = (row: CsvRow, columns: readonly string[]): void => {
    page.rows++;
    const reject = (recordId: string, reason: string): void => {
      page.rejected.push({ objectType: type, recordId, place: `${place}:${row.line}`, reason });
    };
    if (row.problem !== '' || row.cells.length !== columns.length) {
      reject('', row.problem !== '' ? row.problem : `${row.cells.length} values for ${columns.length} columns`);
      return;
    }
    for (let k = 0; k < positions.length; k++) cells[k] = cellAt(row.cells, positions[k]!);
    const extra = copied.length === 0 ? NOTHING : extraOf(copied, row.cells);
    const record = format.read(cells, extra, page.links);
    if (record instanceof BrokenCell) {
      const valueIn = (column: string): string => cells[format.columns.indexOf(column)] ?? '';
      // A contact's cells may hold a person's data in the wrong column, so they are never quoted.
      const quoted = type === 'contacts' ? '' : valueIn(record.column).slice(0, 40);
      const value = quoted === '' ? '' : ` "${quoted}"`;
      reject(format.idColumns.map(valueIn).join('/'), `${record.column}${value} ${record.problem}`);
      return;
    }
    if (!seen.add(record.id)) {
      page.hasRepetitions = true;
      reject(record.id, `id ${record.id} is on an earlier line too; the later line is used`);
    }
    page.records.push(record);
    page.linkEnds.push(page.links.length);
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

const [SPACE, DELETE] = [0x20, 0x7f];

function cellAt(cells: readonly string[], at: number): string {
  const cell = cells[at];
  if (cell === undefined || cell === '') return '';
  const [first, last] = [cell.charCodeAt(0), cell.charCodeAt(cell.length - 1)];
  // Nearly every cell begins and ends with what is certainly no space.
  return first > SPACE && first < DELETE && last > SPACE && last < DELETE ? cell : cell.trim();
}

interface OpenPage<T extends ObjectType> {
  rows: number;
  readonly records: CrmRecords[T][];
  readonly links: Association[];
  /** Of each record, how many links there were once its own had come. */
  readonly linkEnds: number[];
  /** Some id may be in it twice. */
  hasRepetitions: boolean;
  readonly rejected: RejectedRecord[];
}

function emptyPage<T extends ObjectType>(): OpenPage<T> {
  return { rows: 0, records: [], links: [], linkEnds: [], hasRepetitions: false, rejected: [] };
}

function finished<T extends ObjectType>(page: OpenPage<T>, next: string | null): CrmPage<T> {
  const { records, links, rejected } = page.hasRepetitions ? withoutRepetitions(page) : page;
  return { records, associations: links, rejected, next, total: null };
}

/** Of the rows with one id the last, with its own links. */
function withoutRepetitions<T extends ObjectType>(page: OpenPage<T>): OpenPage<T> {
  const lastOf = new Map(page.records.map(({ id }, i) => [id, i]));
  const kept = { ...emptyPage<T>(), rows: page.rows, rejected: page.rejected };
  for (const i of lastOf.values()) {
    kept.records.push(page.records[i]!);
    kept.links.push(...page.links.slice(page.linkEnds[i - 1] ?? 0, page.linkEnds[i]));
  }
  return kept;
}
