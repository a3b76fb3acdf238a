import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandContext, KithAction } from '../../commands/context.ts';
import { downloadCsv } from '../../commands/download-csv.ts';
import { commands } from '../../commands/index.ts';
import { notUseful } from '../../commands/not-useful.ts';
import { onIt } from '../../commands/on-it.ts';
import { share } from '../../commands/share.ts';
import { snooze } from '../../commands/snooze.ts';
import { findingButtons } from '../../src/digests/finding-buttons.ts';
import type { Viewer } from '../../src/domain/people.ts';
import { createAnswerDesk } from '../../src/jobs/answer-desk.ts';
import { createAnswerMemory } from '../../src/ledger/answer-memory.ts';
import { createFindings, isWorthTelling } from '../../src/ledger/findings.ts';
import { createReader } from '../../src/privacy/create-reader.ts';
import { commandLineViewer } from '../../src/privacy/viewer.ts';
import { AS_OF, account, DAY, openSmallPortal, SALES_CHANNEL, type SmallPortal, stateOf } from './small-portal.ts';

let small: SmallPortal;
beforeAll(async () => {
  small = await openSmallPortal();
  await small.analyse(AS_OF);
}, 120_000);
afterAll(() => small.close());

const BOOK = 'sales';
const KEY = 'at-risk:c3';
const VALUE = findingButtons('en', BOOK, KEY)[0]!.value;
const finding = { key: KEY, customerId: 'c3', band: 'high', money: '500.00' };
const clock = AS_OF;
// The engine forgets answers by the time that it is, so theirs is the real one.
const today = Date.now();

type Used = Pick<CommandContext, 'language' | 'timeZone' | 'now' | 'reader' | 'findings' | 'answers' | 'run' | 'list'>;

/** What these buttons use of a context, with a memory of what was asked under `id`. */
function contextOf(viewer: Viewer = commandLineViewer(), id = 'r1', language: 'en' | 'zh' = 'en'): CommandContext {
  const { portal } = small;
  const reader = createReader({ portal, account, state: stateOf(), viewer });
  const answers = createAnswerDesk({
    answers: createAnswerMemory(portal, () => today),
    viewer,
    request: { id, channelId: SALES_CHANNEL },
  });
  const used: Used = {
    language,
    timeZone: 'UTC',
    now: clock,
    reader,
    findings: createFindings(portal, () => clock),
    answers,
    run: async (name, text) => commands.find((one) => one.name === name)!.run(context, text),
    list: async (name, text) => (await commands.find((one) => one.name === name)!.list?.(context, text)) ?? null,
  };
  // The buttons of this file read nothing else.
  const context = { ...used, state: stateOf(), commands } as unknown as CommandContext;
  return context;
}

const person = (userId: string, more: Partial<Viewer> = {}): Viewer => ({ ...commandLineViewer(), userId, ...more });
const found = async () => (await contextOf().findings.of(BOOK)).find(({ key }) => key === KEY)!;
const tell = () => contextOf().findings.record(BOOK, [finding], { state: 'new', actor: 'digest:sales', note: 'k' });

describe('the buttons of what a digest told', () => {
  it('keep that somebody is on it, and tell the next one who clicks', async () => {
    await tell();
    const first = await onIt.run(contextOf(person('UANA')), VALUE);
    expect(first.headline).toMatch(/: you are on it/);
    expect(await found()).toMatchObject({ state: 'acknowledged', actor: 'UANA' });
    const second = await onIt.run(contextOf(person('UBEN')), VALUE);
    expect(JSON.stringify(second.parts)).toContain('A colleague said');
    expect(isWorthTelling(finding, await found(), clock + 3 * DAY)).toBe(false);
    expect((await contextOf().findings.acknowledged(clock - DAY)).map(({ key }) => key)).toContain(KEY);
  });

  it('write nothing when the same person clicks twice', async () => {
    await tell();
    for (let i = 0; i < 2; i++) await notUseful.run(contextOf(person('UANA')), VALUE);
    const [row] = await small.portal.query<{ n: string }>(
      `SELECT toString(count()) AS n FROM {db:Identifier}.findings WHERE state = 'not-useful'`,
    );
    expect(row?.n).toBe('1');
    expect(isWorthTelling(finding, await found(), clock + 90 * DAY)).toBe(false);
    expect(isWorthTelling({ ...finding, band: 'medium' }, await found(), clock)).toBe(true);
  });

  it('put it off until a day, and it is news again from then on', async () => {
    await tell();
    const context = contextOf(person('UANA'));
    const form = await snooze.open(context, VALUE);
    expect(form.fields[0]).toMatchObject({ kind: 'choice', value: '7' });
    expect(await snooze.submit(context, VALUE, { days: '400' })).toMatchObject({ kind: 'refused' });
    const outcome = await snooze.submit(context, VALUE, { days: '7' });
    expect(outcome).toMatchObject({ kind: 'done', report: { headline: expect.stringContaining('16 Mar 2026') } });
    expect(isWorthTelling(finding, await found(), clock + 6 * DAY)).toBe(false);
    expect(isWorthTelling(finding, await found(), clock + 7 * DAY)).toBe(true);
    expect(isWorthTelling({ ...finding, band: 'low' }, await found(), clock + DAY)).toBe(true);
  });

  it('do nothing for somebody who may not see the customer', async () => {
    await tell();
    const stranger = contextOf(person('UREP', { role: 'rep', ownerIds: ['o2'] }));
    const theirs = findingButtons('en', BOOK, KEY)[0]!.value;
    // c3 is nobody's: a rep sees their own customers only.
    await expect(onIt.run(stranger, theirs)).rejects.toMatchObject({ code: 'not-allowed' });
    expect(await found()).toMatchObject({ state: 'new' });
  });

  it.each(['', 'x', '["sales"]', '["sales","at-risk:gone"]', '["nobody","at-risk:c3"]', `["${'x'.repeat(500)}","y"]`])(
    'say so where the button is old or made up: %s',
    async (value) => {
      await expect(onIt.run(contextOf(), value)).rejects.toMatchObject({ code: 'usage' });
      await expect(snooze.open(contextOf(undefined, 'r', 'zh'), value)).rejects.toThrow(/[一-鿿]/);
    },
  );
});

