import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../commands/context.ts';
import { commands } from '../../commands/index.ts';
import { csvOf } from '../../commands/shared/csv.ts';
import { readSegments } from '../../commands/shared/read-segments.ts';
import { continued, inGroups, wholeList } from '../../commands/shared/whole-list.ts';
import type { Viewer } from '../../src/domain/people.ts';
import type { Run } from '../../src/domain/results.ts';
import { LANGUAGES } from '../../src/lib/text.ts';
import type { WholeList } from '../../src/ports/command.ts';
import { commandLineViewer } from '../../src/privacy/viewer.ts';
import type { Report } from '../../src/report/report.ts';
import { chatContext } from './chat-context.ts';
import { AS_OF, MARKETING_CHANNEL, openSmallPortal, type SmallPortal, stateOf } from './small-portal.ts';

let small: SmallPortal;
beforeAll(async () => {
  small = await openSmallPortal();
  // An owner whose name begins like a tier's.
  const owner = { createdAt: 1, updatedAt: 2, archived: false, extra: {}, id: 'o3', email: 'gil@kith.example' };
  await small.portal.crm.upsert('owners', [{ ...owner, firstName: 'Gil', lastName: 'Goldberg' }], { origin: 'list' });
  await small.analyse(AS_OF);
}, 120_000);
afterAll(() => small.close());

/** What a list and its answer use of a context. */
function contextOf(viewer: Viewer = commandLineViewer(), language: 'en' | 'zh' = 'en'): CommandContext {
  return chatContext({
    portal: small.portal,
    language,
    viewer,
    kept: { current: stateOf() },
    now: () => AS_OF,
  }) as CommandContext;
}

const commandOf = (name: string) => commands.find((one) => one.name === name)!;
const answerTo = (name: string, text: string, context = contextOf()) => commandOf(name).run(context, text);
const listOf = async (name: string, text: string, context = contextOf()): Promise<WholeList> =>
  (await commandOf(name).list!(context, text))!;
const column = ({ columns, rows }: WholeList, title: string) => rows.map((row) => row[columns.indexOf(title)]!);
const linksIn = (report: Report): string[] =>
  report.parts.flatMap((part) => (part.kind === 'item' && part.link !== undefined ? [part.link] : []));

