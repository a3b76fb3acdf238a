import { join } from 'node:path';
import { KithError } from '../../src/lib/errors.ts';
import type { CrmSink } from '../../src/ports/crm.ts';
import { type Annotation, type AnnotationFile, openAnnotationFile } from './annotations.ts';
import type { CsvFolder } from './folder.ts';
import { createIdSet, type IdSet } from './id-set.ts';
import { readRows } from './rows.ts';
import { openTaskFile, type TaskFile } from './task-file.ts';

/** Writes to annotations.csv and tasks.csv beside the export files, which themselves are never touched. */
export function createCsvSink(folder: CsvFolder, now: () => number): CrmSink {
  let annotations: Promise<AnnotationFile> | null = null;
  const ids = new Map<'companies' | 'contacts', Promise<IdSet>>();
  const file = () => {
    annotations ??= openAnnotationFile(join(folder.directory, 'annotations.csv'));
    return annotations;
  };
  let tasks: TaskFile | null = null;
  const idsOf = (type: 'companies' | 'contacts') => {
    const known = ids.get(type) ?? readIds(folder.files.get(type));
    ids.set(type, known);
    return known;
  };
  return {
    prepare: async () => {
      await file();
    },
    async current(type, wanted, properties) {
      const [known, values] = [await idsOf(type), await file()];
      const present = wanted.filter((id) => known.has(id));
      return new Map(
        present.map((id) => [id, Object.fromEntries(properties.map((name) => [name, values.valueOf(type, id, name)]))]),
      );
    },
    async write(type, writes) {
      const [known, values] = [await idsOf(type), await file()];
      const writtenAt = new Date(now()).toISOString();
      const written: string[] = [];
      const failed: { id: string; reason: string }[] = [];
      const rows: Annotation[] = [];
      for (const { id, properties } of writes) {
        if (!known.has(id)) {
          failed.push({ id, reason: `${type}.csv has no record ${id}` });
          continue;
        }
        written.push(id);
        for (const [property, value] of Object.entries(properties)) {
          rows.push({ id, property, value, writtenAt, object: type });
        }
      }
      await values.append(rows);
      return { written, failed };
    },
    async createTask(task) {
      const { objectType, recordId } = task;
      if (!(await idsOf(objectType)).has(recordId)) {
        throw new KithError('write-back-refused', {
          en: `${objectType}.csv has no record ${recordId}, so no task was written for it; import the folder again`,
          zh: `${objectType}.csv 中没有记录 ${recordId}，因此未写入任务；请重新导入该文件夹`,
        });
      }
      tasks ??= await openTaskFile(join(folder.directory, 'tasks.csv'));
      return { id: await tasks.append(task, now()) };
    },
  };
}

async function readIds(path: string | undefined): Promise<IdSet> {
  const known = createIdSet();
  if (path === undefined) {
    return known;
  }
  let at = -1;
  for await (const { cells } of readRows(path)) {
    if (at === -1) {
      at = cells.findIndex((cell) => cell.trim() === 'id');
      continue;
    }
    known.add((cells[at] ?? '').trim());
  }
  return known;
}
