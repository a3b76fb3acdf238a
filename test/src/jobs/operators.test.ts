import { describe, expect, it } from 'vitest';
import { createCrmWork } from '../../../src/crm-work.ts';
import type { CrmAccount } from '../../../src/domain/crm.ts';
import { callsOfDay, noteCalls } from '../../../src/jobs/crm-calls.ts';
import { operatorsChannel } from '../../../src/jobs/operators-channel.ts';
import { tellMissed } from '../../../src/jobs/tell-missed.ts';
import type { Workspace } from '../../../src/kith.ts';
import { createOutbox } from '../../../src/ledger/outbox.ts';
import { KithError } from '../../../src/lib/errors.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { expectReadable } from '../../contracts/test-command.ts';
import { withStore } from '../store/with-store.ts';

const HOUR = 60 * 60 * 1000;
const NOON = Date.UTC(2026, 2, 9, 12);
const account: CrmAccount = { portalId: 'p', name: 'P', timeZone: 'America/New_York', currency: 'USD', recordUrl: '' };
const store = withStore();

async function open(id: string, state: object = { adminChannel: 'C0ADMIN' }) {
  const portal = await store.portal(id);
  const clock = { at: NOON };
  const now = () => clock.at;
  const outbox = createOutbox(portal, now);
  return { clock, portal, account, outbox, now, state: portalStateSchema.parse(state) };
}

describe('those who look after Kith', () => {
  it('hear of it in a channel of their own, else in a department’s, else nowhere', () => {
    const channels = { sales: 'C0SALES', marketing: 'C0MARKET' };
    const of = (state: object) => operatorsChannel(portalStateSchema.parse(state));
    expect(of({ adminChannel: 'C0ADMIN', channels })).toBe('C0ADMIN');
    expect(of({ channels })).toBe('C0SALES');
    expect(of({})).toBeNull();
  });

  it('are told once a day that no calls are left, and until when, in the channel’s language', async () => {
    for (const language of ['en', 'zh'] as const) {
      const at = await open(`limit-${language}`, { adminChannel: 'C0ADMIN', language });
      const midnight = Date.UTC(2026, 2, 10, 4);
      const closed = { dailyLimit: 1000, dailyRemaining: 0, reserve: 100, closedUntil: midnight };
      await noteCalls(at, { ...closed, closedUntil: null, dailyRemaining: 500 }, false);
      expect(await at.outbox.pending()).toEqual([]);
      for (let round = 0; round < 2; round++) await noteCalls(at, closed, true);
      const [message, ...others] = await at.outbox.pending();
      expect(others).toEqual([]);
      expect(message).toMatchObject({ key: 'crm-limit:2026-03-09', channelId: 'C0ADMIN', kind: 'crm-limit' });
      expectReadable(message!.report, language);
      expect(JSON.stringify(message!.report)).toMatch(
        language === 'en' ? /10 Mar 2026, 00:00/ : /2026年3月10日.*00:00/,
      );
      at.clock.at += 24 * HOUR;
      await noteCalls(at, { ...closed, closedUntil: midnight + 24 * HOUR }, true);
      expect(await at.outbox.pending()).toHaveLength(2);
    }
  });

  it('are told of jobs that were expected and did not run: in one message, and each once a day', async () => {
    const at = await open('missed');
    const run = (name: string, lastStartedAt: number | null) => ({ name, expectedAt: NOON - HOUR, lastStartedAt });
    const night = [run('analyse', NOON - 30 * HOUR), run('reconcile', null)];
    expect(await tellMissed(at, [...night, run('sync-fast', NOON - HOUR / 2)])).toBe(2);
    expect(await tellMissed(at, night)).toBe(0);
    expect(await tellMissed(at, [...night, run('sweep', NOON - 30 * HOUR)])).toBe(1);
    const [first, second, ...others] = await at.outbox.pending();
    expect(others).toEqual([]);
    expectReadable(first!.report, 'en');
    expect(first!.report.headline).toBe('2 jobs were expected but did not run');
    expect(JSON.stringify(first!.report)).toMatch(/analyse.*9 Mar 2026, 07:00.*reconcile.*never/);
    expect(second!.report.headline).toBe('1 job was expected but did not run');
    at.clock.at += 24 * HOUR;
    expect(await tellMissed(at, night)).toBe(2);
  });

  it('are told of a limit that already refuses the call which opens the CRM', async () => {
    const at = await open('opening');
    const workspace = { ...at, state: () => at.state } as unknown as Workspace; // the parts that are asked for
    const work = createCrmWork({
      workspaces: {
        workspace: async () => workspace,
        portal: async () => at.portal,
        state: () => at.state,
        refresh: async () => workspace,
        rotateKeys: () => expect.unreachable('no key is rotated'),
        close: async () => undefined,
      },
      hubspot: async () => {
        throw new KithError('crm-limit', 'used up');
      },
      folder: () => expect.unreachable(),
      now: at.now,
      asOf: 'now',
      lagMs: HOUR,
    });
    const progress = { update: () => undefined };
    await expect(work.operations.sync({ full: false, progress })).rejects.toMatchObject({ code: 'crm-limit' });
    await expect(work.operations.reconcile(workspace, { progress })).rejects.toMatchObject({ code: 'crm-limit' });
    const told = await at.outbox.pending();
    expect(told.map(({ key }) => key)).toEqual(['crm-limit:2026-03-09']);
    expectReadable(told[0]!.report, 'en');
  });
});

describe('the calls of a day', () => {
  it('are those of the account’s own day, and of none before', async () => {
    const at = await open('calls');
    expect(await callsOfDay(at.portal, account, at.now())).toBeNull();
    await noteCalls(at, { dailyLimit: 1000, dailyRemaining: 700, reserve: 100, closedUntil: null }, false);
    const told = { at: NOON, limit: 1000, used: 300, reserve: 100, closedUntil: null };
    expect(await callsOfDay(at.portal, account, NOON + HOUR)).toEqual(told);
    // Midnight in New York is four in the morning in UTC.
    expect(await callsOfDay(at.portal, account, NOON + 15 * HOUR)).toEqual(told);
    expect(await callsOfDay(at.portal, account, NOON + 16 * HOUR)).toBeNull();
  });
});
