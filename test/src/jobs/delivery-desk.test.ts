import { describe, expect, it } from 'vitest';
import type { CrmAccount } from '../../../src/domain/crm.ts';
import { createDeliveryDesk } from '../../../src/jobs/delivery-desk.ts';
import { askToRetract, createOutbox, type MessageKind } from '../../../src/ledger/outbox.ts';
import type { Chat, Delivery, OutgoingMessage } from '../../../src/ports/chat.ts';
import type { Report } from '../../../src/report/report.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { expectReadable } from '../../contracts/test-command.ts';
import { withStore } from '../store/with-store.ts';

const NOW = Date.parse('2026-03-09T09:00:00Z');
const now = () => NOW;
const account = { timeZone: 'Europe/Berlin' } as CrmAccount; // the only field that is asked for
const report: Report = { language: 'en', headline: '3 customers', parts: [], trust: '' };
const store = withStore();

type Outcome = (message: OutgoingMessage) => Delivery['outcome'];

async function open(name: string, settings: object = {}, outcome: Outcome = () => 'sent') {
  const portal = await store.portal(name);
  const outbox = createOutbox(portal, now);
  const said: OutgoingMessage[] = [];
  const retracted: string[] = [];
  const chat: Pick<Chat, 'deliver' | 'retract' | 'names'> = {
    async deliver(message) {
      await new Promise((turn) => setImmediate(turn));
      const what = outcome(message);
      if (what === 'uncertain' || what === 'refused') return { outcome: what, reason: what };
      if (what === 'not-sent') return { outcome: what, reason: what, retryAfterMs: 1 };
      said.push(message);
      const { channelId } = message;
      return { outcome: 'sent', messageId: `17.${said.length}`, chartBytes: 0, reduced: [], channelId, fileIds: [] };
    },
    async retract({ messageId, channelId }) {
      retracted.push(messageId);
      return channelId === 'CARCHIVED' ? 'refused' : 'gone';
    },
    names: async () => new Map([['CARCHIVED', '#old-sales']]),
  };
  const state = portalStateSchema.parse({ adminChannel: 'CADMIN', ...settings });
  const fileOf = () => expect.unreachable('no message has a file');
  const sleep = async () => undefined;
  const desk = createDeliveryDesk({ portal, account, state: () => state, outbox, chat, fileOf, sleep, now });
  return { portal, outbox, said, retracted, desk };
}

