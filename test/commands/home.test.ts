import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../commands/context.ts';
import { actions, forms, home } from '../../commands/index.ts';
import type { Viewer } from '../../src/domain/people.ts';
import type { Score } from '../../src/domain/results.ts';
import { createFindings } from '../../src/ledger/findings.ts';
import { LANGUAGES, type Language } from '../../src/lib/text.ts';
import type { JobStatus } from '../../src/ports/system-status.ts';
import type { Report, ReportItem } from '../../src/report/report.ts';
import type { PortalState } from '../../src/state/portal-state.ts';
import type { PortalStore } from '../../src/store/portal-store.ts';
import { expectReadable, textsOf } from '../contracts/test-command.ts';
import { chatContext, type KeptState } from './chat-context.ts';
import { AS_OF, DAY, openSmallPortal, type SmallPortal, stateOf } from './small-portal.ts';

let small: SmallPortal;
beforeAll(async () => {
  small = await openSmallPortal();
  await small.analyse(AS_OF);
});
afterAll(() => small.close());

const alone = { kind: 'only-viewer' } as const;
const manager: Viewer = { userId: 'U1', role: 'manager', department: 'sales', ownerIds: ['o1'], place: alone };
const rep: Viewer = { ...manager, userId: 'U2', role: 'rep', ownerIds: ['o2'] };
const viewer: Viewer = { ...manager, userId: 'U3', role: 'viewer', ownerIds: [] };
const admin: Viewer = { ...manager, userId: 'U4', role: 'admin', department: null, ownerIds: [] };
const marketer: Viewer = { ...viewer, userId: 'U5', department: 'marketing' };
const everybody = { manager, rep, viewer, admin, marketer };

let kept: KeptState;
let now: number;
beforeEach(() => {
  kept = { current: stateOf() };
  now = AS_OF + 60 * 60 * 1000;
});

const contextOf = (
  who: Viewer,
  options: { language?: Language; portal?: PortalStore; jobs?: readonly Pick<JobStatus, 'name' | 'outcome'>[] } = {},
): CommandContext => {
  const { language = 'en', portal = small.portal, jobs = [] } = options;
  return chatContext({ portal, language, viewer: who, kept, now: () => now, jobs }) as CommandContext;
};
const show = (who: Viewer, options?: Parameters<typeof contextOf>[1]): Promise<Report> =>
  home.run(contextOf(who, options));
const itemsOf = (report: Report): ReportItem[] => report.parts.filter((part) => part.kind === 'item');
const buttonsOf = (report: Report): string[] =>
  itemsOf(report).flatMap(({ actions: buttons = [] }) => buttons.map(({ action }) => action));
const customersOf = (report: Report): string[] =>
  itemsOf(report).flatMap(({ actions: buttons = [] }) =>
    buttons.flatMap(({ action, value }) => (action === 'why' ? [value.split(':')[1]!] : [])),
  );
/** As a later scoring would have it. */
async function atHighRisk(runId: string, score: Score, money: number): Promise<void> {
  const details = JSON.stringify({ ...(score.details as object), at_risk: money });
  const scores = { value: Float64Array.of(0.9), label: [score.label], band: ['high'], evidence: Uint8Array.of(2) };
  await small.portal.results.rescore(runId, 'churn-risk', {
    customerIds: [score.customerId],
    ...scores,
    details: [details],
  });
}
const ADMIN_FORMS = forms
  .map(({ name }) => name)
  .filter((name) => name.startsWith('set-') && name !== 'set-preferences');

