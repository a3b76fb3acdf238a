import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { basket } from '../../commands/basket.ts';
import type { CommandContext } from '../../commands/context.ts';
import { createTask } from '../../commands/create-task.ts';
import { basket as analysis } from '../../src/analyses/basket.ts';
import { sequences } from '../../src/analyses/sequences.ts';
import type { Company } from '../../src/domain/crm.ts';
import type { Viewer } from '../../src/domain/people.ts';
import { createTaskDesk } from '../../src/jobs/task-desk.ts';
import { createAudit } from '../../src/ledger/audit.ts';
import { KithError } from '../../src/lib/errors.ts';
import type { Language } from '../../src/lib/text.ts';
import type { CrmSink, NewTask } from '../../src/ports/crm.ts';
import { createReader } from '../../src/privacy/create-reader.ts';
import type { Report, ReportItem } from '../../src/report/report.ts';
import { newIdentityKey, parseIdentityKeys } from '../../src/store/identity-keys.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../src/store/portal-store.ts';
import { expectReadable } from '../contracts/test-command.ts';
import { AS_OF, account, DAY, stateOf } from './small-portal.ts';

const base = { createdAt: 1, updatedAt: 1, archived: false, extra: {} };
const PRODUCTS = ['Lamp', 'Dock', 'Desk', 'Rug'].map((name, i) => ({ id: `p${i}`, name, usualAmount: 150 }));
const TODAY = Math.floor(AS_OF / DAY);

/** Twelve of eighteen customers with a lamp have a dock, about 90 days later; one of the others waits for 100 days. */
const HISTORIES: readonly (readonly (readonly [day: number, item: number])[])[] = [
  ...Array.from({ length: 12 }, (_, i) => [[TODAY - 300, 0] as const, [TODAY - 215 - i, 1] as const]),
  [[TODAY - 84, 0]],
  ...Array.from({ length: 5 }, () => [[TODAY - 200, 0] as const]),
  ...Array.from({ length: 72 }, (_, i) => [[TODAY - 300, 2 + (i % 2)] as const]),
];

let dataDir: string;
let store: Store;
let portal: PortalStore;
const made: NewTask[] = [];
let answer: (task: NewTask) => Promise<{ id: string }>;
let desk: ReturnType<typeof createTaskDesk>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kith-tasks-'));
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
  portal = await store.portal('tasks');
  const ids = HISTORIES.map((_, i) => `c${100 + i}`);
  const companies: Company[] = ids.map((id, i) => ({
    ...base,
    id,
    name: `Company ${id}`,
    domain: '',
    industry: '',
    country: '',
    employees: null,
    ownerId: i % 2 === 0 ? 'o1' : 'o2',
    parentCompanyId: '',
  }));
  await portal.crm.upsert('companies', companies, { origin: 'list' });
  const owner = (id: string, firstName: string) => ({
    ...base,
    id,
    email: `${id}@kith.example`,
    firstName,
    lastName: '',
  });
  await portal.crm.upsert('owners', [owner('o1', 'Anna'), owner('o2', 'Ben')], { origin: 'list' });
  const offsets = [0];
  for (const rows of HISTORIES) offsets.push(offsets.at(-1)! + rows.length);
  const history = {
    customerIds: ids,
    offsets: Int32Array.from(offsets),
    days: Int32Array.from(HISTORIES.flat(), ([day]) => day),
    items: Int32Array.from(HISTORIES.flat(), ([, item]) => item),
    products: PRODUCTS,
    minimumSupport: null,
    minimumConfidence: null,
  };
  const run = await portal.results.begin({
    asOf: AS_OF,
    startedAt: AS_OF,
    fingerprint: '',
    portfolio: { unit: 'company', timeZone: 'Europe/London', currency: 'GBP', asOf: AS_OF, horizonDays: 90, seed: 1 },
  });
  const baskets = { offsets: history.offsets, items: history.items };
  const mapping = { id: 1, sku: 0, name: 0, own: 0 };
  const quietDays = new Int32Array(ids.length);
  const counts = { per: 'customer', deals: 100, dealsOfSeveral: 0 };
  const together = { ...history, ...counts, mapping, baskets, customers: baskets, quietDays };
  for (const [which, input] of [
    [analysis, together],
    [sequences, { ...history, today: TODAY }],
  ] as const) {
    const { summary, scores } = which.compute(input, 1);
    await portal.results.save(run, which.name, { summary, model: null, scores: { customerIds: ids, ...scores! } });
  }
  await portal.results.finish(run, 'done', AS_OF);
});
afterAll(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});
beforeEach(() => {
  made.length = 0;
  answer = async (task) => {
    made.push(task);
    return { id: `t${made.length}` };
  };
  desk = newDesk();
});

