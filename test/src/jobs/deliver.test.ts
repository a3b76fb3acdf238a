import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliver } from '../../../src/jobs/deliver.ts';
import { mentionedOn } from '../../../src/jobs/mentions-of-day.ts';
import { createOutbox } from '../../../src/ledger/outbox.ts';
import type { Delivery, OutgoingMessage } from '../../../src/ports/chat.ts';
import type { Report } from '../../../src/report/report.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { Store } from '../../../src/store/portal-store.ts';

const NOW = Date.parse('2026-03-09T09:00:00Z');
const DOCUMENT = { title: 'March', subtitle: '', language: 'en' as const, sections: [] };
const report: Report = { language: 'en', headline: '3 customers', parts: [], trust: 'Data as of today' };

let dataDir: string;
let store: Store;
let portals = 0;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kith-deliver-'));
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
});
afterAll(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** An outbox of its own with messages `m1`, `m2` …, and a chat that gives the outcomes in turn. */
async function setUp(messages: number, outcomes: readonly (Delivery | Error)[]) {
  portals += 1;
  const outbox = createOutbox(await store.portal(`deliver-${portals}`), () => NOW);
  for (let i = 1; i <= messages; i++) {
    await outbox.enqueue({ key: `m${i}`, channelId: 'C1', kind: 'digest', report });
  }
  const said: OutgoingMessage[] = [];
  const chat = {
    deliver: async (message: OutgoingMessage): Promise<Delivery> => {
      const outcome = outcomes[said.length] ?? new Error('one message too many');
      said.push(message);
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  };
  return { outbox, chat, said };
}

const sent: Delivery = {
  outcome: 'sent',
  messageId: '171.1',
  chartBytes: 512,
  reduced: ['chart to table'],
  channelId: 'C1',
  fileIds: ['F1'],
};
const notSent: Delivery = { outcome: 'not-sent', reason: 'ratelimited', retryAfterMs: 2_000 };

describe('deliver', () => {
  it('sends what waits, once, and keeps what the chat answered', async () => {
    const { outbox, chat, said } = await setUp(2, [sent, sent]);
    expect(await deliver({ chat, outbox })).toEqual({ sent: 2, refused: 0, waiting: 0, uncertain: 0 });
    expect(await deliver({ chat, outbox })).toMatchObject({ sent: 0 });
    expect(said.map((message) => message.key).sort()).toEqual(['m1', 'm2']);
    expect(said[0]).toMatchObject({ channelId: 'C1', report });
    const [entry] = await outbox.recent(1);
    expect(entry).toMatchObject({
      state: 'sent',
      messageId: '171.1',
      chartBytes: 512,
      note: expect.stringContaining('chart to table'),
    });
  });

  it('never repeats a message whose outcome is unknown, whether the chat says so or throws', async () => {
    const { outbox, chat, said } = await setUp(2, [
      { outcome: 'uncertain', reason: 'no answer' },
      new Error('socket hang up'),
    ]);
    expect(await deliver({ chat, outbox })).toMatchObject({ uncertain: 2 });
    expect(await deliver({ chat, outbox })).toMatchObject({ sent: 0, uncertain: 0 });
    expect(said).toHaveLength(2);
    expect((await outbox.recent(2)).map((entry) => entry.state)).toEqual(['uncertain', 'uncertain']);
  });

  it('notes why the chat refused a message, and does not insist', async () => {
    const { outbox, chat, said } = await setUp(1, [{ outcome: 'refused', reason: 'not_in_channel' }]);
    expect(await deliver({ chat, outbox })).toMatchObject({ refused: 1 });
    await deliver({ chat, outbox });
    expect(said).toHaveLength(1);
    expect((await outbox.recent(1))[0]).toMatchObject({ state: 'refused', note: 'not_in_channel' });
  });

  it('leaves what was not sent for the next time', async () => {
    const { outbox, chat } = await setUp(1, [notSent, sent]);
    expect(await deliver({ chat, outbox })).toMatchObject({ sent: 0, waiting: 1 });
    expect(await outbox.pending()).toHaveLength(1);
    expect(await deliver({ chat, outbox })).toMatchObject({ sent: 1 });
  });

  it('waits as long as the chat asks and tries again, three times at most', async () => {
    const waits: number[] = [];
    const sleep = async (ms: number): Promise<void> => {
      waits.push(ms);
    };
    const lucky = await setUp(1, [notSent, sent]);
    expect(await deliver({ ...lucky, sleep })).toMatchObject({ sent: 1, waiting: 0 });
    expect(waits).toEqual([2_000]);
    const unlucky = await setUp(1, [notSent, { ...notSent, retryAfterMs: 9_000_000 }, notSent]);
    expect(await deliver({ ...unlucky, sleep })).toMatchObject({ sent: 0, waiting: 1 });
    expect(waits).toEqual([2_000, 2_000, 60_000]);
  });

  it('sends nothing more once it is asked to stop', async () => {
    const { outbox, chat, said } = await setUp(2, [sent, sent]);
    const stop = new AbortController();
    stop.abort();
    await deliver({ chat, outbox, signal: stop.signal });
    expect(said).toHaveLength(0);
    expect(await outbox.pending()).toHaveLength(2);
  });

  it('leaves a message to the delivery that has it', async () => {
    const { outbox, chat, said } = await setUp(1, []);
    const stale = await outbox.pending();
    await outbox.claim('m1');
    await deliver({ chat, outbox: { ...outbox, pending: async () => stale } });
    expect(said).toHaveLength(0);
  });

  it('treats a message that a crash left half-sent as uncertain', async () => {
    const { outbox, chat, said } = await setUp(1, []);
    await outbox.claim('m1');
    expect(await outbox.recover()).toBe(1);
    await deliver({ chat, outbox });
    expect(said).toHaveLength(0);
  });

  it('lets a channel that asks to slow down hold up no other', async () => {
    const { outbox } = await setUp(0, []);
    for (const [key, channelId] of [
      ['slow-1', 'CSLOW'],
      ['slow-2', 'CSLOW'],
      ['quick', 'CQUICK'],
    ] as const) {
      await outbox.enqueue({ key, channelId, kind: 'digest', report });
    }
    const order: string[] = [];
    let isFree = false;
    let quickIsSent: () => void;
    const quick = new Promise<void>((resolve) => {
      quickIsSent = resolve;
    });
    const chat = {
      deliver: async ({ key, channelId }: OutgoingMessage): Promise<Delivery> => {
        if (channelId === 'CSLOW' && !isFree) return notSent;
        order.push(key);
        if (key === 'quick') quickIsSent();
        return sent;
      },
    };
    // Slack's patience ends only once the other channel has its message.
    const sleep = async () => {
      await quick;
      isFree = true;
    };
    expect(await deliver({ chat, outbox, sleep })).toMatchObject({ sent: 3 });
    expect(order).toEqual(['quick', 'slow-1', 'slow-2']);
  });

  it('says what follows a message in its thread, and puts what replaces it in its place', async () => {
    const { outbox, chat, said } = await setUp(1, [sent, sent, sent, sent]);
    await deliver({ chat, outbox });
    const message = { channelId: 'C1', kind: 'digest' as const, report };
    await outbox.enqueue({ ...message, key: 'after', threadKey: 'm1' });
    await outbox.enqueue({ ...message, key: 'instead', replacesKey: 'm1' });
    await outbox.enqueue({ ...message, key: 'orphan', threadKey: 'never-sent' });
    await deliver({ chat, outbox });
    expect(said.slice(1).map(({ key, threadId, replaces }) => [key, threadId, replaces])).toEqual([
      ['after', '171.1', null],
      ['instead', null, '171.1'],
      ['orphan', null, null],
    ]);
    expect(await outbox.byKey('after')).toMatchObject({ sentChannelId: 'C1', fileIds: ['F1'], threadKey: 'm1' });
  });

  it('leaves what is held for later in the outbox', async () => {
    const { outbox, chat, said } = await setUp(2, [sent]);
    expect(await deliver({ chat, outbox, isHeld: ({ key }) => key === 'm1' })).toMatchObject({ sent: 1, waiting: 1 });
    expect(said.map(({ key }) => key)).toEqual(['m2']);
  });

  it('mentions an owner once a day, whatever kind of message does it', async () => {
    const { outbox, chat, said } = await setUp(0, [sent, sent]);
    const owner = { id: '7', name: 'Ana', email: 'ana@example.com', mention: true };
    const item = { kind: 'item' as const, title: 'Acme', text: 'late', owner };
    const withOwner: Report = { ...report, parts: [item] };
    await outbox.enqueue({ key: 'digest', channelId: 'C1', kind: 'digest', report: withOwner });
    await deliver({ chat, outbox, mentioned: await mentionedOn(outbox, NOW, 'UTC') });
    await outbox.enqueue({ key: 'crossing', channelId: 'C1', kind: 'band-crossed', report: withOwner });
    await deliver({ chat, outbox, mentioned: await mentionedOn(outbox, NOW, 'UTC') });
    const mentions = said.map((message) =>
      message.report.parts.map((part) => part.kind === 'item' && part.owner?.mention),
    );
    expect(mentions).toEqual([[true], [false]]);
    expect([...(await mentionedOn(outbox, NOW + 86_400_000, 'UTC'))]).toEqual([]);
  });

  it('says nothing in a channel before what waits there, and goes on in others', async () => {
    const { outbox, chat, said } = await setUp(2, [notSent, sent, sent, sent]);
    await outbox.enqueue({ key: 'elsewhere', channelId: 'C2', kind: 'digest', report });
    expect(await deliver({ chat, outbox })).toEqual({ sent: 1, refused: 0, waiting: 2, uncertain: 0 });
    expect(await deliver({ chat, outbox })).toMatchObject({ sent: 2, waiting: 0 });
    expect(said.map(({ key }) => key).filter((key) => key !== 'elsewhere')).toEqual(['m1', 'm1', 'm2']);
  });

  it('mentions an owner whom a refused message did not reach', async () => {
    const { outbox, chat, said } = await setUp(0, [{ outcome: 'refused', reason: 'is_archived' }, sent]);
    const owner = { id: '7', name: 'Ana', email: 'ana@example.com', mention: true };
    const withOwner: Report = { ...report, parts: [{ kind: 'item', title: 'Acme', text: 'late', owner }] };
    for (const key of ['refused', 'sent'])
      await outbox.enqueue({ key, channelId: 'C1', kind: 'digest', report: withOwner });
    await deliver({ chat, outbox });
    expect(said[1]?.report.parts).toMatchObject([{ owner: { mention: true } }]);
  });

  it('sends what a message says when it is claimed, not what it said when it was listed', async () => {
    const { outbox, chat, said } = await setUp(1, [sent]);
    const stale = (await outbox.pending()).map((entry) => ({ ...entry, report: { ...report, headline: 'before' } }));
    await deliver({ chat, outbox: { ...outbox, pending: async () => stale } });
    expect(said[0]?.report.headline).toBe(report.headline);
  });

  it('leaves a message waiting whose file cannot be made, sends the others, and tells the failure', async () => {
    const { outbox, chat, said } = await setUp(0, [sent, sent]);
    await outbox.enqueue({ key: 'with-file', channelId: 'C1', kind: 'monthly-report', report, document: DOCUMENT });
    await outbox.enqueue({ key: 'other', channelId: 'C2', kind: 'digest', report });
    const fileOf = async () => {
      throw new Error('no font');
    };
    await expect(deliver({ chat, outbox, fileOf })).rejects.toThrow('no font');
    expect(said.map(({ key }) => key)).toEqual(['other']);
    expect((await outbox.pending()).map(({ key }) => key)).toEqual(['with-file']);
  });

  it('sends each message once, in its order, while the clock is set back and forward by hours', async () => {
    let clock = NOW;
    portals += 1;
    const portal = await store.portal(`deliver-${portals}`);
    let outbox = createOutbox(portal, () => clock);
    const said: string[] = [];
    const chat = {
      async deliver({ key, channelId }: OutgoingMessage): Promise<Delivery> {
        said.push(key);
        if (key === 'lost') return { outcome: 'uncertain', reason: 'no answer' };
        return { ...sent, messageId: `17.${said.length}`, channelId };
      },
    };
    const keys = ['a', 'b', 'cut', 'lost', 'c', 'd'];
    for (const [i, key] of keys.entries()) {
      clock = NOW + [0, -5, 7, -30, 26, -1][i]! * 3_600_000;
      for (let twice = 0; twice < 2; twice++) await outbox.enqueue({ key, channelId: 'C1', kind: 'digest', report });
      clock -= 3 * 3_600_000;
      if (key === 'cut') {
        await outbox.claim(key);
        outbox = createOutbox(portal, () => clock);
        expect(await outbox.recover()).toBe(1);
      }
      if (i % 2 === 1) await deliver({ chat, outbox });
    }
    await deliver({ chat, outbox });
    expect(said).toEqual(['a', 'b', 'lost', 'c', 'd']);
    const entries = await outbox.recent(10);
    expect(Object.fromEntries(entries.map(({ key, state }) => [key, state]))).toEqual({
      a: 'sent',
      b: 'sent',
      cut: 'uncertain',
      lost: 'uncertain',
      c: 'sent',
      d: 'sent',
    });
    expect(await outbox.recover()).toBe(0);
  });
});
