import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { OBJECT_TYPES, type ObjectType } from '../../src/domain/crm.ts';
import { KithError } from '../../src/lib/errors.ts';
import { FORMATS } from './formats.ts';
import { readRows } from './rows.ts';

/** A folder of export files, after its names and headers were checked. */
export interface CsvFolder {
  readonly directory: string;
  /** The folder's own name, lower-case letters, digits and dashes. */
  readonly slug: string;
  /** Path of each type's file; a type without a file is not in it. */
  readonly files: ReadonlyMap<ObjectType, string>;
}

/** Rejects with KithError('bad-folder') when nothing in the folder can be imported. */
export async function inspectFolder(path: string): Promise<CsvFolder> {
  const directory = resolve(path);
  const names = await readdir(directory).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    const found =
      code === 'ENOENT'
        ? { en: 'does not exist', zh: '不存在' }
        : code === 'ENOTDIR'
          ? { en: 'is a file, not a folder', zh: '是文件而不是文件夹' }
          : { en: `cannot be read (${String(code)})`, zh: `无法读取（${String(code)}）` };
    throw new KithError(
      'bad-folder',
      {
        en: `The folder ${directory} ${found.en}; give a folder of CRM export files (${examples()})`,
        zh: `文件夹 ${directory} ${found.zh}；请给出存放 CRM 导出文件的文件夹（${examples()}）`,
      },
      {
        cause: error,
      },
    );
  });
  const files = new Map<ObjectType, string>();
  for (const type of OBJECT_TYPES) {
    const name = [`${type}.csv`, `${type}.csv.gz`].find((candidate) => names.includes(candidate));
    if (name !== undefined) {
      files.set(type, join(directory, name));
    }
  }
  if (files.size === 0) {
    const files = OBJECT_TYPES.map((type) => `${type}.csv`);
    throw new KithError('bad-folder', {
      en: `The folder ${directory} has none of the files ${files.join(', ')} (gzipped or not); export them from the CRM into it`,
      zh: `文件夹 ${directory} 中没有以下任何文件：${files.join('、')}（可为 gzip 压缩）；请从 CRM 导出到该文件夹`,
    });
  }
  for (const [type, file] of files) {
    await checkHeader(type, file);
  }
  return { directory, slug: slugOf(basename(directory)), files };
}

async function checkHeader(type: ObjectType, file: string): Promise<void> {
  const header = await readHeader(file);
  const missing = FORMATS[type].idColumns.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    const first = header.slice(0, 12).join(',');
    const seen =
      header.length === 0
        ? { en: 'it is empty', zh: '文件为空' }
        : { en: `its first row is ${first}`, zh: `第一行为 ${first}` };
    throw new KithError('bad-folder', {
      en: `${file} has no column ${missing.join(', ')} (${seen.en}); its first row must name the columns`,
      zh: `${file} 没有列 ${missing.join('、')}（${seen.zh}）；其第一行必须是列名`,
    });
  }
}

async function readHeader(file: string): Promise<readonly string[]> {
  for await (const row of readRows(file)) {
    return row.cells.map((cell) => cell.trim());
  }
  return [];
}

function examples(): string {
  return 'deals.csv, companies.csv, contacts.csv …';
}

function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'portal' : slug;
}
