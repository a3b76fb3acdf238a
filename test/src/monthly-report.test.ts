import { describe, expect, it } from 'vitest';
import type { Kith, Workspace } from '../../src/kith.ts';
import { createOutbox } from '../../src/ledger/outbox.ts';
import { KithError } from '../../src/lib/errors.ts';
import { monthlyFileName, sendMonthlyReport } from '../../src/monthly-report.ts';
import { type PortalState, portalStateSchema } from '../../src/state/portal-state.ts';
import { withStore } from './store/with-store.ts';

const store = withStore();

async function setUp(change: Partial<PortalState> = {}) {
  let now = Date.parse('2026-03-01T09:00:00Z');
  const portal = await store.portal(
    `monthly-${Math.abs(Object.keys(change).length)}-${Object.values(change).join('-')}`,
  );
  const asked: { command: string; place: string; role: string }[] = [];
  const state = { ...portalStateSchema.parse({}), ...change };
  const at = {
    portal,
    outbox: createOutbox(portal, () => now),
    state: () => state,
    account: { name: 'Acme', timeZone: 'Europe/Berlin' },
  } as unknown as Workspace;
  const kith: Pick<Kith, 'command' | 'now'> = {
    now: () => now,
    async command(_workspace, { viewer, language }, command) {
      asked.push({ command, place: viewer.place.kind, role: viewer.role });
      if (command === 'service') throw new KithError('no-results', 'No run of it yet');
      return {
        language,
        headline: `${command} says so`,
        parts: [{ kind: 'text', text: 'a line' }],
        trust: 'Data as of today',
      };
    },
  };
  return { kith, at, asked, later: (ms: number) => (now += ms) };
}

describe('the monthly report', () => {
  it('is posted once a month to management’s channel, made with the rights of a manager in that channel', async () => {
    const { kith, at, asked, later } = await setUp({ managementChannel: 'CBOSS' });
    expect(await sendMonthlyReport(kith, at)).toEqual({
      en: 'monthly:2026-03: 10 sections',
      zh: 'monthly:2026-03：共 10 节',
    });
    expect((await sendMonthlyReport(kith, at)).en).toContain('posted before');
    expect(asked.every(({ place, role }) => place === 'channel' && role === 'manager')).toBe(true);
    const [entry] = await at.outbox.pending();
    expect(entry).toMatchObject({ channelId: 'CBOSS', kind: 'monthly-report' });
    expect(entry!.report.headline).toBe('Customers this month · Acme · March 2026');
    later(31 * 24 * 3_600_000);
    expect((await sendMonthlyReport(kith, at)).en).toContain('monthly:2026-04');
  });

  it('says in a department’s channel what that department may see', async () => {
    const { kith, at, asked } = await setUp({ managementChannel: 'CMKT', channels: { marketing: 'CMKT' } });
    await sendMonthlyReport(kith, at);
    expect(new Set(asked.map(({ place }) => place))).toEqual(new Set(['department']));
  });

  it('leaves out what has not run yet, and carries the rest as its document', async () => {
    const { kith, at } = await setUp({ managementChannel: 'CBOSS', language: 'zh' });
    await sendMonthlyReport(kith, at);
    const [entry] = await at.outbox.pending();
    const headings = entry!.document!.sections.map(({ heading }) => heading);
    expect(headings).toContain('财务：收入预测');
    expect(headings.some((heading) => heading.startsWith('客服'))).toBe(false);
    expect(monthlyFileName(entry!.document!, 'zh')).toBe('kith-月报-Acme-2026年3月.pdf');
  });

  it('is not made where no channel is set, and says what to set', async () => {
    const { kith, at, asked } = await setUp();
    expect(await sendMonthlyReport(kith, at)).toEqual({
      en: expect.stringContaining('set managementChannel'),
      zh: expect.stringContaining('请在设置中填写 managementChannel'),
    });
    expect(asked).toEqual([]);
  });
});
