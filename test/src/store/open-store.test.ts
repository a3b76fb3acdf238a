import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/store/open-store.ts';
import { runnable } from '../../runnable.ts';
import { company } from './records.ts';
import { TEST_KEY, withStore } from './with-store.ts';

const INSERTER = await runnable(new URL('./insert-then-wait.ts', import.meta.url));
const kith = withStore();

describe('the store', () => {
  it('keeps one database per portal, whatever the id looks like, and lists the portals', async () => {
    const ids = ['123', 'Acme', 'acme', 'a_b', 'a-b', 'ünïon 中'];
    for (const id of ids) {
      await (await kith.portal(id)).crm.upsert('companies', [company(id)], { origin: 'list' });
    }
    expect([...(await kith.portals())].sort()).toEqual([...ids].sort());
    for (const id of ids) {
      const portal = await kith.portal(id);
      expect(portal.database).toMatch(/^kith_[a-z0-9_]+$/);
      expect(await portal.query('SELECT id FROM {db:Identifier}.companies FINAL')).toEqual([{ id }]);
    }
  });

  it('keeps tenants apart that share an engine, also where their portals have one id', async () => {
    const tenants = ['ac', 'ac-me'];
    for (const tenant of tenants) {
      const { crm } = await (await kith.tenant(tenant)).portal('shared');
      await crm.upsert('companies', [company(tenant)], { origin: 'list' });
    }
    for (const tenant of tenants) {
      const store = await kith.tenant(tenant);
      expect(await store.portals()).toEqual(['shared']);
      const rows = await (await store.portal('shared')).query('SELECT id FROM {db:Identifier}.companies FINAL');
      expect(rows).toEqual([{ id: tenant }]);
    }
    // Nor does whoever has no tenants see theirs.
    expect(await kith.portals()).not.toContain('shared');
  });

  it('goes on with its sequence after a restart, so that a later write wins', async () => {
    const before = await kith.portal('sequence');
    await before.crm.upsert('companies', [company('1', { name: 'before' })], { origin: 'list' });
    await before.crm.saveCursor('x', '1');
    await kith.reopen();
    const portal = await kith.portal('sequence');
    await portal.crm.upsert('companies', [company('1', { name: 'after' })], { origin: 'list' });
    await portal.crm.saveCursor('x', '2');
    expect(await portal.query('SELECT name FROM {db:Identifier}.companies FINAL')).toEqual([{ name: 'after' }]);
    expect(await portal.crm.cursor('x')).toBe('2');
  });

  it('refuses data of a newer version with the next step', async () => {
    const portal = await kith.portal('newer');
    await portal.insert('migrations', [{ number: 999, name: 'later', applied_at: '2030-01-01 00:00:00.000' }]);
    await kith.reopen();
    await expect(kith.portal('newer')).rejects.toMatchObject({
      code: 'store-damaged',
      message: expect.stringMatching(/newer Kith.*999.*install the newer version/),
    });
  });

  it('reads wide results as typed columns, and none as an empty table', async () => {
    const portal = await kith.portal('arrow');
    await portal.crm.upsert('companies', [company('1', { employees: 3 }), company('2')], { origin: 'list' });
    const sql = 'SELECT id, toInt32(ifNull(employees, -1)) AS n FROM {db:Identifier}.companies FINAL';
    const table = await portal.arrow(`${sql} ORDER BY id`);
    expect([...(table.getChild('n')?.toArray() ?? [])]).toEqual([3, -1]);
    expect(table.getChild('id')?.get(1)).toBe('2');
    expect((await portal.arrow(`${sql} WHERE id = {id:String}`, { id: 'none' })).numRows).toBe(0);
  });

  it('takes lists of ids of any length, whatever the statement gives back', async () => {
    const portal = await kith.portal('long');
    const ids = Array.from({ length: 5_000 }, (_, i) => `id '\\\n\t${i} 中`);
    await portal.insert(
      'cursors',
      ids.map((name) => ({ name, value: 'x', version: 1 })),
    );
    const of = 'FROM {db:Identifier}.cursors FINAL WHERE name IN {ids:Array(String)}';
    expect(await portal.query(`SELECT toUInt32(count()) AS n ${of}`, { ids })).toEqual([{ n: 5_000 }]);
    expect((await portal.arrow(`SELECT name ${of}`, { ids: ids.slice(1) })).numRows).toBe(4_999);
    await portal.command(
      'ALTER TABLE {db:Identifier}.cursors DELETE WHERE name IN {ids:Array(String)} SETTINGS mutations_sync = 2',
      { ids: ids.slice(2) },
    );
    expect(await portal.query('SELECT name FROM {db:Identifier}.cursors FINAL ORDER BY name')).toEqual(
      [ids[0]!, ids[1]!].map((name) => ({ name })),
    );
  });

  it('names the table when a query or an insert fails, and never a value', async () => {
    const portal = await kith.portal('errors');
    await expect(portal.query('SELECT nothing FROM {db:Identifier}.deals')).rejects.toMatchObject({
      code: 'store-query',
      message: expect.stringContaining('deals'),
    });
    const failure = await portal
      .insert('deals', [{ id: '1', amount: 'secret-value' }])
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'store-query', message: expect.stringContaining('deals') });
    expect(failure).not.toHaveProperty('cause');
    expect(String(failure)).not.toContain('secret-value');
    await expect(portal.insert('deals` x', [])).resolves.toBeUndefined();
    await expect(portal.insert('deals` x', [{}])).rejects.toMatchObject({ code: 'store-query' });
  });

  it('says in one sentence that a server does not answer, without the password', async () => {
    const failure = await openStore({
      dataDir: kith.dataDir,
      url: 'http://kith:hunter2@127.0.0.1:9',
      keys: [TEST_KEY],
    }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'store-unreachable', message: expect.stringContaining('CLICKHOUSE_URL') });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('hunter2');
  });

  it('says what to do about a folder that cannot be written to', async () => {
    const file = join(kith.dataDir, 'a-file');
    await writeFile(file, '');
    for (const dataDir of [join(file, 'data'), file, '/proc/kith']) {
      await expect(openStore({ dataDir, keys: [TEST_KEY] })).rejects.toMatchObject({
        code: 'store-unwritable',
        message: expect.stringMatching(/cannot write to the data folder .*KITH_DATA_DIR$/),
      });
    }
  });
});

describe('a process that is killed', () => {
  it('leaves every row of an insert that had returned', { timeout: 60_000 }, async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'kith-killed-'));
    const run = (mode: string): ReturnType<typeof spawn> =>
      spawn(process.execPath, [...INSERTER.execArgv, INSERTER.file, dataDir, mode], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
    try {
      const writer = run('write');
      await new Promise<void>((resolve, reject) => {
        writer.stdout?.once('data', () => resolve());
        writer.once('exit', () => reject(new Error('the writer ended early')));
      });
      writer.kill('SIGKILL');
      await once(writer, 'exit');

      const reader = run('read');
      let seen = '';
      reader.stdout?.on('data', (chunk) => {
        seen += String(chunk);
      });
      await once(reader, 'close');
      expect(JSON.parse(seen)).toEqual({ companies: 5000, cursor: 'after 5000' });
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
