import { describe, expect, it } from 'vitest';
import { createAudit } from '../../../src/ledger/audit.ts';
import { createOutbox } from '../../../src/ledger/outbox.ts';
import type { StoredReport } from '../../../src/ledger/report-schema.ts';
import { createSeenRequests } from '../../../src/ledger/seen-requests.ts';
import { createWriteBackLog } from '../../../src/ledger/write-back-log.ts';
import type { Report } from '../../../src/report/report.ts';
import { withStore } from '../store/with-store.ts';

const kith = withStore();
const NOW = Date.UTC(2026, 2, 9, 9, 0, 0, 250);

/** A report with every kind of part and every optional field. */
const report: Report = {
  language: 'zh',
  headline: '3 位客户 "可能" 流失 €182k',
  trust: '数据截至 2026年3月9日',
  parts: [
    { kind: 'heading', text: 'H' },
    { kind: 'text', text: 'line\nbreak' },
    { kind: 'facts', facts: [{ label: 'a', value: 'b' }] },
    { kind: 'table', title: 'T', columns: [{ label: 'x', align: 'right' }], rows: [['1'], ['2']] },
    {
      kind: 'chart',
      chart: {
        kind: 'bar',
        title: 'C',
        subtitle: 's',
        alt: 'alt',
        format: { kind: 'money', currency: 'EUR' },
        xTitle: 'x',
        labels: ['a', 'b'],
        series: [{ name: 'n', values: [0.5, null] }],
      },
    },
    {
      kind: 'chart',
      chart: {
        kind: 'scatter',
        title: 'S',
        alt: 'alt',
        format: { kind: 'count' },
        groups: [
          {
            name: 'g',
            points: [
              { x: 1, y: 2, label: 'p' },
              { x: 3, y: 4 },
            ],
          },
        ],
      },
    },
    {
      kind: 'item',
      title: 'Acme',
      text: 'late',
      link: 'https://example.com',
      owner: { id: '7', name: 'Ann', email: 'ann@example.com', mention: true },
      actions: [{ action: 'why', label: 'Why?', value: '1', style: 'primary' }],
    },
    { kind: 'item', title: 'Bare', text: '' },
  ],
};
// The ledger does not know report/, so the compiler holds the two shapes against each other here.
const stored: StoredReport = report;
const back: Report = stored;

