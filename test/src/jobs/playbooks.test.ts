import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeSentence, presentOutcomes } from '../../../src/analyses/playbook-outcome-report.ts';
import type { PlaybookRun } from '../../../src/domain/playbooks.ts';
import { drawHoldOut, heldOutCount } from '../../../src/jobs/draw-hold-out.ts';
import { exportPlaybooks } from '../../../src/jobs/export-playbooks.ts';
import { createPlaybookDesk } from '../../../src/jobs/playbook-desk.ts';
import { newestRun } from '../../../src/jobs/read-playbook-outcomes.ts';
import { tellPlaybooks } from '../../../src/jobs/tell-playbooks.ts';
import { createAudit } from '../../../src/ledger/audit.ts';
import { createOutbox } from '../../../src/ledger/outbox.ts';
import { createPlaybookLog } from '../../../src/ledger/playbook-log.ts';
import { createReader } from '../../../src/privacy/create-reader.ts';
import { commandLineViewer } from '../../../src/privacy/viewer.ts';
import { AS_OF, account, DAY, openSmallPortal, type SmallPortal, stateOf } from '../../commands/small-portal.ts';

const TARGET = 'value:low';
let small: SmallPortal;
let clock = AS_OF;
let state = stateOf({ people: { U9: { role: 'rep', department: 'sales', language: null, ownerIds: ['o1'] } } });
const now = () => clock;

beforeAll(async () => {
  small = await openSmallPortal();
  await small.analyse(AS_OF);
});
afterAll(() => small.close());

const logOf = () => createPlaybookLog(small.portal, now);
const deskOf = () =>
  createPlaybookDesk({
    portal: small.portal,
    playbookLog: logOf(),
    audit: createAudit(small.portal, now),
    actor: 'U1',
    now,
    nameOf: async (id) => id,
    state: () => state,
    updateState: async (change) => {
      state = change(state);
      return state;
    },
  });
const tell = () =>
  tellPlaybooks({
    portal: small.portal,
    account,
    state,
    outbox: createOutbox(small.portal, now),
    playbookLog: logOf(),
    now,
  });

async function begin(): Promise<PlaybookRun> {
  const { token } = await deskOf().preview(TARGET);
  const started = await deskOf().start(TARGET, token);
  if (started.outcome !== 'started') throw new Error(`not started but ${started.outcome}`);
  return started.run;
}

describe('drawHoldOut', () => {
  const ids = Array.from({ length: 200 }, (_, i) => `c${i}`);

  it('draws the same customers for a run in whatever order they come, others for another run, and as many as asked', () => {
    const drawn = drawHoldOut('pb-1', ids, 0.2);
    expect(drawHoldOut('pb-1', ids.toReversed(), 0.2)).toEqual(drawn);
    expect(drawn.filter(({ arm }) => arm === 'held-out')).toHaveLength(40);
    const other = new Map(drawHoldOut('pb-2', ids, 0.2).map(({ customerId, arm }) => [customerId, arm]));
    const both = drawn.filter(
      ({ customerId, arm }) => arm === 'held-out' && other.get(customerId) === 'held-out',
    ).length;
    expect(both).toBeGreaterThan(0);
    expect(both).toBeLessThan(20);
  });

  it('holds out each customer about as often as any other over many runs', () => {
    const times = new Map<string, number>();
    for (let run = 0; run < 300; run++) {
      for (const { customerId, arm } of drawHoldOut(`pb-${run}`, ids.slice(0, 20), 0.25)) {
        if (arm === 'held-out') times.set(customerId, (times.get(customerId) ?? 0) + 1);
      }
    }
    // 75 of 300 are expected of each; five standard deviations are 37.5.
    for (const count of times.values()) expect(Math.abs(count - 75)).toBeLessThan(38);
    expect(times.size).toBe(20);
  });

  it('holds out at least one where a share was asked for, and never everybody', () => {
    expect([heldOutCount(2, 0.01), heldOutCount(1, 0.5), heldOutCount(30, 0), heldOutCount(3, 0.5)]).toEqual([
      1, 0, 0, 2,
    ]);
  });
});

