import type { ObjectType } from '../domain/crm.ts';
import type { Database } from './database.ts';
import type { CrmStore } from './portal-store.ts';

/** Ids that are read at once where all are asked for: some milliseconds' work, so that other work has its turn. */
const IDS_AT_ONCE = 20_000;

/** Which records of a type are live: page by page along the table's key, for there may be millions. */
export function createLiveIds(database: Database): Pick<CrmStore, 'liveIds' | 'liveAmong'> {
  const idsOf = async (type: ObjectType, rest: string, parameters: Parameters<Database['query']>[1]) => {
    const sql = `SELECT id FROM {db:Identifier}.${type} FINAL WHERE ${rest}`;
    return (await database.query<{ id: string }>(sql, parameters)).map(({ id }) => id);
  };
  const page = (type: ObjectType, after: string, most: number): Promise<string[]> =>
    idsOf(type, 'id > {after:String} ORDER BY id LIMIT {most:UInt32}', { after, most });

  return {
    async liveIds(type, wanted) {
      if (wanted !== undefined) return page(type, wanted.after, wanted.most);
      const ids: string[] = [];
      let part = await page(type, '', IDS_AT_ONCE);
      while (part.length > 0) {
        for (const id of part) ids.push(id);
        part = await page(type, part.at(-1) ?? '', IDS_AT_ONCE);
      }
      return ids;
    },
    liveAmong: (type, ids) => idsOf(type, 'id IN {ids:Array(String)}', { ids }),
  };
}
