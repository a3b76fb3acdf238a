import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../commands/context.ts';
import { actions, commands } from '../../commands/index.ts';
import type { Viewer } from '../../src/domain/people.ts';
import { createOutbox } from '../../src/ledger/outbox.ts';
import { LANGUAGES, type Language } from '../../src/lib/text.ts';
import { commandLineViewer } from '../../src/privacy/viewer.ts';
import type { Report } from '../../src/report/report.ts';
import { expectPlainError, expectReadable, textsOf } from '../contracts/test-command.ts';
import { chatContext, type KeptState } from './chat-context.ts';
import { AS_OF, openSmallPortal, type SmallPortal, stateOf } from './small-portal.ts';

let small: SmallPortal;
beforeAll(async () => {
  small = await openSmallPortal();
  await small.analyse(AS_OF);
});
afterAll(() => small.close());

const manager: Viewer = {
  userId: 'U1',
  role: 'manager',
  department: 'sales',
  ownerIds: ['o1'],
  place: { kind: 'only-viewer' },
};
const other: Viewer = { ...manager, userId: 'U2', ownerIds: [] };

let kept: KeptState;
let now: number;
beforeEach(() => {
  kept = { current: stateOf() };
  now = AS_OF + 60 * 60 * 1000;
});

const context = (viewer: Viewer, language: Language = 'en'): CommandContext =>
  chatContext({ portal: small.portal, language, viewer, kept, now: () => now }) as CommandContext;
const kith = commands.find(({ name }) => name === 'kith')!;
const ask = (text: string, viewer: Viewer = manager, language: Language = 'en'): Promise<Report> =>
  kith.run(context(viewer, language), text);
const press = (name: string, value: string, viewer: Viewer = manager) =>
  actions.find((action) => action.name === name)!.run(context(viewer), value);
const own = () => kept.current.subscriptions;

