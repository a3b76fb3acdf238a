import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../commands/context.ts';
import { customer } from '../../commands/customer.ts';
import { buildWonDeals } from '../../src/features/won-deals.ts';
import { accessExport } from '../../src/jobs/access-export.ts';
import { erase } from '../../src/jobs/erase.ts';
import { findContacts } from '../../src/jobs/find-contacts.ts';
import { createLoyaltyDesk } from '../../src/jobs/loyalty-desk.ts';
import { optOut } from '../../src/jobs/opt-out.ts';
import { createPlaybookDesk } from '../../src/jobs/playbook-desk.ts';
import { resealAll } from '../../src/jobs/rotate-keys.ts';
import { auditHashesOf } from '../../src/ledger/audit-hash.ts';
import { createPlaybookLog } from '../../src/ledger/playbook-log.ts';
import { createReader } from '../../src/privacy/create-reader.ts';
import { maskedEmail, maskedName } from '../../src/privacy/masking.ts';
import { commandLineViewer } from '../../src/privacy/viewer.ts';
import type { ReportPart } from '../../src/report/report.ts';
import { account, stateOf } from '../commands/small-portal.ts';
import { contact } from '../src/store/records.ts';
import { TEST_KEY, withStore } from '../src/store/with-store.ts';
import { atOf, idOf, item, NOW, now, person, report, say, shopIn } from './shop.ts';

const kith = withStore();
const QUIET = { update: () => undefined };
const shop = async (name: string, people: number) => shopIn(await kith.portal(name), people);

const chart = (label: string): ReportPart => ({
  kind: 'chart',
  chart: {
    kind: 'bar',
    title: 'Who is late',
    alt: `${label}: 90 days`,
    format: { kind: 'days' },
    labels: [label, 'others'],
    series: [{ name: 'days', values: [90, 10] }],
  },
});

describe('a message that shows somebody by a masked name alone', () => {
  it('is taken back when it was sent, and said without their rows and charts when it waits', async () => {
    const { at } = await shop('masked', 4);
    const masked = [
      maskedName('Bernd', idOf(1)),
      maskedName('李娜', idOf(1)),
      `${maskedEmail('bernd@x.example')} ${idOf(1)}`,
      maskedName('', idOf(1)),
    ];
    for (const [n, name] of masked.entries()) {
      const parts: ReportPart[] = [
        chart(name),
        chart('Somebody else'),
        { kind: 'text', text: `Ring ${name}.` },
        item(2),
      ];
      const said = { language: 'en', headline: 'Late', parts, trust: '' } as const;
      await at.outbox.enqueue({ key: `waits:${n}`, channelId: 'C1', kind: 'digest', report: said });
      await at.outbox.enqueue({ key: `sent:${n}`, channelId: 'C1', kind: 'digest', report: said });
      await at.outbox.claim(`sent:${n}`);
      const arrived = { messageId: `m${n}`, sentChannelId: 'C1', fileIds: [], chartBytes: 0, note: '' };
      await at.outbox.settle(`sent:${n}`, { state: 'sent', ...arrived });
    }
    const { messages } = await erase({ ...at, who: idOf(1) });
    expect(messages).toMatchObject({ takenBack: 4, rewritten: 4, dropped: 0 });
    for (const { key, report: left } of await at.outbox.pending()) {
      if (key.startsWith('waits:')) expect(left.parts).toEqual([chart('Somebody else'), item(2)]);
    }
  }, 60_000);
});

describe('a name as JSON writes it', () => {
  it('is found in messages and in what was asked', async () => {
    const { at, portal } = await shop('quoted', 2);
    const bob = { email: 'bob@x.example', firstName: 'Robert "Bob"', lastName: 'O\\Neil' };
    await portal.crm.upsert('contacts', [contact('9', bob)], { origin: 'list' });
    const text = 'Ask Robert "Bob" O\\Neil';
    const said = { language: 'en', headline: 'x', parts: [{ kind: 'text', text }], trust: '' } as const;
    await at.outbox.enqueue({ key: 'w', channelId: 'C1', kind: 'digest', report: said });
    expect((await erase({ ...at, who: 'bob@x.example' })).messages).toMatchObject({ dropped: 1 });
  }, 60_000);
});

