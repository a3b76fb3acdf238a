import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../commands/context.ts';
import { actions, commands, forms, home, questions } from '../../commands/index.ts';
import { scoreDetails } from '../../commands/shared/score-details.ts';
import { analyses } from '../../src/analyses/index.ts';
import type { Viewer } from '../../src/domain/people.ts';
import { createLoyaltyDesk } from '../../src/jobs/loyalty-desk.ts';
import { createPeopleDesk } from '../../src/jobs/people-desk.ts';
import { createPlaybookDesk } from '../../src/jobs/playbook-desk.ts';
import { createRfmDesk } from '../../src/jobs/rfm-desk.ts';
import { createSettingsDesk } from '../../src/jobs/settings-desk.ts';
import { createTaskDesk } from '../../src/jobs/task-desk.ts';
import { createWriteBackDesk } from '../../src/jobs/write-back-desk.ts';
import { createAudit } from '../../src/ledger/audit.ts';
import { createFindings } from '../../src/ledger/findings.ts';
import { createPlaybookLog } from '../../src/ledger/playbook-log.ts';
import { createWriteBackLog } from '../../src/ledger/write-back-log.ts';
import type { Language } from '../../src/lib/text.ts';
import type { CrmSink, NewTask } from '../../src/ports/crm.ts';
import type { Finding } from '../../src/ports/doctor.ts';
import type { SystemStatus } from '../../src/ports/system-status.ts';
import { createReader } from '../../src/privacy/create-reader.ts';
import { commandLineViewer } from '../../src/privacy/viewer.ts';
import type { Report, ReportItem } from '../../src/report/report.ts';
import type { PortalStore } from '../../src/store/portal-store.ts';
import { expectReadable, testCommand } from '../contracts/test-command.ts';
import { chatContext } from './chat-context.ts';
import {
  AS_OF,
  account,
  DAY,
  MARKETING_CHANNEL,
  openSmallPortal,
  SALES_CHANNEL,
  type SmallPortal,
  stateOf,
} from './small-portal.ts';

let small: SmallPortal;
beforeAll(async () => {
  small = await openSmallPortal();
  await small.analyse(AS_OF);
});
afterAll(() => small.close());

const status: SystemStatus = {
  slack: null,
  crm: 'Small portal',
  lastSyncAt: AS_OF,
  lastRunAt: AS_OF + 60_000,
  asOf: AS_OF,
  counts: { companies: 90, deals: 1500, engagements: 0 },
  rejected: 2,
  jobs: [
    {
      name: 'sync',
      schedule: '*/15 * * * *',
      nextAt: AS_OF,
      outcome: 'done',
      note: { en: '3 records', zh: '3 条记录' },
      isStuck: false,
      overlaps: 0,
    },
  ],
  undelivered: 0,
  troubled: [],
  calls: { limit: 250_000, used: 12_345, reserve: 25_000, closedUntil: AS_OF + DAY },
  reconciliation: {
    at: AS_OF - DAY,
    types: {
      deals: { in_crm: 1500, late: 1, archived: 2, merged: 0, purged: 0, restored: 0, unreadable: 0, forgotten: 0 },
      companies: { in_crm: 90, late: 0, archived: 1, merged: 0, purged: 0, restored: 0, unreadable: 0, forgotten: 0 },
    },
    revenue: { currency: 'GBP', difference: '0.00' },
  },
};

const findings: readonly Finding[] = [
  { state: 'ok', what: { en: 'Clock: within 1 s', zh: '时钟：相差不超过 1 秒' }, next: null },
  {
    state: 'problem',
    what: { en: 'HubSpot scope missing: tickets', zh: '缺少 HubSpot 权限：tickets' },
    next: { en: 'Add tickets', zh: '请添加 tickets' },
  },
];

function contextOf(portal: PortalStore, language: Language, viewer: Viewer = commandLineViewer()): CommandContext {
  const state = stateOf();
  return {
    ...chatContext({ portal, language, viewer, kept: { current: state }, now: () => AS_OF }),
    language,
    timeZone: account.timeZone,
    now: AS_OF,
    state,
    commands,
    status: async () => status,
    doctor: async () => findings,
    findings: createFindings(portal, () => AS_OF),
    reader: createReader({ portal, account, state, viewer }),
    playbooks: createPlaybookDesk({
      portal,
      playbookLog: createPlaybookLog(portal, () => AS_OF),
      audit: createAudit(portal, () => AS_OF),
      actor: viewer.userId,
      now: () => AS_OF,
      nameOf: async (id) => id,
      state: () => kept,
      updateState: async (change) => {
        kept = change(kept);
        return kept;
      },
    }),
    writeBack: controlsOf(portal, language, viewer),
    loyalty: createLoyaltyDesk({
      portal,
      audit: createAudit(portal, () => AS_OF),
      actor: viewer.userId,
      now: () => AS_OF,
      timeZone: account.timeZone,
      state: () => kept,
      updateState: async (change) => {
        kept = change(kept);
        return kept;
      },
    }),
    settings: createSettingsDesk({
      portal,
      audit: createAudit(portal, () => AS_OF),
      actor: viewer.userId,
      state: () => kept,
      updateState: async (change) => {
        kept = change(kept);
        return kept;
      },
      environment: {},
    }),
    people: createPeopleDesk({
      audit: createAudit(portal, () => AS_OF),
      actor: viewer.userId,
      state: () => kept,
      updateState: async (change) => {
        kept = change(kept);
        return kept;
      },
    }),
    rfm: createRfmDesk({
      portal,
      audit: createAudit(portal, () => AS_OF),
      actor: viewer.userId,
      state: () => kept,
      updateState: async (change) => {
        kept = change(kept);
        return kept;
      },
    }),
    tasks: { create: (order) => taskDesk(portal).create(order, viewer.userId) },
  };
}

const taskDesks = new Map<PortalStore, ReturnType<typeof createTaskDesk>>();
function taskDesk(portal: PortalStore) {
  const now = () => AS_OF;
  const desk =
    taskDesks.get(portal) ??
    createTaskDesk({ portal, audit: createAudit(portal, now), now, withSink: (use) => use(crm) });
  taskDesks.set(portal, desk);
  return desk;
}
const tasks: NewTask[] = [];

/** What people decided, as far as these tests change it. */
let kept = stateOf();

