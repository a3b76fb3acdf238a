import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type CsvError, parse } from 'csv-parse';
import { KithError } from '../../src/lib/errors.ts';
import { plainLines, type Remainder } from './plain-lines.ts';

/** One row of a file: its cells, or why it could not be cut into cells. */
export interface CsvRow {
  /** The line that the row starts on; the header is line 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** '' when the row is well formed. */
  readonly problem: string;
}

/** A record larger than this is a quote that was never closed, not data. */
const MAX_RECORD_BYTES = 1_048_576;
const CHUNK_BYTES = 131_072;

/**
 * Streams a CSV file (gzipped when its name ends in .gz), header included. Empty lines are left out; a row whose quotes are
 * wrong comes with its `problem` and no cells, and the rows after it go on.
 */
export async function* readRows(file: string): AsyncGenerator<CsvRow> {
  for await (const rows of readRowGroups(file)) yield* rows;
}

/** As `readRows`, as many rows at once as were read at once: waiting for each takes as long as reading it. */
export async function* readRowGroups(file: string): AsyncGenerator<readonly CsvRow[]> {
  const raw = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  const bytes: Readable = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
  raw.on('error', (error: Error) => bytes.destroy(error));
  const chunks: AsyncIterator<Buffer> = bytes[Symbol.asyncIterator]();
  try {
    const plain = plainLines(chunks, MAX_RECORD_BYTES);
    let line = 1;
    let next = await plain.next();
    for (; next.done !== true; next = await plain.next()) {
      const rows: CsvRow[] = [];
      for (const text of next.value) {
        if (text !== '') rows.push({ line, cells: text.split(','), problem: '' });
        line++;
      }
      yield rows;
    }
    if (next.value !== null) for await (const row of parsedRows(next.value, chunks)) yield [row];
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    raw.destroy();
    bytes.destroy();
  }
}

/** The rows of a file's remainder and of what comes after it. */
async function* parsedRows({ lines, bytes }: Remainder, chunks: AsyncIterator<Buffer>): AsyncGenerator<CsvRow> {
  const skipped: { afterRecords: number; line: number; problem: string }[] = [];
  const parser = parse({
    bom: lines === 0,
    // Plain lines ended so, and the file's first line is the one that tells.
    ...(lines > 0 && { record_delimiter: '\n' }),
    relax_column_count: true,
    max_record_size: MAX_RECORD_BYTES,
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined) => {
      skipped.push({
        afterRecords: numberOf(error, 'records'),
        line: lines + numberOf(error, 'lines'),
        problem: problemOf(error),
      });
      return undefined;
    },
  });
  const all = Readable.from(remaining(bytes, chunks), { objectMode: false });
  all.on('error', (error: Error) => parser.destroy(error));
  all.pipe(parser);
  let records = 0;
  let line = lines + 1;
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
  } finally {
    all.destroy();
    parser.destroy();
  }
}

async function* remaining(bytes: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield bytes;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
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