describe('Home', () => {
  it.each(LANGUAGES)('is readable in %s for everybody, with buttons that there are', async (language) => {
    const known = [...actions, ...forms].map(({ name }) => name);
    for (const who of Object.values(everybody)) {
      const page = await show(who, { language });
      expectReadable(page, language);
      for (const name of buttonsOf(page)) expect(known).toContain(name);
      expect(page.parts.length).toBeLessThan(60);
    }
  });

  it('stands before the first analysis too, with what can be decided by then', async () => {
    const page = await show(admin, { portal: small.empty });
    expectReadable(page, 'en');
    expect(page.headline).toContain('Nothing has been analysed yet');
    expect(buttonsOf(page)).toEqual(expect.arrayContaining(['subscribe', 'set-channels']));
  });

  it('shows a person’s own customers, five at most: those at risk with their money, else those who are late', async () => {
    const rows = await small.portal.query<{ id: string }>(
      `SELECT id FROM {db:Identifier}.companies FINAL WHERE owner_id = 'o2'`,
    );
    const own = rows.map((row) => row.id);
    expect((await show(rep)).headline).toBe('None of your customers is at risk');
    expect(customersOf(await show(rep))).toEqual([]);
    const result = (await small.portal.results.latest('churn-risk'))!;
    const late = await show(viewer);
    expect(late.headline).toMatch(/^No customer is at risk, and th.* later than usual$/);
    expect(customersOf(late).length).toBeGreaterThan(0);
    expect(customersOf(late).length).toBeLessThanOrEqual(5);
    const scores = await small.portal.results.scores(result.run.id, 'churn-risk', { customerIds: customersOf(late) });
    for (const { details } of scores)
      expect((details as { off_rhythm: number }).off_rhythm).toBeGreaterThanOrEqual(1.5);
    const [first] = await small.portal.results.scores(result.run.id, 'churn-risk', { customerIds: own.slice(0, 1) });
    const shown = [first!.customerId];
    await atHighRisk(result.run.id, first!, 1234);
    const page = await show(rep);
    expect(customersOf(page)).toEqual([shown[0]]);
    expect(page.headline).toContain('£1,234 at risk with the 1 customer of yours');
    expect(page.trust).toContain('Data as of');
    expect(customersOf(await show(manager))).not.toContain(shown[0]);
  });

  it('shows who owns nobody everybody they may see, and says so; marketing is told why it sees none', async () => {
    const page = await show(viewer);
    expect(customersOf(page).length).toBeGreaterThan(0);
    expect(textsOf(page).join('\n')).toContain('does not know which CRM owner you are');
    const marketing = await show(marketer);
    expect(customersOf(marketing)).toEqual([]);
    expect(textsOf(marketing).join('\n')).toContain('not shown to marketing');
    const unknown = await show({ ...rep, ownerIds: [] });
    expect(customersOf(unknown)).toEqual([]);
    expect(textsOf(unknown).join('\n')).toContain('Kith does not know which CRM owner you are');
  });

  it('lists what the viewer looks after and what they put off, over all books, and nothing of others', async () => {
    const findings = createFindings(small.portal, () => now);
    const about = (customerId: string) => ({ key: `at-risk:${customerId}`, customerId, band: 'high', money: '10.00' });
    const change = (actor: string, state: 'acknowledged' | 'snoozed', days = 0) => ({
      state,
      actor,
      note: 'button',
      ...(state === 'snoozed' ? { snoozedUntil: now + days * DAY } : {}),
    });
    await findings.record('sales', [about('c2')], change('U2', 'acknowledged'));
    await findings.record('sales@x1', [about('c5')], change('U2', 'snoozed', 7));
    // Put off until a time that is over; somebody else's; one that a colleague took over; of another owner's customer.
    await findings.record('sales', [about('c8')], change('U2', 'snoozed', -1));
    await findings.record('sales', [about('c11')], change('U9', 'acknowledged'));
    await findings.record('sales', [about('c14')], change('U2', 'acknowledged'));
    await findings.record('sales', [about('c14')], change('U9', 'acknowledged'));
    await findings.record('sales', [about('c4')], change('U2', 'acknowledged'));
    const page = await show(rep);
    const at = page.parts.findIndex((part) => part.kind === 'heading' && part.text === 'My findings');
    const end = page.parts.findIndex((part) => part.kind === 'heading' && part.text === 'My subscriptions');
    const items = page.parts.slice(at + 1, end).filter((part) => part.kind === 'item');
    expect(items.map(({ actions: [first] = [] }) => first?.value).toSorted()).toEqual([
      'churn-risk:c2',
      'churn-risk:c5',
    ]);
    const texts = items.map(({ text }) => text).join('\n');
    expect(texts).toContain('You are on it since 9 Mar 2026');
    expect(texts).toContain('Put off until 16 Mar 2026');
    // Their buttons work.
    const values = items.flatMap(({ actions: buttons = [] }) =>
      buttons.filter(({ action }) => action === 'not-useful'),
    );
    for (const { value } of values) {
      await actions.find(({ name }) => name === 'not-useful')!.run(contextOf(rep), value);
    }
    expect(textsOf(await show(rep)).join('\n')).toContain('Nothing yet');
  });

  it('shows an admin what admins decide, and nobody else a trace of it', async () => {
    expect(buttonsOf(await show(admin))).toEqual(expect.arrayContaining([...ADMIN_FORMS, 'preview-as']));
    for (const who of [manager, rep, viewer, marketer]) {
      const page = await show(who);
      for (const name of [...ADMIN_FORMS, 'preview-as']) expect(buttonsOf(page)).not.toContain(name);
      expect(textsOf(page).join('\n')).not.toContain('Access policy');
    }
  });

  it.each(LANGUAGES)('calls people and channels in %s as the chat does', async (language) => {
    const person = { role: 'admin', department: null, language: null, ownerIds: [] } as const;
    const people = { U024BE7LH: { ...person, ownerIds: [] } };
    kept.current = stateOf({ people, adminChannel: 'C0OPS', managementChannel: 'C0BOSS' });
    const names = new Map([
      ['U024BE7LH', '@ana'],
      ['C0SALES', '#sales'],
      ['C0MARKET', '#marketing'],
      ['C0OPS', '#kith-ops'],
      ['C0BOSS', '#board'],
    ]);
    const context = chatContext({ portal: small.portal, language, viewer: admin, kept, now: () => now, names });
    const words = textsOf(await home.run(context as CommandContext)).join('\n');
    for (const name of names.values()) expect(words).toContain(name);
    for (const id of names.keys()) expect(words).not.toContain(id);
  });

  it('tells managers and admins alone what waits to be written', async () => {
    const plan = { batch: 'wb-1', plannedAt: now, state: 'open', changed: 1234 };
    await small.portal.crm.saveCursor('write-back-plan:wb-1', JSON.stringify(plan));
    for (const who of [manager, admin])
      expect(textsOf(await show(who)).join('\n')).toContain('1,234 records would change');
    for (const who of [rep, viewer]) expect(textsOf(await show(who)).join('\n')).not.toContain('records would change');
    await small.portal.crm.saveCursor('write-back-plan:wb-1', JSON.stringify({ ...plan, state: 'written' }));
    expect(textsOf(await show(manager)).join('\n')).toContain('No plan waits');
  });

  it('says which jobs failed', async () => {
    const jobs = [
      { name: 'sync', outcome: 'failed' },
      { name: 'analyse', outcome: 'done' },
    ] as const;
    expect(textsOf(await show(viewer, { jobs })).join('\n')).toContain('failed: sync');
    expect(textsOf(await show(viewer)).join('\n')).toContain('no job failed');
  });

  it('shows a person their subscriptions with their buttons', async () => {
    const context = contextOf(rep);
    await context.subscriptions.save({
      digest: 'sales',
      days: 'weekdays',
      time: '08:00',
      timeZone: 'Europe/London',
      language: 'zh',
    });
    const words = textsOf(await show(rep)).join('\n');
    expect(words).toContain('Monday to Friday at 08:00 (Europe/London) · in Chinese');
    expect(textsOf(await show(manager)).join('\n')).not.toContain('Monday to Friday at 08:00');
    const change: Partial<PortalState> = { subscriptions: [] };
    kept.current = { ...kept.current, ...change };
  });
});