/** Write-back into a CRM that is a map, in a portal whose first week is over. */
function controlsOf(portal: PortalStore, language: Language, someone: Viewer): CommandContext['writeBack'] {
  const now = () => AS_OF + 8 * DAY;
  // In a chat: a terminal is told what to type instead of being given buttons.
  const viewer = someone.userId === 'command-line' ? { ...someone, userId: 'U1' } : someone;
  return createWriteBackDesk({
    portal,
    log: createWriteBackLog(portal, now),
    audit: createAudit(portal, now),
    analyses,
    now,
    isApproved: () => false,
    withSink: (use) => use(crm),
  }).controls({
    reader: createReader({ portal, account, state: stateOf(), viewer }),
    language,
    timeZone: account.timeZone,
  });
}

const held = new Map<string, Record<string, string>>();
const crm: CrmSink = {
  prepare: async () => undefined,
  current: async (_, ids, properties) =>
    new Map(ids.map((id) => [id, Object.fromEntries(properties.map((name) => [name, held.get(id)?.[name] ?? '']))])),
  async write(_, writes) {
    for (const { id, properties } of writes) held.set(id, { ...held.get(id), ...properties });
    return { written: writes.map(({ id }) => id), failed: [] };
  },
  async createTask(task) {
    tasks.push(task);
    return { id: `t${tasks.length}` };
  },
};

async function run(name: string, text: string, language: Language = 'en', viewer?: Viewer): Promise<Report> {
  const command = commands.find((candidate) => candidate.name === name)!;
  return command.run(contextOf(small.portal, language, viewer), text);
}

async function press(value: string, language: Language = 'en', viewer?: Viewer): Promise<Report> {
  return actions[0]!.run(contextOf(small.portal, language, viewer), value);
}

const itemsOf = (report: Report): ReportItem[] => report.parts.filter((part) => part.kind === 'item');

const rep: Viewer = {
  userId: 'U2',
  role: 'rep',
  department: 'sales',
  ownerIds: ['o2'],
  place: { kind: 'department', department: 'sales', channelId: SALES_CHANNEL },
};

const marketer: Viewer = {
  ...rep,
  userId: 'U3',
  role: 'manager',
  department: 'marketing',
  place: { kind: 'department', department: 'marketing', channelId: MARKETING_CHANNEL },
};

const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  'churn-risk': ['', 'anna', 'Birch & Sons', 'company 9', 'lapsed', 'lapsed ben'],
  likely: ['', 'anna', 'Desk', 'lam'],
  models: [''],
  segments: [''],
  value: ['', 'high', 'Low'],
  loyalty: ['', 'Gold', 'bronze'],
  basket: ['', 'Desk', 'anna'],
  recommend: ['', 'Birch & Sons', 'acme', 'anna', 'c90'],
  anomalies: [''],
  forecast: [''],
  service: ['', 'anna', 'Birch & Sons', 'acme'],
  customer: ['Birch & Sons', 'c4', '黄河贸易', 'acme', 'c90'],
  'write-back': ['', 'preview'],
  customers: [''],
  kith: [
    'subscribe',
    'privacy',
    'playbook',
    'playbook show low',
    'playbook start tier:Gold',
    'playbook outcome',
    '',
    'help',
    'status',
    'health',
    'rfm',
    'rfm derive',
    'rfm preview recency 30 90 180 365',
    'doctor',
    'people',
  ],
};

for (const command of commands) {
  testCommand(command, {
    filled: async (language) => contextOf(small.portal, language),
    empty: async (language) => contextOf(small.empty, language),
    answers: ANSWERS[command.name]!,
  });
}