describe('finding a contact', () => {
  it('takes what is an id for an id, and never for somebody else’s phone', async () => {
    const { portal } = await shop('ids', 2);
    const other = contact('5', { email: 'other@x.example', phone: idOf(1) });
    await portal.crm.upsert('contacts', [other], { origin: 'list' });
    expect(await findContacts(portal, idOf(1))).toEqual([idOf(1)]);
    await portal.crm.forgetContacts([idOf(1)]);
    expect(await findContacts(portal, idOf(1))).toEqual(['5']);
  }, 60_000);

  it('knows an archived one by e-mail and by phone after older keys are dropped, also in a second rotation', async () => {
    const keys = [1, 2, 3].map((n) => ({ id: `r${n}`, secret: Buffer.alloc(32, `another secret ${n}`) }));
    await kith.reopen([TEST_KEY]);
    const portal = await kith.portal('archived');
    await portal.crm.upsert('contacts', [contact(idOf(1), person(1)), contact(idOf(2), person(2))], { origin: 'list' });
    await portal.crm.remove('contacts', [idOf(1)], 'archived');
    let before = TEST_KEY;
    for (const key of keys) {
      await kith.reopen([key, before]);
      expect((await resealAll([await kith.portal('archived')], QUIET)).inUse).toEqual([key.id]);
      await kith.reopen([key]);
      const found = await kith.portal('archived');
      expect(await findContacts(found, person(1).email), key.id).toEqual([idOf(1)]);
      expect(await findContacts(found, person(1).phone), key.id).toEqual([idOf(1)]);
      expect(await findContacts(found, person(2).email), key.id).toEqual([idOf(2)]);
      before = key;
    }
    await kith.reopen();
  }, 60_000);
});

describe('the key of keyed hashes', () => {
  it('is one, however many ask for it first', async () => {
    const portal = await kith.portal('first');
    const [a, b] = await Promise.all([
      portal.crm.keyedHash('audit', 'x'),
      portal.crm.keyedHash('audit', 'x'),
      portal.crm.upsert('contacts', [contact('1')], { origin: 'list' }),
      portal.crm.noProfileOf(),
    ]);
    expect(a).toBe(b);
    expect(await portal.query('SELECT id FROM {db:Identifier}.tombstone_keys FINAL')).toHaveLength(1);
    await kith.reopen();
    expect(await (await kith.portal('first')).crm.keyedHash('audit', 'x')).toBe(a);
  }, 60_000);
});

describe('an opt-out', () => {
  it('also reaches waiting messages, told anomalies and scores under former ids, and leaves what was posted', async () => {
    const { at, portal, scores } = await shop('out', 5);
    await say(at);
    const stored = await portal.results.runs(1);
    await portal.results.rescore(stored[0]!.id, 'churn-risk', {
      ...scores,
      customerIds: ['8888', ...scores.customerIds.slice(1)],
    });
    await portal.crm.merge('contacts', [{ from: '8888', to: idOf(3) }]);
    // As a run before the merge had left it.
    await portal.insert('scores', [{ run_id: stored[0]!.id, analysis: 'churn-risk', customer_id: '8888', value: 0.5 }]);
    const out = await optOut({ ...at, who: idOf(1), undo: false });
    expect(out).toMatchObject({ messages: { rewritten: 1, dropped: 1 }, removed: { anomalies: 1 } });
    const pending = await at.outbox.pending();
    expect(JSON.stringify(pending)).not.toContain(idOf(1));
    expect((await at.outbox.byKey('digest:sales:1'))?.state).toBe('sent');
    expect((await optOut({ ...at, who: idOf(3), undo: false })).removed.scores).toBe(2);
  }, 60_000);
});