describe('deliveries', () => {
  it('that are asked for at the same time keep a channel’s order, and mention an owner once', async () => {
    const { outbox, said, desk } = await open('at-once');
    const owner = { id: '7', name: 'Ana', email: 'ana@example.com', mention: true };
    const withOwner: Report = { ...report, parts: [{ kind: 'item', title: 'Acme', text: 'late', owner }] };
    const keys = Array.from({ length: 6 }, (_, i) => `m${i}`);
    for (const [i, key] of keys.entries())
      await outbox.enqueue({ key, channelId: `C${i % 2}`, kind: 'digest', report: withOwner });
    const notes = await Promise.all([desk(), desk(), desk()]);
    expect(notes.map((note) => note.en.split(' ')[0])).toEqual(['6', '0', '0']);
    for (const channel of ['C0', 'C1']) {
      const order = said.filter(({ channelId }) => channelId === channel).map(({ key }) => key);
      expect(order).toEqual(order.toSorted());
    }
    expect(said.filter(({ report: one }) => JSON.stringify(one).includes('"mention":true'))).toHaveLength(1);
  });

  it('tell the operators of what a stop left unknown, though nothing else is to be delivered', async () => {
    const { outbox, said, desk } = await open('after-a-stop');
    await outbox.enqueue({ key: 'sales:2026-03-09', channelId: 'C1', kind: 'digest', report });
    await outbox.claim('sales:2026-03-09');
    await outbox.recover();
    expect(await desk()).toEqual({
      en: '1 sent, 0 waiting, 0 refused, 0 uncertain',
      zh: '已发送 1 条，等待发送 0 条，被拒绝 0 条，无法确认是否送达 0 条',
    });
    expect(said).toMatchObject([{ channelId: 'CADMIN' }]);
    expect(JSON.stringify(said[0]?.report)).toContain('Kith stopped while it was being sent');
    await desk();
    expect(said).toHaveLength(1);
  });

  it('tell in the next channel what the operators’ own refuses', async () => {
    const settings = { channels: { finance: 'CMONEY', marketing: 'CMARKET' } };
    const { outbox, said, desk } = await open('refusing', settings, ({ channelId }) =>
      channelId === 'CADMIN' ? 'refused' : channelId === 'CLOST' ? 'uncertain' : 'sent',
    );
    await outbox.enqueue({ key: 'sales:2026-03-09', channelId: 'CLOST', kind: 'digest', report });
    await desk();
    await desk();
    expect(said.map(({ channelId }) => channelId)).toEqual(['CMONEY']);
    expect(JSON.stringify(said[0]?.report)).toContain('2 messages did not arrive');
  });

  it.each(['en', 'zh'] as const)(
    'tell once which messages could not be taken back, and where they stand (%s)',
    async (language) => {
      const { portal, outbox, said, retracted, desk } = await open(`standing-${language}`, { language });
      for (const channelId of ['CARCHIVED', 'C1']) {
        await outbox.enqueue({ key: `digest-${channelId}`, channelId, kind: 'digest', report });
      }
      await desk();
      const sent = said.map(({ channelId }, i) => ({
        messageId: `17.${i + 1}`,
        sentChannelId: channelId,
        fileIds: ['F1'],
      }));
      await askToRetract(portal, [...sent, { messageId: '9.9', sentChannelId: 'CARCHIVED', fileIds: [] }], NOW);
      await desk();
      await desk();
      expect(retracted).toHaveLength(3);
      expect(said).toHaveLength(3);
      const told = said[2]!;
      expect(told.channelId).toBe('CADMIN');
      expectReadable(told.report, language);
      const [table] = told.report.parts.filter((part) => part.kind === 'table');
      const rows =
        language === 'en'
          ? [
              ['#old-sales', '9 Mar 2026, 10:00', '1'],
              ['#old-sales', 'unknown', '0'],
            ]
          : [
              ['#old-sales', expect.stringContaining('2026年3月9日'), '1'],
              ['#old-sales', '未知', '0'],
            ];
      expect(table?.rows).toEqual(expect.arrayContaining(rows));
      expect(table?.rows).toHaveLength(2);
    },
  );

  it('call every kind of message by a name, in both languages', async () => {
    const kinds: Record<MessageKind, true> = {
      asked: true,
      'band-crossed': true,
      'crm-limit': true,
      digest: true,
      erasure: true,
      'missed-jobs': true,
      'monthly-report': true,
      'not-taken-back': true,
      playbook: true,
      subscription: true,
      undelivered: true,
      'write-back': true,
    };
    const all = Object.keys(kinds) as MessageKind[];
    for (const language of ['en', 'zh'] as const) {
      const { outbox, said, desk } = await open(`named-${language}`, { language }, ({ channelId }) =>
        channelId === 'CGONE' ? 'refused' : 'sent',
      );
      for (const some of [all.slice(0, 6), all.slice(6)]) {
        for (const kind of some) await outbox.enqueue({ key: `one ${kind}`, channelId: 'CGONE', kind, report });
        await desk();
      }
      const names = said.flatMap(({ report: told }) => {
        expectReadable(told, language);
        return told.parts.flatMap((part) => (part.kind === 'table' ? part.rows.map(([name]) => name) : []));
      });
      expect(new Set(names).size).toBe(all.length);
      for (const name of names) expect(name).toMatch(language === 'en' ? /^[A-Za-z -]+$/ : /\p{Script=Han}/u);
    }
  });
});