describe('the register of commands', () => {
  it('holds every command, action and form of the folder, called like its file', async () => {
    const folder = new URL('../../commands/', import.meta.url);
    const files = (await readdir(folder)).filter(
      (file) => file.endsWith('.ts') && !['index.ts', 'context.ts'].includes(file),
    );
    const registered = [...commands, ...actions, ...forms];
    // Of a Home and of plain words there is one each.
    const single = { 'home.ts': home, 'plain-questions.ts': questions };
    expect([...registered.map(({ name }) => `${name}.ts`), ...Object.keys(single)].toSorted()).toEqual(
      files.toSorted(),
    );
    for (const file of files.filter((name) => !Object.hasOwn(single, name))) {
      const exported: Record<string, unknown> = await import(new URL(file, folder).href);
      const name = file.replace('.ts', '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      expect(registered).toContain(exported[name]);
    }
  });
});

describe('/write-back', () => {
  const pressed = (name: string, value: string, viewer?: Viewer) =>
    actions.find((action) => action.name === name)!.run(contextOf(small.portal, 'en', viewer), value);

  it('is for admins and managers, whoever clicks, and never where another company listens', async () => {
    for (const viewer of [rep, { ...rep, role: 'viewer' as const }]) {
      await expect(run('write-back', '', 'en', viewer)).rejects.toMatchObject({ code: 'not-allowed' });
      await expect(pressed('approve-write-back', 'wb-1', viewer)).rejects.toMatchObject({ code: 'not-allowed' });
      await expect(pressed('undo-write-back', 'wb-1', viewer)).rejects.toMatchObject({ code: 'not-allowed' });
    }
    const shared: Viewer = { ...marketer, place: { kind: 'shared-externally', channelId: 'C' } };
    await expect(run('write-back', '', 'en', shared)).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it('previews, is approved as it was shown, refuses it twice, and is undone', async () => {
    const preview = await run('write-back', 'preview');
    expect(preview.headline).toMatch(/^Write-back would change \d+ companies$/);
    expect(JSON.stringify(preview.parts)).toContain('["Acme Ltd","No-order risk (%)","– → ');
    const button = itemsOf(preview)[0]!.actions![0]!;
    expect(button).toMatchObject({ action: 'approve-write-back', style: 'primary' });
    expect(button.confirm).toMatchObject({ title: 'Write to the CRM?', yes: 'Write' });
    expect(held.size).toBe(0);
    const done = await pressed('approve-write-back', button.value);
    expect(done.headline).toMatch(/^\d+ companies annotated in the CRM$/);
    expect(held.get('c4')).toMatchObject({ kith_loyalty_tier: expect.any(String) });
    await expect(pressed('approve-write-back', button.value)).rejects.toThrow('has been written already');
    expect((await run('write-back', '')).headline).toBe('Nothing to write back');
    held.get('c4')!.kith_loyalty_tier = 'VIP';
    const undo = itemsOf(done)[0]!.actions![0]!;
    expect(undo).toMatchObject({ action: 'undo-write-back', value: button.value, style: 'danger' });
    expect(undo!.confirm).toMatchObject({ title: 'Undo this write-back?', yes: 'Undo' });
    const undone = await pressed('undo-write-back', undo.value);
    expectReadable(undone, 'en');
    expect(JSON.stringify(undone.parts)).toContain('VIP');
    expect(held.get('c4')).toMatchObject({ kith_loyalty_tier: 'VIP', kith_segment: '' });
    await expect(run('write-back', 'undo wb-none')).rejects.toThrow("There is no write-back batch 'wb-none'");
  });

  it('does not show marketing who is at risk', async () => {
    held.clear();
    const shown = JSON.stringify((await run('write-back', '', 'en', marketer)).parts);
    expect(shown).toContain('Named customers at risk are not shown to marketing');
    expect(shown).not.toMatch(/"(Acme|Birch|Company|Zenith)[^"]*","(Off rhythm|Reasons|No-order)/);
  });
});

describe('/churn-risk', () => {
  it('lists the customers at risk, each with a button that explains it', async () => {
    const items = itemsOf(await run('churn-risk', ''));
    expect(items.length).toBeGreaterThan(3);
    for (const item of items)
      expect(item.actions).toMatchObject([{ action: 'why', value: expect.stringMatching(/^churn-risk:c\d+$/) }]);
  });

  it('narrows to an owner, by a part of the name, and to the asker’s own customers', async () => {
    for (const report of [
      await run('churn-risk', 'anna'),
      await run('churn-risk', 'me', 'en', { ...rep, role: 'manager', ownerIds: ['o1'] }),
    ]) {
      const items = itemsOf(report);
      expect(items.length).toBeGreaterThan(0);
      for (const item of items) expect(item.owner?.id).toBe('o1');
      // Every third company stops, and those have no owner.
      expect(report.headline).toMatch(/^Nobody at risk: (Anna Meyer|your customers); 10 customers are listed$/);
      // How many are eligible, lapsed or too new is known of the portfolio alone.
      expect(report.parts.some(({ kind }) => kind === 'facts')).toBe(false);
    }
  });

  it('narrows to a segment, in any language and case', async () => {
    const segment = await anySegment();
    const inSegment = await small.portal.results.scores((await latestRun()).id, 'segments', { label: segment.en });
    const ids = new Set(inSegment.map((score) => `churn-risk:${score.customerId}`));
    const items = itemsOf(await run('churn-risk', segment.zh));
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) expect(ids).toContain(item.actions![0]!.value);
    expect(itemsOf(await run('churn-risk', segment.en.toUpperCase()))).toEqual(
      items.map((item) =>
        expect.objectContaining({ actions: [expect.objectContaining({ value: item.actions![0]!.value })] }),
      ),
    );
  });

  it('answers about one customer', async () => {
    const report = await run('churn-risk', 'Birch & Sons');
    expect(report.headline).toContain('Birch & Sons');
    expect(itemsOf(report)).toHaveLength(1);
  });

  it('tells somebody who owns nothing what to do', async () => {
    await expect(run('churn-risk', 'me')).rejects.toMatchObject({
      code: 'not-allowed',
      message: expect.stringContaining('admin'),
    });
  });

  it('shows a rep the customers they own alone', async () => {
    const items = itemsOf(await run('churn-risk', '', 'en', rep));
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) expect(item.owner?.id).toBe('o2');
  });
});

describe('/churn-risk lapsed', () => {
  it('lists who may be won back, the most worth first, of everybody or of one owner', async () => {
    const worth = await small.portal.query<{ id: string; worth: number }>(
      `SELECT customer_id AS id, JSONExtractFloat(details, 'value') AS worth FROM {db:Identifier}.scores
       WHERE run_id = {run:String} AND analysis = 'churn-risk' AND label = 'lapsed' ORDER BY worth DESC, id LIMIT 10`,
      { run: (await latestRun()).id },
    );
    const report = await run('churn-risk', 'lapsed');
    expect(report.headline).toMatch(/^\d+ customers have lapsed and may be won back, worth £[\d,]+ in 60 days/);
    expect(itemsOf(report).map((item) => item.actions![0]!.value)).toEqual(worth.map(({ id }) => `churn-risk:${id}`));
    // Every third company stops, and those have no owner.
    expect(await run('churn-risk', '流失 anna', 'zh')).toMatchObject({ headline: '没有可挽回的客户：Anna Meyer' });
    await expect(run('churn-risk', 'lapsed', 'en', marketer)).resolves.toMatchObject({
      parts: [{ text: expect.stringContaining('not shown to marketing') }],
    });
  });
});

