import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accessExport } from '../../src/jobs/access-export.ts';
import { erase, eraseContacts, planErasure, reapplyErasures } from '../../src/jobs/erase.ts';
import { optOut } from '../../src/jobs/opt-out.ts';
import { refitDue } from '../../src/jobs/refit-due.ts';
import { applyRetention } from '../../src/jobs/retention.ts';
import { retractMessages } from '../../src/jobs/retract-messages.ts';
import { resealAll } from '../../src/jobs/rotate-keys.ts';
import { createAudit } from '../../src/ledger/audit.ts';
import { createOutbox } from '../../src/ledger/outbox.ts';
import { contact, deal } from '../src/store/records.ts';
import { TEST_KEY, withStore } from '../src/store/with-store.ts';
import { everything, idOf, item, NOW, now, person, type report, say, shopIn, valuesOf } from './shop.ts';

const kith = withStore();
const QUIET = { update: () => undefined };
const shop = async (name: string, people: number) => shopIn(await kith.portal(name), people);

it('takes back a message whose words went long ago, and tells how many can no longer be told apart', async () => {
  const { at, portal } = await shop('retained', 12);
  const state = at.state();
  const then = createOutbox(portal, () => NOW - 200 * 86_400_000);
  const sent = { state: 'sent', sentChannelId: 'C1', fileIds: [], chartBytes: 0, note: '' } as const;
  const post = async (key: string, parts: readonly object[]) => {
    const said = { language: 'en', headline: 'At risk', parts, trust: '' } as ReturnType<typeof report>;
    await then.enqueue({ key, channelId: 'C1', kind: 'digest', report: said });
    await then.claim(key);
    await then.settle(key, { ...sent, messageId: `id-${key}` });
  };
  const naming = (text: string) => ({ kind: 'text', text });
  await post('button', [item(5)]);
  await post('masked', [naming(`Late: G••• ${idOf(5)}, and others`)]);
  await post('name', [naming(`Ask given0005 FAMILY0005, please`)]);
  await post('mail', [naming(`Ask ${person(5).email}`)]);
  await post(`crossed:${idOf(5)}`, [naming('Somebody is late')]);
  await post('others', [item(6), naming(`Given00051 Family0005 and ${person(7).email}`)]);
  expect(await applyRetention({ portal, state, now })).toMatchObject({ 'message texts': 6 });
  // As versions before left it: neither the words nor whom they named.
  await post('before', [item(5)]);
  await portal.command(
    `ALTER TABLE {db:Identifier}.outbox UPDATE report = {report:String}, about = [] WHERE key = 'before' AND report != ''
     SETTINGS mutations_sync = 2`,
    { report: JSON.stringify({ language: 'en', headline: '', parts: [], trust: '' }) },
  );
  const plan = await planErasure({ ...at, who: person(5).email });
  expect(plan.messages).toMatchObject({ takenBack: 5, wordless: 1 });
  const receipt = await erase({ ...at, who: person(5).email });
  expect(receipt.messages).toMatchObject({ takenBack: 5, wordless: 1 });
  expect(receipt.remains.map(({ en }) => en).join()).toMatch(/1 older posted message\(s\) whose words/);
  const waiting = await portal.query<{ message_id: string }>(
    'SELECT message_id FROM {db:Identifier}.retractions FINAL ORDER BY message_id',
  );
  expect(waiting.map(({ message_id }) => message_id)).toEqual(
    ['button', `crossed:${idOf(5)}`, 'mail', 'masked', 'name'].map((key) => `id-${key}`),
  );
  const after = await everything(portal);
  for (const value of valuesOf(5)) if (value !== idOf(5)) expect(after).not.toContain(value);
  expect((await erase({ ...at, who: person(6).email })).messages).toMatchObject({ takenBack: 1, wordless: 1 });
});

