import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Digest } from '../../../src/digests/digest.ts';
import { finance } from '../../../src/digests/finance.ts';
import { digests } from '../../../src/digests/index.ts';
import { marketing } from '../../../src/digests/marketing.ts';
import { sales } from '../../../src/digests/sales.ts';
import { sendDigest } from '../../../src/jobs/send-digest.ts';
import { createFindings } from '../../../src/ledger/findings.ts';
import { createOutbox, type Outbox } from '../../../src/ledger/outbox.ts';
import type { PortalState } from '../../../src/state/portal-state.ts';
import { AS_OF, account, DAY, openSmallPortal, type SmallPortal, stateOf } from '../../commands/small-portal.ts';
import { expectReadable } from '../../contracts/test-command.ts';

let small: SmallPortal;
let outbox: Outbox;
let now = AS_OF + 60 * 60 * 1000;
beforeAll(async () => {
  small = await openSmallPortal();
  outbox = createOutbox(small.portal, () => now);
});
afterAll(() => small.close());

const departments = { ...stateOf().channels, finance: 'C0FINANCE', service: 'C0SERVICE' };
const send = (digest: Digest, state: PortalState = stateOf({ channels: departments })) =>
  sendDigest({ portal: small.portal, account, state: () => state, digest, outbox, now: () => now });

const newest = async () => (await outbox.recent(1))[0]!;

