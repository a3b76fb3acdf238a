import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  createUnfinishedSignUps,
  FORGOTTEN_AFTER_MS,
  MOST_AN_HOUR,
  MOST_UNFINISHED,
} from '../../src/unfinished-sign-ups.ts';

const HOUR = 3_600_000;
let folder = '';
let time = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-unfinished-'));
  time = Date.parse('2026-03-09T09:00:00Z');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** One process over the folder. */
function open() {
  const folderOf = (name: string) => join(folder, 'tenants', name);
  const teams = new Map<string, string>();
  const tenants = new Set<string>();
  const signUps = createUnfinishedSignUps({
    folderOf,
    isTenant: (name) => tenants.has(name),
    teamOf: async (name) => teams.get(name) ?? null,
    now: () => time,
  });
  return {
    ...signUps,
    tenants,
    folderOf,
    async begin(teamId: string, teamName = teamId) {
      const name = await signUps.begin({ teamId, teamName });
      teams.set(name, teamId);
      return name;
    },
  };
}
const full = { code: 'too-many', text: { zh: expect.stringContaining('请一小时后重试') } };

it('names a folder after its workspace, with a number where the name is taken, and finds it again', async () => {
  const { begin, folderOf } = open();
  expect(await begin('T1', 'Müller & Söhne')).toBe('muller-sohne');
  expect(await begin('T2', 'Muller Sohne')).toBe('muller-sohne-2');
  expect(await begin('T3', '腾达')).toBe('t3');
  expect(await begin('T1', 'Another name')).toBe('muller-sohne');
  expect(existsSync(folderOf('muller-sohne'))).toBe(true);
});

it('takes so many new ones an hour in a process, and those that were begun at any time', async () => {
  const { begin } = open();
  for (let i = 0; i < MOST_AN_HOUR; i++) await begin(`T${i}`);
  await expect(begin('T-late')).rejects.toMatchObject(full);
  expect(await begin('T5')).toBe('t5');
  time += HOUR;
  expect(await begin('T-late')).toBe('t-late');
});

it('keeps so many at a time, whichever process made them, and has room where one becomes a tenant', async () => {
  const [one, other] = [open(), open()];
  for (let i = 0; i < MOST_UNFINISHED; i++) await (i % 2 === 0 ? one : other).begin(`T${i}`);
  await expect(one.begin('T-late')).rejects.toMatchObject(full);
  await expect(other.begin('T-late')).rejects.toMatchObject(full);
  await other.finished('t7');
  expect(await one.begin('T-late')).toBe('t-late');
  await expect(one.begin('T-later')).rejects.toMatchObject(full);
});

it('never takes more, however many come at once', async () => {
  const { begin, folderOf } = open();
  await Promise.allSettled(Array.from({ length: MOST_AN_HOUR + 10 }, (_, i) => begin(`T${i}`)));
  expect(await readdir(join(folderOf('any'), '..'))).toHaveLength(MOST_AN_HOUR);
});

it('forgets what nobody went on with, with all that is in it, and nothing else', async () => {
  const { begin, forget, finished, tenants, folderOf } = open();
  for (const team of ['T-left', 'T-went-on', 'T-done', 'T-cut-off']) await begin(team);
  await writeFile(join(folderOf('t-left'), 'slack-connection.json'), 'sealed');
  await finished('t-done');
  // It became a tenant, and was stopped before it was marked.
  tenants.add('t-cut-off');
  await mkdir(folderOf('older-tenant'));
  time += FORGOTTEN_AFTER_MS - 1;
  expect(await forget()).toBe(0);
  await begin('T-went-on');
  time += 1;
  expect(await forget()).toBe(1);
  expect((await readdir(join(folderOf('any'), '..'))).sort()).toEqual([
    'older-tenant',
    't-cut-off',
    't-done',
    't-went-on',
  ]);
  // Whoever is no tenant any more has nothing forgotten.
  tenants.clear();
  time += FORGOTTEN_AFTER_MS;
  expect(await forget()).toBe(1);
  expect((await readdir(join(folderOf('any'), '..'))).sort()).toEqual(['older-tenant', 't-cut-off', 't-done']);
});

it('forgets one of an earlier version, which did not write when it was begun', async () => {
  const { forget, folderOf } = open();
  await mkdir(folderOf('old'), { recursive: true });
  await writeFile(join(folderOf('old'), 'sign-up.pending'), '');
  time = Date.now() + FORGOTTEN_AFTER_MS + HOUR;
  expect(await forget()).toBe(1);
});