describe('/kith subscribe', () => {
  it.each(LANGUAGES)('lists in %s what comes to a person, and what there is', async (language) => {
    const nothing = await ask('subscribe', manager, language);
    expectReadable(nothing, language);
    expect(nothing.actions).toMatchObject([{ action: 'subscribe', value: 'new' }]);
    await ask('subscribe sales', manager, language);
    const one = await ask('subscribe', manager, language);
    expectReadable(one, language);
    const items = one.parts.filter((part) => part.kind === 'item');
    expect(items.map((part) => part.actions?.map(({ action }) => action))).toEqual([
      ['pause-subscription', 'subscribe', 'send-subscription', 'remove-subscription'],
    ]);
    const asked = items[0]!.actions!.at(-1)!.confirm!;
    expect(asked.title).toBe(language === 'en' ? 'Remove this subscription?' : '删除此订阅？');
    expect([asked.yes, asked.no]).toEqual(language === 'en' ? ['Remove', 'Keep it'] : ['删除', '保留']);
    expect(one.parts.some((part) => part.kind === 'table' && part.rows.some(([name]) => name === 'marketing'))).toBe(
      true,
    );
  });

  it.each([
    ['sales weekdays 08:00', { digest: 'sales', days: 'weekdays', time: '08:00' }],
    ['Sales MONDAY 9', { digest: 'sales', days: 'monday', time: '09:00' }],
    ['marketing 7:30pm fri', { digest: 'marketing', days: 'friday', time: '19:30' }],
    ['销售 工作日 8点半', { digest: 'sales', days: 'weekdays', time: '08:30' }],
    ['市场部 每周一 18：05', { digest: 'marketing', days: 'monday', time: '18:05' }],
    ['sales', { digest: 'sales', days: 'weekdays', time: '08:00' }],
  ])('reads “%s”', async (text, expected) => {
    const report = await ask(`subscribe ${text}`);
    expect(own()).toMatchObject([
      { ...expected, userId: 'U1', ownerIds: ['o1'], timeZone: 'Europe/London', since: now },
    ]);
    expect(report.headline).toContain(expected.time);
  });

  it('keeps one a digest and person, and changes what is named alone', async () => {
    await ask('subscribe sales monday 7:15');
    const [{ id } = { id: '' }] = own();
    await ask('subscribe sales tuesday');
    expect(own()).toMatchObject([{ id, days: 'tuesday', time: '07:15' }]);
    await ask('subscribe sales', other);
    await ask('subscribe marketing');
    expect(own().map(({ userId, digest }) => `${userId} ${digest}`)).toEqual(['U1 sales', 'U2 sales', 'U1 marketing']);
    await ask('subscribe sales off');
    expect(own().map(({ userId, digest }) => `${userId} ${digest}`)).toEqual(['U2 sales', 'U1 marketing']);
    await expect(ask('subscribe sales off')).rejects.toMatchObject({
      message: expect.stringContaining('not subscribed'),
    });
  });

  it('suggests what was meant', async () => {
    for (const [text, hint] of [
      ['subscribe slaes', 'sales'],
      ['subscribe sales wekdays', 'weekdays'],
      ['subscribe sales 25:00', 'weekdays 08:00'],
      ['subscribe sales monday tuesday', 'tuesday'],
      ['subscibe', 'subscribe'],
      ['privcy', 'privacy'],
    ] as const) {
      const error = await ask(text).catch((thrown: unknown) => thrown);
      expectPlainError(error);
      expect((error as Error).message).toContain(hint);
    }
    expect(own()).toEqual([]);
  });

  it('is nothing for a terminal, nor where another company listens', async () => {
    await expect(ask('subscribe sales', commandLineViewer())).rejects.toMatchObject({ code: 'usage' });
    const outside: Viewer = { ...manager, place: { kind: 'shared-externally', channelId: 'C9' } };
    for (const text of ['subscribe', 'subscribe sales', 'privacy']) {
      await expect(ask(text, outside)).rejects.toMatchObject({ code: 'not-allowed' });
    }
    expect(own()).toEqual([]);
  });

  it('answers any words with a report or a plain sentence', async () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.constantFrom('constructor', '__proto__', 'sales __proto__', 'sales constructor', '<!channel>', 'sales 8 9 10'),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        try {
          expectReadable(await ask(`subscribe ${text}`), 'en');
        } catch (error) {
          expectPlainError(error);
        }
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});

describe('a subscription’s buttons', () => {
  it('pause, resume, send and remove the clicker’s own', async () => {
    await ask('subscribe sales 08:00');
    const [{ id } = { id: '' }] = own();
    expect(await press('pause-subscription', id)).toMatchObject({ changesHome: true });
    expect(own()).toMatchObject([{ isPaused: true }]);
    now += 1000;
    await press('resume-subscription', id);
    // What was due while it was paused is not made up for.
    expect(own()).toMatchObject([{ isPaused: false, since: now }]);
    const outbox = createOutbox(small.portal, () => now);
    expect((await press('send-subscription', id)).headline).toContain('on its way');
    // A second click in the same minute is the same wish.
    await press('send-subscription', id);
    const sent = (await outbox.recent(10)).filter(({ key }) => key.startsWith(`subscription:${id}`));
    expect(sent).toMatchObject([{ channelId: 'U1', kind: 'asked' }]);
    await press('remove-subscription', id);
    expect(own()).toEqual([]);
    expect(await small.portal.crm.cursor(`digest:sales@${id}`)).toBeNull();
  });

  it('do nothing for anybody else, nor when they are old', async () => {
    await ask('subscribe sales');
    const [{ id } = { id: '' }] = own();
    const before = JSON.stringify(kept.current);
    for (const name of ['pause-subscription', 'resume-subscription', 'send-subscription', 'remove-subscription']) {
      for (const [value, viewer] of [
        [id, other],
        ['gone', manager],
        ['', manager],
        ['__proto__', manager],
      ] as const) {
        const error = await press(name, value, viewer).catch((thrown: unknown) => thrown);
        expectPlainError(error);
      }
    }
    expect(JSON.stringify(kept.current)).toBe(before);
  });

  it('are written to the audit log', async () => {
    const entries = async (): Promise<number> =>
      (await small.portal.query(`SELECT 1 FROM {db:Identifier}.audit WHERE act = 'changed-subscription'`)).length;
    const before = await entries();
    await ask('subscribe sales');
    const [{ id } = { id: '' }] = own();
    await press('pause-subscription', id);
    // Paused already: nothing changed.
    await press('pause-subscription', id);
    await press('remove-subscription', id);
    expect(await entries()).toBe(before + 3);
  });
});

describe('/kith privacy', () => {
  it.each(LANGUAGES)(
    'says in %s what is copied, sealed, kept and forgotten, and what the viewer sees',
    async (language) => {
      const report = await ask('privacy', manager, language);
      expectReadable(report, language);
      const words = textsOf(report).join('\n');
      for (const named of ['AES-256-GCM', 'kith erase', 'hs_is_closed_won', 'firstname'])
        expect(words).toContain(named);
      const table = report.parts.find((part) => part.kind === 'table');
      expect(table?.kind === 'table' && table.rows.map(([object]) => object)).toEqual(
        expect.arrayContaining(['companies', 'contacts', 'deals', 'line_items', 'tickets', 'products', 'owners']),
      );
    },
  );

  it('tells each viewer what the policy shows them in that place', async () => {
    const said = async (viewer: Partial<Viewer>): Promise<string> =>
      textsOf(await ask('privacy', { ...manager, ...viewer })).join('\n');
    expect(await said({})).toContain('Customers: all of them');
    expect(await said({ role: 'rep' })).toContain('those that you own in the CRM');
    expect(await said({ role: 'rep', ownerIds: [] })).toContain('does not know which CRM owner you are');
    const marketing = { kind: 'department', department: 'marketing', channelId: 'C0MARKET' } as const;
    expect(await said({ place: marketing })).toContain('Named customers at risk are not shown to marketing');
    expect(await said({})).toContain('names of people are shown');
    expect(await said({ role: 'viewer' })).toContain('names of people are masked');
    expect(await said({ place: { kind: 'channel', channelId: 'C1' } })).toContain('names of people are masked');
  });
});
