import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { erase, finishErasures, reapplyErasures } from '../../src/jobs/erase.ts';
import { checkDroppable, resealAll } from '../../src/jobs/rotate-keys.ts';
import { KithError } from '../../src/lib/errors.ts';
import type { IdentityKey } from '../../src/store/identity-keys.ts';
import type { PortalStore } from '../../src/store/portal-store.ts';
import { contact } from '../src/store/records.ts';
import { TEST_KEY } from '../src/store/with-store.ts';
import { atOf, everything, idOf, item, NOW, now, person, shopIn, valuesOf } from './shop.ts';
import { openStoppable, type StoppableStore, Stopped } from './stopped-portal.ts';

const QUIET = { update: () => undefined };
let dataDir = '';
let store: StoppableStore;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kith-broken-off-'));
  store = await openStoppable(dataDir, now);
});
afterAll(async () => {
  await store?.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function isGone(portal: PortalStore, id: string): Promise<boolean> {
  const rows = await portal.query('SELECT 1 FROM {db:Identifier}.contacts WHERE id = {id:String} LIMIT 1', { id });
  return rows.length === 0;
}

const formerOf = (i: number): string => `8880${String(i).padStart(4, '0')}`;

describe('an erasure that is broken off', () => {
  it('before any of its statements finds the same person when it is repeated, leaves nothing of them, one receipt and one audit entry', async () => {
    const MOST = 50;
    const name = 'erasures';
    const whole = await store.portal(name, [TEST_KEY]);
    const { at } = await shopIn(whole, MOST);
    await whole.crm.merge(
      'contacts',
      Array.from({ length: MOST }, (_, i) => ({ from: formerOf(i), to: idOf(i) })),
    );
    await whole.crm.reject(
      Array.from({ length: MOST }, (_, i) => ({ objectType: 'contacts', recordId: idOf(i), place: 'x', reason: 'y' })),
    );
    const everybody = Array.from({ length: MOST }, (_, i) => i);
    const said = (parts: ReturnType<typeof item>[]) =>
      ({ language: 'en', headline: 'At risk', parts, trust: '' }) as const;
    for (const i of everybody) {
      const key = `band-crossed:${idOf(i)}:high:2026-03-09`;
      await at.outbox.enqueue({ key, channelId: 'C1', kind: 'band-crossed', report: said([item(i)]) });
    }
    await at.outbox.enqueue({
      key: 'digest:sales:1',
      channelId: 'C1',
      kind: 'digest',
      report: said(everybody.map(item)),
    });
    const settings = at.state();
    const receipts = new Set<string>();
    let statements = 0;
    for (; statements < MOST - 1; statements++) {
      const who = [person(statements).email, idOf(statements), person(statements).phone][statements % 3]!;
      const place = `stopped before statement ${statements}`;
      const stopping = atOf(await store.portal(name, [TEST_KEY], statements), settings);
      const outcome = await erase({ ...stopping, who }).catch((error: unknown) => error);
      if (!(outcome instanceof Error)) break;
      expect(outcome).toBeInstanceOf(Stopped);
      const again = await store.portal(name, [TEST_KEY]);
      const restarted = atOf(again, settings);
      // Whether Kith starts again, somebody repeats it, or both: by whatever they were asked for before.
      if (statements % 2 === 0) await finishErasures(restarted);
      const isOver = (await again.crm.erasuresUnderWay()).length === 0 && (await isGone(again, idOf(statements)));
      if (!isOver) {
        const receipt = await erase({ ...restarted, who });
        expect(receipt.contactIds, place).toEqual([idOf(statements)]);
        expect(receipt.removed, place).toMatchObject({
          contacts: 1,
          identities: 1,
          scores: 1,
          aliases: 1,
          anomalies: 1,
        });
        expect(receipt.messages, place).toMatchObject({ rewritten: 1, dropped: 1 });
      }
      const left = await everything(again);
      for (const value of [...valuesOf(statements), formerOf(statements)])
        expect(left.includes(value), `${value}, ${place}`).toBe(false);
      const told = await again.query<{ key: string }>(
        `SELECT DISTINCT key FROM {db:Identifier}.outbox WHERE kind = 'erasure'`,
      );
      for (const { key } of told) receipts.add(key);
      expect(receipts.size, `receipts, ${place}`).toBe(statements + 1);
      const audited = await again.query(`SELECT seq FROM {db:Identifier}.audit WHERE act = 'erased' ORDER BY seq`);
      expect(audited, `entries of the audit log, ${place}`).toHaveLength(statements + 1);
      expect(await finishErasures(atOf(again, settings)), place).toBe(0);
    }
    expect(statements).toBeGreaterThan(15);
    expect(statements).toBeLessThan(MOST - 1);
    const last = await everything(await store.portal(name, [TEST_KEY]));
    for (const value of [...valuesOf(MOST - 1), formerOf(MOST - 1)]) expect(last).toContain(value);
  }, 240_000);
});

describe('a backup that is restored', () => {
  it('has somebody forgotten whose erasure had only begun, by what the folder notes beside the tables', async () => {
    const name = 'restored';
    const { at } = await shopIn(await store.portal(name, [TEST_KEY]), 3);
    // The journal is written, and nothing else happens.
    const begun = atOf(await store.portal(name, [TEST_KEY], 1), at.state());
    await expect(erase({ ...begun, who: person(1).email })).rejects.toThrow(Stopped);
    const noted = await readFile(join(dataDir, 'erasures.json'), 'utf8');
    for (const value of valuesOf(1)) expect(noted).not.toContain(value);
    // Tables of before, in which nobody knows of it: what was noted is all that there is.
    const tables = (await store.portal(name, [TEST_KEY])).database;
    const restored = await store.portal(name, [TEST_KEY]);
    for (const table of ['tombstones', 'tombstone_keys']) await restored.command(`TRUNCATE TABLE ${tables}.${table}`);
    const again = atOf(await store.portal(name, [TEST_KEY]), at.state());
    await reapplyErasures({ ...again, actor: 'restore' });
    const left = await everything(again.portal);
    for (const value of valuesOf(1)) expect(left.includes(value), value).toBe(false);
    expect(left).toContain(idOf(2));
    expect((await again.outbox.pending()).filter(({ kind }) => kind === 'erasure')).toHaveLength(1);
    await again.portal.crm.upsert('contacts', [contact(idOf(1), person(1))], { origin: 'by-id' });
    expect(await again.portal.crm.liveIds('contacts')).not.toContain(idOf(1));
  }, 60_000);
});

describe('a rotation of the identity key that is broken off', () => {
  it('before any of its statements goes on when it is repeated, and loses nobody once the older keys are gone', async () => {
    const keyOf = (n: number): IdentityKey => ({ id: `k${n}`, secret: Buffer.alloc(32, `secret number ${n}`) });
    const people = [0, 1, 2, 3].map((i) => contact(idOf(i), person(i)));
    const first = await store.portal('rotations', [keyOf(0)]);
    await first.crm.upsert('contacts', people, { origin: 'list' });
    await first.crm.remove('contacts', [idOf(1)], 'archived');
    await first.crm.forgetContacts([idOf(2)]);
    const hash = await first.crm.keyedHash('audit', 'x');
    let statements = 0;
    for (let isStopped = true; isStopped; statements++) {
      const keys = [keyOf(statements + 1), keyOf(statements)];
      const stopping = await store.portal('rotations', keys, statements);
      const outcome = await resealAll([stopping], QUIET).catch((error: unknown) => error);
      isStopped = outcome instanceof Stopped;
      if (!isStopped) expect(outcome).not.toBeInstanceOf(KithError);
      const report = await resealAll([await store.portal('rotations', keys)], QUIET);
      checkDroppable(report, keys[0]!.id);
      const dropped = await store.portal('rotations', keys.slice(0, 1));
      const when = `stopped before statement ${statements}`;
      expect((await dropped.identity.read([idOf(0)])).get(idOf(0)), when).toMatchObject(person(0));
      expect(await dropped.identity.findByPhone(person(3).phone), when).toEqual([idOf(3)]);
      expect(await dropped.identity.findArchived({ email: person(1).email }), when).toEqual([idOf(1)]);
      expect(await dropped.identity.findArchived({ phone: person(1).phone }), when).toEqual([idOf(1)]);
      await dropped.crm.upsert('contacts', [{ ...people[2]!, updatedAt: NOW }], { origin: 'list' });
      expect(await dropped.crm.liveIds('contacts'), when).toEqual([idOf(0), idOf(3)]);
      expect(await dropped.crm.keyedHash('audit', 'x'), when).toBe(hash);
    }
    expect(statements).toBeGreaterThan(4);
  }, 120_000);
});
