import type { Database } from './database.ts';

/** Changes nothing: it is the one statement that stays. */
const NEUTRAL = 'DELETE WHERE 0';

/**
 * The engine keeps the text of statements that rewrote a table, with the ids and names in them, in files beside its rows. From now on each
 * table keeps the text of one, which says nobody; the engine removes the others with the next parts that it drops.
 */
export async function forgetStatements(database: Pick<Database, 'name' | 'query' | 'command'>): Promise<void> {
  const rows = await database.query<{ table: string; keepsOne: number }>(
    `SELECT name AS table, position(engine_full, 'finished_mutations_to_keep') > 0 AS keepsOne FROM system.tables
     WHERE database = {name:String} AND name IN (
       SELECT table FROM system.mutations WHERE database = {name:String} AND position(command, {neutral:String}) = 0)
     ORDER BY name`,
    { name: database.name, neutral: NEUTRAL },
  );
  for (const { table, keepsOne } of rows) {
    if (keepsOne === 0)
      await database.command(
        'ALTER TABLE {db:Identifier}.{table:Identifier} MODIFY SETTING finished_mutations_to_keep = 1',
        {
          table,
        },
      );
    await database.command(`ALTER TABLE {db:Identifier}.{table:Identifier} ${NEUTRAL} SETTINGS mutations_sync = 2`, {
      table,
    });
  }
}
