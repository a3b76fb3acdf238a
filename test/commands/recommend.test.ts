import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../commands/context.ts';
import { createTask } from '../../commands/create-task.ts';
import { recommend } from '../../commands/recommend.ts';
import { recommend as analysis } from '../../src/analyses/recommend.ts';
import type { RecommendInput } from '../../src/analyses/recommend-input.ts';
import type { Company, Contact } from '../../src/domain/crm.ts';
import type { Viewer } from '../../src/domain/people.ts';
import { createTaskDesk } from '../../src/jobs/task-desk.ts';
import { createAudit } from '../../src/ledger/audit.ts';
import type { Language } from '../../src/lib/text.ts';
import { seededRandom } from '../../src/math/random.ts';
import type { CrmSink, NewTask } from '../../src/ports/crm.ts';
import { createReader } from '../../src/privacy/create-reader.ts';
import type { Report, ReportItem } from '../../src/report/report.ts';
import { newIdentityKey, parseIdentityKeys } from '../../src/store/identity-keys.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../src/store/portal-store.ts';
import { expectReadable } from '../contracts/test-command.ts';
import { AS_OF, account, DAY, MARKETING_CHANNEL, stateOf } from './small-portal.ts';

const base = { createdAt: 1, updatedAt: 1, archived: false, extra: {} };
const TODAY = Math.floor(AS_OF / DAY);
const CUSTOMERS = 160;
const PRODUCTS = Array.from({ length: 24 }, (_, i) => ({
  id: `p${i}`,
  name: `Item ${String.fromCharCode(65 + i)}`,
  usualAmount: 150,
}));

let dataDir: string;
let store: Store;
let portal: PortalStore;
const made: NewTask[] = [];

