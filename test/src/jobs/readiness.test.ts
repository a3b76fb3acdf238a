import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readiness } from '../../../src/jobs/readiness.ts';
import { withStore } from '../store/with-store.ts';

const NOW = Date.UTC(2026, 5, 1);
const HOUR = 3_600_000;
const store = withStore();
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kith-ready-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

it('is ready with a store that answers, a folder that takes a file and a copy of the last day', async () => {
  const portal = await store.portal('ready');
  const options = { portal, dataDir, now: () => NOW, isCopiedBySchedule: true };
  expect(await readiness(options)).toEqual({ ok: false, reason: 'there is no sync yet' });
  await portal.crm.saveCursor('last-sync', String(NOW - 25 * HOUR));
  expect(await readiness(options)).toEqual({ ok: true, reason: '' });
  await portal.crm.saveCursor('last-sync', String(NOW - 50 * HOUR));
  expect(await readiness(options)).toEqual({ ok: false, reason: 'the last sync was 50 hours ago' });
  expect(await readiness({ ...options, isCopiedBySchedule: false })).toEqual({ ok: true, reason: '' });
});

it('is not ready when the folder takes no file, the store fails, or does not answer', async () => {
  const portal = await store.portal('not-ready');
  const options = { portal, dataDir, now: () => NOW, isCopiedBySchedule: false };
  const file = join(dataDir, 'file');
  await writeFile(file, '');
  const blocked = await readiness({ ...options, dataDir: file });
  expect([blocked.ok, blocked.reason]).toEqual([false, expect.stringContaining('that path is a file')]);
  const broken = { ...portal, crm: { ...portal.crm, cursor: () => Promise.reject(new Error('The disk is full')) } };
  expect(await readiness({ ...options, portal: broken })).toEqual({ ok: false, reason: 'The disk is full' });
  const silent = { ...portal, crm: { ...portal.crm, cursor: () => new Promise<never>(() => undefined) } };
  const late = await readiness({ ...options, portal: silent, answersWithinMs: 10 });
  expect(late).toEqual({ ok: false, reason: 'the store has not answered for 0.01 s' });
});
