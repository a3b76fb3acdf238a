import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { analyses } from '../../../src/analyses/index.ts';
import { exportScores } from '../../../src/jobs/export-scores.ts';
import type { Text } from '../../../src/lib/text.ts';
import { createReader } from '../../../src/privacy/create-reader.ts';
import { commandLineViewer } from '../../../src/privacy/viewer.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { company } from '../store/records.ts';
import { withStore } from '../store/with-store.ts';

const NOW = Date.parse('2026-03-09T06:00:00Z');
const account = {
  portalId: 'many',
  name: 'Acme',
  timeZone: 'UTC',
  currency: 'EUR',
  recordUrl: 'https://crm/{type}/{id}',
};
const QUIET = { update: () => undefined };
const kith = withStore();
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kith-export-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Two analyses of so many customers, of whom the first is called like a formula. */
async function analysed(customers: number) {
  const portal = await kith.portal(`many-${customers}`);
  const ids = Array.from({ length: customers }, (_, i) => String(100_000 + i));
  await portal.crm.upsert(
    'companies',
    ids.slice(0, 3).map((id, i) => company(id, { name: i === 0 ? '=1+1' : `Company ${i}` })),
    { origin: 'list' },
  );
  const portfolio = { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: NOW, horizonDays: 90, seed: 1 } as const;
  const run = await portal.results.begin({ asOf: NOW, startedAt: NOW, fingerprint: '', portfolio });
  const scores = {
    customerIds: ids,
    value: Float64Array.from(ids, (_, i) => i / 2),
    label: ids.map((_, i) => `l${i % 3}`),
    band: ids.map(() => ''),
    evidence: new Uint8Array(customers).fill(2),
    details: ids.map((_, i) => JSON.stringify({ place: i, said: 'a "b", c\nd' })),
  };
  for (const name of ['loyalty', 'segments'])
    await portal.results.save(run, name, { summary: {}, model: null, scores });
  await portal.results.finish(run, 'done', NOW);
  const reader = createReader({ portal, account, state: portalStateSchema.parse({}), viewer: commandLineViewer() });
  return { ids, reader };
}

it('has every customer once, in the order of their ids, however many pages that takes', async () => {
  const { ids, reader } = await analysed(12_345);
  const told: string[] = [];
  const progress = { update: ({ en }: Text, done: number) => told.push(`${en} ${done}`) };
  const { files } = await exportScores({ reader, analyses, directory, progress });
  expect(told.filter((one) => one.startsWith('loyalty'))).toEqual(
    [5000, 10_000, 12_345].map((n) => `loyalty.csv ${n}`),
  );
  expect(files).toEqual({ 'loyalty.csv': ids.length, 'segments.csv': ids.length });
  expect((await readdir(directory)).sort()).toEqual(['loyalty.csv', 'segments.csv']);
  const rows: Record<string, string>[] = parse(await readFile(join(directory, 'loyalty.csv')), { columns: true });
  expect(rows.map((row) => row.customer_id)).toEqual(ids);
  for (const at of [0, 4_999, 5_000, 10_000, ids.length - 1])
    expect(rows[at]).toMatchObject({
      value: String(at / 2),
      label: `l${at % 3}`,
      evidence_level: '2',
      as_of: '2026-03-09T06:00:00.000Z',
      details: JSON.stringify({ place: at, said: 'a "b", c\nd' }),
    });
  // A spreadsheet would run it.
  expect(rows.slice(0, 2).map(({ customer }) => customer)).toEqual(["'=1+1", 'Company 1']);
}, 60_000);

it('leaves nothing half written where reading fails, and what was there before', async () => {
  const { reader } = await analysed(6_000);
  await exportScores({ reader, analyses, directory, progress: QUIET });
  const before = await readFile(join(directory, 'loyalty.csv'), 'utf8');
  const failing = {
    ...reader,
    rows: async (...given: Parameters<typeof reader.rows>) => {
      if (given[2]?.after !== undefined) throw new Error('The disk is gone');
      return reader.rows(...given);
    },
  };
  await expect(exportScores({ reader: failing, analyses, directory, progress: QUIET })).rejects.toThrow(
    /The disk is gone/,
  );
  expect(await readdir(directory)).not.toContain('loyalty.csv.part');
  expect(await readFile(join(directory, 'loyalty.csv'), 'utf8')).toBe(before);
}, 60_000);

it('stops when it is told to, and leaves nothing half written', async () => {
  const { reader } = await analysed(6_000);
  const stop = new AbortController();
  const progress = { update: () => stop.abort(new Error('Stopped')) };
  const stopped = exportScores({ reader, analyses, directory, progress, signal: stop.signal });
  await expect(stopped).rejects.toThrow(/Stopped/);
  expect(await readdir(directory)).toEqual([]);
}, 60_000);