describe('/likely', () => {
  it('ranks customers by chance × usual order, exactly, with the day and the button', async () => {
    const best = await small.portal.query<{ id: string }>(
      `SELECT customer_id AS id FROM {db:Identifier}.scores
       WHERE run_id = {run:String} AND analysis = 'churn-risk' AND label = 'eligible'
       ORDER BY (1 - value) * JSONExtractFloat(details, 'order_size') DESC, id LIMIT 10`,
      { run: (await latestRun()).id },
    );
    const report = await run('likely', '');
    expect(itemsOf(report).map((item) => item.actions![0]!.value)).toEqual(best.map(({ id }) => `churn-risk:${id}`));
    for (const item of itemsOf(report)) {
      expect(item.title).toMatch(/ · \d+%/);
      expect(item.text).toMatch(/(expected|due for|buys once a year).*usually £.*£.* expected$/);
    }
    expect(JSON.stringify(report.parts)).toContain('Ranked by chance of an order in 60 days × the usual amount');
    expect(report.trust).toContain('evidence level 2');
  });

  it('narrows to an owner, and shows a rep their own and marketing nobody', async () => {
    for (const item of itemsOf(await run('likely', 'ben'))) expect(item.owner?.id).toBe('o2');
    const own = await run('likely', '', 'en', rep);
    expect(itemsOf(own).length).toBeGreaterThan(0);
    for (const item of itemsOf(own)) expect(item.owner?.id).toBe('o2');
    expect(JSON.stringify(own.parts)).toContain('Only the customers that you own are shown');
    const marketing = await run('likely', 'Desk', 'en', marketer);
    expect(itemsOf(marketing)).toEqual([]);
    expect(JSON.stringify(marketing)).not.toMatch(/Acme|Birch|Company \d/);
  });

  it('multiplies the chance of an order by the customer’s own share of orders with a product, drawn to everybody’s', async () => {
    const report = await run('likely', 'desk');
    expect(report.headline).toMatch(/is the likeliest to buy Desk in the next 60 days \(\d+%\)$/);
    const [first] = itemsOf(report);
    expect(first!.text).toMatch(/^\d+% to order × \d+% that it holds Desk \(\d+ of its \d+ orders did\) · /);
    const [, chance, share, held, orders] = /^(\d+)% to order × (\d+)% .*\((\d+) of its (\d+)/.exec(first!.text)!;
    const told = Number(/ · (\d+)%/.exec(first!.title)![1]);
    expect(Math.abs(told - (Number(chance) * Number(share)) / 100)).toBeLessThanOrEqual(1.5);
    const counted = await small.portal.query<{ n: string; held: string }>(
      `SELECT count() AS n, countIf(has(items, 'p1')) AS held FROM (
         SELECT w.deal_id, groupArray(i.product_id) AS items FROM {db:Identifier}.won_deals AS w
         INNER JOIN (SELECT * FROM {db:Identifier}.associations FINAL WHERE from_type = 'line_items') AS a ON a.to_id = w.deal_id
         INNER JOIN (SELECT * FROM {db:Identifier}.line_items FINAL) AS i ON i.id = a.from_id
         WHERE w.customer_id = {id:String} GROUP BY w.deal_id)`,
      { id: first!.actions![0]!.value.split(':')[1]! },
    );
    expect(counted[0]).toEqual({ n: orders, held });
    expect(JSON.stringify(report.parts)).toMatch(
      /drawn towards everybody’s \([\d.]+%\), which counts for [\d.]+ orders/,
    );
    for (const item of itemsOf(await run('likely', 'Desk', 'en', rep))) expect(item.owner?.id).toBe('o2');
  });

  it('suggests the product that was meant', async () => {
    await expect(run('likely', 'dsek')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('did you mean Desk'),
    });
    await expect(run('likely', 'qqqqqqq', 'zh')).rejects.toMatchObject({ message: expect.stringMatching(/没有名为/) });
  });
});

describe('/models', () => {
  it('says in plain words which is used, then shows every one with its verdict', async () => {
    const report = await run('models', '');
    expect(report.headline).toMatch(/^Of \d+ ways to tell the risk of no order in the next 60 days, /);
    const board = report.parts.find((part) => part.kind === 'table' && part.columns[1]!.label === 'Verdict');
    if (board?.kind !== 'table') throw new Error('no board');
    expect(board.rows.filter((row) => row[1] === '✓ used')).toHaveLength(1);
    expect(board.rows[0]![0]).toBe('base rate');
    expect(JSON.stringify(report)).toContain('its gain exceeds both its error and 0.001 at every one of them');
    expect(JSON.stringify(await run('models', '', 'zh'))).toContain('既大于误差又大于 0.001');
    expect(JSON.stringify(report)).not.toMatch(/Acme|Birch|Company \d/);
    await expect(run('models', 'x')).rejects.toMatchObject({ code: 'usage' });
  });
});

async function latestRun() {
  return (await small.portal.results.runs(1))[0]!;
}

async function anySegment(): Promise<{ en: string; zh: string }> {
  const [score] = await small.portal.results.scores((await latestRun()).id, 'segments', {
    order: 'value-desc',
    limit: 1,
  });
  return (score!.details as { name: { en: string; zh: string } }).name;
}

describe('/segments', () => {
  it('tells who is in one, the most money first, with their buttons', async () => {
    const { en, zh } = await anySegment();
    const report = await run('segments', en.toLowerCase());
    expect(report.headline).toContain(en);
    expect(itemsOf(report).length).toBeGreaterThan(0);
    expect(itemsOf(report)[0]!.actions).toMatchObject([{ action: 'why', value: expect.stringMatching(/^segments:/) }]);
    const chinese = await run('segments', zh, 'zh');
    expect(chinese.headline).toContain(zh);
    expectReadable(chinese, 'zh');
  });

  it('suggests the segment that was meant', async () => {
    const { en } = await anySegment();
    const typo = `${en.slice(0, 3)}x${en.slice(3)}`;
    await expect(run('segments', typo)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(`did you mean ${en}`),
    });
    await expect(run('segments', 'qqqqqqqqqqqqqqq')).rejects.toMatchObject({ message: expect.stringContaining(en) });
  });
});

describe('/value', () => {
  it('answers with the classes, the next 12 months, the customers who will bring the most, and a chart', async () => {
    const report = await run('value', '');
    expect(report.headline).toMatch(/£[\d,]+ a year$/);
    const text = JSON.stringify(report.parts);
    expect(text).toContain('Next 12 months');
    expect(text).toContain('Checked on the ');
    expect(report.parts.some((part) => part.kind === 'chart')).toBe(true);
    expect(report.parts.some((part) => part.kind === 'table' && part.columns.at(-1)!.label === 'Owner')).toBe(true);
    expect(report.trust).toContain('Data as of');
  });

  it('keeps to one class, by its name in either language', async () => {
    const high = await run('value', 'High');
    expect(JSON.stringify(high.parts)).toContain('high value · ');
    expectReadable(await run('value', '高价值', 'zh'), 'zh');
    await expect(run('value', 'hihg')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('did you mean high'),
    });
  });
});

describe('/loyalty', () => {
  it('lists a tier’s customers by points, with their buttons', async () => {
    const report = await run('loyalty', 'bronze');
    expect(report.headline).toMatch(/^Bronze: \d+ customers, £/);
    expect(itemsOf(report).length).toBeGreaterThan(0);
    expect(itemsOf(report)[0]!.actions).toMatchObject([{ action: 'why', value: expect.stringMatching(/^loyalty:/) }]);
  });

  it('suggests the tier that was meant', async () => {
    await expect(run('loyalty', 'plantinum')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('Platinum'),
    });
    await expect(run('loyalty', 'diamond', 'zh')).rejects.toMatchObject({ message: expect.stringContaining('Bronze') });
  });
});

