import { KithError } from '../lib/errors.ts';
import type { Database } from './database.ts';
import { type Migration, migrations } from './migrations/index.ts';

/**
 * Brings a portal's database up to this version of Kith. Migrations are recorded after their statements ran; statements
 * are made repeatable (`IF NOT EXISTS`), so that those that were interrupted can run again.
 */
export async function migrate(
  database: Database,
  options: { now: number; replicated: boolean; steps?: readonly Migration[] },
): Promise<void> {
  const steps = options.steps ?? migrations;
  const run = (sql: string): Promise<void> => database.command(prepare(sql, options.replicated));
  await run(
    `CREATE TABLE migrations (number UInt32, name String, applied_at DateTime64(3, 'UTC')) ENGINE = ReplacingMergeTree ORDER BY number`,
  );
  const [row] = await database.query<{ newest: number }>(
    'SELECT max(number) AS newest FROM {db:Identifier}.migrations',
  );
  const stored = Number(row?.newest ?? 0);
  const known = Math.max(0, ...steps.map(({ number }) => number));
  if (stored > known) {
    throw new KithError(
      'store-damaged',
      `The data in ${database.name} was written by a newer Kith (its format is ${stored}, this version knows ${known}); install the newer version again, or restore a backup made before it`,
    );
  }
  const applied_at = new Date(options.now).toISOString();
  const applied: { number: number; name: string; applied_at: string }[] = [];
  try {
    for (const { number, name, statements } of steps) {
      if (number <= stored) continue;
      for (const statement of statements) await run(statement);
      applied.push({ number, name, applied_at });
    }
  } finally {
    // All at once, those before one that failed as well: a new database has every migration before it.
    await database.insert('migrations', applied);
  }
}

/** Puts the database before the table's name and, on a cluster, makes the table a replicated one. */
export function prepare(sql: string, replicated: boolean): string {
  const named = sql
    .replace(/^\s*CREATE TABLE (?:IF NOT EXISTS )?(\w+)/, 'CREATE TABLE IF NOT EXISTS {db:Identifier}.$1')
    .replace(/^\s*ALTER TABLE (\w+)/, 'ALTER TABLE {db:Identifier}.$1');
  return replicated ? named.replace(/ENGINE = (\w*MergeTree)/, 'ENGINE = Replicated$1') : named;
}
