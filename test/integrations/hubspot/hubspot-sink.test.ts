import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { startStandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { readPortalFolder } from '../../../demo/portal/read-portal-folder.ts';
import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import type { PropertyDefinition } from '../../../src/ports/crm.ts';
import { virtualTime } from './virtual-time.ts';

const TIER: PropertyDefinition = {
  name: 'kith_tier',
  label: 'Tier',
  description: 'A tier',
  type: 'enumeration',
  options: [{ value: 'gold', label: 'Gold' }],
};
const RISK: PropertyDefinition = { name: 'kith_risk', label: 'Risk', description: 'A risk', type: 'number' };

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) {
    await close();
  }
});

async function open(companies: number, options: { partialStatus?: 200 | 207; scopes?: readonly string[] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'kith-sink-'));
  closing.push(() => rm(folder, { recursive: true }));
  const ids = Array.from({ length: companies }, (_, n) => `${n + 1}`);
  await writeFile(join(folder, 'companies.csv'), `id,name\n${ids.map((id) => `${id},C${id}`).join('\n')}\n`);
  await writeFile(join(folder, 'owners.csv'), 'id,email,first_name,last_name\n77,anna@kith.example,Anna,Meyer\n');
  const time = virtualTime();
  const server = await startStandInHubspot({
    portal: await readPortalFolder(folder),
    token: 't',
    limits: { perTenSeconds: 190, searchPerSecond: 5, daily: 250_000 },
    now: time.now,
    ...options,
  });
  closing.push(server.close);
  const { sink } = await openHubspot({ accessToken: 't', basePath: server.url, ...time, random: () => 0.5 });
  return { sink, server, ids };
}

it('creates its group and what is missing once, and asks only twice when all is there', async () => {
  const { sink, server } = await open(1);
  await sink.prepare('companies', [RISK]);
  await sink.prepare('companies', [RISK, TIER]);
  const before = server.calls();
  await sink.prepare('companies', [RISK, TIER]);
  expect(server.calls() - before).toBe(2);
  const { groups, properties } = server.portal.object('companies').catalogue;
  expect(groups.get('kith')?.label).toBe('Kith');
  expect(properties.get('kith_tier')).toMatchObject({
    type: 'enumeration',
    groupName: 'kith',
    options: [{ value: 'gold' }],
  });
});

it('refuses a property that is not its own, and one that the portal has in another type', async () => {
  const { sink } = await open(1);
  await expect(sink.prepare('companies', [{ ...RISK, name: 'risk' }])).rejects.toMatchObject({
    code: 'write-back-refused',
  });
  await sink.prepare('companies', [RISK, TIER]);
  await expect(sink.prepare('companies', [{ ...RISK, type: 'string' }])).rejects.toMatchObject({
    code: 'write-back-refused',
    message: expect.stringContaining('kith_risk is of type number in HubSpot, not string'),
  });
});

it('notices what somebody changed of its definitions, puts back options, and takes nothing away', async () => {
  const { sink, server } = await open(1);
  await sink.prepare('companies', [RISK, TIER]);
  expect(await sink.drift?.('companies', [RISK, TIER])).toEqual([]);
  const { properties } = server.portal.object('companies').catalogue;
  const tier = properties.get('kith_tier')!;
  const own = { value: 'vip', label: 'Iron', displayOrder: 7, hidden: false };
  properties.set('kith_tier', { ...tier, options: [...tier.options, own] });
  const options = [...(TIER.options ?? []), { value: 'iron', label: 'Iron' }];
  const wanted = [
    { ...RISK, type: 'string' as const },
    { ...TIER, options },
  ];
  const calls = server.calls();
  expect(await sink.drift?.('companies', wanted)).toEqual([
    { property: 'kith_risk', kind: 'type', found: 'number' },
    { property: 'kith_tier', kind: 'options', found: 'iron' },
  ]);
  expect(server.calls() - calls).toBe(1);
  await sink.prepare('companies', [{ ...TIER, options }]);
  expect(properties.get('kith_tier')?.options.map(({ value, label }) => [value, label])).toEqual([
    ['gold', 'Gold'],
    ['vip', 'Iron'],
    ['iron', 'Iron (Kith)'],
  ]);
});

it('says which integration gave a value, and nobody for a person', async () => {
  const { sink, server, ids } = await open(60);
  await sink.prepare('companies', [RISK]);
  await sink.write(
    'companies',
    ids.map((id) => ({ id, properties: { kith_risk: '0.5' } })),
  );
  server.portal.edit('companies', '7', { kith_risk: '0.9' });
  const authors = await sink.authors?.('companies', ids, ['kith_risk']);
  expect(authors?.size).toBe(60);
  expect(authors?.get('8')).toEqual({ kith_risk: 'stand-in' });
  expect(authors?.get('7')).toEqual({ kith_risk: '' });
});