describe('/basket', () => {
  it('finds what was planted to go together', async () => {
    const report = await run('basket', '');
    expect(report.headline).toMatch(/Desk|Lamp/);
  });

  it('suggests the product that was meant', async () => {
    const report = await run('basket', 'dest');
    expect(report.parts[0]).toMatchObject({ kind: 'text', text: expect.stringContaining('Desk') });
  });
});

describe('/customer', () => {
  it('tells all scores, the reasons, the purchases and the next step', async () => {
    const report = await run('customer', 'Birch & Sons');
    expect(report.headline).toMatch(/^Birch & Sons: no-order risk .+£.+/);
    const labels = report.parts.flatMap((part) => (part.kind === 'facts' ? part.facts.map((fact) => fact.label) : []));
    expect(labels).toEqual(
      expect.arrayContaining(['Value', 'Loyalty tier', 'Segment', 'Purchases', 'Last purchase', 'Open tickets']),
    );
    // HubSpot's own value is CONSUMER_GOODS.
    expect(JSON.stringify(report)).toContain('Consumer goods');
    const chart = report.parts.find((part) => part.kind === 'chart' && part.chart.kind === 'bar');
    expect(chart).toMatchObject({ chart: { kind: 'bar', labels: expect.arrayContaining(['Mar 2026']) } });
    expect(report.parts.some((part) => part.kind === 'table' && part.rows.length === 5)).toBe(true);
    const [step] = itemsOf(report);
    expect(step).toMatchObject({
      title: 'Next step',
      link: 'https://crm.example/company/c3',
      actions: [{ action: 'why', value: 'churn-risk:c3' }],
    });
  });

  it('draws the months that hold the purchases the store has', async () => {
    const report = await run('customer', 'c3');
    const part = report.parts.find((candidate) => candidate.kind === 'chart' && candidate.chart.kind === 'bar');
    if (part?.kind !== 'chart' || part.chart.kind !== 'bar') throw new Error('no chart');
    const [row] = await small.portal.query<{ total: string }>(
      `SELECT toString(sum(amount)) AS total FROM {db:Identifier}.won_deals WHERE customer_id = 'c3' AND at >= '2025-04-01'`,
    );
    const drawn = part.chart.series[0]!.values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
    if (Number(row!.total) > 0) expect(drawn).toBeCloseTo(Number(row!.total), 2);
  });

  it('knows a customer who has never bought', async () => {
    const report = await run('customer', 'c90');
    expect(report.parts.some((part) => part.kind === 'chart')).toBe(false);
    expect(report.headline).toContain('Company 90');
  });

  it('says that an order is overdue when the customer is late, whatever the model says', async () => {
    const [late] = await small.portal.query<{ customer_id: string }>(
      `SELECT customer_id FROM {db:Identifier}.scores WHERE run_id = {run:String} AND analysis = 'churn-risk' AND band = 'low'
       AND JSONExtractFloat(details, 'off_rhythm') > 1.6 LIMIT 1`,
      { run: (await latestRun()).id },
    );
    expect(itemsOf(await run('customer', late!.customer_id))[0]!.text).toContain('overdue');
  });

  it('says of a once-a-year buyer outside its season when it is expected, and gives no percent', async () => {
    const { id } = await latestRun();
    const [score] = await small.portal.results.scores(id, 'churn-risk', { band: 'low', limit: 1 });
    const { customerId, label, evidence } = score!;
    const details = { ...(score!.details as object), out_of_season: true, days_since: 100, expected_gap: 365 };
    await small.portal.results.rescore(id, 'churn-risk', {
      customerIds: [customerId],
      value: Float64Array.of(0.9876),
      label: [label],
      band: ['low'],
      evidence: Uint8Array.of(evidence),
      details: [JSON.stringify(details)],
    });
    try {
      const en = await run('customer', customerId);
      expect(en.headline).toMatch(/: outside its season: no order expected before \d+ \w+ \d{4}/);
      const facts = en.parts.flatMap((part) => (part.kind === 'facts' ? part.facts : []));
      expect(facts.find((fact) => fact.label.startsWith('Risk of'))?.value).toMatch(/^outside its season/);
      expect(JSON.stringify(en)).not.toContain('99%');
      expect((await run('customer', customerId, 'zh')).headline).toMatch(
        /不在采购季：\d{4}年\d+月\d+日 之前预计不会下单/,
      );
    } finally {
      await small.portal.command('TRUNCATE TABLE {db:Identifier}.rescored');
    }
  });

  it('lets the reader choose between customers of like names', async () => {
    const report = await run('customer', 'acme');
    expect(
      itemsOf(report)
        .map((item) => item.title)
        .toSorted(),
    ).toEqual(['Acme Holdings', 'Acme Ltd']);
    expect(
      itemsOf(report)
        .map((item) => item.text)
        .toSorted(),
    ).toEqual(['/customer c1', '/customer c2']);
    expect((await run('customer', 'Acme Ltd')).headline).toMatch(/^Acme Ltd:/);
  });

  it('names the closest customers when nobody is called so', async () => {
    await expect(run('customer', 'Zentih GmbH')).rejects.toMatchObject({
      code: 'unknown-customer',
      message: expect.stringContaining('did you mean Zenith GmbH'),
    });
    await expect(run('customer', 'zentih')).rejects.toMatchObject({ message: expect.stringContaining('Zenith GmbH') });
    await expect(run('customer', 'xyzzy', 'zh')).rejects.toMatchObject({
      code: 'unknown-customer',
      message: expect.stringMatching(/没有找到/),
    });
  });

  it('refuses what is no name', async () => {
    await expect(run('customer', '')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('/customer Acme'),
    });
    await expect(run('customer', 'a'.repeat(201))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('201'),
    });
  });

  it('reads through control characters and quotation marks', async () => {
    expect((await run('customer', '\u202E"Birch & Sons"\u0000')).headline).toMatch(/^Birch & Sons/);
  });

  it('says nothing of a risk that the channel may not see, nor how urgent it is', async () => {
    const report = await run('customer', 'Birch & Sons', 'en', marketer);
    expect(JSON.stringify(report)).not.toMatch(/risk|urgent|lapsed/i);
    expect(itemsOf(report)[0]!.actions).toMatchObject([{ value: 'value:c3' }]);
  });

  it('does not show a rep a customer of somebody else', async () => {
    await expect(run('customer', 'c1', 'en', rep)).rejects.toMatchObject({ code: 'unknown-customer' });
    expect((await run('customer', 'c2', 'en', rep)).headline).toMatch(/^Acme Holdings/);
  });
});