describe('a playbook from its start to its outcome', () => {
  let first: PlaybookRun;

  it('is Kith’s own with its defaults until somebody changes it, which is written down', async () => {
    const before = (await deskOf().views()).find(({ target }) => target === TARGET)!;
    expect(before.playbook).toEqual({
      text: { en: 'discount offers', zh: '折扣优惠' },
      owner: null,
      dueDays: 14,
      holdOut: 0.2,
    });
    expect((await deskOf().views()).map(({ target }) => target)).toEqual(
      expect.arrayContaining(['value:high', 'tier:Gold', expect.stringMatching(/^segment:/)]),
    );
    await deskOf().change(TARGET, { text: 'A call', dueDays: 10, holdOut: 0.5 });
    const after = await deskOf().change(TARGET, { owner: { kind: 'crm', id: 'o1' } });
    expect(after).toMatchObject({ ownerName: 'Anna Meyer', isSet: true });
    expect(after.playbook).toMatchObject({ text: { en: 'A call', zh: 'A call' }, dueDays: 10, holdOut: 0.5 });
    const logged = await small.portal.query<{ subject: string }>(
      `SELECT subject FROM {db:Identifier}.audit WHERE act = 'changed-settings'`,
    );
    expect(logged.map(({ subject }) => subject)).toEqual([`playbooks.${TARGET}`, `playbooks.${TARGET}`]);
  });

  it('previews the counts, the money and the smallest difference that would show', async () => {
    const preview = await deskOf().preview(TARGET);
    const scores = await small.portal.results.scores(preview.run.id, 'value', { label: 'low' });
    expect(preview.treated + preview.heldOut).toBe(scores.length);
    expect(preview.heldOut).toBe(Math.round(scores.length / 2));
    expect(preview.perYear).toBeCloseTo(
      scores.reduce((sum, { value }) => sum + value!, 0),
      6,
    );
    expect(preview.windowDays).toBe(70);
    // About thirty customers: only a great effect could be seen.
    expect(preview.rise === null || preview.rise > 0.25).toBe(true);
    expect(preview).toMatchObject({ elsewhere: 0, dueAt: AS_OF + 10 * DAY, outcomeAt: AS_OF + 70 * DAY });
  });

  it('starts exactly what was shown, once, and shows anew what has changed since', async () => {
    const { token } = await deskOf().preview(TARGET);
    await deskOf().change(TARGET, { dueDays: 12 });
    expect(await deskOf().start(TARGET, token)).toMatchObject({ outcome: 'changed', preview: { windowDays: 72 } });
    await deskOf().change(TARGET, { dueDays: 10 });
    first = await begin();
    expect(await deskOf().start(TARGET, first.id.slice(3))).toMatchObject({ outcome: 'known', run: { id: first.id } });
    expect(await logOf().runs()).toHaveLength(1);
    expect(first).toMatchObject({
      startedBy: 'U1',
      startedAt: AS_OF,
      dueAt: AS_OF + 10 * DAY,
      outcomeAt: AS_OF + 70 * DAY,
    });
    const drawn = await logOf().assignments(first.id);
    expect(drawn).toEqual(
      drawHoldOut(
        first.id,
        drawn.map(({ customerId }) => customerId),
        0.5,
      ),
    );
    expect(drawn.filter(({ arm }) => arm === 'held-out')).toHaveLength(first.heldOut);
    // While it runs, it cannot be started again.
    const again = await deskOf().preview(TARGET);
    expect(await deskOf().start(TARGET, again.token)).toMatchObject({ outcome: 'changed' });
    expect((await deskOf().preview('tier:Bronze')).elsewhere).toBeGreaterThan(0);
  });

  it('tells who is drawn: the customer’s standing, and everybody in a file with names', async () => {
    const [one] = await logOf().assignments(first.id);
    expect(await deskOf().standing(one!.customerId)).toMatchObject([{ arm: one!.arm, run: { id: first.id } }]);
    expect(await deskOf().standing('c90')).toEqual([]);
    const directory = await mkdtemp(join(tmpdir(), 'kith-playbooks-'));
    const reader = createReader({ portal: small.portal, account, state, viewer: commandLineViewer() });
    expect(await exportPlaybooks({ reader, desk: deskOf(), directory })).toBe(first.treated + first.heldOut);
    const lines = (await readFile(join(directory, 'playbooks.csv'), 'utf8')).trim().split('\n');
    expect(lines[0]).toBe('playbook,target,what_to_do,customer_id,customer,owner,group,due');
    expect(lines.filter((line) => line.includes(',held-out,'))).toHaveLength(first.heldOut);
    await rm(directory, { recursive: true });
  });

  it('tells the owner once that it is due, where the chat knows them', async () => {
    clock = AS_OF + 9 * DAY;
    expect(await tell()).toBe(0);
    clock = AS_OF + 10 * DAY;
    expect(await tell()).toBe(1);
    expect(await tell()).toBe(0);
    const [message] = await createOutbox(small.portal, now).pending();
    expect(message).toMatchObject({ channelId: 'U9', key: `playbook-due:${first.id}` });
    expect(message!.report.headline).toBe(
      `Playbook due 19 Mar 2026: “A call” for ${first.treated} customers of low value`,
    );
  });

  it('says how it stands so far, and when it will be known', async () => {
    const drawn = await logOf().assignments(first.id);
    for (const { customerId } of drawn.filter(({ arm }) => arm === 'treated').slice(0, 3)) {
      await small.buy(customerId, AS_OF + 5 * DAY, '120.00');
    }
    await small.analyse(AS_OF + 20 * DAY);
    clock = AS_OF + 20 * DAY;
    const [outcome] = await deskOf().outcomes(TARGET);
    expect(outcome).toMatchObject({ standing: 'running', until: AS_OF + 20 * DAY });
    expect(outcome!.treated).toEqual({ customers: first.treated, ordered: 3, money: 360 });
    expect(outcomeSentence(outcome!, { language: 'en', timeZone: 'Europe/London' })).toContain(
      'so far, known on 18 May 2026',
    );
  });

  it('finds the planted effect after the horizon, everybody counted as drawn', async () => {
    const drawn = await logOf().assignments(first.id);
    const treated = drawn.filter(({ arm }) => arm === 'treated');
    const heldOut = drawn.filter(({ arm }) => arm === 'held-out');
    for (const { customerId } of treated.slice(3, -1)) await small.buy(customerId, AS_OF + 30 * DAY, '80.00');
    for (const { customerId } of heldOut.slice(0, 2)) await small.buy(customerId, AS_OF + 30 * DAY, '80.00');
    // After the outcome's end, and a refund that leaves no purchase on its day: neither counts.
    await small.buy(heldOut[3]!.customerId, AS_OF + 71 * DAY, '500.00');
    await small.buy(heldOut[4]!.customerId, AS_OF + 31 * DAY, '-20.00');
    clock = AS_OF + 75 * DAY;
    await small.analyse(clock);
    const [outcome] = await deskOf().outcomes(TARGET);
    expect(outcome).toMatchObject({
      standing: 'final',
      verdict: 'better',
      until: first.outcomeAt,
      erased: 0,
      mixed: 0,
    });
    expect(outcome!.treated.ordered).toBe(first.treated - 1);
    expect(outcome!.heldOut).toEqual({ customers: first.heldOut, ordered: 2, money: 140 });
    expect(outcome!.shares!.value).toBeCloseTo((first.treated - 1) / first.treated - 2 / first.heldOut, 12);
    expect(outcome!.shares!.low).toBeGreaterThan(0.4);
    // Two buyers say nothing about a mean of money.
    expect(outcome!.money).toBeNull();
    expect(await tell()).toBe(1);
    expect(await tell()).toBe(0);
    const told = (await createOutbox(small.portal, now).pending()).at(-1)!;
    expect(told.report.headline).toMatch(
      /^What came of “A call” for low value: \d+ of \d+ ordered against 2 of \d+ held out: \+\d+ points, between \+\d+ and \+\d+: more ordered than without it, shown$/,
    );
  });

  it('follows merged customers: one within a group counts once, one across the groups not at all', async () => {
    const drawn = await logOf().assignments(first.id);
    const treated = drawn.filter(({ arm }) => arm === 'treated').map(({ customerId }) => customerId);
    const [across] = drawn.filter(({ arm }) => arm === 'held-out');
    await small.portal.crm.merge('companies', [
      { from: treated[0]!, to: treated[1]! },
      { from: across!.customerId, to: treated[2]! },
      // Into somebody who was never drawn.
      { from: treated[4]!, to: 'c90' },
    ]);
    await small.analyse(clock);
    const [outcome] = await deskOf().outcomes(TARGET);
    expect(outcome).toMatchObject({
      mixed: 1,
      treated: { customers: first.treated - 2 },
      heldOut: { customers: first.heldOut - 1 },
    });
    const ids = (await deskOf().drawn(first)).map(({ customerId }) => customerId);
    expect(ids).toContain('c90');
    expect(ids).not.toContain(treated[4]);
  });

  it('compares the finished playbooks of a target, and leaves out one that was stopped', async () => {
    await deskOf().change(TARGET, { text: 'A letter' });
    const second = await begin();
    expect(second.id).not.toBe(first.id);
    const drawn = await logOf().assignments(second.id);
    for (const [i, { customerId }] of drawn.entries())
      if (i % 3 === 0) await small.buy(customerId, clock + 20 * DAY, '50.00');
    clock = second.outcomeAt + DAY;
    await small.analyse(clock);
    const third = await begin();
    await deskOf().stop(TARGET);
    await expect(deskOf().stop(TARGET)).rejects.toThrow('No playbook runs');
    const outcomes = await deskOf().outcomes(TARGET);
    expect(outcomes.map(({ run, standing }) => [run.id, standing])).toEqual([
      [third.id, 'stopped'],
      [second.id, 'final'],
      [first.id, 'final'],
    ]);
    const asked = { timeZone: 'Europe/London', run: (await newestRun(small.portal))! };
    const text = JSON.stringify(presentOutcomes(outcomes, { ...asked, language: 'en' }));
    expect(text).toMatch(/The better one so far: “A call” \(\+\d+ points\) before “A letter”/);
    expect(text).toContain('no more than a hint');
    expect(JSON.stringify(presentOutcomes(outcomes, { ...asked, language: 'zh' }))).toContain(
      '目前较好的方案：“A call”',
    );
  });
});

describe('the ledger of playbooks', () => {
  it('forgets the assignments of an erased contact, and only of contacts', async () => {
    const log = logOf();
    const text = { en: 'x', zh: 'x' };
    const run = {
      target: TARGET,
      name: text,
      text,
      owner: null,
      holdOut: 0.5,
      startedBy: 'U1',
      dueAt: 1,
      outcomeAt: 2,
      treated: 1,
      heldOut: 1,
    };
    const drawn = [
      { customerId: '7001', arm: 'treated' },
      { customerId: '7002', arm: 'held-out' },
    ] as const;
    expect(await log.start({ ...run, id: 'pb-contacts', unit: 'contact' }, drawn)).toBe('started');
    expect(await log.start({ ...run, id: 'pb-contacts', unit: 'contact' }, drawn)).toBe('known');
    await log.start({ ...run, id: 'pb-companies', unit: 'company' }, drawn);
    const removed = await small.portal.crm.forgetContacts(['7001']);
    expect(removed.playbook_assignments).toBe(1);
    expect(await log.assignments('pb-contacts')).toEqual([drawn[1]]);
    expect(await log.assignments('pb-companies')).toEqual(drawn);
  });
});
