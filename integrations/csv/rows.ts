import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { type CsvError, parse } from 'csv-parse';
import { KithError } from '../../src/lib/errors.ts';

/** One row of a file: its cells, or why it could not be cut into cells. */
interface CsvRow {
  /** The line that the row starts on; the header is line 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** '' when the row is well formed. */
  readonly problem: string;
}

/** A record larger than this is a quote that was never closed, not data. */
const MAX_RECORD_BYTES = 1_048_576;

/**
 * Streams a CSV file (gzipped when its name ends in .gz), header included. Empty lines are left out; a row whose quotes are
 * wrong comes with its `problem` and no cells, and the rows after it go on.
 */
export async function* readRows(file: string): AsyncGenerator<CsvRow> {
  const skipped: { afterRecords: number; line: number; problem: string }[] = [];
  const parser = parse({
    bom: true,
    relax_column_count: true,
    max_record_size: MAX_RECORD_BYTES,
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined) => {
      skipped.push({
        afterRecords: numberOf(error, 'records'),
        line: numberOf(error, 'lines'),
        problem: problemOf(error),
      });
      return undefined;
    },
  });
  const raw = createReadStream(file);
  const bytes = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
  raw.on('error', (error: Error) => parser.destroy(error));
  bytes.on('error', (error: Error) => parser.destroy(error));
  bytes.pipe(parser);
  let records = 0;
  let line = 1;
  let nextSkip = 0;
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      for (; nextSkip < skipped.length && (skipped[nextSkip]?.afterRecords ?? 0) <= records; nextSkip++) {
        const skip = skipped[nextSkip]!;
        yield { line, cells: [], problem: skip.problem };
        line = skip.line + 1;
      }
      records++;
      if (cells.length > 1 || cells[0] !== '') {
        yield { line, cells, problem: '' };
      }
      line += 1 + newlinesIn(cells);
    }
    for (; nextSkip < skipped.length; nextSkip++) {
      const skip = skipped[nextSkip]!;
      yield { line, cells: [], problem: skip.problem };
      line = skip.line + 1;
    }
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    raw.destroy();
    parser.destroy();
  }
}

function newlinesIn(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) {
      count++;
    }
  }
  return count;
}

function numberOf(error: CsvError | undefined, field: string): number {
  const value: unknown = error?.[field];
  return typeof value === 'number' ? value : 0;
}

function problemOf(error: CsvError | undefined): string {
  switch (error?.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
    case 'CSV_MAX_RECORD_SIZE':
      return 'a quote is opened and never closed';
    default:
      return 'a quote stands where none may; put the whole value in quotes and double the quotes inside it';
  }
}

function unreadable(file: string, error: unknown): unknown {
  if (error instanceof KithError || !(error instanceof Error)) {
    return error;
  }
  const reason = error.message;
  return file.endsWith('.gz') && 'code' in error && String(error.code).startsWith('Z_')
    ? new KithError(
        'bad-data',
        {
          en: `${file} cannot be unpacked (${reason}); export it again`,
          zh: `${file} 无法解压（${reason}）；请重新导出`,
        },
        { cause: error },
      )
    : new KithError(
        'bad-data',
        {
          en: `${file} cannot be read (${reason}); check the file and its permissions`,
          zh: `${file} 无法读取（${reason}）；请检查文件及其权限`,
        },
        {
          cause: error,
        },
      );
}
