import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import type { SkippedRow } from './portal-data.ts';

/** The path of `<name>.csv` or `<name>.csv.gz` in a folder, or null. */
export function csvPath(directory: string, name: string): string | null {
  return (
    [`${name}.csv`, `${name}.csv.gz`].map((file) => join(directory, file)).find((path) => existsSync(path)) ?? null
  );
}

/**
 * Calls `take` with every row of a CSV file, in the file's order: a function from column names to texts ('' where the
 * file has no such column). A row with the wrong number of fields, or that `take` gives a reason against, is skipped and
 * noted. Returns the header's names; [] when there is no such file.
 */
export async function readCsvRows(
  directory: string,
  name: string,
  skipped: SkippedRow[],
  take: (field: (column: string) => string, header: readonly string[]) => string | null,
): Promise<readonly string[]> {
  const path = csvPath(directory, name);
  if (path === null) return [];
  const file = path.slice(directory.length).replace(/^[/\\]+/, '');
  let header: readonly string[] = [];
  const places = new Map<string, number>();
  let row: readonly string[] = [];
  const field = (column: string): string => {
    const place = places.get(column);
    return place === undefined ? '' : (row[place] ?? '');
  };
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    on_record: (record: readonly string[], context) => {
      if (header.length === 0) {
        header = record.map((column) => column.trim());
        header.forEach((column, i) => {
          places.set(column, i);
        });
        return null;
      }
      row = record;
      const reason =
        record.length === header.length
          ? take(field, header)
          : `it has ${record.length} fields and the header ${header.length}`;
      if (reason !== null) skipped.push({ file, line: context.lines, reason });
      return null;
    },
  });
  parser.resume();
  const source = createReadStream(path);
  await (path.endsWith('.gz') ? pipeline(source, createGunzip(), parser) : pipeline(source, parser));
  return header;
}
