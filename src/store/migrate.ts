import { KithError } from '../lib/errors.ts';
import type { Database } from './database.ts';
import { type Migration, migrations } from './migrations/index.ts';

/**
 * Brings a portal's database up to this version of Kith. Every migration is recorded after its statements ran, those of a
 * new database together; statements are made repeatable (`IF NOT EXISTS`), so that what was interrupted can run again.
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
    throw new KithError('store-damaged', {
      en: `The data in ${database.name} was written by a newer Kith (its format is ${stored}, this version knows ${known}); install the newer version again, or restore a backup made before it`,
      zh: `${database.name} 中的数据由更新版本的 Kith 写入（其格式为 ${stored}，此版本支持到 ${known}）；请重新安装更新的版本，或恢复在此之前的备份`,
    });
  }
  const applied_at = new Date(options.now).toISOString();
  const record = (applied: readonly Migration[]): Promise<void> =>
    database.insert(
      'migrations',
      applied.map(({ number, name }) => ({ number, name, applied_at })),
    );
  const due = steps.filter(({ number }) => number > stored);
  for (const step of due) {
    for (const statement of step.statements) await run(statement);
    if (stored > 0) await record([step]);
  }
  // Of a new database nothing is lost when it begins again.
  if (stored === 0) await record(due);
}

/** Puts the database before the table's name and, on a cluster, makes the table a replicated one. */
export function prepare(sql: string, replicated: boolean): string {
  const named = sql
    .replace(/^\s*CREATE TABLE (?:IF NOT EXISTS )?(\w+)/, 'CREATE TABLE IF NOT EXISTS {db:Identifier}.$1')
    .replace(/^\s*ALTER TABLE (\w+)/, 'ALTER TABLE {db:Identifier}.$1');
  return replicated ? named.replace(/ENGINE = (\w*MergeTree)/, 'ENGINE = Replicated$1') : named;
}