/** As after a restart: nothing is remembered but what the store holds. */
function newDesk() {
  const now = () => AS_OF;
  const sink = { createTask: (task: NewTask) => answer(task) } as CrmSink;
  return createTaskDesk({ portal, audit: createAudit(portal, now), now, withSink: (use) => use(sink) });
}

const manager: Viewer = {
  userId: 'U1',
  role: 'manager',
  department: 'sales',
  ownerIds: ['o1'],
  place: { kind: 'only-viewer' },
};

function contextOf(viewer: Viewer = manager, language: Language = 'en'): CommandContext {
  const state = stateOf();
  return {
    language,
    timeZone: account.timeZone,
    now: AS_OF,
    state,
    reader: createReader({ portal, account, state, viewer }),
    tasks: { create: (order) => desk.create(order, viewer.userId) },
    // What else there is, these two do not touch.
  } as CommandContext;
}

const itemsOf = (report: Report): ReportItem[] => report.parts.filter((part) => part.kind === 'item');
const press = (value: string, viewer?: Viewer, language?: Language) =>
  createTask.run(contextOf(viewer, language), value);
const actsOf = async (): Promise<string[]> =>
  (await portal.query<{ act: string }>('SELECT act FROM {db:Identifier}.audit ORDER BY seq')).map(({ act }) => act);