describe('a whole list', () => {
  it.each([
    ['churn-risk', ''],
    ['churn-risk', 'Ben Ito'],
    ['churn-risk', 'lapsed'],
    ['churn-risk', 'Acme'],
    ['likely', ''],
    ['likely', 'Anna Meyer'],
    ['likely', 'Desk'],
    ['loyalty', 'Gold'],
    ['recommend', ''],
    ['recommend', 'Ben Ito'],
  ])(
    'of /%s %s begins with the customers of the answer, in their order, and names nobody twice',
    async (name, text) => {
      const shown = linksIn(await answerTo(name, text));
      const list = await listOf(name, text);
      const links = column(list, 'Link');
      expect(shown.length).toBeGreaterThan(1);
      expect(links.slice(0, shown.length)).toEqual(shown);
      expect(new Set(links).size).toBe(links.length);
      expect(list.rows.every((row) => row.length === list.columns.length)).toBe(true);
      expect(list.cutAt).toBeNull();
    },
  );

  it.each(['', 'high'])('of /value %s begins with the customers of its table', async (text) => {
    const report = await answerTo('value', text);
    const tables = report.parts.filter((part) => part.kind === 'table');
    const shown = tables.find(({ columns }) => columns[0]?.label === 'Customer')!.rows.map(([name]) => name);
    const list = await listOf('value', text);
    expect(shown).toHaveLength(10);
    expect(column(list, 'Customer').slice(0, 10)).toEqual(shown);
    const worth = column(list, 'Next 12 months (GBP)').map(Number);
    expect(worth).toEqual(worth.toSorted((a, b) => b - a));
    if (text === 'high') expect(new Set(column(list, 'Class'))).toEqual(new Set(['high value']));
  });

  it('of a segment holds its members, of all segments everybody by segment', async () => {
    const [segment] = await readSegments(contextOf());
    const shown = linksIn(await answerTo('segments', segment!.shown));
    const members = await listOf('segments', segment!.shown);
    expect(column(members, 'Link').slice(0, shown.length)).toEqual(shown);
    expect(members.rows).toHaveLength(segment!.segment.customers);
    expect(new Set(column(members, 'Segment'))).toEqual(new Set([segment!.shown]));
    const all = column(await listOf('segments', ''), 'Segment');
    // Each segment's customers stand together, the segments as the answer has them.
    const runs = all.filter((name, i) => name !== all[i - 1]);
    expect(runs).toEqual((await readSegments(contextOf())).map(({ shown: name }) => name));
  });

  it('of those likely to order leaves out who lapsed, and holds who ordered by the chance', async () => {
    const lapsed = new Set(column(await listOf('churn-risk', 'lapsed'), 'Id'));
    const likely = column(await listOf('likely', ''), 'Id');
    expect(lapsed.size).toBeGreaterThan(5);
    expect(likely.filter((id) => lapsed.has(id))).toEqual([]);
  });

  it('of a tier is of the tier, not of an owner who is called like it', async () => {
    const gold = await listOf('loyalty', 'Gold');
    expect(new Set(column(gold, 'Tier'))).toEqual(new Set(['Gold']));
    const everybody = column(await listOf('loyalty', ''), 'Tier');
    expect(everybody.filter((name, i) => name !== everybody[i - 1])).toEqual(
      ['Platinum', 'Gold', 'Silver', 'Bronze'].filter((name) => everybody.includes(name)),
    );
  });

  it('keeps what was asked for: an owner’s list is of their customers', async () => {
    for (const name of ['churn-risk', 'likely', 'recommend']) {
      expect(new Set(column(await listOf(name, 'Ben Ito'), 'Owner')), name).toEqual(new Set(['Ben Ito']));
    }
  });

  it('has the rights of whoever takes it: a rep’s is of their own, and where nobody may be named there is none', async () => {
    const rep: Viewer = { ...commandLineViewer(), userId: 'U2', role: 'rep', ownerIds: ['o2'] };
    expect(new Set(column(await listOf('churn-risk', '', contextOf(rep)), 'Owner'))).toEqual(new Set(['Ben Ito']));
    const place = { kind: 'department', department: 'marketing', channelId: MARKETING_CHANNEL } as const;
    expect(await listOf('churn-risk', '', contextOf({ ...rep, role: 'manager', place }))).toBeNull();
  });

  it('is none where the answer is about one customer or no customers', async () => {
    expect(await listOf('recommend', 'c1')).toBeNull();
    expect(await listOf('loyalty', 'overrides')).toBeNull();
  });

  it.each(LANGUAGES)('is titled in %s', async (language) => {
    const { columns } = await listOf('churn-risk', '', contextOf(undefined, language));
    expect(columns[0]).toBe(language === 'zh' ? '客户' : 'Customer');
    expect(columns.every((title) => title.trim() !== '')).toBe(true);
  });
});

describe('making a list', () => {
  const run = { asOf: AS_OF } as Run;
  const row = (name: string) => ({
    ...{ customerId: name, name, link: '', owner: null, value: null, label: '', band: '' },
    evidence: 0 as const,
  });

  it('says where it was cut', () => {
    const lines = Array.from({ length: 50_001 }, (_, i) => ({ row: row(`c${i}`) }));
    const list = wholeList({ language: 'en' }, run, lines, [])!;
    expect(list.cutAt).toBe(50_000);
    expect(list.rows).toHaveLength(50_000);
    expect(wholeList({ language: 'en' }, run, lines.slice(1), [])!.cutAt).toBeNull();
    expect(wholeList({ language: 'en' }, run, [], [])).toBeNull();
  });

  it('ranks what the answer ranked first, then everybody else', () => {
    const rank = (numbers: readonly number[]) => numbers.toSorted((a, b) => b - a);
    expect(continued([1, 3, 2, 9, 8, 10], 3, rank)).toEqual([3, 2, 1, 10, 9, 8]);
    expect(continued([2, 1], 10, rank)).toEqual([2, 1]);
  });

  it('puts groups in their order, without those that the answer does not tell of', () => {
    const rows = ['b', 'gone', 'a', 'b'].map((label) => ({ label }));
    expect(inGroups(rows, ['a', 'b']).map(({ label }) => label)).toEqual(['a', 'b', 'b']);
  });

  it('writes nothing that a spreadsheet runs', () => {
    const text = csvOf([
      ['Customer'],
      ['=HYPERLINK("https://x.example")'],
      ['+1'],
      ['-1'],
      ['@SUM(A1)'],
      ['Acme, Ltd'],
    ]);
    const lines = text.replace('\uFEFF', '').trim().split('\n');
    expect(lines.slice(1, 5).every((line) => /^"?'[=+\-@]/.test(line))).toBe(true);
    expect(lines[5]).toBe('"Acme, Ltd"');
  });
});