describe('Why?', () => {
  it('explains each kind of score in both languages', async () => {
    for (const analysis of ['churn-risk', 'segments', 'value', 'loyalty']) {
      for (const language of ['en', 'zh'] as const) {
        for (const id of ['c3', 'c90']) {
          const report = await press(`${analysis}:${id}`, language);
          expectReadable(report, language);
          expect(report.trust).not.toBe('');
        }
      }
    }
  });

  it('gives the numbers behind a tier', async () => {
    const report = await press('loyalty:c3');
    const facts = report.parts.flatMap((part) => (part.kind === 'facts' ? part.facts : []));
    expect(facts.map((fact) => fact.label)).toEqual(
      expect.arrayContaining(['Points for 12-month value', 'Points for tenure', 'In this tier since']),
    );
  });

  it('is authorised for the person who clicks, not for the one who asked', async () => {
    await expect(press('churn-risk:c1', 'en', rep)).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(press('churn-risk:c1', 'en', marketer)).rejects.toMatchObject({
      code: 'not-allowed',
      message: expect.stringContaining('marketing'),
    });
    expect((await press('value:c1', 'en', marketer)).headline).toContain('Acme Ltd');
    expect((await press('churn-risk:c2', 'en', rep)).headline).toContain('Acme Holdings');
  });

  it('refuses a value that no button of Kith carries', async () => {
    for (const value of ['', 'churn-risk:', 'deals:c1', 'churn-risk', `churn-risk:${'9'.repeat(300)}`]) {
      await expect(press(value)).rejects.toMatchObject({ code: 'usage' });
    }
    await expect(press("churn-risk:'; DROP TABLE deals")).rejects.toMatchObject({ code: 'unknown-customer' });
  });
});

describe('/loyalty set', () => {
  it('lets managers give a tier until a day, lists it, takes it back, and refuses everybody else and the past', async () => {
    const manager: Viewer = { ...commandLineViewer(), role: 'manager' };
    const given = await run('loyalty', 'set Birch & Sons Gold until 2027-12-31', 'en', manager);
    expect(given.headline).toBe('Birch & Sons is Gold until 31 Dec 2027, from the next analysis on');
    expect(kept.tierOverrides.c3).toMatchObject({ tier: 2, until: '2027-12-31' });
    const listed = await run('loyalty', 'overrides', 'en', manager);
    expect(itemsOf(listed)).toEqual([expect.objectContaining({ title: 'Birch & Sons' })]);
    expect((await run('loyalty', 'unset Birch & Sons', 'zh', manager)).headline).toContain('恢复按积分计算');
    expect(kept.tierOverrides).toEqual({});
    await expect(run('loyalty', 'set Birch & Sons Gold', 'en', rep)).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(run('loyalty', 'set Birch & Sons Gold until 2020-01-01', 'en', manager)).rejects.toThrow('from today');
    await expect(run('loyalty', 'set Birch & Sons', 'en', manager)).rejects.toThrow('the tiers are');
  });
});

describe('/customers', () => {
  it('counts, describes and follows the customers, and names none of them', async () => {
    const report = await run('customers', '', 'en', marketer);
    expect(report.headline).toMatch(/^90 companies, \d+ of them active, £[\d,]+ won so far$/);
    const titles = report.parts.flatMap((part) =>
      part.kind === 'table' ? [part.title] : part.kind === 'chart' ? [part.chart.title] : [],
    );
    expect(titles).toEqual([
      'Customers who bought, by month',
      'How customers differ',
      'Customers by value so far',
      'Month by month',
      'How many bought again',
      'Revenue of customers by the quarter of their first purchase, by quarters since',
    ]);
    expect(JSON.stringify(report)).not.toMatch(/Acme|Birch|Company \d/);
    await expect(run('customers', 'Acme')).rejects.toThrow('use `/customer Acme`');
  });
});