// The tests of this file follow one portal through two weeks, in order.
describe('sending digests', () => {
  it('says what to do before the first run', async () => {
    for (const digest of digests) {
      await expect(send(digest)).rejects.toMatchObject({
        code: 'no-results',
        message: expect.stringContaining('kith analyse'),
      });
    }
    expect(await outbox.recent(1)).toEqual([]);
  });

  it('says so when the department has no channel', async () => {
    await small.analyse(AS_OF);
    const report = await send(sales, stateOf({ channels: {} }));
    expect(report).toMatchObject({
      outcome: 'no-channel',
      note: { en: expect.stringContaining('channels.sales'), zh: expect.stringContaining('销售部尚未指定频道') },
    });
    expect(await outbox.recent(1)).toEqual([]);
  });

  it('introduces itself in the first edition of marketing’s, which names no customer', async () => {
    expect(await send(marketing)).toMatchObject({ outcome: 'queued', key: 'marketing:2026-W11' });
    const { report, channelId } = await newest();
    expect(channelId).toBe('C0MARKET');
    expectReadable(report, 'en');
    expect(report.parts[0]).toMatchObject({
      kind: 'text',
      text: expect.stringContaining('first “Customer groups this week”'),
    });
    expect(report.parts.filter((part) => part.kind === 'table').map((part) => part.title)).toEqual([
      'Segments',
      'Value classes',
    ]);
    expect(report.parts.filter((part) => part.kind === 'chart')).toHaveLength(1);
    expect(JSON.stringify(report)).not.toMatch(/Company \d|Acme|Birch|Zenith/);
    expect(JSON.stringify(report)).toMatch(/Desk|Lamp/);
  });

  it('lists customers for sales with at most five findings, their buttons, and one mention an owner', async () => {
    // What it says is for its channel alone; the record of the job is shown to everybody.
    const note = { en: 'sales:2026-03-09 queued', zh: 'sales:2026-03-09 已加入发送队列' };
    expect(await send(sales)).toEqual({ outcome: 'queued', key: 'sales:2026-03-09', note });
    const { report } = await newest();
    expectReadable(report, 'en');
    const items = report.parts.filter((part) => part.kind === 'item');
    expect(items.length).toBeGreaterThan(0);
    expect(items.length).toBeLessThanOrEqual(5);
    for (const item of items)
      expect(item.actions).toMatchObject([
        { action: 'why', value: expect.stringMatching(/^churn-risk:c/) },
        { action: 'on-it', value: expect.stringContaining('"sales"') },
        { action: 'snooze' },
        { action: 'not-useful' },
      ]);
    const mentions = items.flatMap((item) => (item.owner?.mention === true ? [item.owner.id] : []));
    expect(mentions).toEqual([...new Set(mentions)]);
    expect(new Set(mentions)).toEqual(new Set(items.flatMap((item) => item.owner?.id ?? [])));
    const told = await createFindings(small.portal, () => now).of('sales');
    expect(told.map((finding) => `churn-risk:${finding.customerId}`).toSorted()).toEqual(
      items.map((item) => item.actions![0]!.value).toSorted(),
    );
  });

  it('gives finance its figures with one chart, and no customer', async () => {
    expect(await send(finance)).toMatchObject({ outcome: 'queued', key: 'finance:2026-W11' });
    const { report, channelId } = await newest();
    expect(channelId).toBe('C0FINANCE');
    expectReadable(report, 'en');
    expect(report.parts[0]).toMatchObject({ text: expect.stringContaining('first “Revenue at risk and to come”') });
    expect(report.parts.flatMap((part) => (part.kind === 'table' ? [part.title] : []))).toEqual([
      'Value by quarter of first purchase, in quarters that are over',
      'Month by month',
    ]);
    expect(report.parts.filter((part) => part.kind === 'chart')).toMatchObject([{ chart: { kind: 'fan' } }]);
    expect(JSON.stringify(report)).not.toMatch(/Company \d|Acme|Birch|Zenith|黄河|Bikes/);
  });

  it('posts nothing when it is run twice in one period', async () => {
    for (const digest of digests) await send(digest);
    const before = (await outbox.recent(100)).length;
    for (const digest of digests) {
      // Without tickets there is nothing that service could hear of, the first time or the second.
      const outcome = digest.name === 'service' ? 'nothing-new' : 'already-sent';
      expect(await send(digest)).toMatchObject({ outcome });
    }
    expect(await outbox.recent(100)).toHaveLength(before);
  });

  it('names other customers on the next day, and nobody once all have been named', async () => {
    const first = await toldCustomers();
    let isQuiet = false;
    for (let day = 1; day <= 12 && !isQuiet; day++) {
      now += DAY;
      isQuiet = (await send(sales)).outcome === 'nothing-new';
    }
    expect(isQuiet).toBe(true);
    const all = (await createFindings(small.portal, () => now).of('sales')).map((finding) => finding.customerId);
    expect(new Set(all).size).toBe(all.length);
    for (const customerId of first) expect(all).toContain(customerId);
  });

  it('tells what became of the last ones, once', async () => {
    const [customerId] = await toldCustomers();
    const asOf = now + 2 * DAY;
    await small.buy(customerId!, now + DAY, '500.00');
    now = asOf;
    await small.analyse(asOf);
    expect(await send(sales)).toMatchObject({ outcome: 'queued' });
    const { report } = await newest();
    const text = report.parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('\n');
    expect(text).toMatch(/ ordered on /);
    const finding = (await createFindings(small.portal, () => now).of('sales')).find(
      (one) => one.customerId === customerId,
    );
    expect(finding).toMatchObject({ state: 'resolved', note: expect.stringMatching(/^ordered 20/) });
    now += DAY;
    await send(sales);
    expect(JSON.stringify((await newest()).report)).not.toContain(finding!.note.replace('ordered ', ''));
  });

  it('tells marketing next week what moved, and not the figures that did not', async () => {
    now = AS_OF + 15 * DAY;
    // Two new customers, and one who comes back with a lot of money.
    await small.buy('c90', now - DAY, '90000.00');
    await small.analyse(now);
    expect(await send(marketing)).toMatchObject({ outcome: 'queued', key: 'marketing:2026-W13' });
    const { report } = await newest();
    expectReadable(report, 'en');
    expect(JSON.stringify(report)).not.toContain('first “');
    const [changes] = report.parts.filter((part) => part.kind === 'table');
    expect(changes).toMatchObject({ title: 'What changed since the last edition' });
    for (const row of changes!.rows) expect(row[2]).toMatch(/^[+−]\d/);
    expect(report.parts.filter((part) => part.kind === 'item').length).toBeLessThanOrEqual(5);
  });

  it('says nothing in a week in which nothing changed', async () => {
    now += 7 * DAY;
    expect(await send(marketing)).toMatchObject({ outcome: 'nothing-new' });
  });

  it('speaks the language of the portal', async () => {
    now += 30 * DAY;
    await small.buy('c1', now - DAY, '70.00');
    await small.analyse(now);
    for (const digest of digests) {
      if ((await send(digest, stateOf({ language: 'zh' }))).outcome === 'queued')
        expectReadable((await newest()).report, 'zh');
    }
    expect((await newest()).report.language).toBe('zh');
  });
});

async function toldCustomers(): Promise<string[]> {
  return (await createFindings(small.portal, () => now).of('sales')).map((finding) => finding.customerId);
}
