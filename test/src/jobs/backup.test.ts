import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backup, backupFolderOf, dropOldBackups } from '../../../src/jobs/backup.ts';
import { checkBackup, readBackup } from '../../../src/jobs/backup-format.ts';
import { restore } from '../../../src/jobs/restore.ts';
import { upkeepJobs } from '../../../src/jobs/upkeep-jobs.ts';
import { createAudit } from '../../../src/ledger/audit.ts';
import { createOutbox } from '../../../src/ledger/outbox.ts';
import type { Text } from '../../../src/lib/text.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import type { PortalStore } from '../../../src/store/portal-store.ts';
import { withStore } from '../store/with-store.ts';
import { synced } from './write-back-fixture.ts';

const NOW = Date.UTC(2026, 5, 1, 2, 10);

describe('a backup', () => {
  const store = withStore();
  let folder: string;
  let from: PortalStore;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kith-backup-'));
    from = await synced(await store.portal('backed-up'), ['1', '2', '3']);
    const person = { id: '9', createdAt: 1, updatedAt: 1, archived: false, extra: {}, ownerId: '', country: '' };
    const names = { firstName: 'Ann', lastName: 'Lee', email: 'ann@a.example', phone: '+49 1' };
    await from.crm.upsert('contacts', [{ ...person, ...names }], { origin: 'list' });
    await writeFile(join(store.dataDir, 'state.json'), '{"version":1,"portals":{}}');
    await writeFile(join(store.dataDir, 'identity.key'), 'k1:secret\n');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Each step of a backup or a restore as it was told. */
  const told = new Map<string, [Text, number, number | null][]>();
  const toldOf = (name: string) => ({
    update(...step: [Text, number, number | null]) {
      told.set(name, [...(told.get(name) ?? []), step]);
    },
  });

  const options = (name: string, withKey = false) => ({
    portal: from,
    dataDir: store.dataDir,
    directory: join(folder, name),
    takenAt: new Date(NOW).toISOString(),
    withKey,
    progress: toldOf(name),
  });
  const into = async (name: string, id: string, keyIds: readonly string[] = ['k1']) => {
    const dataDir = join(folder, `data-${id}`);
    await mkdir(dataDir, { recursive: true });
    return { portal: await store.portal(id), directory: join(folder, name), dataDir, keyIds, progress: toldOf(id) };
  };

  it('is restored with every row, every name and what people decided, and leaves the identity key where it was', async () => {
    const manifest = await backup(options('whole'));
    expect(manifest.tables).toMatchObject({ companies: 3, contacts: 1, identities: 1, deals: 1 });
    expect(manifest.identityKey).toBe('not in this backup');
    expect(existsSync(join(folder, 'whole', 'identity.key'))).toBe(false);
    // The same portal id seals alike; a name is read again where the key is.
    const target = await into('whole', 'elsewhere');
    await restore(target);
    const rows = await target.portal.query<{ name: string }>(
      'SELECT name FROM {db:Identifier}.companies FINAL ORDER BY id',
    );
    expect(rows.map(({ name }) => name)).toEqual(['Company 1', 'Company 2', 'Company 3']);
    expect(await readFile(join(target.dataDir, 'state.json'), 'utf8')).toContain('"version":1');
    await expect(restore(target)).rejects.toMatchObject({ code: 'usage', message: /already holds data/ });
    const all = Object.keys(manifest.tables).length;
    expect(told.get('whole')?.map(([, done]) => done)).toEqual(Array.from({ length: all + 1 }, (_, done) => done));
    for (const name of ['whole', 'elsewhere']) expect(told.get(name)?.at(-1)?.slice(1)).toEqual([all, all]);
  });

  it('takes the key along only when somebody asks for it', async () => {
    const manifest = await backup(options('with-key', true));
    expect(manifest.identityKey).toBe('in this backup');
    expect(await readFile(join(folder, 'with-key', 'identity.key'), 'utf8')).toBe('k1:secret\n');
  });

  it('is refused with the file’s name when one byte of it was changed, and before anything is written', async () => {
    const { directory } = options('changed');
    const { files } = await backup(options('changed'));
    for (const file of Object.keys(files)) {
      const path = join(directory, file);
      const bytes = await readFile(path);
      const at = Math.floor(bytes.length / 2);
      bytes[at] = bytes[at]! ^ 1;
      await writeFile(path, bytes);
      const target = await into('changed', 'refused');
      const refused = { code: 'bad-data', message: expect.stringContaining(`${file} was changed`) };
      await expect(restore(target)).rejects.toMatchObject(refused);
      expect(await target.portal.query('SELECT 1 FROM {db:Identifier}.companies')).toEqual([]);
      bytes[at] = bytes[at]! ^ 1;
      await writeFile(path, bytes);
    }
    await rm(join(directory, 'companies.native.zst'));
    await expect(checkBackup(directory)).rejects.toMatchObject({ message: /companies\.native\.zst is missing/ });
  });

  it('is refused where the key that seals its names is not', async () => {
    await backup(options('sealed'));
    const target = await into('sealed', 'keyless', ['k-other']);
    await expect(restore(target)).rejects.toMatchObject({ code: 'identity-key', message: /sealed with the key k1/ });
  });

  it('that did not finish, or is something else, is no backup', async () => {
    await mkdir(join(folder, 'half'));
    await writeFile(join(folder, 'half', 'deals.native.zst'), randomBytes(9));
    await expect(readBackup(join(folder, 'half'))).rejects.toMatchObject({ code: 'bad-folder' });
    await writeFile(
      join(folder, 'half', 'backup.json'),
      JSON.stringify({ kith: 'backup', files: { '../x': '0'.repeat(64) } }),
    );
    await expect(readBackup(join(folder, 'half'))).rejects.toMatchObject({ code: 'bad-folder' });
  });

  it('made while Kith works holds what it says, and is restored', async () => {
    const busy = await synced(await store.portal('busy'), ['1', '2', '3']);
    const audit = createAudit(busy, () => NOW);
    let exports = 0;
    const working: PortalStore = Object.assign(Object.create(busy), {
      async command(sql: string, parameters: Parameters<PortalStore['command']>[1]) {
        await busy.command(sql, parameters);
        const { table } = parameters ?? {};
        if (table !== 'companies' && table !== 'audit' && table !== 'deals') return;
        exports += 1;
        await audit.append({ actor: 'U1', act: 'clicked', subject: `${exports}`, details: {} });
        // A new one, a new version of one that was there, and one that goes: every time but for the deals.
        if (table === 'deals' && exports > 6) return;
        await synced(busy, [`new${exports}`, '1']);
        await busy.crm.remove('companies', [exports === 1 ? '2' : `new${exports - 1}`], 'archived');
      },
    });
    const { tables } = await backup({ ...options('busy'), portal: working });
    expect(exports).toBeGreaterThan(6);
    const target = await into('busy', 'from-busy');
    await restore(target);
    const count = async (table: string) =>
      (await target.portal.query(`SELECT * FROM {db:Identifier}.${table} FINAL`.replace('audit FINAL', 'audit')))
        .length;
    expect(await count('companies')).toBe(tables.companies);
    expect(await count('audit')).toBe(tables.audit);
  });

  it('ends between two tables when Kith is told to stop, and is no backup then', async () => {
    const signal = AbortSignal.abort();
    await expect(backup({ ...options('stopped'), signal })).rejects.toThrow(/abort/i);
    await expect(readBackup(join(folder, 'stopped'))).rejects.toMatchObject({ code: 'bad-folder' });
  });

  it('is made every night where a folder is set, and the newest 14 are kept with whatever else is there', async () => {
    const backupDir = join(folder, 'nightly');
    await mkdir(join(backupDir, 'something-else'), { recursive: true });
    for (let night = 1; night <= 16; night++) {
      const old = backupFolderOf(backupDir, NOW - night * 86_400_000);
      await mkdir(old);
      // The second night's did not finish.
      if (night !== 2) await writeFile(join(old, 'backup.json'), '{}');
    }
    const config = { dataDir: store.dataDir, backupDir, clickhouseUrl: null };
    const state = () => portalStateSchema.parse({});
    const now = () => NOW;
    const updateState = async () => state();
    const at = {
      portal: from,
      state,
      updateState,
      audit: createAudit(from, now),
      outbox: createOutbox(from, now),
      now,
    };
    const job = upkeepJobs({ ...at, config }).find(({ name }) => name === 'backup')!;
    const note = await job.run({ signal: new AbortController().signal, progress: { update: () => undefined } });
    expect(note).toEqual({
      en: expect.stringMatching(/rows in .*kith-2026-06-01T02-10-00Z, 3 old backups removed/),
      zh: expect.stringMatching(/^已备份 [\d,]+ 行到 .*kith-2026-06-01T02-10-00Z，删除旧备份 3 份$/),
    });
    const left = (await readdir(backupDir)).sort();
    expect(left).toHaveLength(15);
    expect(left).toContain('something-else');
    expect(left).not.toContain('kith-2026-05-30T02-10-00Z');
    expect((await checkBackup(backupFolderOf(backupDir, NOW))).tables.companies).toBe(3);
    expect(await dropOldBackups(backupDir, 14)).toBe(0);
    const none = { ...config, backupDir: null };
    expect(upkeepJobs({ ...at, config: none }).map(({ name }) => name)).toEqual(['erasures', 'retention']);
  });
});
