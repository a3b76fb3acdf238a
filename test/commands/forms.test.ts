import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../commands/context.ts';
import { forms } from '../../commands/index.ts';
import type { Viewer } from '../../src/domain/people.ts';
import { createFindings } from '../../src/ledger/findings.ts';
import { LANGUAGES, type Language } from '../../src/lib/text.ts';
import type { Form, FormOutcome, FormValues } from '../../src/report/form.ts';
import { preferencesOf } from '../../src/state/preferences.ts';
import { expectPlainError, expectReadable, textsOf } from '../contracts/test-command.ts';
import { chatContext, type KeptState } from './chat-context.ts';
import { AS_OF, openSmallPortal, SALES_CHANNEL, type SmallPortal, stateOf } from './small-portal.ts';

let small: SmallPortal;
beforeAll(async () => {
  small = await openSmallPortal();
  await small.analyse(AS_OF);
  const finding = { key: 'at-risk:c1', customerId: 'c1', band: 'high', money: '10.00' };
  await createFindings(small.portal, () => AS_OF).record('sales', [finding], { state: 'new', actor: 'x', note: '' });
});
afterAll(() => small.close());

const admin: Viewer = { userId: 'U4', role: 'admin', department: null, ownerIds: [], place: { kind: 'only-viewer' } };
const manager: Viewer = { ...admin, userId: 'U1', role: 'manager', department: 'sales' };
const FOR_ADMINS = forms
  .map(({ name }) => name)
  .filter((name) => name === 'preview-as' || (name.startsWith('set-') && name !== 'set-preferences'));
/** What the button of a form carries. */
const VALUES: Readonly<Record<string, string>> = {
  snooze: JSON.stringify(['sales', 'at-risk:c1']),
  subscribe: 'new',
};

let kept: KeptState;
beforeEach(() => {
  const person = { role: 'admin', department: null, language: null, ownerIds: [] } as const;
  kept = { current: stateOf({ people: { U4: { ...person, ownerIds: [] } } }) };
});

const contextOf = (viewer: Viewer = admin, language: Language = 'en'): CommandContext =>
  chatContext({ portal: small.portal, language, viewer, kept, now: () => AS_OF }) as CommandContext;
const formOf = (name: string) => forms.find((form) => form.name === name)!;
const open = (name: string, viewer?: Viewer, language?: Language): Promise<Form> =>
  formOf(name).open(contextOf(viewer, language), VALUES[name] ?? 'home');
const submit = (name: string, entered: FormValues, viewer?: Viewer, language?: Language): Promise<FormOutcome> =>
  formOf(name).submit(contextOf(viewer, language), VALUES[name] ?? 'home', entered);
/** What a form holds when nobody touches it. */
const untouched = (form: Form): Record<string, string | null> =>
  Object.fromEntries(
    form.fields.map((field) => [
      field.name,
      field.value === undefined || field.value === '' ? null : String(field.value),
    ]),
  );
const problemsOf = (outcome: FormOutcome): Readonly<Record<string, string>> =>
  outcome.kind === 'refused' ? outcome.problems : {};

