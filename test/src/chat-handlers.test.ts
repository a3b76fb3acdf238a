import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../commands/context.ts';
import { actions, commands, forms, home, questions } from '../../commands/index.ts';
import { createChatHandlers } from '../../src/chat-handlers.ts';
import { createAnswerDesk } from '../../src/jobs/answer-desk.ts';
import { createLoyaltyDesk } from '../../src/jobs/loyalty-desk.ts';
import { systemStatus } from '../../src/jobs/system-status.ts';
import type { Asker, Kith, Workspace } from '../../src/kith.ts';
import { createAnswerMemory } from '../../src/ledger/answer-memory.ts';
import { createAudit } from '../../src/ledger/audit.ts';
import { auditHash } from '../../src/ledger/audit-hash.ts';
import { createOutbox } from '../../src/ledger/outbox.ts';
import type { ChatHandlers, ChatRequest } from '../../src/ports/chat.ts';
import { createReader } from '../../src/privacy/create-reader.ts';
import { watchedReader } from '../../src/privacy/watched-reader.ts';
import { type PortalState, portalStateSchema } from '../../src/state/portal-state.ts';
import { chatContext } from '../commands/chat-context.ts';
import { AS_OF, account, openSmallPortal, SALES_CHANNEL, type SmallPortal, stateOf } from '../commands/small-portal.ts';

let small: SmallPortal;
let handlers: ChatHandlers;
const now = () => AS_OF;
const people = portalStateSchema.parse({
  people: { UBOSS: { role: 'admin' }, UANA: { role: 'manager' }, UREP: { role: 'rep', ownerIds: ['o2'] } },
}).people;
const kept: { current: PortalState } = { current: stateOf({ people }) };

beforeAll(async () => {
  small = await openSmallPortal();
  await small.analyse(AS_OF);
  const { portal } = small;
  const [audit, answers] = [createAudit(portal, now), createAnswerMemory(portal, now)];
  const at = { portal, account, audit, answers, state: () => kept.current } as unknown as Workspace;
  handlers = createChatHandlers(kithOver(at), at, { asOf: () => AS_OF, removed: async () => undefined });
}, 120_000);
afterAll(() => small.close());

/** The commands as the composition root runs them, over the small portal. */
function kithOver(at: Workspace): Kith {
  const contextOf = (asker: Asker): CommandContext => {
    const { viewer, language, request = null, read = () => undefined } = asker;
    const context = {
      ...chatContext({ portal: at.portal, language, viewer, kept, now }),
      reader: watchedReader(createReader({ portal: at.portal, account, state: kept.current, viewer }), read),
      answers: createAnswerDesk({ answers: at.answers, viewer, request }),
      loyalty: createLoyaltyDesk({ ...at, actor: viewer.userId, now, timeZone: account.timeZone }),
      status: async () => {
        const outbox = createOutbox(at.portal, now);
        return { ...(await systemStatus({ portal: at.portal, account, outbox, jobs: [], now: now() })), slack: null };
      },
      run: async (name: string, text: string) => commandOf(name).run(context, text),
      list: async (name: string, text: string) => (await commandOf(name).list?.(context, text)) ?? null,
    } as CommandContext;
    return context;
  };
  const commandOf = (name: string) => commands.find((one) => one.name === name)!;
  const used: Partial<Kith> = {
    commands,
    actions: actions.map(({ name }) => name),
    forms: forms.map(({ name }) => name),
    command: async (_at, asker, name, text) => commandOf(name).run(contextOf(asker), text),
    action: async (_at, asker, name, value) => actions.find((one) => one.name === name)!.run(contextOf(asker), value),
    openForm: async (_at, asker, name, value) => forms.find((one) => one.name === name)!.open(contextOf(asker), value),
    submitForm: async (_at, asker, { name, value }, entered) =>
      forms.find((one) => one.name === name)!.submit(contextOf(asker), value, entered),
    home: async (_at, asker) => home.run(contextOf(asker)),
    ask: async (_at, asker, question) => questions.run(contextOf(asker), question),
  };
  return used as Kith;
}

let requests = 0;
function from(userId: string, more: Partial<ChatRequest> = {}): ChatRequest {
  requests += 1;
  return {
    ...{ id: `r${requests}`, teamId: 'T', userId, userEmail: '', userTimeZone: 'UTC', userLanguage: 'en' },
    ...{ channelId: 'C0ELSE', channelKind: 'channel' },
    ...more,
  };
}

const answer = (request: ChatRequest, command: string, text: string) => handlers.answer({ ...request, command, text });
const ask = (request: ChatRequest, text: string, threadId = '') =>
  handlers.ask({ ...request, text, threadId, quoted: '' });
const actionsOf = async (answering: ReturnType<ChatHandlers['answer']>): Promise<string[]> =>
  ((await answering).report.actions ?? []).map(({ action }) => action);

interface Entry {
  readonly actor: string;
  readonly act: string;
  readonly subject: string;
  readonly details: string;
}

