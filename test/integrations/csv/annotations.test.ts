import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openCsvFolder } from '../../../integrations/csv/open-csv-folder.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-csv-'));
  file = join(folder, 'annotations.csv');
  await writeFile(join(folder, 'companies.csv'), 'id,name\n1,One\n2,Two\n');
  await writeFile(join(folder, 'contacts.csv'), 'id\n1\n');
});
afterEach(() => rm(folder, { recursive: true }));

const open = () => openCsvFolder(folder, () => Date.UTC(2026, 0, 2, 3, 4, 5));

it('appends a row for every value and reads the newest back in a later session', async () => {
  const { sink } = await open();
  await sink.write('companies', [{ id: '1', properties: { kith_tier: 'Gold', kith_risk: '0.5' } }]);
  await sink.write('companies', [{ id: '1', properties: { kith_tier: 'Silver' } }]);
  await sink.write('contacts', [{ id: '1', properties: { kith_tier: 'Bronze' } }]);
  expect(await readFile(file, 'utf8')).toBe(
    [
      'id,property,value,written_at,object',
      '1,kith_tier,Gold,2026-01-02T03:04:05.000Z,companies',
      '1,kith_risk,0.5,2026-01-02T03:04:05.000Z,companies',
      '1,kith_tier,Silver,2026-01-02T03:04:05.000Z,companies',
      '1,kith_tier,Bronze,2026-01-02T03:04:05.000Z,contacts',
      '',
    ].join('\n'),
  );
  const later = await open();
  const current = await later.sink.current('companies', ['1', '2'], ['kith_tier', 'kith_risk']);
  expect([...current]).toEqual([
    ['1', { kith_tier: 'Silver', kith_risk: '0.5' }],
    ['2', { kith_tier: '', kith_risk: '' }],
  ]);
});

it('writes no value that a spreadsheet would run as a formula, and reads it back unchanged', async () => {
  const { sink } = await open();
  await sink.write('companies', [
    { id: '1', properties: { kith_note: '=HYPERLINK("http://x")', kith_change: '-12.5' } },
  ]);
  expect(await readFile(file, 'utf8')).toContain(`"'=HYPERLINK(""http://x"")"`);
  const later = await open();
  expect((await later.sink.current('companies', ['1'], ['kith_note', 'kith_change'])).get('1')).toEqual({
    kith_note: '=HYPERLINK("http://x")',
    kith_change: '-12.5',
  });
});

it('drops a last line that a crash cut off, and goes on behind the whole ones', async () => {
  const first = await open();
  await first.sink.write('companies', [{ id: '1', properties: { kith_tier: 'Gold' } }]);
  await appendFile(file, '2,kith_ti');
  const second = await open();
  await second.sink.write('companies', [{ id: '2', properties: { kith_tier: 'Silver' } }]);
  const third = await open();
  expect([...(await third.sink.current('companies', ['1', '2'], ['kith_tier']))]).toEqual([
    ['1', { kith_tier: 'Gold' }],
    ['2', { kith_tier: 'Silver' }],
  ]);
});

it('refuses a file of that name that is not its own', async () => {
  await writeFile(file, 'my,notes\n1,2\n');
  const { sink } = await open();
  await expect(sink.current('companies', ['1'], ['kith_tier'])).rejects.toMatchObject({
    code: 'bad-data',
    message: expect.stringContaining('not a file that Kith wrote'),
  });
  expect(await readFile(file, 'utf8')).toBe('my,notes\n1,2\n');
});

it('appends a row for every task, numbers them on in a later session, and quotes what a spreadsheet would run', async () => {
  const task = {
    objectType: 'companies',
    recordId: '1',
    subject: '=HYPERLINK("x")',
    body: 'One, two\nthree',
    dueAt: Date.UTC(2026, 0, 9),
    ownerId: '7',
  } as const;
  const first = await open();
  expect([await first.sink.createTask(task), await first.sink.createTask({ ...task, recordId: '2' })]).toEqual([
    { id: '1' },
    { id: '2' },
  ]);
  const later = await open();
  expect(await later.sink.createTask({ ...task, objectType: 'contacts', subject: 'Call', ownerId: '' })).toEqual({
    id: '3',
  });
  const dates = '2026-01-09T00:00:00.000Z';
  expect(await readFile(join(folder, 'tasks.csv'), 'utf8')).toBe(
    [
      'id,object,record_id,subject,body,due_at,owner_id,created_at',
      `1,companies,1,"'=HYPERLINK(""x"")","One, two\nthree",${dates},7,2026-01-02T03:04:05.000Z`,
      `2,companies,2,"'=HYPERLINK(""x"")","One, two\nthree",${dates},7,2026-01-02T03:04:05.000Z`,
      `3,contacts,1,Call,"One, two\nthree",${dates},,2026-01-02T03:04:05.000Z`,
      '',
    ].join('\n'),
  );
});

it('leaves a tasks.csv of somebody else’s alone', async () => {
  const theirs = join(folder, 'tasks.csv');
  await writeFile(theirs, 'Record ID,Task title\n1,Call\n');
  const { sink } = await open();
  const task = { objectType: 'companies', recordId: '1', subject: 's', body: 'b', dueAt: 0, ownerId: '' } as const;
  await expect(sink.createTask(task)).rejects.toThrow('is not a file that Kith wrote; move it away');
  expect(await readFile(theirs, 'utf8')).toBe('Record ID,Task title\n1,Call\n');
});