describe.each(forms.map(({ name }) => name))('the form %s', (name) => {
  it.each(LANGUAGES)('keeps a chat’s limits in %s, and asks each thing once', async (language) => {
    const form = await open(name, admin, language);
    expect(form.language).toBe(language);
    for (const text of [form.title, form.submit]) {
      expect(text).not.toBe('');
      expect(text.length).toBeLessThanOrEqual(24);
    }
    expect(form.intro.length).toBeLessThanOrEqual(3000);
    expect(new Set(form.fields.map((field) => field.name)).size).toBe(form.fields.length);
    expect(form.fields.length).toBeGreaterThan(0);
    for (const field of form.fields) {
      expect(field.label).not.toBe('');
      expect(`${field.label}${field.hint ?? ''}`).not.toMatch(/undefined|NaN|\[object/);
      if (language === 'zh') expect(`${field.label}${form.title}`).toMatch(/\p{Script=Han}/u);
      if (field.kind !== 'choice') continue;
      expect(field.options.length).toBeGreaterThan(0);
      expect(field.options.length).toBeLessThanOrEqual(100);
      for (const option of field.options) {
        expect(option.label.length).toBeLessThanOrEqual(75);
        expect(option.label).not.toBe('');
      }
      if (field.value !== undefined) expect(field.options.map(({ value }) => value)).toContain(field.value);
    }
  });

  it('refuses what it cannot take at the question, and changes nothing then', async () => {
    const form = await open(name);
    const before = JSON.stringify(kept.current);
    const hostile = fc.oneof(
      fc.constant(null),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(
        '__proto__',
        'constructor',
        '<!channel>',
        '-1',
        '1e9',
        '99:99',
        '0 0 31 2',
        '* * * * * *',
        'a,b,c,d',
      ),
    );
    const values = fc.record(Object.fromEntries(form.fields.map((field) => [field.name, hostile])));
    await fc.assert(
      fc.asyncProperty(values, fc.constantFrom('en' as const, 'zh' as const), async (entered, language) => {
        try {
          const outcome = await submit(name, entered, admin, language);
          if (outcome.kind === 'done') {
            if (outcome.report !== null) expectReadable(outcome.report, outcome.report.language);
            kept.current = JSON.parse(before);
            return;
          }
          expect(Object.keys(outcome.problems).length).toBeGreaterThan(0);
          const fields = form.fields.map((field) => field.name);
          for (const [field, problem] of Object.entries(outcome.problems)) {
            expect(fields).toContain(field);
            expect(problem).not.toMatch(/undefined|\[object/);
            expect(problem).not.toBe('');
          }
          expect(JSON.stringify(kept.current)).toBe(before);
        } catch (error) {
          expectPlainError(error);
        }
      }),
      { numRuns: 60, seed: 5 },
    );
  }, 60_000);
});

describe('an admin’s form', () => {
  it.each(FOR_ADMINS)('%s is shown to nobody else, and taken from nobody else', async (name) => {
    const entered = untouched(await open(name));
    const before = JSON.stringify(kept.current);
    const outside: Viewer = { ...admin, place: { kind: 'shared-externally', channelId: 'C9' } };
    for (const viewer of [
      manager,
      { ...manager, role: 'rep' as const },
      { ...manager, role: 'viewer' as const },
      outside,
    ]) {
      await expect(open(name, viewer)).rejects.toMatchObject({ code: 'not-allowed' });
      await expect(submit(name, entered, viewer)).rejects.toMatchObject({ code: 'not-allowed' });
    }
    expect(JSON.stringify(kept.current)).toBe(before);
  });

  it.each(FOR_ADMINS.filter((name) => !['preview-as', 'set-person'].includes(name)))(
    '%s changes nothing when it is handed in as it was opened',
    async (name) => {
      const before = JSON.stringify(kept.current);
      const outcome = await submit(name, untouched(await open(name)));
      expect(outcome).toMatchObject({
        kind: 'done',
        report: { headline: expect.stringContaining('nothing was changed') },
      });
      expect(JSON.stringify(kept.current)).toBe(before);
    },
  );

  it('leaves alone what others changed since it was opened and nobody here touched', async () => {
    const form = await open('set-channels');
    kept.current = {
      ...kept.current,
      channels: { ...kept.current.channels, sales: 'C0THEIRS' },
      adminChannel: 'C0OPS',
    };
    const entered = { ...untouched(form), managementChannel: 'C0BOSS' };
    expect(await formOf('set-channels').submit(contextOf(), form.value!, entered)).toMatchObject({ kind: 'done' });
    expect(kept.current.channels.sales).toBe('C0THEIRS');
    expect(kept.current).toMatchObject({ adminChannel: 'C0OPS', managementChannel: 'C0BOSS' });
  });

  it('says at the question that somebody else changed the same meanwhile, to what, and overwrites nothing', async () => {
    const names = new Map([['C0THEIRS', '#theirs']]);
    const contextNow = (language: Language) =>
      chatContext({ portal: small.portal, language, viewer: admin, kept, now: () => AS_OF, names }) as CommandContext;
    const form = await open('set-channels');
    kept.current = { ...kept.current, channels: { ...kept.current.channels, sales: 'C0THEIRS' } };
    const entered = { ...untouched(form), 'channels.sales': 'C0MINE', managementChannel: 'C0BOSS' };
    const refused = await formOf('set-channels').submit(contextNow('en'), form.value!, entered);
    expect(problemsOf(refused)).toEqual({
      'channels.sales':
        'Somebody else has changed this since you opened the form; it is now: #theirs. Open the form again',
    });
    const chinese = problemsOf(await formOf('set-channels').submit(contextNow('zh'), form.value!, entered));
    expect(chinese['channels.sales']).toBe('您打开表单后有人修改了此项，现为：#theirs。请重新打开表单');
    expect(kept.current.channels.sales).toBe('C0THEIRS');
    expect(kept.current.managementChannel).toBeNull();
    const same = { ...untouched(form), 'channels.sales': 'C0THEIRS' };
    expect(await formOf('set-channels').submit(contextNow('en'), form.value!, same)).toMatchObject({ kind: 'done' });
  });

  it.each(FOR_ADMINS.filter((name) => !['preview-as', 'set-person'].includes(name)))(
    '%s carries what it shows in few enough characters for a chat to give it back',
    async (name) => {
      const { value = '' } = await open(name);
      expect(value).not.toBe('');
      expect(JSON.stringify({ name, value, channelId: 'C0123456789' }).length).toBeLessThanOrEqual(2_500);
    },
  );

  it('saves through the settings, which write it down', async () => {
    await submit('set-channels', { 'channels.sales': 'C0NEW', 'channels.marketing': null, adminChannel: 'C0OPS' });
    expect(kept.current.channels).toEqual({ sales: 'C0NEW' });
    expect(kept.current.adminChannel).toBe('C0OPS');
    await submit('set-access', { defaultRole: 'rep', restrictReps: 'no', namesInMarketing: 'yes' });
    expect(kept.current).toMatchObject({ defaultRole: 'rep', restrictReps: false, namesInMarketing: true });
    await submit('set-thresholds', { medium: '1000', high: '5000.50' });
    expect(kept.current.valueThresholds).toEqual({ medium: 1000, high: 5000.5 });
    await submit('set-thresholds', { medium: null, high: null });
    expect(kept.current.valueThresholds).toBeNull();
    await submit('set-tier-names', { lowest: 'Wood', second: 'Iron Plus', third: '黄金', highest: 'Top' });
    expect(kept.current.tierNames).toEqual(['Wood', 'Iron Plus', '黄金', 'Top']);
    await submit('set-quiet-hours', { from: '18:00', to: '08:00', weekends: 'yes' });
    expect(kept.current.quietHours).toEqual({ from: '18:00', to: '08:00', weekends: true });
    await submit('set-quiet-hours', { from: null, to: null, weekends: 'no' });
    expect(kept.current.quietHours).toBeNull();
    const schedules = untouched(await open('set-schedules'));
    await submit('set-schedules', { ...schedules, 'schedules.salesList': '30 7 * * mon-fri', 'schedules.sync': null });
    expect(kept.current.schedules.salesList).toBe('30 7 * * mon-fri');
    const [row] = await small.portal.query<{ subjects: string[] }>(
      `SELECT groupUniqArray(subject) AS subjects FROM {db:Identifier}.audit WHERE act = 'changed-settings' AND actor = 'U4'`,
    );
    expect(row?.subjects).toEqual(
      expect.arrayContaining(['channels.sales', 'defaultRole', 'valueThresholds', 'tierNames', 'quietHours']),
    );
  });

  it('says at the question what is wrong', async () => {
    const channels = await submit('set-channels', { 'channels.sales': 'C1ONE', 'channels.marketing': 'C1ONE' });
    expect(Object.keys(problemsOf(channels))).toEqual(['channels.sales']);
    expect(problemsOf(await submit('set-thresholds', { medium: '10', high: '5' }))).toHaveProperty('high');
    expect(problemsOf(await submit('set-thresholds', { medium: null, high: '5' }))).toHaveProperty('medium');
    const tiers = await submit('set-tier-names', { lowest: 'A', second: 'A', third: 'x, y', highest: null });
    expect(Object.keys(problemsOf(tiers))).toEqual(['second', 'third', 'highest']);
    const schedules = untouched(await open('set-schedules'));
    const wrong = await submit('set-schedules', { ...schedules, 'schedules.analyse': '99 5 * * *' });
    expect(Object.keys(problemsOf(wrong))).toEqual(['schedules.analyse']);
    expect(problemsOf(await submit('set-quiet-hours', { from: '18:00', to: null, weekends: 'no' }))).toHaveProperty(
      'to',
    );
    expect(kept.current.channels.sales).toBe(SALES_CHANNEL);
  });

  it('gives a person a role, and never takes the last admin’s', async () => {
    const done = await submit('set-person', { person: 'U9NEW', role: 'rep', department: 'service' });
    expect(done).toMatchObject({ kind: 'done', changesHome: true });
    expect(kept.current.people.U9NEW).toMatchObject({ role: 'rep', department: 'service' });
    kept.current = {
      ...kept.current,
      people: { U4AA: { role: 'admin', department: null, language: null, ownerIds: [] } },
    };
    const last = await submit('set-person', { person: 'U4AA', role: 'viewer', department: 'none' });
    expect(problemsOf(last)).toHaveProperty('role');
    expect(kept.current.people.U4AA?.role).toBe('admin');
  });

  it('previews what others see, without buttons and never more than it shows an admin', async () => {
    const preview = async (entered: FormValues): Promise<string> => {
      const outcome = await submit('preview-as', { department: 'none', owner: null, ...entered });
      if (outcome.kind !== 'done' || outcome.report === null) throw new Error('nothing was shown');
      expect(outcome.report.parts.some((part) => part.kind === 'item' && part.actions !== undefined)).toBe(false);
      return textsOf(outcome.report).join('\n');
    };
    expect(await preview({ role: 'viewer', place: 'marketing' })).toContain('not shown to marketing');
    expect(await preview({ role: 'rep', place: 'alone' })).toContain('does not know which CRM owner you are');
    expect(await preview({ role: 'rep', place: 'alone', owner: 'anna' })).toContain(
      'Only the customers that you own are shown',
    );
    expect(await preview({ role: 'manager', place: 'other' })).toContain('As seen by: manager, any other channel');
    expect(
      problemsOf(await submit('preview-as', { role: 'rep', department: 'none', place: 'alone', owner: 'zzz' })),
    ).toHaveProperty('owner');
  });
});

describe('a person’s own forms', () => {
  it('keep a language and a time zone for anybody, which gives nobody a role', async () => {
    const rep: Viewer = { ...manager, userId: 'U7', role: 'viewer' };
    const done = await submit('set-preferences', { language: 'zh', timeZone: 'asia/shanghai' }, rep);
    expect(done).toMatchObject({ kind: 'done', report: { language: 'zh' }, changesHome: true });
    expect(preferencesOf(kept.current, 'U7')).toEqual({ language: 'zh', timeZone: 'Asia/Shanghai' });
    expect(kept.current.people).not.toHaveProperty('U7');
    expect(preferencesOf(kept.current, 'U8')).toEqual({ language: null, timeZone: null });
    const wrong = await submit('set-preferences', { language: 'zh', timeZone: 'Berln' }, rep);
    expect(problemsOf(wrong).timeZone).toContain('Europe/Berlin');
    await submit('set-preferences', { language: 'chat', timeZone: null }, rep);
    expect(preferencesOf(kept.current, 'U7')).toEqual({ language: null, timeZone: null });
  });

  it('subscribe once a digest, and edit the person’s own alone', async () => {
    const entered = { digest: 'sales', days: 'friday', time: '17:00', timeZone: 'Europe/Berlin', language: 'zh' };
    expect(await submit('subscribe', entered, manager)).toMatchObject({ kind: 'done' });
    const [{ id } = { id: '' }] = kept.current.subscriptions;
    expect(kept.current.subscriptions).toMatchObject([{ ...entered, userId: 'U1' }]);
    expect(problemsOf(await submit('subscribe', entered, manager))).toHaveProperty('digest');
    const form = await formOf('subscribe').open(contextOf(manager), id);
    expect(form.fields.map(({ name }) => name)).toEqual(['days', 'time', 'timeZone', 'language']);
    await formOf('subscribe').submit(contextOf(manager), id, { ...entered, digest: 'marketing', days: 'daily' });
    expect(kept.current.subscriptions).toMatchObject([{ id, digest: 'sales', days: 'daily' }]);
    const other = contextOf({ ...manager, userId: 'U2' });
    await expect(formOf('subscribe').open(other, id)).rejects.toMatchObject({ code: 'usage' });
    await expect(formOf('subscribe').submit(other, id, entered)).rejects.toMatchObject({ code: 'usage' });
  });
});