describe('the outbox', () => {
  const message = { key: 'sales:2026-03-09', channelId: 'C1', kind: 'digest' as const, report };

  it('gives back the whole report, and takes one message per key for ever', async () => {
    const outbox = createOutbox(await kith.portal('outbox'), () => NOW);
    expect(await outbox.enqueue(message)).toBe('queued');
    expect(await outbox.enqueue({ ...message, report: { ...report, headline: 'other' } })).toBe('known');
    const [entry] = await outbox.pending();
    expect(entry).toMatchObject({ key: message.key, channelId: 'C1', kind: 'digest', state: 'pending', queuedAt: NOW });
    expect(entry?.report).toEqual(back);
    await outbox.claim(message.key);
    await outbox.settle(message.key, {
      state: 'sent',
      sentChannelId: 'C1',
      fileIds: [],
      messageId: '17.1',
      chartBytes: 4321,
      note: '',
    });
    expect(await outbox.pending()).toEqual([]);
    expect(await outbox.enqueue(message)).toBe('known');
    await kith.reopen();
    const reopened = createOutbox(await kith.portal('outbox'), () => NOW);
    expect(await reopened.enqueue(message)).toBe('known');
    expect(await reopened.recent(5)).toMatchObject([
      { state: 'sent', sentChannelId: 'C1', fileIds: [], messageId: '17.1', chartBytes: 4321 },
    ]);
  });

  it('queues a message once when two ask at the same time', async () => {
    const outbox = createOutbox(await kith.portal('outbox-twice'), () => NOW);
    const asked = await Promise.all([outbox.enqueue(message), outbox.enqueue(message)]);
    expect(asked).toEqual(['queued', 'known']);
    expect(await outbox.pending()).toHaveLength(1);
  });

  it('lets one delivery have a message', async () => {
    const outbox = createOutbox(await kith.portal('outbox-claim'), () => NOW);
    await outbox.enqueue(message);
    const claims = await Promise.allSettled([outbox.claim(message.key), outbox.claim(message.key)]);
    expect(claims.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(outbox.claim('unknown')).rejects.toMatchObject({ code: 'job-busy' });
    await expect(
      outbox.settle('unknown', {
        state: 'sent',
        sentChannelId: 'C1',
        fileIds: [],
        messageId: '',
        chartBytes: 0,
        note: '',
      }),
    ).rejects.toMatchObject({ message: 'There is no message unknown in the outbox' });
  });

  it('keeps what was not sent for the next time, and never what was refused or may have arrived', async () => {
    const outbox = createOutbox(await kith.portal('outbox-settle'), () => NOW);
    for (const state of ['pending', 'refused', 'uncertain'] as const) {
      await outbox.enqueue({ ...message, key: state });
      await outbox.claim(state);
      await outbox.settle(state, {
        state,
        sentChannelId: 'C1',
        fileIds: [],
        messageId: '',
        chartBytes: 0,
        note: `because ${state}`,
      });
    }
    expect((await outbox.pending()).map(({ key, note }) => [key, note])).toEqual([['pending', 'because pending']]);
    expect((await outbox.recent(2)).map(({ key }) => key)).toEqual(['uncertain', 'refused']);
  });

  it('lets nothing follow a message that was refused, withdrawn, or may never have arrived', async () => {
    const outbox = createOutbox(await kith.portal('outbox-first'), () => NOW);
    const nothing = { sentChannelId: 'C1', fileIds: [], messageId: '', chartBytes: 0, note: '' };
    for (const state of ['refused', 'uncertain', 'withdrawn', 'sent'] as const) {
      const key = `crossed:7:${state}`;
      await outbox.enqueue({ ...message, key });
      await outbox.claim(key);
      if (state === 'withdrawn') await outbox.withdraw((mark) => mark(key));
      else await outbox.settle(key, { ...nothing, state });
      const first = await outbox.firstSince('crossed:7:', NOW);
      expect(first?.key ?? null).toBe(state === 'sent' ? key : null);
    }
    expect(await outbox.firstSince('crossed:7:', NOW + 1)).toBeNull();
    await outbox.enqueue({ ...message, key: 'crossed:7:waiting' });
    expect((await outbox.firstSince('crossed:7:w', NOW))?.state).toBe('pending');
  });

  it('calls uncertain, after a crash, what was being sent, and does not send it again', async () => {
    const before = createOutbox(await kith.portal('outbox-crash'), () => NOW);
    await before.enqueue({ ...message, key: 'a' });
    await before.enqueue({ ...message, key: 'b' });
    await before.claim('a');
    await kith.reopen();
    const outbox = createOutbox(await kith.portal('outbox-crash'), () => NOW);
    expect(await outbox.recover()).toBe(1);
    expect(await outbox.recover()).toBe(0);
    expect((await outbox.pending()).map(({ key }) => key)).toEqual(['b']);
    expect((await outbox.recent(5)).find(({ key }) => key === 'a')?.state).toBe('uncertain');
  });
});

describe('the audit log', () => {
  const record = (i: number): Parameters<ReturnType<typeof createAudit>['append']>[0] => ({
    actor: `U${i}`,
    act: 'asked',
    subject: '/churn-risk',
    details: { i, text: '"quoted" 中' },
  });

  it('is whole when nobody touched it, also when entries came at once and after a restart', async () => {
    const before = createAudit(await kith.portal('audit'), () => NOW);
    expect(await before.verify()).toEqual({ ok: true, entries: 0, brokenAt: null });
    await Promise.all([1, 2, 3].map((i) => before.append(record(i))));
    await kith.reopen();
    const audit = createAudit(await kith.portal('audit'), () => NOW - 1000);
    await audit.append(record(4));
    expect(await audit.verify()).toEqual({ ok: true, entries: 4, brokenAt: null });
  });

  it.each([
    ['changed', `ALTER TABLE {db:Identifier}.audit UPDATE actor = 'somebody else' WHERE seq = 3`, 3],
    ['changed in its details', `ALTER TABLE {db:Identifier}.audit UPDATE details = '{}' WHERE seq = 2`, 2],
    ['removed', 'ALTER TABLE {db:Identifier}.audit DELETE WHERE seq = 2', 2],
    ['the first one removed', 'ALTER TABLE {db:Identifier}.audit DELETE WHERE seq = 1', 1],
    ['put in twice', 'INSERT INTO {db:Identifier}.audit SELECT * FROM {db:Identifier}.audit WHERE seq = 3', 4],
  ])('notices an entry that was %s', async (what, sql, brokenAt) => {
    const portal = await kith.portal(`audit-${what}`);
    const audit = createAudit(portal, () => NOW);
    for (let i = 1; i <= 4; i++) await audit.append(record(i));
    await portal.command(sql.startsWith('ALTER') ? `${sql} SETTINGS mutations_sync = 1` : sql);
    expect(await audit.verify()).toMatchObject({ ok: false, brokenAt });
  });
});

describe('the write-back log', () => {
  const write = (recordId: string, property: string, before: string | null, after: string) =>
    ({ objectType: 'companies', recordId, property, before, after }) as const;

  it('knows what may stand on a record: the last value written and any of unknown outcome after it', async () => {
    const portal = await kith.portal('write-back');
    const log = createWriteBackLog(portal, () => NOW);
    const may = async (id: string): Promise<unknown> =>
      Object.fromEntries((await log.lastWritten('companies', ['1', '2', '3'])).get(id) ?? []);
    await log.begin('b1', [write('1', 'kith_tier', null, 'Gold'), write('2', 'kith_tier', null, 'Silver')]);
    expect(await may('1')).toEqual({ kith_tier: ['Gold'] });
    await log.settle('b1', [
      { ...write('1', 'kith_tier', null, 'Gold'), outcome: 'written', note: '' },
      { ...write('2', 'kith_tier', null, 'Silver'), outcome: 'failed', note: 'the record is gone' },
    ]);
    expect(await log.quarantined('companies')).toEqual(new Map([['2', 'the record is gone']]));
    expect(await may('1')).toEqual({ kith_tier: ['Gold'] });
    expect(await may('2')).toEqual({});
    await log.begin('b2', [write('1', 'kith_tier', 'Gold', 'Platinum')]);
    expect(await may('1')).toEqual({ kith_tier: ['Gold', 'Platinum'] });
    expect(await log.open()).toEqual([{ batch: 'b2', writes: [write('1', 'kith_tier', 'Gold', 'Platinum')] }]);
    await log.settle('b2', [{ ...write('1', 'kith_tier', 'Gold', 'Platinum'), outcome: 'written', note: '' }]);
    expect(await log.open()).toEqual([]);
    expect(await may('1')).toEqual({ kith_tier: ['Platinum'] });
    expect(await may('3')).toEqual({});
    expect((await log.lastWritten('contacts', ['1'])).size).toBe(0);
  });

  it('lists the batches and gives a batch’s writes with what they replaced', async () => {
    const portal = await kith.portal('write-back-batches');
    const log = createWriteBackLog(portal, () => NOW);
    await log.begin('b1', [write('1', 'kith_tier', null, 'Gold'), write('1', 'kith_risk', '0.2', '0.3')]);
    await log.settle('b1', [
      { ...write('1', 'kith_tier', null, 'Gold'), outcome: 'written', note: '' },
      { ...write('1', 'kith_risk', '0.2', '0.3'), outcome: 'written', note: '' },
    ]);
    await log.begin('b2', [write('2', 'kith_tier', '', 'Gold')]);
    await log.settle('b2', [{ ...write('2', 'kith_tier', '', 'Gold'), outcome: 'failed', note: 'no' }]);
    expect(await log.batches(5)).toEqual([
      { batch: 'b2', at: NOW, records: 1, properties: 1, written: 0, failed: 1 },
      { batch: 'b1', at: NOW, records: 1, properties: 2, written: 2, failed: 0 },
    ]);
    expect(await log.writes('b1')).toEqual([
      { ...write('1', 'kith_risk', '0.2', '0.3'), outcome: 'written' },
      { ...write('1', 'kith_tier', null, 'Gold'), outcome: 'written' },
    ]);
  });

  it('keeps what is only proposed apart from what was written, page by page, and drops it when it is old', async () => {
    let now = NOW;
    const portal = await kith.portal('write-back-proposals');
    const log = createWriteBackLog(portal, () => now);
    const proposed = (id: string) => ({ ...write(id, 'kith_tier', '', 'Gold'), kind: 'proposed' as const, note: '' });
    const alone = { ...write('4', 'kith_tier', 'VIP', 'Gold'), kind: 'left-alone' as const, note: 'edited' };
    await log.propose('p1', [proposed('1'), proposed('2'), proposed('3'), alone]);
    expect(await log.proposed('p1', { after: '', records: 2 })).toEqual([
      write('1', 'kith_tier', '', 'Gold'),
      write('2', 'kith_tier', '', 'Gold'),
    ]);
    expect(await log.proposed('p1', { after: '2', records: 2 })).toEqual([write('3', 'kith_tier', '', 'Gold')]);
    expect(await log.proposals('p1')).toEqual([proposed('1'), proposed('2'), proposed('3'), alone]);
    expect(await log.batches(5)).toEqual([]);
    expect(await log.writes('p1')).toEqual([]);
    expect(await log.open()).toEqual([]);
    expect((await log.lastWritten('companies', ['1', '4'])).size).toBe(0);
    await log.begin('p1', [write('1', 'kith_tier', '', 'Gold')]);
    now += 1000;
    await log.dropProposals(now);
    expect(await log.proposals('p1')).toEqual([]);
    expect(await log.writes('p1')).toHaveLength(1);
  });
});

describe('seen requests', () => {
  it('are known the second time, at once and after a restart', async () => {
    const before = createSeenRequests(await kith.portal('seen'), () => Date.now());
    expect(await Promise.all([before.firstTime('r1'), before.firstTime('r1')])).toEqual([true, false]);
    expect(await before.firstTime('r2')).toBe(true);
    await kith.reopen();
    const seen = createSeenRequests(await kith.portal('seen'), () => Date.now());
    expect(await seen.firstTime('r1')).toBe(false);
    expect(await seen.firstTime('r3')).toBe(true);
  });
});