describe('an erasure among 1,000 contacts', () => {
  it('finds each value of the person before, none after, and none after the next full sync, in any table, opened', async () => {
    const { at, portal, sync } = await shop('thousand', 1_000);
    await say(at);
    // As versions before copied it.
    await portal.crm.upsert('deals', [deal('old', { name: 'Kitchen for Given0001 Family0001, green' })], {
      origin: 'list',
    });
    const erased = [1, 2, 3, ...Array.from({ length: 40 }, (_, k) => 100 + k * 10)];
    const before = await everything(portal);
    for (const i of erased) for (const value of valuesOf(i)) expect(before.includes(value), value).toBe(true);

    const plan = await planErasure({ ...at, who: person(1).email });
    expect(plan).toMatchObject({ contactIds: [idOf(1)], messages: { rewritten: 1, dropped: 1, takenBack: 1 } });
    const planned = await everything(portal);
    for (const value of valuesOf(1)) expect(planned).toContain(value);
    expect(planned).toHaveLength(before.length);

    const receipt = await erase({ ...at, who: ` ${person(1).email.toUpperCase()} ` });
    expect(receipt).toMatchObject({ contactIds: [idOf(1)], messages: { rewritten: 1, dropped: 1, takenBack: 1 } });
    expect(receipt.removed).toMatchObject({
      contacts: 1,
      identities: 1,
      scores: 1,
      rescored: 1,
      matrices: 1,
      findings: 1,
      anomalies: 1,
      answers: 1,
      notes: 2,
    });
    expect(receipt.models).toMatchObject([{ analyses: ['churn-risk'] }]);
    expect(await refitDue(portal)).not.toBeNull();
    await erase({ ...at, who: person(2).phone });
    await erase({ ...at, who: idOf(3) });
    await eraseContacts(at, erased.slice(3).map(idOf));

    const gone = async (when: string) => {
      const after = await everything(portal);
      for (const i of erased)
        for (const value of valuesOf(i)) expect(after.includes(value), `${value} ${when}`).toBe(false);
      for (const value of valuesOf(900)) expect(after).toContain(value);
    };
    await gone('after the erasure');
    await sync();
    await gone('after the next full sync');
    expect(await portal.query(`SELECT name FROM {db:Identifier}.deals FINAL WHERE id = 'old'`)).toEqual([
      { name: 'Kitchen for •••, green' },
    ]);
    expect((await at.audit.verify()).ok).toBe(true);

    const taken: object[] = [];
    const chat = {
      async retract(message: object) {
        taken.push(message);
        return 'gone' as const;
      },
    };
    expect(await retractMessages(portal, chat, now)).toEqual({ gone: 1, refused: 0, waiting: 0 });
    expect(taken).toEqual([{ channelId: 'C1', messageId: '17.1', fileIds: ['F1'] }]);
    expect(await retractMessages(portal, chat, now)).toEqual({ gone: 0, refused: 0, waiting: 0 });
    const pending = await at.outbox.pending();
    expect(pending.filter(({ kind }) => kind === 'digest').map(({ key }) => key)).toEqual([
      'digest:sales:2',
      'digest:sales:3',
    ]);
    const receipts = pending.filter(({ kind }) => kind === 'erasure');
    expect(receipts.map(({ channelId }) => channelId)).toEqual(Array(4).fill('CADMIN'));
  }, 120_000);
});

describe('tombstones', () => {
  it('hold when the identity key is rotated and the old one dropped, and nothing is sealed under it any more', async () => {
    const portal = await kith.portal('rotated');
    await portal.crm.upsert(
      'contacts',
      [0, 1, 2].map((i) => contact(idOf(i), person(i))),
      { origin: 'list' },
    );
    await portal.crm.forgetContacts([idOf(1)]);
    const fresh = { id: 'k2', secret: Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 37 + 11) % 251)) };
    await kith.reopen([fresh, TEST_KEY]);
    const again = await kith.portal('rotated');
    expect(await resealAll([again], QUIET)).toEqual({ resealed: 3, inUse: ['k2'] });
    await kith.reopen([fresh]);
    const last = await kith.portal('rotated');
    await last.crm.upsert(
      'contacts',
      [0, 1, 2].map((i) => contact(idOf(i), { ...person(i), updatedAt: 9_000 })),
      { origin: 'list' },
    );
    expect(await last.crm.liveIds('contacts')).toEqual([idOf(0), idOf(2)]);
    expect(await last.identity.findByEmail(person(2).email)).toEqual([idOf(2)]);
    expect((await last.identity.read([idOf(0)])).get(idOf(0))?.phone).toBe(person(0).phone);
    await kith.reopen();
  }, 60_000);

  it('hold though the identity key of before was lost: whoever is erased under the new one shuts nobody out', async () => {
    const fill = (portal: Awaited<ReturnType<typeof kith.portal>>) =>
      portal.crm.upsert(
        'contacts',
        [0, 1, 2].map((i) => contact(idOf(i), { ...person(i), updatedAt: 9_000 })),
        { origin: 'list' },
      );
    const before = await kith.portal('lost');
    await fill(before);
    const hash = await before.crm.keyedHash('audit', 'x');
    const fresh = { id: 'k3', secret: Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 41 + 7) % 251)) };
    await kith.reopen([fresh]);
    const portal = await kith.portal('lost');
    await fill(portal);
    const { at } = await shopIn(portal, 3);
    await erase({ ...at, who: person(1).email });
    expect(await readFile(join(kith.dataDir, 'erasures.json'), 'utf8')).toContain('"k3"');
    await kith.reopen([fresh]);
    const again = await kith.portal('lost');
    const now = await again.crm.keyedHash('audit', 'x');
    expect(now).not.toBe(hash);
    await fill(again);
    expect(await again.crm.liveIds('contacts')).toEqual([idOf(0), idOf(2)]);
    // Whoever was erased before stays unknown without the key, which is why nothing opens without it.
    await kith.reopen();
    const old = await kith.portal('lost');
    await expect(fill(old)).rejects.toMatchObject({
      code: 'identity-key',
      message: expect.stringMatching(
        /^Somebody was erased under the identity key "k3", .*add it after the current one/,
      ),
    });
    await kith.reopen([fresh, TEST_KEY]);
    expect(await (await kith.portal('lost')).crm.keyedHash('audit', 'x')).toBe(now);
    await kith.reopen();
  }, 60_000);

  it('of those who were erased since a backup are applied again to what it brought back', async () => {
    const { at, portal } = await shop('restored', 5);
    await erase({ ...at, who: idOf(1) });
    const file = await readFile(join(kith.dataDir, 'erasures.json'), 'utf8');
    for (const value of valuesOf(1)) expect(file).not.toContain(value);
    // As a restore of an older backup leaves it: the person is back, and no table knows that they were erased.
    await portal.command('TRUNCATE TABLE {db:Identifier}.tombstones');
    await portal.command('TRUNCATE TABLE {db:Identifier}.tombstone_keys');
    await kith.reopen();
    const restored = await kith.portal('restored');
    const row = {
      id: idOf(1),
      country: '',
      owner_id: '',
      created_at: null,
      updated_at: '2024-01-01 00:00:00',
      archived: false,
      extra: {},
      version: 1,
      is_deleted: 0,
    };
    await restored.insert('contacts', [row]);
    const found = { ...at, portal: restored, audit: createAudit(restored, now), outbox: createOutbox(restored, now) };
    expect(await reapplyErasures(found)).toEqual({ again: 1 });
    expect(await restored.crm.liveIds('contacts')).not.toContain(idOf(1));
    expect(await reapplyErasures(found)).toEqual({ again: 0 });
  }, 60_000);
});