it('writes a hundred records a call', async () => {
  const { sink, server, ids } = await open(250);
  await sink.prepare('companies', [RISK]);
  const before = server.calls();
  const result = await sink.write(
    'companies',
    ids.map((id) => ({ id, properties: { kith_risk: '0.5' } })),
  );
  expect(result.written).toHaveLength(250);
  expect(server.calls() - before).toBe(3);
});

it.each([200, 207] as const)(
  'decides by the body when a batch is partly done and answered with %i',
  async (partialStatus) => {
    const { sink, ids } = await open(3, { partialStatus });
    await sink.prepare('companies', [RISK]);
    const result = await sink.write(
      'companies',
      [...ids, '777'].map((id) => ({ id, properties: { kith_risk: '0.5' } })),
    );
    expect([...result.written].sort()).toEqual(ids);
    expect(result.failed).toEqual([{ id: '777', reason: expect.stringMatching(/\S/) }]);
  },
);

it('finds the one record that spoils a batch, and writes all of the others', async () => {
  const { sink, server, ids } = await open(100);
  await sink.prepare('companies', [RISK]);
  const result = await sink.write(
    'companies',
    ids.map((id) => ({ id, properties: { kith_risk: id === '42' ? 'plenty' : '0.5' } })),
  );
  expect(result.written).toHaveLength(99);
  expect(result.failed).toEqual([{ id: '42', reason: expect.stringContaining('plenty was not a valid number') }]);
  expect(server.portal.properties('companies', '43')?.kith_risk).toBe('0.5');
});

it('says which scopes the token lacks', async () => {
  const { sink } = await open(1, { scopes: ['crm.objects.companies.read'] });
  await expect(sink.prepare('companies', [RISK])).rejects.toMatchObject({
    code: 'crm-scope',
    message: expect.stringContaining('crm.schemas.companies'),
  });
});

it('writes each batch once more when the answer to it was lost, with the same result', async () => {
  const { sink, server, ids } = await open(2);
  await sink.prepare('companies', [RISK]);
  server.setFault({ calls: { 1: 'done-reset' }, on: 'batch/update' });
  const result = await sink.write(
    'companies',
    ids.map((id) => ({ id, properties: { kith_risk: '0.5' } })),
  );
  expect([...result.written].sort()).toEqual(ids);
});

const TASK = {
  objectType: 'companies',
  recordId: '2',
  subject: 'Offer Dock',
  body: '12 of 18 <b>similar</b> customers & more\nData as of 9 Mar 2026',
  dueAt: Date.UTC(2026, 2, 16, 6),
  ownerId: '77',
} as const;

it('creates a task on the record, shown on its page, and tells its owner, its day and its text as HTML', async () => {
  const { sink, server } = await open(2);
  const { id } = await sink.createTask(TASK);
  expect(server.portal.properties('tasks', id)).toMatchObject({
    hs_task_subject: 'Offer Dock',
    hs_task_body: '12 of 18 &lt;b&gt;similar&lt;/b&gt; customers &amp; more<br>Data as of 9 Mar 2026',
    hs_task_status: 'NOT_STARTED',
    hs_task_type: 'TODO',
    hubspot_owner_id: '77',
  });
  const page = await (await fetch(`${server.url}/records/companies/2`)).text();
  expect(page).toMatch(/Tasks.*Offer Dock.*not started · due 2026-03-16/s);
  expect(await (await fetch(`${server.url}/records/companies/1`)).text()).not.toContain('Offer Dock');
});

it('sends a task once: a refusal made none, and after a broken connection nothing is sent again', async () => {
  const { sink, server } = await open(2);
  await expect(sink.createTask({ ...TASK, recordId: '4711' })).rejects.toMatchObject({
    code: 'write-back-refused',
    message: expect.stringContaining('No task was created: HubSpot answered 404'),
  });
  expect(server.portal.ids('tasks')).toEqual([]);
  // The answer is lost on its way back; the task is there.
  server.setFault({ calls: { 1: 'done-reset' }, on: '/tasks' });
  const before = server.calls();
  await expect(sink.createTask(TASK)).rejects.toMatchObject({ code: 'crm-unreachable' });
  expect(server.calls() - before).toBe(1);
  expect(server.portal.ids('tasks')).toHaveLength(1);
});

it('says which scope a task needs', async () => {
  const { sink } = await open(2, { scopes: ['crm.objects.companies.read'] });
  await expect(sink.createTask(TASK)).rejects.toThrow(/No task was created: .*crm\.objects\.contacts\.write/);
});