describe('the card of somebody who opted out', () => {
  it.each([
    ['en', /opted out of profiling/],
    ['zh', /已选择不进行画像分析/],
  ] as const)(
    'says so in %s, and shows no score',
    async (language, words) => {
      const portal = await kith.portal(`card-${language}`);
      await portal.crm.upsert('contacts', [contact('1', person(1)), contact('2', person(2))], { origin: 'list' });
      await portal.crm.saveAccount(account);
      const portfolio = {
        unit: 'contact',
        timeZone: 'UTC',
        currency: 'EUR',
        asOf: NOW,
        horizonDays: 90,
        seed: 1,
      } as const;
      await buildWonDeals(portal, portfolio);
      const run = await portal.results.begin({ asOf: NOW, startedAt: NOW, fingerprint: '', portfolio });
      const none = { value: new Float64Array(), label: [], band: [], evidence: new Uint8Array(), details: [] };
      await portal.results.save(run, 'portfolio', { summary: {}, model: null, scores: { customerIds: [], ...none } });
      await portal.results.finish(run, 'done', NOW);
      const at = atOf(portal, stateOf({ unit: 'contact' }));
      const state = at.state();
      // What is left out is nothing to this command: a TypeError would fail the test.
      const context = {
        language,
        timeZone: 'UTC',
        now: NOW,
        state,
        reader: createReader({ portal, account, state, viewer: commandLineViewer() }),
        loyalty: createLoyaltyDesk({ ...at, timeZone: 'UTC' }),
        playbooks: createPlaybookDesk({
          nameOf: async (id: string) => id,
          ...at,
          playbookLog: createPlaybookLog(portal, now),
        }),
      } as CommandContext;
      await portal.crm.optOut(['1'], 'U1');
      expect((await customer.run(context, '1')).headline).toMatch(words);
      expect((await customer.run(context, '2')).headline).not.toMatch(words);
      await portal.crm.optIn(['1'], 'U1');
      expect((await customer.run(context, '1')).headline).not.toMatch(words);
    },
    60_000,
  );
});

describe('an access export after clicks', () => {
  it('holds those that were about the person, an anomaly of theirs among them, and not about others', async () => {
    const { at, portal } = await shop('clicks', 4);
    const anomaly = await portal.query<{ key: string }>(
      `SELECT key FROM {db:Identifier}.findings WHERE digest = 'anomalies' ORDER BY seq LIMIT 2`,
    );
    expect(anomaly).toHaveLength(2);
    for (const value of [
      `churn-risk:${idOf(1)}`,
      `churn-risk:${idOf(2)}`,
      'churn-risk:777',
      '{"tier":2}',
      ...anomaly.map(({ key }) => key),
    ])
      await at.audit.append({
        actor: 'U1',
        act: 'clicked',
        subject: 'why',
        details: await auditHashesOf(portal, value),
      });
    const details = await portal.query<{ details: string }>('SELECT details FROM {db:Identifier}.audit');
    expect(JSON.stringify(details)).not.toContain(idOf(1));
    const held = await accessExport({ ...at, who: person(1).email });
    expect(held.audit.length).toBe(2);
    expect(held.audit).toMatchObject([{ act: 'clicked' }, { act: 'clicked' }]);
  }, 60_000);
});

it('a report that names nobody of theirs stays as it is', async () => {
  const { at } = await shop('untouched', 3);
  await at.outbox.enqueue({ key: 'monthly:2026-11', channelId: 'C1', kind: 'digest', report: report(2) });
  const { portal } = at;
  await portal.crm.upsert('contacts', [contact('2026'), contact('11')], { origin: 'list' });
  for (const who of ['2026', '11'])
    expect((await erase({ ...at, who })).messages).toMatchObject({ dropped: 0, rewritten: 0 });
  expect(await at.outbox.byKey('monthly:2026-11')).toMatchObject({ state: 'pending', queuedAt: NOW });
}, 60_000);
