import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../commands/context.ts';
import { service } from '../../commands/service.ts';
import type { Association, Ticket } from '../../src/domain/crm.ts';
import type { Viewer } from '../../src/domain/people.ts';
import type { Language } from '../../src/lib/text.ts';
import { createReader } from '../../src/privacy/create-reader.ts';
import { commandLineViewer } from '../../src/privacy/viewer.ts';
import type { Report, ReportItem } from '../../src/report/report.ts';
import { expectPlainError, expectReadable, textsOf } from '../contracts/test-command.ts';
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
let before: Report;
beforeAll(async () => {
  small = await openSmallPortal();
  await small.analyse(AS_OF - DAY);
  before = await run('');
  await openTickets();
  await small.analyse(AS_OF);
}, 120_000);
afterAll(() => small.close());

const base = { updatedAt: 1, archived: false, extra: {}, pipelineId: 'support', ownerId: '', subject: '' };

/** The first thirty companies have a ticket each, every second of which is open; the fourth of those two, the sixth a closed stage. */
async function openTickets(): Promise<void> {
  const tickets: Ticket[] = [];
  const links: Association[] = [];
  const add = (id: string, company: string, more: Partial<Ticket> & { createdAt: number }): void => {
    tickets.push({ ...base, id, stageId: 'new', priority: 'MEDIUM', closedAt: null, satisfaction: null, ...more });
    links.push({ fromType: 'tickets', fromId: id, toType: 'companies', toId: company, isPrimary: true });
  };
  for (let i = 1; i <= 30; i++) {
    const createdAt = AS_OF - (i + 1) * DAY;
    if (i % 2 === 0) add(`t${i}`, `c${i}`, { createdAt, ...(i === 6 ? { stageId: 'done' } : {}) });
    else add(`t${i}`, `c${i}`, { createdAt, closedAt: createdAt + DAY / 2, satisfaction: i < 8 ? 1 : 5 });
  }
  add('again', 'c4', { createdAt: AS_OF - 50 * DAY, priority: 'URGENT' });
  const stage = (stageId: string, isClosed: boolean) => ({
    ...base,
    createdAt: null,
    id: `tickets/support/${stageId}`,
    object: 'tickets' as const,
    pipelineLabel: 'Support',
    stageId,
    stageLabel: stageId,
    isClosed,
    probability: null,
  });
  await small.portal.crm.upsert('pipelines', [stage('new', false), stage('done', true)], { origin: 'list' });
  await small.portal.crm.upsert('tickets', tickets, { origin: 'list' });
  await small.portal.crm.replaceAssociations(
    'tickets',
    'companies',
    tickets.map(({ id }) => id),
    links,
  );
}

function contextOf(language: Language = 'en', viewer: Viewer = commandLineViewer()): CommandContext {
  const state = stateOf();
  // Of what a command may work with, this one takes who asks, what was analysed and the rows that may be seen.
  return {
    language,
    timeZone: account.timeZone,
    now: AS_OF,
    state,
    reader: createReader({ portal: small.portal, account, state, viewer }),
  } as CommandContext;
}

async function run(text: string, language: Language = 'en', viewer: Viewer = commandLineViewer()): Promise<Report> {
  const report = await service.run(contextOf(language, viewer), text);
  expectReadable(report, language);
  return report;
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
  role: 'manager',
  department: 'marketing',
  place: { kind: 'department', department: 'marketing', channelId: MARKETING_CHANNEL },
};

