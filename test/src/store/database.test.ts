import { execFile as run } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Engine } from '../../../src/store/connect.ts';

import { createDatabase, type Database } from '../../../src/store/database.ts';
import { runnable } from '../../runnable.ts';
import { type RunningClickHouse, startClickHouse } from './start-clickhouse.ts';
import { ON_A_SERVER } from './with-store.ts';

const execFile = promisify(run);
let folder: string;
let engine: Engine;
let server: RunningClickHouse | null = null;
let database: Database;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-database-'));
  if (ON_A_SERVER) server = await startClickHouse(join(folder, 'server'));
  engine = await connect({ dataDir: folder, ...(server === null ? {} : { url: server.url }) });
  await engine.client.command({ query: 'CREATE DATABASE kith_rows' });
  database = createDatabase(engine, 'kith_rows');
  await database.command(
    'CREATE TABLE {db:Identifier}.texts (n UInt32, text Nullable(String), extra Map(String, String)) ENGINE = MergeTree ORDER BY n',
  );
});

afterAll(async () => {
  await engine.client.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a batch is made in small parts, with a turn for everybody else between them, and is stored whole', async () => {
  let turns = 0;
  let isMaking = true;
  const turn = (): void => {
    turns++;
    if (isMaking) setImmediate(turn);
  };
  setImmediate(turn);
  const rowsByTurn = new Map<number, number>();
  await database.insertValues('texts', ['n', 'text', 'extra'], 21_500, (n) => {
    rowsByTurn.set(turns, (rowsByTurn.get(turns) ?? 0) + 1);
    return [n, `row ${n}`, {}];
  });
  isMaking = false;
  expect(Math.max(...rowsByTurn.values())).toBeLessThanOrEqual(1000);
  const [stored] = await database.query(
    `SELECT count() AS rows, uniqExact(n) AS numbers, countIf(text != concat('row ', toString(n))) AS wrong FROM {db:Identifier}.texts`,
  );
  expect(stored).toEqual({ rows: '21500', numbers: '21500', wrong: '0' });
});

test('any text comes back as it was', async () => {
  await database.command('TRUNCATE TABLE {db:Identifier}.texts');
  const texts = ['', 'a\tb\nc\r', '"quoted" \\ back', "it's", '客户 é 🙂', '[1,2]\n[3,4]', '\u2028\u0000', null];
  await database.insertValues('texts', ['n', 'text', 'extra'], texts.length, (n) => [
    n,
    texts[n],
    { "k'1": texts[n] ?? '' },
  ]);
  const rows = await database.query<{ text: string | null; extra: object }>(
    'SELECT text, extra FROM {db:Identifier}.texts ORDER BY n',
  );
  expect(rows).toEqual(texts.map((text) => ({ text, extra: { "k'1": text ?? '' } })));
});

test('rows that the table does not take are told by their table and the fault alone, and none of them is stored', async () => {
  await database.command('TRUNCATE TABLE {db:Identifier}.texts');
  const lines = Buffer.from('[1,"fine"]\n["secret-number","x"]\n');
  for (const write of [
    () => database.insertLines('texts', ['n', 'text'], lines),
    () => database.insertValues('texts', ['n', 'text'], 2, (i) => [i === 0 ? 1 : 'secret-number', 'x']),
  ]) {
    const failure = await write().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'store-query', message: expect.stringMatching(/texts .*CANNOT_PARSE/) });
    expect(failure).not.toHaveProperty('cause');
    expect(String(failure)).not.toContain('secret');
  }
  expect(await database.query('SELECT n FROM {db:Identifier}.texts')).toEqual([]);
});

test.skipIf(ON_A_SERVER)('closing waits for what is being written', { timeout: 60_000 }, async () => {
  const { file, execArgv } = await runnable(new URL('./write-then-close.ts', import.meta.url));
  const { stdout } = await execFile(process.execPath, [...execArgv, file, join(folder, 'closed')]);
  expect(JSON.parse(stdout)).toEqual({ isWritten: true });
});
