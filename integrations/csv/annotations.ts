import { open, readFile, truncate } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { KithError } from '../../src/lib/errors.ts';

/** One value written to one record. */
export interface Annotation {
  readonly id: string;
  readonly property: string;
  readonly value: string;
  /** ISO 8601, UTC. */
  readonly writtenAt: string;
  readonly object: 'companies' | 'contacts';
}

const HEADER = ['id', 'property', 'value', 'written_at', 'object'] as const;
const headerSchema = z.literal(HEADER.join(','));
const rowSchema = z.tuple([z.string(), z.string(), z.string(), z.string(), z.enum(['companies', 'contacts'])]);
/** What csv-stringify puts a ' in front of, so that a spreadsheet does not run a value as a formula. */
const ESCAPED_FORMULA = /^'[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

/** annotations.csv: rows are only ever appended, and the newest row of a record's property is its value. */
export interface AnnotationFile {
  valueOf(object: 'companies' | 'contacts', id: string, property: string): string;
  /** On the disk when it returns: all of the rows, or (after a crash) whole rows up to some point. */
  append(annotations: readonly Annotation[]): Promise<void>;
}

export async function openAnnotationFile(path: string): Promise<AnnotationFile> {
  const newest = new Map<string, string>();
  let needsHeader = !(await load(path, newest));
  return {
    valueOf: (object, id, property) => newest.get(keyOf(object, id, property)) ?? '',
    async append(annotations) {
      if (annotations.length === 0) {
        return;
      }
      const rows = annotations.map((a) => [a.id, a.property, a.value, a.writtenAt, a.object]);
      const text = stringify(needsHeader ? [[...HEADER], ...rows] : rows, { escape_formulas: true });
      await appendDurably(path, text);
      needsHeader = false;
      for (const a of annotations) {
        newest.set(keyOf(a.object, a.id, a.property), a.value);
      }
    },
  };
}

/** False when there is no such file, or it is empty. A last line cut off by a crash is taken away. */
async function load(path: string, newest: Map<string, string>): Promise<boolean> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return null;
    }
    throw new KithError(
      'bad-data',
      {
        en: `${path} cannot be read (${String(error)}); check its permissions`,
        zh: `${path} 无法读取（${String(error)}）；请检查其权限`,
      },
      {
        cause: error,
      },
    );
  });
  if (bytes === null || bytes.length === 0) {
    return false;
  }
  const whole = bytes.lastIndexOf(0x0a) + 1;
  if (whole < bytes.length) {
    await truncate(path, whole);
  }
  if (whole === 0) {
    return false;
  }
  for (const [id, property, value, , object] of parseRows(path, bytes.subarray(0, whole))) {
    newest.set(keyOf(object, id, property), ESCAPED_FORMULA.test(value) ? value.slice(1) : value);
  }
  return true;
}

function parseRows(path: string, bytes: Buffer): readonly z.infer<typeof rowSchema>[] {
  try {
    const [header, ...rows] = parse(bytes, { bom: true, skip_empty_lines: true });
    headerSchema.parse(header?.join(','));
    return rows.map((row) => rowSchema.parse(row));
  } catch (error) {
    throw new KithError(
      'bad-data',
      {
        en: `${path} is not a file that Kith wrote; move it away, and Kith starts a new one`,
        zh: `${path} 不是 Kith 写入的文件；请移走它，Kith 会新建一个`,
      },
      {
        cause: error,
      },
    );
  }
}

/** On the disk when it returns. */
export async function appendDurably(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, 'a');
    try {
      await file.appendFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new KithError(
      'write-back-refused',
      {
        en: `${path} cannot be written (${reason}); make the folder writable or import a copy of it`,
        zh: `${path} 无法写入（${reason}）；请让文件夹可写，或导入它的副本`,
      },
      {
        cause: error,
      },
    );
  }
}

function keyOf(object: string, id: string, property: string): string {
  return `${object}\n${id}\n${property}`;
}