describe('/service', () => {
  it('is taken away whole: those who wait as the answer lists them, and after them who is unhappy', async () => {
    const report = await run('');
    const shown = itemsOf(report).map(({ link }) => link);
    const waiting = report.parts.findIndex(({ kind }) => kind !== 'item');
    const { columns, rows } = (await service.list!(contextOf(), ''))!;
    const links = rows.map((row) => row.at(-1));
    expect(waiting).toBeGreaterThan(5);
    expect(links.slice(0, waiting)).toEqual(shown.slice(0, waiting));
    expect(links).toEqual(expect.arrayContaining(shown));
    expect(new Set(links).size).toBe(links.length);
    const open = rows.map((row) => Number(row[columns.indexOf('Open tickets')]));
    expect(open.filter((tickets) => tickets > 0)).toHaveLength(14);
    expect(open.slice(0, 14).every((tickets) => tickets > 0)).toBe(true);
    // Who asked for one customer gets no list.
    expect(await service.list!(contextOf(), 'c4')).toBeNull();
    const theirs = (await service.list!(contextOf('en', rep), ''))!;
    expect(new Set(theirs.rows.map((row) => row[columns.indexOf('Owner')]))).toEqual(new Set(['Ben Ito']));
  });

  it('says what is missing while no tickets are copied', () => {
    expect(before.headline).toBe('No tickets are copied');
    expect(textsOf(before).join('\n')).toContain('the scope `tickets`');
    expect(itemsOf(before)).toEqual([]);
  });

  it('lists who waits by value × risk, as the scores of the run have them, with a button each', async () => {
    const report = await run('');
    expect(report.headline).toMatch(/^14 customers wait on 15 open tickets, 10 of them for more than 14 days; first /);
    const best = await small.portal.query<{ id: string; stake: number }>(
      `SELECT c.customer_id AS id, c.value * v.value AS stake
       FROM (SELECT * FROM {db:Identifier}.scores WHERE run_id = {run:String} AND analysis = 'churn-risk' AND label = 'eligible') AS c
       INNER JOIN (SELECT * FROM {db:Identifier}.scores WHERE run_id = {run:String} AND analysis = 'value') AS v
         ON v.customer_id = c.customer_id
       WHERE c.customer_id IN {open:Array(String)} ORDER BY stake DESC LIMIT 6`,
      {
        run: (await small.portal.results.runs(1))[0]!.id,
        open: [2, 4, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30].map((i) => `c${i}`),
      },
    );
    const listed = itemsOf(report).slice(0, 6);
    expect(listed.map((item) => item.actions![0]!.value)).toEqual(best.map(({ id }) => `churn-risk:${id}`));
    for (const item of listed) {
      expect(item.text).toMatch(/(open|oldest) for \d+ days/);
      expect(item.text).toMatch(/% risk of no order in the next 60 days \((low|medium|high)\) · £[\d,]+ a year/);
    }
    expect(textsOf(report).join('\n')).toContain('Sorted by value a year × risk of no order in the next 60 days');
    expect(report.parts.some((part) => part.kind === 'chart')).toBe(true);
    expect(report.trust).toContain('evidence level 2');
  });

  it('leaves out a ticket in a closed stage, and counts it', async () => {
    const report = await run('');
    const facts = report.parts.flatMap((part) => (part.kind === 'facts' ? part.facts : []));
    expect(facts).toContainEqual({ label: 'Closed without a date', value: '1' });
    expect((await run('c6')).headline).toMatch(/: no ticket open, 1 in 90 days$/);
  });

  it('tells how satisfied customers are and what was counted of patterns', async () => {
    const texts = textsOf(await run('')).join('\n');
    expect(texts).toContain('73%, 48–89% satisfied (4 or more of 5), 15 answers, mean 3.9');
    expect(texts).toMatch(/Of \d+ customers active on \d+ Jan 2026, \d+ did not order in the 60 days after it/);
    expect(texts).toContain('What precedes leaving');
  });

  it('narrows to an owner, and shows a rep their own customers and marketing none', async () => {
    for (const item of itemsOf(await run('anna'))) expect(item.owner?.id).toBe('o1');
    const own = await run('', 'en', rep);
    expect(itemsOf(own).length).toBeGreaterThan(0);
    for (const item of itemsOf(own)) expect(item.owner?.id).toBe('o2');
    expect((await run('me', 'en', rep)).headline).toMatch(/\(your customers\); first /);
    const marketing = await run('', 'en', marketer);
    expect(itemsOf(marketing)).toEqual([]);
    expect(marketing.headline).toMatch(/^14 customers wait on 15 open tickets/);
    expect(textsOf(marketing).join('\n')).toContain('Customers with tickets are not named to marketing');
    expect(JSON.stringify(marketing)).not.toMatch(/Acme|Birch|Company \d/);
  });

  it('answers about one customer, whether or not it waits, and about several that a text may mean', async () => {
    const one = await run('c4');
    expect(one.headline).toBe('Zenith GmbH: 2 tickets open, the oldest for 50 days, urgent');
    expect(itemsOf(one)).toHaveLength(1);
    expect((await run('c4', 'zh')).headline).toBe('Zenith GmbH：2 个工单未关闭，最早的已开启 50 天，紧急');
    expect((await run('c90')).headline).toBe('Company 90: no ticket is open');
    const several = await run('acme');
    expect(several.headline).toBe('“acme” may mean 2 customers');
    expect(itemsOf(several)).toHaveLength(2);
    await expect(run('nobody at all').catch((error: unknown) => expectPlainError(error))).resolves.toBeUndefined();
  });
});