describe('/kith', () => {
  it('lists every command with its usage', async () => {
    const text = JSON.stringify(await run('kith', 'help'));
    for (const command of commands)
      expect(text).toContain(`/${command.name}${command.usage === '' ? '' : ` ${command.usage}`}`);
  });

  it('tells connections, freshness, counts and schedules', async () => {
    const report = await run('kith', 'status');
    const text = JSON.stringify(report);
    for (const seen of ['Small portal', '1,500', '*/15 * * * *', 'done: 3 records', '9 Mar 2026'])
      expect(text).toContain(seen);
    expect(text).not.toContain('Engagements');
    expect(JSON.stringify(await run('kith', 'status', 'zh'))).toContain('完成：3 条记录');
    expect(report.trust).toMatch(/^Data as of 9 Mar 2026/);
  });

  it.each([
    ['en', 'timed out: no answer; it has not ended yet', 'due once meanwhile', 'running; due 12 times meanwhile'],
    ['zh', '超时：没有回应；它仍未结束', '期间到期 1 次', '运行中；期间到期 12 次'],
  ] as const)('says of a job that does not end that it keeps itself from running (%s)', async (language, ...seen) => {
    const job = { schedule: '* * * * *', nextAt: AS_OF, note: { en: '', zh: '' }, isStuck: false };
    const jobs: SystemStatus['jobs'] = [
      {
        ...job,
        name: 'deliver',
        outcome: 'timed-out',
        note: { en: 'no answer', zh: '没有回应' },
        isStuck: true,
        overlaps: 1,
      },
      { ...job, name: 'webhooks', outcome: 'running', overlaps: 12 },
    ];
    const context = { ...contextOf(small.portal, language), status: async () => ({ ...status, jobs }) };
    const text = JSON.stringify(await commands.find(({ name }) => name === 'kith')!.run(context, 'status'));
    for (const words of seen) expect(text).toContain(words);
  });

  it.each([
    ['en', 'digest', 'refused', 'Not delivered for certain'],
    ['zh', '摘要', '被拒绝', '未确认送达'],
  ] as const)('lists what did not arrive by what the chat calls its channels (%s)', async (language, ...seen) => {
    const one = { what: { en: 'digest', zh: '摘要' }, at: AS_OF, reason: 'the channel is archived' };
    const troubled = ['C0SALES', 'C0GONE'].map((channelId) => ({ ...one, channelId, outcome: 'refused' as const }));
    const context = {
      ...contextOf(small.portal, language),
      status: async () => ({ ...status, troubled }),
      namesOf: async () => (id: string) => (id === 'C0SALES' ? '#sales' : id),
    };
    const text = JSON.stringify(await commands.find(({ name }) => name === 'kith')!.run(context, 'status'));
    for (const word of [...seen, '#sales', 'C0GONE', 'the channel is archived']) expect(text).toContain(word);
    expect(text).not.toContain('C0SALES');
  });

  it('says when the copy was last compared with the CRM and what was found, in both languages', async () => {
    expect(JSON.stringify(await run('kith', 'status'))).toContain(
      '8 Mar 2026, 06:00; 1,590 records compared, 1 record came late, 3 were archived; revenue equal to the cent',
    );
    expect(JSON.stringify(await run('kith', 'status', 'zh'))).toContain(
      '共核对 1,590 条记录，1条迟到、3条已归档；营收分毫不差',
    );
  });

  it('says where Kith was added to Slack by OAuth, and since when it is there or not, in both languages', async () => {
    const told = async (slack: SystemStatus['slack'], language: 'en' | 'zh' = 'en') => {
      const before = status.slack;
      Object.assign(status, { slack });
      const text = JSON.stringify(await run('kith', 'status', language));
      Object.assign(status, { slack: before });
      return text;
    };
    const there = {
      workspace: 'Acme',
      isConnected: true,
      since: AS_OF,
      installUrl: 'https://kith.example/slack/install',
    };
    expect(await told(null)).not.toContain('OAuth');
    expect(await told(there)).toContain('Acme, added by OAuth on 9 Mar 2026');
    expect(await told(there, 'zh')).toContain('通过 OAuth 添加');
    const gone = { ...there, isConnected: false };
    expect(await told(gone)).toMatch(/taken out of Acme on 9 Mar 2026[^"]*messages wait; open https:/);
    expect(await told(gone, 'zh')).toContain('从 Acme 移除');
    const before = { ...gone, workspace: '', since: null };
    expect(await told(before)).toContain('not added yet: open https://kith.example/slack/install');
    expect(await told(before, 'zh')).toContain('尚未添加');
  });

  it('says how many of the day’s calls are used, what is kept for people, and until when none are taken', async () => {
    expect(JSON.stringify(await run('kith', 'status'))).toContain(
      '12,345 of 250,000; the last 25,000 are kept for people’s commands; none are taken until 10 Mar 2026, 06:00',
    );
    expect(JSON.stringify(await run('kith', 'status', 'zh'))).toContain(
      '12,345 / 250,000 次；最后 25,000 次留给人工命令',
    );
  });

  it('puts what is to be mended first, with its next step, in both languages', async () => {
    const { headline, parts } = await run('kith', 'doctor');
    expect(headline).toBe('The doctor found 1 thing to mend and 0 things worth doing');
    expect(
      parts.map((part) => ('title' in part ? [part.title, 'text' in part && part.text] : 'text' in part && part.text)),
    ).toEqual(['To mend', ['HubSpot scope missing: tickets', '→ Add tickets'], ['Well', false]]);
    expect(parts.at(-1)).toMatchObject({ kind: 'table', rows: [['Clock', '✓ within 1 s']] });
    expect(JSON.stringify(await run('kith', 'doctor', 'zh'))).toMatch(
      /1 项需要修复.*缺少 HubSpot 权限：tickets.*→ 请添加 tickets/,
    );
  });

  it('says what is wrong with the records, and reconciles', async () => {
    const report = await run('kith', 'health');
    expect(report.headline).toMatch(/^All [\d,]+ won deals count, and no record was found doubled or impossible$/);
    expect(JSON.stringify(report.parts)).toContain('the CRM’s own sum is not known');
    expect(JSON.stringify(report.parts)).toContain('Filled with the median in models, with a was-missing flag');
  });

  it('shows the RFM map, tries cut-points out, and lets admins and managers alone keep them', async () => {
    const shown = await run('kith', 'rfm');
    expect(shown.headline).toMatch(/^RFM: \d+ champions? of 89 customers bring \d+% of the money$/);
    const map = shown.parts.find((part) => part.kind === 'chart' && part.chart.kind === 'heatmap');
    const counts =
      map?.kind === 'chart' && map.chart.kind === 'heatmap' ? map.chart.values.flat().map((count) => count ?? 0) : [];
    expect(counts).toHaveLength(25);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(89);

    const words = 'recency 10 20 400 500';
    const preview = await run('kith', `rfm preview ${words}`, 'en', rep);
    expect(preview.headline).toMatch(/^\d+ customers of 89 would change RFM group; nothing is saved yet$/);
    expect(itemsOf(preview)).toEqual([]);
    expect(JSON.stringify(preview.parts)).toContain(`an admin or a manager writes: \`/kith rfm set ${words} frequency`);
    await expect(run('kith', `rfm set ${words}`, 'en', rep)).rejects.toMatchObject({ code: 'not-allowed' });
    expect(kept.rfmCutPoints).toBeNull();

    const manager: Viewer = { ...rep, userId: 'U4', role: 'manager' };
    const button = itemsOf(await run('kith', `rfm preview ${words}`, 'en', manager))[0]!.actions![0]!;
    expect(button).toMatchObject({ action: 'save-rfm', style: 'primary' });
    const press = (viewer: Viewer) =>
      actions.find(({ name }) => name === 'save-rfm')!.run(contextOf(small.portal, 'en', viewer), button.value);
    await expect(press(rep)).rejects.toMatchObject({ code: 'not-allowed' });
    const saved = await press(manager);
    expect(saved.headline).toMatch(/^Saved: from the next analysis on, \d+ customers? of 89 are in another RFM group$/);
    expect(kept.rfmCutPoints?.recency).toEqual([10, 20, 400, 500]);
    expect(kept.rfmCutPoints?.money).toHaveLength(4);
    expect(JSON.stringify((await run('kith', 'rfm')).parts)).toContain('From the next analysis on');
    kept = stateOf();
  });

  it('says what is wrong with cut-points in a sentence', async () => {
    for (const [typed, said] of [
      ['set recency 30 90 180', 'Recency needs 4 numbers, and 3 came (30 90 180)'],
      ['set recency 30 90 90 365', 'The numbers of Recency must rise, and they are 30 90 90 365'],
      ['set recency 1.5 2 3 4', 'Recency is counted in whole days from 0 on'],
      ['set frequency 0 2 3 4', 'Frequency is counted in whole purchases from 1 on'],
      ['preview money 1,000 2 3 4', '“1,000” is not a number'],
      ['preview money 1 2 3 4 money 5 6 7 8', 'Money is named twice'],
      ['preview size 1 2 3 4', '“size” is none of recency, frequency and money'],
      ['preview', 'No cut-points were given'],
      ['drive', 'did you mean derive?'],
    ] as const) {
      await expect(run('kith', `rfm ${typed}`)).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining(said),
      });
    }
    expect(kept.rfmCutPoints).toBeNull();
  });

  it('suggests the subcommand that was meant', async () => {
    await expect(run('kith', 'stauts')).rejects.toMatchObject({
      code: 'unknown-command',
      message: expect.stringContaining('did you mean status'),
    });
    await expect(run('kith', 'dance', 'zh')).rejects.toMatchObject({ message: expect.stringContaining('/kith help') });
  });
});

