import { afterEach, expect, it, vi } from 'vitest';
import type { AuditRecord } from '../../src/ledger/audit.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { limitHandlers } from '../../src/limit-handlers.ts';
import type { ActionRequest, ChatHandlers, CommandRequest } from '../../src/ports/chat.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** Handlers that answer when they are let go, and what the audit was told. */
function limitedHandlers() {
  const waiting: (() => void)[] = [];
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line: string) => lines.push(line) } as never);
  const wait = () => {
    logger.info('answering');
    return new Promise<never>((resolve) => waiting.push(() => resolve({} as never)));
  };
  const noted: AuditRecord[] = [];
  const handlers = limitHandlers(
    // Only what the tests ask.
    { answer: wait, act: wait, ask: wait, home: wait, openForm: wait, submitForm: wait } as unknown as ChatHandlers,
    { append: async (record) => void noted.push(record) },
  );
  const begun = () => new Promise((resolve) => setImmediate(resolve));
  const letGo = async () => {
    await begun();
    for (const answer of waiting.splice(0)) answer();
    await begun();
  };
  return { handlers, letGo, noted, lines };
}

const from = (userId: string, id = `r-${userId}`) =>
  ({ id, userId, channelId: 'C1', command: 'value', text: '', action: 'share', value: 'v' }) as CommandRequest &
    ActionRequest;

it('a fourth question of one person at once is refused in every language; others are answered, and so are they afterwards', async () => {
  const { handlers, letGo } = limitedHandlers();
  const first = [1, 2, 3].map(() => handlers.answer(from('U1')));
  await expect(handlers.answer(from('U1'))).rejects.toMatchObject({
    code: 'job-busy',
    message: expect.stringMatching(/last 3 questions/),
    text: { zh: expect.stringContaining('3 个问题') },
  });
  const other = handlers.answer(from('U2'));
  await letGo();
  await Promise.all([...first, other]);
  const again = handlers.answer(from('U1'));
  await letGo();
  await again;
});

it('forms and the Home count as questions do, and a refusal is written to the audit log', async () => {
  const { handlers, letGo, noted } = limitedHandlers();
  const request = from('U1');
  const first = [handlers.openForm(request), handlers.submitForm(request, {}), handlers.home(request)];
  const refused = { code: 'job-busy' };
  await expect(handlers.act(request)).rejects.toMatchObject(refused);
  await expect(handlers.openForm(request)).rejects.toMatchObject(refused);
  await expect(handlers.submitForm(request, {})).rejects.toMatchObject(refused);
  await expect(handlers.home(request)).rejects.toMatchObject(refused);
  await expect(handlers.answer(request)).rejects.toMatchObject(refused);
  const entry = { actor: 'U1', details: { request: 'r-U1', channel: 'C1', refused: 'job-busy' } };
  expect(noted).toEqual([
    ...[1, 2, 3].map(() => ({ ...entry, act: 'clicked', subject: 'share' })),
    { ...entry, act: 'asked', subject: 'home' },
    { ...entry, act: 'asked', subject: 'value' },
  ]);
  await letGo();
  await Promise.all(first);
});

it('what is logged while a form or a Home is made names the request', async () => {
  const { handlers, letGo, lines } = limitedHandlers();
  const all = [handlers.openForm(from('U1', 'r-form')), handlers.home(from('U1', 'r-home'))];
  await letGo();
  await Promise.all(all);
  expect(lines.map((line) => (JSON.parse(line) as { request: string }).request)).toEqual(['r-form', 'r-home']);
});

it('eight answers are worked on at once, the others wait in turns between people, and a form waits for none of them', async () => {
  const { handlers, letGo, lines } = limitedHandlers();
  const begunBy = () => lines.splice(0).map((line) => (JSON.parse(line) as { request: string }).request);
  const busy = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id) => handlers.answer(from(id)));
  const greedy = [1, 2, 3].map((i) => handlers.answer(from('U1', `U1-${i}`)));
  const modest = handlers.ask({ ...from('U2', 'U2-1'), threadId: '', quoted: '' });
  const form = handlers.openForm(from('U3', 'form'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(begunBy().sort()).toEqual(['form', 'r-a', 'r-b', 'r-c', 'r-d', 'r-e', 'r-f', 'r-g', 'r-h']);
  await letGo();
  await Promise.all([...busy, form]);
  expect(begunBy()).toEqual(['U1-1', 'U2-1', 'U1-2', 'U1-3']);
  await letGo();
  await Promise.all([...greedy, modest]);
});

it('who has waited a minute for their turn is told so, and never answered later; the audit log has it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { handlers, letGo, noted, lines } = limitedHandlers();
  const busy = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id) => handlers.answer(from(id)));
  const late = handlers.answer(from('U1'));
  const told = expect(late).rejects.toMatchObject({
    code: 'job-busy',
    message: expect.stringContaining('within 60 seconds'),
    text: { zh: expect.stringContaining('60 秒') },
  });
  await vi.advanceTimersByTimeAsync(59_000);
  expect(noted).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  await told;
  expect(noted).toMatchObject([{ actor: 'U1', act: 'asked', details: { refused: 'job-busy' } }]);
  await letGo();
  await Promise.all(busy);
  expect(lines).toHaveLength(8);
});