/** Two groups with products of their own; a customer buys five of twelve, and one more in the last two months. */
function histories(): RecommendInput {
  const random = seededRandom(4);
  const customerIds = Array.from({ length: CUSTOMERS }, (_, i) => `c${1_000 + i}`);
  const offsets = [0];
  const rows = customerIds.flatMap((_, c) => {
    const order = Array.from({ length: 12 }, (_, i) => ({ item: 2 * i + (c % 2), at: random() }));
    order.sort((a, b) => a.at - b.at);
    const bought = order.slice(0, 6).map(({ item }, i) => [TODAY - (i < 5 ? 300 - 20 * i : 20), item] as const);
    offsets.push(offsets.at(-1)! + bought.length);
    return bought;
  });
  return {
    customerIds,
    offsets: Int32Array.from(offsets),
    days: Int32Array.from(rows, ([day]) => day),
    items: Int32Array.from(rows, ([, item]) => item),
    products: PRODUCTS,
    category: PRODUCTS.map(() => ''),
    price: new Float64Array(PRODUCTS.length).fill(Number.NaN),
    industries: customerIds.map(() => ''),
    history: {
      customerIds,
      offsets: Int32Array.from(offsets),
      day: Int32Array.from(rows, ([day]) => day),
      amount: new Float64Array(rows.length).fill(1_500_000),
      newProducts: new Int32Array(rows.length),
    },
    today: TODAY,
    lastCompleteDay: TODAY - 1,
    horizonDays: 60,
  };
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kith-recommend-'));
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
  portal = await store.portal('recommend');
  const input = histories();
  const companies: Company[] = [...input.customerIds, 'c9999'].map((id, i) => ({
    ...base,
    id,
    name: id === 'c9999' ? 'Newco' : `Company ${id}`,
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
  const run = await portal.results.begin({
    asOf: AS_OF,
    startedAt: AS_OF,
    fingerprint: '',
    portfolio: { unit: 'company', timeZone: 'Europe/London', currency: 'GBP', asOf: AS_OF, horizonDays: 60, seed: 1 },
  });
  for (const name of ['portfolio', analysis.name]) {
    const { summary, scores } = analysis.compute(input, 1);
    await portal.results.save(run, name, {
      summary,
      model: null,
      scores: { customerIds: input.customerIds, ...scores! },
    });
  }
  await portal.results.finish(run, 'done', AS_OF);
}, 60_000);
afterAll(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

const manager: Viewer = {
  userId: 'U1',
  role: 'manager',
  department: 'sales',
  ownerIds: ['o1'],
  place: { kind: 'only-viewer' },
};

function contextOf(viewer: Viewer = manager, language: Language = 'en'): CommandContext {
  const state = stateOf();
  const now = () => AS_OF;
  const sink = {
    async createTask(task: NewTask) {
      made.push(task);
      return { id: `t${made.length}` };
    },
  } as Partial<CrmSink> as CrmSink;
  const desk = createTaskDesk({ portal, audit: createAudit(portal, now), now, withSink: (use) => use(sink) });
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
const ask = (text: string, viewer?: Viewer, language?: Language) => recommend.run(contextOf(viewer, language), text);

describe('/recommend', () => {
  it('gives a customer’s three with what they rest on, the usual amount, a button and the method in words', async () => {
    const report = await ask('Company c1000');
    expectReadable(report, 'en');
    expect(report.headline).toMatch(/^Company c1000: next product Item [A-X]\. \d+ of /);
    const items = itemsOf(report);
    expect(items).toHaveLength(3);
    expect(items[0]).toMatchObject({
      title: expect.stringMatching(/^1\. Item [A-X]$/),
      text: expect.stringMatching(/^\d+ of .+ Usually £150; expected value £.+ bought within 60 days\)\.$/),
      owner: { name: 'Anna', mention: false },
      link: 'https://crm.example/company/c1000',
      actions: [{ action: 'create-task', value: expect.stringMatching(/^\["recommend","c1000","p\d+"\]$/) }],
    });
    expect(JSON.stringify(report.parts.at(-1))).toMatch(
      /was right for \d+% of the 160 customers who bought something new; popularity alone for \d+%: one of three suggestions was among what they bought for the first time in the 60 days after\./,
    );
    expect(report.trust).toMatch(/^Data as of 9 Mar 2026 · evidence level \d .+ back-tested on 160 customers$/);
    expectReadable(await ask('Company c1000', manager, 'zh'), 'zh');
  });

  it('bare explains itself with a chart of how often each way was right, and whom to call first', async () => {
    const report = await ask('');
    expectReadable(report, 'en');
    expect(report.parts.some((part) => part.kind === 'chart')).toBe(true);
    expect(report.parts.filter((part) => part.kind === 'table')).toHaveLength(2);
    expect(itemsOf(report)).toHaveLength(5);
    expect(JSON.stringify(report.parts)).toContain('`/recommend NAME`');
  });

  it('narrows to an owner’s customers and to the asker’s own', async () => {
    const anna = await ask('anna');
    expect(anna.headline).toMatch(/^80 customers have a next product, expected value £[\d,]+: Anna$/);
    expect(itemsOf(anna).every((item) => item.owner?.name === 'Anna')).toBe(true);
    expect((await ask('me')).headline).toMatch(/: your customers$/);
    expect((await ask('我', manager, 'zh')).headline).toMatch(/您的客户$/);
    await expect(ask('me', { ...manager, ownerIds: [] })).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it('asks which customer is meant, suggests a near name, and tells of one who has bought nothing yet', async () => {
    const choices = await ask('Company c100');
    expect(choices.headline).toBe('“Company c100” may mean 6 customers: which one?');
    expect(itemsOf(choices)[0]!.text).toMatch(/^\/recommend c100\d$/);
    await expect(ask('Compny c1000')).rejects.toMatchObject({
      code: 'unknown-customer',
      message: expect.stringContaining('did you mean'),
    });
    expect((await ask('Newco')).headline).toBe('Newco has bought no product yet: these are what most customers bought');
  });

  it('shows a rep their own customers alone, a viewer no button, and nothing where another company listens', async () => {
    const rep: Viewer = { ...manager, role: 'rep', ownerIds: ['o2'] };
    await expect(ask('Company c1000', rep)).rejects.toMatchObject({ code: 'unknown-customer' });
    expect(itemsOf(await ask('', rep)).every((item) => item.owner?.id === 'o2')).toBe(true);
    const viewer: Viewer = { ...manager, role: 'viewer' };
    expect(itemsOf(await ask('Company c1000', viewer)).every((item) => item.actions?.length === 0)).toBe(true);
    const shared: Viewer = { ...manager, place: { kind: 'shared-externally', channelId: 'C' } };
    await expect(ask('Company c1000', shared)).rejects.toMatchObject({ code: 'not-allowed' });
  });
});

describe('the button of a suggestion', () => {
  it('puts a task with its evidence on the record, once, and none that the newest run does not suggest', async () => {
    const [first] = itemsOf(await ask('Company c1001'));
    const { value } = first!.actions![0]!;
    const report = await createTask.run(contextOf(), value);
    expect(report.headline).toMatch(/^Task created on Company c1001: Offer Item [A-X], due 16 Mar 2026$/);
    expect(made).toMatchObject([
      { recordId: 'c1001', ownerId: 'o2', body: expect.stringMatching(/^\d+ of .+\nData as of/s) },
    ]);
    expect((await createTask.run(contextOf(), value)).headline).toContain('nothing was created now');
    await expect(createTask.run(contextOf(), '["recommend","c1001","p99"]')).rejects.toThrow('no longer suggests this');
    expect(made).toHaveLength(1);
  });
});

describe('a portal whose customers are people', () => {
  it('shows marketing none of them', async () => {
    const people = await store.portal('recommend-people');
    const contact: Contact = {
      ...base,
      id: '7',
      email: 'ada@kith.example',
      firstName: 'Ada',
      lastName: 'Byron',
      phone: '',
      country: '',
      ownerId: '',
    };
    await people.crm.upsert('contacts', [contact], { origin: 'list' });
    const run = await people.results.begin({
      asOf: AS_OF,
      startedAt: AS_OF,
      fingerprint: '',
      portfolio: { unit: 'contact', timeZone: 'UTC', currency: 'GBP', asOf: AS_OF, horizonDays: 60, seed: 1 },
    });
    const input = { ...histories(), customerIds: ['7', ...histories().customerIds.slice(1)] };
    const { summary, scores } = analysis.compute(input, 1);
    await people.results.save(run, analysis.name, {
      summary,
      model: null,
      scores: { customerIds: input.customerIds, ...scores! },
    });
    await people.results.finish(run, 'done', AS_OF);
    const marketing: Viewer = {
      ...manager,
      department: 'marketing',
      place: { kind: 'department', department: 'marketing', channelId: MARKETING_CHANNEL },
    };
    const reader = createReader({ portal: people, account, state: stateOf(), viewer: marketing });
    const report = await recommend.run({ ...contextOf(marketing), reader }, '');
    expect(itemsOf(report)).toEqual([]);
    expect(JSON.stringify(report.parts)).toContain('data about single contacts is not shown to marketing');
    await expect(recommend.run({ ...contextOf(marketing), reader }, 'Ada')).rejects.toMatchObject({
      code: 'unknown-customer',
    });
  });
});