describe('/kith settings preview', () => {
  const tableOf = (report: Report) => report.parts.flatMap((part) => (part.kind === 'table' ? part.rows : []));

  it('counts whom other value classes would move, exactly, and changes nothing', async () => {
    const scores = await small.portal.results.scores((await latestRun()).id, 'value');
    const expected = new Map<string, number>();
    for (const { value, label } of scores) {
      if (value === null) continue;
      const to = value >= 9000 ? 'high' : value >= 4000 ? 'medium' : 'low';
      if (to !== label)
        expected.set(`${label} value>${to} value`, (expected.get(`${label} value>${to} value`) ?? 0) + 1);
    }
    const moved = [...expected.values()].reduce((sum, count) => sum + count, 0);
    expect(moved).toBeGreaterThan(5);
    const report = await run('kith', 'settings preview valueThresholds medium=4000 high=9000', 'en', rep);
    expect(report.headline).toBe('valueThresholds would be medium=4000, high=9000; it is thirds of the customers');
    expect(JSON.stringify(report.parts)).toContain(
      `${moved} of 89 customers of the last analysis would be in another value class`,
    );
    expect(new Map(tableOf(report).map(([from, to, count]) => [`${from}>${to}`, Number(count)]))).toEqual(expected);
    expect(kept.valueThresholds).toBeNull();
    expect(report.trust).toContain('counted, nothing estimated');
    expectReadable(await run('kith', 'settings preview valueThresholds medium=4000 high=9000', 'zh'), 'zh');
  });

  it('counts thirds of the customers as the analysis would draw them', async () => {
    kept = { ...kept, valueThresholds: { medium: 1, high: 2 } };
    const report = await run('kith', 'settings preview valueThresholds auto');
    kept = { ...kept, valueThresholds: null };
    expect(JSON.stringify(report.parts)).toContain('0 of 89 customers of the last analysis would be');
  });

  it('says where only another run can tell, and where only names change', async () => {
    const told = async (text: string) => JSON.stringify((await run('kith', `settings preview ${text}`)).parts);
    expect(await told('horizonDays 45')).toContain('is known only after the next analysis');
    expect(await told('tierNames Wood, Tin, Iron, Steel')).toContain('No customer would move: only names change');
    expect(await told('language zh')).not.toMatch(/would move|known only/);
  });
});

describe('a tier that a person gave', () => {
  const manager: Viewer = { ...commandLineViewer(), userId: 'U9', role: 'manager' };
  const factsOf = (report: Report) => report.parts.flatMap((part) => (part.kind === 'facts' ? part.facts : []));

  it('is told of with who gave it and until when, before and after the analysis that takes it up', async () => {
    const before = factsOf(await run('customer', 'Birch & Sons'));
    const earned = before.find(({ label }) => label === 'Loyalty tier')!.value;
    expect(before.map(({ label }) => label)).not.toContain('Tier given by a person');
    const tier = earned === 'Platinum' ? 'Silver' : 'Platinum';
    await run('loyalty', `set Birch & Sons ${tier} until 2027-12-31`, 'en', manager);
    const coming = { label: 'Tier from the next analysis on', value: `${tier}, given by U9, until 31 Dec 2027` };
    expect(factsOf(await run('customer', 'Birch & Sons'))).toContainEqual(coming);
    expect(factsOf(await press('loyalty:c3'))).toContainEqual(coming);
    expect(itemsOf(await run('loyalty', 'overrides'))[0]?.text).toBe(`${tier} – until 31 Dec 2027 – given by U9`);

    await small.analyse(AS_OF + 1, kept.tierOverrides);
    const standing = {
      label: 'Tier given by a person',
      value: `${tier} by U9, until 31 Dec 2027; by its points ${earned}`,
    };
    const card = await run('customer', 'Birch & Sons');
    expect(factsOf(card)).toEqual(expect.arrayContaining([{ label: 'Loyalty tier', value: tier }, standing]));
    const why = await press('loyalty:c3');
    expect(why.headline).toMatch(new RegExp(`^Birch & Sons: ${tier}, given by a person; [\\d.]+ points$`));
    expect(factsOf(why)).toContainEqual(standing);
    expect(factsOf(why)).not.toContainEqual(coming);
    expectReadable(await press('loyalty:c3', 'zh'), 'zh');
    expectReadable(await run('customer', 'Birch & Sons', 'zh'), 'zh');

    await run('loyalty', 'unset Birch & Sons', 'en', manager);
    expect(factsOf(await press('loyalty:c3'))).toContainEqual({
      label: 'Tier from the next analysis on',
      value: `by its points, ${earned} as they are now`,
    });
  });

  it('stands beside the points that are expected next quarter, where the analysis tells them', async () => {
    const latest = await latestRun();
    const [row] = await small.portal.results.scores(latest.id, 'loyalty', { customerIds: ['c3'] });
    const told = (nextQuarter: number | null) => {
      const details = { ...(row!.details as object), nextQuarter };
      const shown = { ...row!, details, name: 'Birch', link: '', owner: null };
      return factsOf(scoreDetails('en', 'loyalty', shown, latest, { names: [], given: null })).filter(
        ({ label }) => label === 'Points expected next quarter',
      );
    };
    expect(told(41.25)).toEqual([{ label: 'Points expected next quarter', value: '41.3' }]);
    expect(told(null)).toEqual([]);
  });
});