async function entriesOf(work: () => Promise<unknown>) {
  const read = () =>
    small.portal.query<Entry>('SELECT actor, act, subject, details FROM {db:Identifier}.audit ORDER BY seq');
  const before = (await read()).length;
  await work();
  return (await read()).slice(before).map((entry) => ({ ...entry, details: JSON.parse(entry.details) as object }));
}

describe('an answer in a chat', () => {
  it('that can be made anew can be shared and taken away; in a department’s channel everybody has seen it', async () => {
    expect(await actionsOf(answer(from('UANA'), 'churn-risk', ''))).toEqual(['share', 'download-csv']);
    expect(await actionsOf(answer(from('UANA', { channelId: SALES_CHANNEL }), 'churn-risk', ''))).toEqual([
      'download-csv',
    ]);
    expect(await actionsOf(ask(from('UANA'), 'which customers are at risk?'))).toEqual(['share', 'download-csv']);
  });

  it('of a command that changes something has no such buttons, and is not run again by “again”', async () => {
    const request = from('UBOSS');
    expect(await actionsOf(answer(request, 'kith', 'settings set horizonDays 90'))).toEqual([]);
    kept.current = { ...kept.current, horizonDays: null };
    const again = await ask(from('UBOSS'), 'again');
    expect(again.report.headline).toBe('Kith does not read that question yet');
    expect(await actionsOf(ask(from('UBOSS'), 'kith settings set horizonDays 90'))).toEqual([]);
    kept.current = { ...kept.current, horizonDays: null };
    await ask(from('UBOSS'), 'again');
    expect(kept.current.horizonDays).toBeNull();
    await expect(handlers.act({ ...from('UBOSS'), action: 'share', value: request.id })).rejects.toMatchObject({
      code: 'usage',
    });
  });

  it('that was not understood cannot be shared', async () => {
    const { report } = await ask(from('UANA'), 'the weather in Berlin');
    expect(report.headline).toBe('Kith does not read that question yet');
    expect(report.actions ?? []).toEqual([]);
  });

  it('does not follow up what somebody else asked where others do not see it', async () => {
    const place = { channelId: 'C0PRIVATE' };
    await answer(from('UBOSS', place), 'customer', 'Birch & Sons');
    const { report } = await ask(from('UANA', place), 'again');
    expect(JSON.stringify(report)).not.toContain('Birch');
    expect((await ask(from('UBOSS', place), 'again')).report.parts[0]).toMatchObject({
      text: 'Read as `/customer Birch & Sons`',
    });
  });

  it.each([
    ['en', 'kith status', '/kith status'],
    ['en', 'Acme Holdings', '/customer Acme Holdings'],
    ['en', 'is Acme Holdings at risk?', '/churn-risk Acme Holdings'],
    ['en', 'will Zenith GmbH churn?', '/churn-risk Zenith GmbH'],
    ['en', 'value of Birch & Sons', '/customer Birch & Sons'],
    ['en', 'loyalty Gold', '/loyalty Gold'],
    ['zh', '黄河贸易有流失风险吗？', '/churn-risk 黄河贸易'],
    ['zh', '黄河贸易', '/customer 黄河贸易'],
    ['zh', '黄河贸易怎么样', '/customer 黄河贸易'],
    ['zh', '我们的客户怎么样', '/customers'],
    ['zh', '客户分群', '/segments'],
  ] as const)('in plain words says how they were read (%s: %s)', async (userLanguage, text, read) => {
    const { report } = await ask(from('UANA', { userLanguage, channelId: 'D1', channelKind: 'direct' }), text);
    const echo = userLanguage === 'zh' ? `理解为 \`${read}\`` : `Read as \`${read}\``;
    expect(report.parts[0]).toEqual({ kind: 'text', text: echo });
  });

  it('asks the same for somebody else only where the command takes somebody', async () => {
    const inDirect = { channelId: 'D2', channelKind: 'direct' } as const;
    const readAs = async (text: string) => (await ask(from('UREP', inDirect), text)).report.parts[0];
    await answer(from('UREP', inDirect), 'churn-risk', '');
    expect(await readAs('and what about Ben Ito?')).toMatchObject({ text: 'Read as `/churn-risk Ben Ito`' });
    const other = { ...inDirect, channelId: 'D3' } as const;
    await answer(from('UANA', other), 'forecast', '');
    const { report } = await ask(from('UANA', other), 'what about Acme Holdings?');
    expect(report.parts[0]).toMatchObject({ text: 'Read as `/customer Acme Holdings`' });
  });

  it.each(['customers who bought chairs', 'service is slow today', 'and thanks', 'just kidding', '那好的'])(
    'to “%s” is that it was not understood',
    async (text) => {
      await answer(from('UREP'), 'likely', '');
      const { report } = await ask(from('UREP'), text);
      expect(report.headline).toBe('Kith does not read that question yet');
    },
  );
});