describe('/basket', () => {
  it('tells who could buy more, with the evidence, and who is late, each with a button', async () => {
    const report = await basket.run(contextOf(), 'dock');
    expectReadable(report, 'en');
    expectReadable(await basket.run(contextOf(manager, 'zh'), 'dock'), 'zh');
    const [first, ...rest] = itemsOf(report);
    expect(first).toMatchObject({
      title: 'Company c112 → Dock',
      text: '12 of 18 similar customers, who have Lamp, have also bought Dock; this one has not. Expected value £100 (67% × the usual £150).',
      actions: [{ action: 'create-task', value: '["basket","c112","p1"]' }],
    });
    const headings = report.parts.flatMap((part) => (part.kind === 'heading' ? [part.text] : []));
    expect(headings).toEqual([
      'Who could buy more: 5 of 6',
      expect.stringMatching(/^What comes next · After Lamp, 67% bought Dock within a median of 80 days$/),
    ]);
    expect(rest.at(-1)!.text).toMatch(/^Late: bought Lamp 84 days ago|^12 of 18/);
  });

  it('narrows to an owner’s customers and to the asker’s own, with what they are worth', async () => {
    const report = await basket.run(contextOf(), 'anna');
    expect(report.headline).toBe('3 customers could buy what others like them have, expected value £300: Anna');
    expect(itemsOf(report).every((item) => item.owner?.name === 'Anna')).toBe(true);
    expect((await basket.run(contextOf(), 'me')).headline).toContain('expected value £300: your customers');
    const nobody = { ...manager, ownerIds: [] };
    await expect(basket.run(contextOf(nobody), 'me')).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it.each([
    ['', 6],
    ['dock', 6],
    ['anna', 3],
  ])('is taken away whole, as it lists who could buy more: “%s”', async (text, all) => {
    const context = contextOf();
    const report = await basket.run(context, text);
    const shown = itemsOf(report).flatMap(({ title }) =>
      title.endsWith(' → Dock') ? [title.replace(' → Dock', '')] : [],
    );
    const { columns, rows } = (await basket.list!(context, text))!;
    const offered = shown.slice(0, Math.min(5, all));
    expect(rows.map(([name]) => name).slice(0, offered.length)).toEqual(offered);
    expect(rows).toHaveLength(all);
    expect(new Set(rows.map((row) => row[columns.indexOf('Could buy')]))).toEqual(new Set(['Dock']));
  });

  it('shows a rep their own customers, and a viewer no button', async () => {
    const rep: Viewer = { ...manager, role: 'rep', ownerIds: ['o2'] };
    const own = itemsOf(await basket.run(contextOf(rep), ''));
    expect(own.length).toBeGreaterThan(0);
    expect(own.every((item) => item.owner?.id === 'o2')).toBe(true);
    const viewer: Viewer = { ...manager, role: 'viewer' };
    const seen = itemsOf(await basket.run(contextOf(viewer), ''));
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every((item) => item.actions?.length === 0)).toBe(true);
  });
});

describe('the button that creates a task', () => {
  it('puts a task with its evidence on the record, for the owner, due in a week, and tells so', async () => {
    const report = await press('["basket","c112","p1"]');
    expectReadable(report, 'en');
    expect(report.headline).toBe('Task created on Company c112: Offer Dock, due 16 Mar 2026');
    expect(JSON.stringify(report.parts)).toContain('Task t1 in the CRM, for Anna.');
    expect(made).toEqual([
      {
        objectType: 'companies',
        recordId: 'c112',
        subject: 'Offer Dock',
        body: expect.stringMatching(/^12 of 18 similar customers, who have Lamp,.+\nData as of 9 Mar 2026/s),
        dueAt: AS_OF + 7 * DAY,
        ownerId: 'o1',
      },
    ]);
    expect(await actsOf()).toEqual(['began-task', 'created-task']);
  });

  it('makes one task of two clicks at once, of a third, and of one after a restart', async () => {
    const value = '["basket","c113","p1"]';
    const [first, second] = await Promise.all([press(value), press(value)]);
    expect(made).toHaveLength(1);
    expect(first.headline).toMatch(/^Task created/);
    expect(second.headline).toBe('This task is on Company c113 since 9 Mar 2026: nothing was created now');
    desk = newDesk();
    expectReadable(await press(value, manager, 'zh'), 'zh');
    expect(made).toHaveLength(1);
  });

  it('refuses viewers, other owners’ customers, channels of other companies and values of no button', async () => {
    const value = '["basket","c114","p1"]';
    await expect(press(value, { ...manager, role: 'viewer' })).rejects.toMatchObject({
      code: 'not-allowed',
      message: expect.stringContaining('your role is viewer'),
    });
    await expect(press(value, { ...manager, role: 'rep', ownerIds: ['o2'] })).rejects.toMatchObject({
      code: 'not-allowed',
    });
    const shared: Viewer = { ...manager, place: { kind: 'shared-externally', channelId: 'C' } };
    await expect(press(value, shared)).rejects.toMatchObject({ code: 'not-allowed' });
    for (const wrong of ['', 'x', '[]', '["churn-risk","c114","p1"]', '["basket","","p1"]']) {
      await expect(press(wrong)).rejects.toMatchObject({ code: 'usage' });
    }
    expect(made).toEqual([]);
  });

  it('creates nothing that the newest run does not suggest', async () => {
    await expect(press('["basket","c100","p1"]')).rejects.toThrow('no longer suggests this');
    await expect(press('["basket","c114","p3"]')).rejects.toThrow('no longer suggests this');
    await expect(press('["basket","nobody","p1"]')).rejects.toBeInstanceOf(KithError);
    expect(made).toEqual([]);
  });

  it('may be clicked again when the CRM refused, and not when nobody knows what became of it', async () => {
    const works = answer;
    answer = async () => {
      throw new KithError('write-back-refused', 'No task was created: the record is gone');
    };
    await expect(press('["basket","c115","p1"]')).rejects.toThrow('the record is gone');
    answer = works;
    expect((await press('["basket","c115","p1"]')).headline).toMatch(/^Task created/);
    answer = async () => {
      throw new KithError('crm-unreachable', 'The connection broke');
    };
    await expect(press('["basket","c116","p1"]')).rejects.toThrow('The connection broke');
    answer = works;
    desk = newDesk();
    await expect(press('["basket","c116","p1"]')).rejects.toThrow(/no answer came: it may be on the record/);
    expect(made).toHaveLength(1);
  });
});
