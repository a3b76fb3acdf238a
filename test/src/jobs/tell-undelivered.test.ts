import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrmAccount } from '../../../src/domain/crm.ts';
import { deliver } from '../../../src/jobs/deliver.ts';
import { tellUndelivered } from '../../../src/jobs/tell-undelivered.ts';
import { createOutbox, type Outbox } from '../../../src/ledger/outbox.ts';
import type { Delivery, OutgoingMessage } from '../../../src/ports/chat.ts';
import type { Report } from '../../../src/report/report.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';

const HOUR_MS = 3_600_000;
const report: Report = { language: 'en', headline: '3 customers', parts: [], trust: '' };
const account = { timeZone: 'UTC' } as CrmAccount;

let dataDir: string;
let store: Store;
let portals = 0;
let clock = Date.parse('2026-03-09T09:00:00Z');
const now = () => clock;
const names = async () => new Map([['CGONE', '#marketing']]);
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kith-undelivered-'));
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
});
afterAll(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function setUp(): Promise<{
  portal: PortalStore;
  outbox: Outbox;
  said: OutgoingMessage[];
  send(): Promise<void>;
}> {
  portals += 1;
  const portal = await store.portal(`undelivered-${portals}`);
  const outbox = createOutbox(portal, now);
  const said: OutgoingMessage[] = [];
  const chat = {
    async deliver(message: OutgoingMessage): Promise<Delivery> {
      if (message.channelId === 'CGONE') return { outcome: 'refused', reason: 'the channel is archived' };
      if (message.channelId === 'CLOST') return { outcome: 'uncertain', reason: 'no answer' };
      said.push(message);
      const { channelId } = message;
      return { outcome: 'sent', messageId: `17${said.length}.1`, chartBytes: 0, reduced: [], channelId, fileIds: [] };
    },
  };
  return {
    portal,
    outbox,
    said,
    async send() {
      await deliver({ chat, outbox });
    },
  };
}

const message = (key: string, channelId: string) => ({ key, channelId, kind: 'digest' as const, report });
const state = portalStateSchema.parse({ channels: { finance: 'CMONEY', marketing: 'CGONE' } });

describe('what did not arrive', () => {
  it('is told once, with its reason, in a channel that works', async () => {
    const { portal, outbox, said, send } = await setUp();
    await outbox.enqueue(message('marketing:2026-W11', 'CGONE'));
    await outbox.enqueue(message('sales:2026-03-09', 'CLOST'));
    await send();
    // The one that was refused is the admins' own channel: they hear of it elsewhere.
    const at = { portal, account, state: { ...state, adminChannel: 'CGONE' }, outbox, names, now };
    expect(await tellUndelivered(at)).toBe(2);
    expect(await tellUndelivered(at)).toBe(0);
    await send();
    expect(said.map(({ channelId }) => channelId)).toEqual(['CMONEY']);
    const told = JSON.stringify(said[0]?.report);
    expect(told).toContain('2 messages did not arrive, or may not have');
    expect(told).toContain('the channel is archived');
    expect(told).toContain('unknown: it may have arrived');
    // By what the chat calls it, where it tells.
    expect(told).toContain('#marketing');
    expect(told).not.toContain('CGONE');
    expect(told).toContain('CLOST');
  });

  it('of the same day grows one message, and of the next day makes a new one', async () => {
    const { portal, outbox, said, send } = await setUp();
    const finance = portalStateSchema.parse({ channels: { finance: 'CMONEY' } });
    const at = { portal, account, state: finance, outbox, names, now };
    for (const [key, later] of [
      ['a', 0],
      ['b', HOUR_MS],
      ['c', 24 * HOUR_MS],
    ] as const) {
      clock += later;
      await outbox.enqueue(message(key, 'CLOST'));
      await send();
      expect(await tellUndelivered(at)).toBe(1);
      await send();
    }
    expect(said.map(({ replaces }) => replaces)).toEqual([null, '171.1', null]);
    expect(said[1]?.report.headline).toContain('2 messages');
    expect(said[2]?.report.headline).toContain('1 message ');
  });

  it('is told to nobody where no channel is left', async () => {
    const { portal, outbox, send } = await setUp();
    await outbox.enqueue(message('a', 'CGONE'));
    await send();
    const nobody = portalStateSchema.parse({ channels: { marketing: 'CGONE' } });
    expect(await tellUndelivered({ portal, account, state: nobody, outbox, names, now })).toBe(0);
  });
});