describe('somebody whose record is archived', () => {
  it('is found by e-mail and by phone, and erased', async () => {
    const { at, portal } = await shop('archived', 3);
    await portal.crm.remove('contacts', [idOf(1)], 'archived');
    await portal.crm.upsert('contacts', [contact(idOf(2), { ...person(2), archived: true, updatedAt: 5_000 })], {
      origin: 'list',
    });
    expect((await erase({ ...at, who: person(1).email })).contactIds).toEqual([idOf(1)]);
    expect((await erase({ ...at, who: person(2).phone })).contactIds).toEqual([idOf(2)]);
    await expect(erase({ ...at, who: person(1).email })).rejects.toMatchObject({ code: 'unknown-customer' });
  }, 60_000);
});

describe('an opt-out from profiling', () => {
  it('drops what was made of the contact, survives syncs and merges, and is taken back', async () => {
    const { at, portal, run, sync, scores } = await shop('opted', 4);
    const out = await optOut({ ...at, who: person(1).email, undo: false });
    expect(out).toMatchObject({ profiling: 'off', removed: { scores: 1, matrices: 1, findings: 1 } });
    await sync();
    const scored = async () => {
      const next = await portal.results.begin({ asOf: NOW, startedAt: NOW, fingerprint: '', portfolio: run.portfolio });
      await portal.results.save(next, 'churn-risk', {
        summary: {},
        model: { customerIds: scores.customerIds },
        scores,
      });
      await portal.results.finish(next, 'done', NOW);
      return (await portal.results.scores(next.id, 'churn-risk', { order: 'customer' })).map(
        ({ customerId }) => customerId,
      );
    };
    expect(await scored()).toEqual([idOf(0), idOf(2), idOf(3)]);
    expect((await portal.results.latest('churn-risk'))?.model).toEqual({
      customerIds: [idOf(0), '', idOf(2), idOf(3)],
    });
    expect(await portal.crm.liveIds('contacts')).toContain(idOf(1));
    await portal.crm.merge('contacts', [{ from: idOf(1), to: idOf(2) }]);
    expect(await scored()).toEqual([idOf(0), idOf(3)]);
    await optOut({ ...at, who: idOf(1), undo: true });
    expect(await scored()).toEqual([idOf(0), idOf(1), idOf(2), idOf(3)]);
  }, 60_000);
});

describe('an access export', () => {
  it('holds the record, who it is, what was made of it, said of it and asked about it, and nobody else', async () => {
    const { at } = await shop('access', 4);
    await say(at);
    const held = await accessExport({ ...at, who: person(1).email });
    expect(held.identities).toMatchObject([{ contactId: idOf(1), email: person(1).email }]);
    for (const table of ['contacts', 'associations', 'scores', 'rescored', 'matrices', 'findings'])
      expect(held.rows[table]?.length, table).toBeGreaterThan(0);
    expect(held.linked.deals).toHaveLength(1);
    expect(held.messages).toHaveLength(3);
    expect(held.questions).toMatchObject([{ text: person(1).email }]);
    const { messages: _messages, ...own } = held;
    expect(JSON.stringify(own)).not.toContain(idOf(2));
  }, 60_000);
});
