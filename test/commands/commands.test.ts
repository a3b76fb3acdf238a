import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandContext, SystemStatus } from '../../commands/context.ts';
import { actions, commands } from '../../commands/index.ts';
import type { Viewer } from '../../src/domain/people.ts';
import type { Language } from '../../src/lib/text.ts';
import { createReader } from '../../src/privacy/create-reader.ts';
import { commandLineViewer } from '../../src/privacy/viewer.ts';
import type { Report, ReportItem } from '../../src/report/report.ts';
import type { PortalStore } from '../../src/store/portal-store.ts';
import { expectReadable, testCommand } from '../contracts/test-command.ts';
import {
  AS_OF,
  account,
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
  crm: 'Small portal',
  lastSyncAt: AS_OF,
  lastRunAt: AS_OF + 60_000,
  asOf: AS_OF,
  counts: { companies: 90, deals: 1500, engagements: 0 },
  rejected: 2,
  jobs: [{ name: 'sync', schedule: '*/15 * * * *', nextAt: AS_OF, lastOutcome: 'done: 3 records' }],
  undelivered: 0,
};

function contextOf(portal: PortalStore, language: Language, viewer: Viewer = commandLineViewer()): CommandContext {
  const state = stateOf();
  return {
    language,
    timeZone: account.timeZone,
    now: AS_OF,
    state,
    commands,
    status: async () => status,
    reader: createReader({ portal, account, state, viewer }),
  };
}

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
  'churn-risk': ['', 'anna', 'Birch & Sons', 'company 9'],
  segments: [''],
  loyalty: ['', 'Gold', 'bronze'],
  basket: ['', 'Desk'],
  customer: ['Birch & Sons', 'c4', '黄河贸易', 'acme', 'c90'],
  kith: ['', 'help', 'status'],
};

for (const command of commands) {
  testCommand(command, {
    filled: async (language) => contextOf(small.portal, language),
    empty: async (language) => contextOf(small.empty, language),
    answers: ANSWERS[command.name]!,
  });
}

describe('the register of commands', () => {
  it('holds every command and action of the folder, called like its file', async () => {
    const folder = new URL('../../commands/', import.meta.url);
    const files = (await readdir(folder)).filter(
      (file) => file.endsWith('.ts') && !['index.ts', 'context.ts'].includes(file),
    );
    const registered = [...commands, ...actions].map((entry) => `${entry.name}.ts`);
    expect(registered.toSorted()).toEqual(files.toSorted());
    for (const file of files) {
      const exported: Record<string, unknown> = await import(new URL(file, folder).href);
      const name = file.replace('.ts', '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      expect([...commands, ...actions]).toContain(exported[name]);
    }
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
    const chart = report.parts.find((part) => part.kind === 'chart');
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
    const part = report.parts.find((candidate) => candidate.kind === 'chart');
    if (part?.kind !== 'chart' || part.chart.kind === 'scatter') throw new Error('no chart');
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
    expect(report.trust).toMatch(/^Data as of 9 Mar 2026/);
  });

  it('suggests the subcommand that was meant', async () => {
    await expect(run('kith', 'stauts')).rejects.toMatchObject({
      code: 'unknown-command',
      message: expect.stringContaining('did you mean status'),
    });
    await expect(run('kith', 'dance', 'zh')).rejects.toMatchObject({ message: expect.stringContaining('/kith help') });
  });
});
