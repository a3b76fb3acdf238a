import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { KithError } from '../../src/lib/errors.ts';
import type { NewTask } from '../../src/ports/crm.ts';
import { appendDurably } from './annotations.ts';

const HEADER = ['id', 'object', 'record_id', 'subject', 'body', 'due_at', 'owner_id', 'created_at'] as const;
const fileSchema = z.tuple([z.array(z.string())], z.array(z.string()).length(HEADER.length));

/** tasks.csv: one row a task, only ever appended. */
export interface TaskFile {
  /** On the disk when it resolves, with the task's id. */
  append(task: NewTask, createdAt: number): Promise<string>;
}

export async function openTaskFile(path: string): Promise<TaskFile> {
  let rows = await countRows(path);
  return {
    async append({ objectType, recordId, subject, body, dueAt, ownerId }, createdAt) {
      const id = String((rows ?? 0) + 1);
      const dates = [new Date(dueAt).toISOString(), new Date(createdAt).toISOString()] as const;
      const row = [id, objectType, recordId, subject, body, dates[0], ownerId, dates[1]];
      await appendDurably(path, stringify(rows === null ? [[...HEADER], row] : [row], { escape_formulas: true }));
      rows = (rows ?? 0) + 1;
      return id;
    },
  };
}

/** How many tasks there are; null without a file. */
async function countRows(path: string): Promise<number | null> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new KithError(
      'write-back-refused',
      {
        en: `${path} cannot be read (${String(error)}); check its permissions`,
        zh: `${path} 无法读取（${String(error)}）；请检查其权限`,
      },
      {
        cause: error,
      },
    );
  });
  if (bytes === null || bytes.length === 0) return null;
  try {
    const [header, ...rows] = fileSchema.parse(parse(bytes, { bom: true, skip_empty_lines: true }));
    z.literal(HEADER.join(',')).parse(header.join(','));
    return rows.length;
  } catch (error) {
    throw new KithError(
      'write-back-refused',
      {
        en: `${path} is not a file that Kith wrote; move it away, and Kith starts a new one`,
        zh: `${path} 不是 Kith 写入的文件；请移走它，Kith 会新建一个`,
      },
      { cause: error },
    );
  }
}