describe('the audit log', () => {
  it('has who asked what, of how many customers rows were read for it, and the first of them as keyed hashes', async () => {
    const request = from('UANA');
    const entries = await entriesOf(() => answer(request, 'churn-risk', 'Ben Ito'));
    const hash = expect.stringMatching(/^[0-9a-f]{32,}$/);
    const details = { request: request.id, channel: 'C0ELSE', text: hash, runs: [expect.any(String)] };
    expect(entries).toMatchObject([{ actor: 'UANA', act: 'asked', subject: 'churn-risk', details }]);
    const { customers, first } = entries[0]!.details as { customers: number; first: string[] };
    expect(customers).toBeGreaterThan(5);
    expect(first).toHaveLength(Math.min(20, customers));
    const id = (
      await createReader({ portal: small.portal, account, state: kept.current, viewer: { ...VIEWER } }).find('Acme', 1)
    )[0]!;
    const [one] = await entriesOf(() => answer(from('UANA'), 'customer', id.name));
    expect((one!.details as { first: string[] }).first).toContain(await auditHash(small.portal, id.customerId));
    expect(JSON.stringify([entries, one])).not.toMatch(/Acme|Ben Ito/);
  });

  it('says nothing of rows where none were read, and of a file how many it holds', async () => {
    const [about] = await entriesOf(() => answer(from('UANA'), 'forecast', ''));
    expect(about!.details).not.toHaveProperty('customers');
    const request = from('UANA');
    await answer(request, 'loyalty', 'Bronze');
    const [file] = await entriesOf(() => handlers.act({ ...from('UANA'), action: 'download-csv', value: request.id }));
    expect(file).toMatchObject({ act: 'clicked', subject: 'download-csv', details: { customers: expect.any(Number) } });
  });

  it.each([
    ['a question', 'not-allowed', () => answer(from('UREP'), 'kith', 'settings set horizonDays 90')],
    ['one that names nobody', 'unknown-customer', () => answer(from('UREP'), 'customer', 'Nobody')],
    [
      'one from another company',
      'not-allowed',
      () => answer(from('UX', { channelKind: 'shared-externally' }), 'likely', ''),
    ],
    [
      'one in plain words',
      'not-allowed',
      () => ask(from('UX', { channelKind: 'shared-externally' }), 'who is likely to order?'),
    ],
    [
      'a click',
      'not-allowed',
      () => handlers.act({ ...from('UREP', { channelKind: 'direct' }), action: 'share', value: 'x' }),
    ],
    ['a form', 'not-allowed', () => handlers.openForm({ ...from('UREP'), action: 'set-channels', value: '' })],
    [
      'a form handed in',
      'not-allowed',
      () => handlers.submitForm({ ...from('UREP'), action: 'set-channels', value: '' }, {}),
    ],
  ])('has one entry of %s that is refused, with the reason', async (_what, code, work) => {
    const entries = await entriesOf(async () => {
      await expect(work()).rejects.toMatchObject({ code });
    });
    expect(entries).toHaveLength(1);
    expect(entries[0]!.details).toMatchObject({ refused: code });
  });

  it('has who looked at their Home when it shows customers', async () => {
    const [entry] = await entriesOf(() => handlers.home(from('UREP', { channelKind: 'direct' })));
    expect(entry).toMatchObject({
      actor: 'UREP',
      act: 'asked',
      subject: 'home',
      details: { customers: expect.any(Number) },
    });
  });
});

const VIEWER = {
  userId: 'UBOSS',
  role: 'admin',
  department: null,
  ownerIds: [],
  place: { kind: 'only-viewer' },
} as const;

describe('what is told after it was made', () => {
  const call = async () => 'posted';
  const reads = { command: 'churn-risk', text: '' };
  const kinds = ['answer', 'act', 'openForm', 'submitForm', 'home', 'ask'] as const;

  it.each(kinds)('is told as long as nobody was forgotten since (%s)', async (kind) => {
    const { portal } = small;
    const request = { ...from('UBOSS'), channelKind: 'direct' as const };
    const button = { ...request, action: 'set-preferences', value: '' };
    const made = await {
      answer: () => handlers.answer({ ...request, ...reads }),
      act: () => handlers.act({ ...request, action: 'why', value: 'churn-risk:c1' }),
      openForm: () => handlers.openForm(button),
      submitForm: () => handlers.submitForm(button, { language: 'en', zone: '' }),
      home: () => handlers.home(request),
      ask: () => handlers.ask({ ...request, text: 'who is at risk?', threadId: '', quoted: '' }),
    }[kind]();
    expect(await made.fresh!.tell(call)).toEqual({ told: 'posted' });
    await portal.erasures.erasing(async () => undefined);
    expect(await made.fresh!.tell(() => Promise.reject(new Error('posted all the same')))).toBeNull();
    expect(made.fresh!.instead.headline).toContain('Somebody was forgotten while this was answered');
  });

  it('is to be asked again where it only reads, and was done where it does not', async () => {
    const asked = await handlers.answer({ ...from('UBOSS'), ...reads });
    expect(asked.fresh!.instead.headline).toMatch(/ask again$/);
    const clicked = await handlers.act({ ...from('UBOSS'), action: 'why', value: 'churn-risk:c1' });
    expect(clicked.fresh!.instead.headline).toMatch(/how it stands$/);
  });
});