describe('an answer that is kept', () => {
  const inChannel = (viewer: Viewer): Viewer => ({
    ...viewer,
    place: { kind: 'channel', channelId: 'C0ELSE' },
  });
  const act = (action: KithAction, viewer: Viewer, id: string) => action.run(contextOf(viewer, 'click'), id);

  it('is shared by being made anew for the channel', async () => {
    await contextOf(undefined, 'asked-1').answers.keep({ command: 'churn-risk', text: '', threadId: '' });
    const shared = await act(share, inChannel(person('UANA')), 'asked-1');
    expect(shared.visibility).toBe('channel');
    expect(shared.headline).not.toBe('');
  });

  it('is not shared where nobody else is, nor with another company', async () => {
    await contextOf(undefined, 'asked-2').answers.keep({ command: 'value', text: '', threadId: '' });
    await expect(act(share, person('UANA'), 'asked-2')).rejects.toMatchObject({ code: 'not-allowed' });
    const shared = person('UANA', { place: { kind: 'shared-externally', channelId: 'CX' } });
    await expect(act(share, shared, 'asked-2')).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it('is taken away as a file with everybody in it that the clicker may see, formulas quoted', async () => {
    await contextOf(undefined, 'asked-3').answers.keep({ command: 'churn-risk', text: '', threadId: '' });
    const answer = await act(downloadCsv, person('UANA'), 'asked-3');
    const text = new TextDecoder().decode(answer.file!.bytes);
    expect(answer.file).toMatchObject({ name: 'kith-churn-risk.csv', mediaType: 'text/csv' });
    expect(text.split('\n')[0]).toContain('Customer,Id,Owner');
    // All who are at risk, not the ten that the answer lists, and nobody who is not.
    const { rows } = (await contextOf(person('UANA')).list('churn-risk', ''))!;
    expect(rows.length).toBeGreaterThan(10);
    expect(text.trim().split('\n')).toHaveLength(1 + rows.length);
    const rep = await act(downloadCsv, person('UREP', { role: 'rep', ownerIds: ['o2'] }), 'asked-3');
    const theirs = new TextDecoder().decode(rep.file!.bytes).trim().split('\n').slice(1);
    expect(theirs.every((line) => line.includes('Ben Ito'))).toBe(true);
  });

  it('that is no list of customers is taken away as its tables', async () => {
    await contextOf(undefined, 'asked-4').answers.keep({ command: 'models', text: '', threadId: '' });
    const answer = await act(downloadCsv, person('UANA'), 'asked-4');
    expect(new TextDecoder().decode(answer.file!.bytes).split('\n').length).toBeGreaterThan(5);
  });

  it.each([
    ['kith', 'settings set horizonDays 90'],
    ['kith', 'people remove @U1'],
    ['loyalty', 'set Acme Ltd Gold'],
    ['write-back', ''],
  ])('of a command that may change something is not run again by a button: /%s %s', async (command, text) => {
    const id = `wrote ${command} ${text}`;
    await contextOf(undefined, id).answers.keep({ command, text, threadId: '' });
    const refused = { code: 'usage', message: expect.stringContaining('may change something') };
    await expect(act(share, inChannel(person('UANA')), id)).rejects.toMatchObject(refused);
    await expect(act(downloadCsv, person('UANA'), id)).rejects.toMatchObject(refused);
  });

  it('is gone after a week, and that is said', async () => {
    await expect(act(share, inChannel(person('UANA')), 'never-asked')).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('what a reply follows up', () => {
  it('is the newest answer of its thread, else of the channel within an hour', async () => {
    let now = today;
    const memory = createAnswerMemory(small.portal, () => now);
    const at = { userId: 'U', channelId: 'CQ', command: 'value' };
    await memory.keep({ ...at, id: 'q1', threadId: '', text: 'low' });
    now += 60_000;
    await memory.keep({ ...at, id: 'q2', threadId: 't1', text: 'high' });
    expect(await memory.last('CQ', 't1', null)).toMatchObject({ id: 'q2' });
    expect(await memory.last('CQ', 't2', null)).toMatchObject({ id: 'q1' });
    expect(await memory.last('COTHER', 't1', null)).toBeNull();
    now += 3_600_000;
    expect(await memory.last('CQ', 't2', null)).toBeNull();
  });

  it('is the asker’s own, unless everybody in the channel sees the answers', async () => {
    await contextOf(person('UBOSS'), 'zz-private').answers.keep({
      command: 'customer',
      text: 'Acme Ltd',
      threadId: '',
    });
    expect(await contextOf(person('UANA')).answers.last('')).toBeNull();
    expect(await contextOf(person('UANA')).answers.last('t9')).toBeNull();
    expect(await contextOf(person('UBOSS')).answers.last('')).toMatchObject({ text: 'Acme Ltd' });
    const place = { kind: 'department', department: 'sales', channelId: SALES_CHANNEL } as const;
    expect(await contextOf(person('UANA', { place })).answers.last('')).toMatchObject({ text: 'Acme Ltd' });
  });
});
