import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { createListener } from '../../../integrations/http/create-listener.ts';
import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import { hubspotWebhooks } from '../../../integrations/hubspot/webhook-handler.ts';
import { createHintQueue, type HintQueue } from '../../../src/jobs/hint-queue.ts';
import { drainHints } from '../../../src/jobs/hints.ts';
import { sync } from '../../../src/jobs/sync.ts';
import { type Audit, createAudit } from '../../../src/ledger/audit.ts';
import { createOutbox } from '../../../src/ledger/outbox.ts';
import { KithError } from '../../../src/lib/errors.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import type { CrmChanges, OpenCrm } from '../../../src/ports/crm.ts';
import { type PortalState, portalStateSchema } from '../../../src/state/portal-state.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';
import { startSmall, TOKEN } from '../../demo/hubspot/small-portal.ts';

const SECRET = 'app-secret';
const PORTAL = '424242';
const quiet = { update: () => undefined };

let dataDir: string;
let store: Store;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kith-hints-'));
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
});
afterAll(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

let server: StandInHubspot;
let crm: OpenCrm;
let portal: PortalStore;
let queue: HintQueue;
let audit: Audit;
let touched: string[];
let state: PortalState;
let portals = 0;
beforeEach(async () => {
  portals += 1;
  portal = await store.portal(`hints-${portals}`);
  ({ server } = await startSmall());
  crm = await openHubspot({ accessToken: TOKEN, basePath: server.url });
  await sync({ source: crm.source, portal, progress: quiet, now: Date.now, full: true });
  queue = createHintQueue(portal, Date.now);
  audit = createAudit(portal, Date.now);
  touched = [];
  state = portalStateSchema.parse({});
  const listener = createListener({
    port: 0,
    host: '127.0.0.1',
    logger: createLogger('silent'),
    ready: () => ({ ok: true, reason: '' }),
  });
  const publicUrl = 'https://kith.example';
  const handler = hubspotWebhooks.handler({
    secret: SECRET,
    publicUrl,
    portalId: PORTAL,
    now: Date.now,
    queue: (hints, unreadable) => queue.add(hints, unreadable),
    onTrouble: () => undefined,
  });
  listener.mount(hubspotWebhooks.path, handler);
  const port = await listener.open();
  server.webhooks.subscribe({
    url: `http://127.0.0.1:${port}${hubspotWebhooks.path}`,
    secret: SECRET,
    publicUrl: `${publicUrl}${hubspotWebhooks.path}`,
  });
  return async () => {
    await listener.close();
    await crm.source.close();
    await server.close();
  };
});

async function drain(changes: CrmChanges = crm.source.changes!, stop: Error | null = null) {
  touched = [];
  return drainHints({
    changes,
    portal,
    queue,
    audit,
    outbox: createOutbox(portal, Date.now),
    now: Date.now,
    state: () => state,
    updateState: async (change) => {
      state = change(state);
      return state;
    },
    touched: async (ids) => {
      if (stop !== null) throw stop;
      touched.push(...ids);
    },
  });
}

const amountOf = async (id: string) =>
  (
    await portal.query<{ amount: string }>(
      'SELECT toString(amount) AS amount FROM {db:Identifier}.deals FINAL WHERE id = {id:String}',
      { id },
    )
  )[0]?.amount;
const countOf = async (table: string, id: string) =>
  (await portal.query(`SELECT id FROM {db:Identifier}.${table} FINAL WHERE id = {id:String}`, { id })).length;

describe('webhooks that arrived', () => {
  it('have their records read again, doubled and out of order as they come, and name the customers that changed', async () => {
    server.portal.edit('deals', '501', { amount: '999.25' });
    server.portal.edit('deals', '501', { amount: '777.25' });
    const id = server.portal.create('deals', { dealname: 'New', pipeline: 'p', dealstage: 's2', amount: '50' });
    server.portal.link('deals', id, 'companies', '1003', true);
    server.portal.archive('deals', '502');
    expect(await server.webhooks.send({ seed: 3 })).toEqual([204]);
    const report = await drain();
    expect(await amountOf('501')).toBe('777.25');
    expect(await amountOf(id)).toBe('50');
    expect(await countOf('deals', '502')).toBe(0);
    // 501, 502 and the new deal; the company at the other end of the link; each once.
    expect(report).toEqual({ read: 4, erased: 0 });
    expect([...new Set(touched)].toSorted()).toEqual(['1000', '1003']);
    expect(await queue.counts()).toEqual({ waiting: 0, quarantined: 0 });
    expect(await drain()).toEqual({ read: 0, erased: 0 });
  });

  it('are hints and no data: an event that lies changes nothing', async () => {
    server.portal.edit('deals', '501', { amount: '999.25' });
    server.portal.edit('deals', '501', { amount: '100.50' });
    await server.webhooks.send({ seed: 1 });
    await queue.add([{ objectType: 'deals', id: '500', kind: 'changed' }]);
    await drain();
    expect(await amountOf('501')).toBe('100.5');
    expect(touched).toEqual([]);
  });

  it('touch nobody when Kith’s own properties were written, even where they are told of by the modified date', async () => {
    server.portal.edit('companies', '1000', { kith_no_order_risk: '61' });
    expect(server.webhooks.waiting()).toHaveLength(1);
    expect(await server.webhooks.send()).toEqual([204]);
    expect((await queue.counts()).waiting).toBe(0);
    await queue.add([{ objectType: 'companies', id: '1000', kind: 'changed' }]);
    expect((await drain()).read).toBe(1);
    expect(touched).toEqual([]);
  });

  it('follow a merge to the record that is left', async () => {
    const id = server.portal.merge('companies', '1000', '1003', false);
    await server.webhooks.send();
    await drain();
    expect(await countOf('companies', '1000')).toBe(0);
    expect(await countOf('companies', id)).toBe(1);
    expect((await portal.crm.resolve('companies', ['1003'])).get('1003')).toBe(id);
    expect(touched).toContain(id);
  });

  it('forget a person who asked for it, and a later sync does not bring them back', async () => {
    expect(await portal.identity.findByEmail('ann@c0.example')).toEqual(['1']);
    state = { ...state, unit: 'contact', tierOverrides: { 1: { tier: 3, until: null, by: 'U1' } } };
    server.portal.edit('contacts', '1', { firstname: 'Anna' });
    server.portal.purge('contacts', '1');
    await server.webhooks.send({ seed: 2 });
    expect((await drain()).erased).toBe(1);
    expect(state.tierOverrides).toEqual({});
    // An event that was on its way, and HubSpot's list while it still has them.
    await queue.add([{ objectType: 'contacts', id: '1', kind: 'changed' }]);
    await drain();
    expect(await portal.identity.findByEmail('ann@c0.example')).toEqual([]);
    const again = await startSmall();
    const still = await openHubspot({ accessToken: TOKEN, basePath: again.server.url });
    await sync({ source: still.source, portal, progress: quiet, now: Date.now, full: true });
    await again.server.close();
    expect(await countOf('contacts', '1')).toBe(0);
    expect(await portal.identity.findByEmail('ann@c0.example')).toEqual([]);
    expect((await audit.verify()).ok).toBe(true);
  });

  it('forget also whom Kith never copied, and keep no trace of their id among the hints', async () => {
    await queue.add([{ objectType: 'contacts', id: '99', kind: 'erased' }]);
    expect((await drain()).erased).toBe(1);
    expect(await portal.query("SELECT * FROM {db:Identifier}.hints WHERE id = '99'")).toEqual([]);
    await portal.crm.upsert(
      'contacts',
      [
        {
          id: '99',
          createdAt: null,
          updatedAt: 1,
          archived: false,
          extra: {},
          email: 'z@z.example',
          firstName: 'Zoe',
          lastName: '',
          phone: '',
          country: '',
          ownerId: '',
        },
      ],
      { origin: 'by-id' },
    );
    expect(await countOf('contacts', '99')).toBe(0);
  });

  it('are acknowledged within five seconds, a hundred to a call, while another reading runs', async () => {
    for (const id of server.portal.ids('companies')) server.portal.edit('companies', id, { name: `Renamed ${id}` });
    const reading = drain();
    const startedAt = performance.now();
    expect(await server.webhooks.send({ seed: 4 })).toEqual([204, 204, 204, 204]);
    expect(performance.now() - startedAt).toBeLessThan(4 * 5_000);
    await reading;
    await drain();
    expect((await queue.counts()).waiting).toBe(0);
    expect(
      await portal.query("SELECT count() AS n FROM {db:Identifier}.companies FINAL WHERE startsWith(name, 'Renamed')"),
    ).toEqual([{ n: '250' }]);
  });
});

describe('a reading that fails', () => {
  it('is made again later when HubSpot cannot be reached, and what it had brought by then counts', async () => {
    const breaking: CrmChanges = {
      ...crm.source.changes!,
      associations() {
        throw new KithError('crm-unreachable', 'it does not answer');
      },
    };
    server.portal.edit('deals', '501', { amount: '999.25' });
    await server.webhooks.send();
    await expect(drain(breaking)).rejects.toMatchObject({ code: 'crm-unreachable' });
    expect(await amountOf('501')).toBe('999.25');
    expect(touched).toEqual(['1000']);
    expect((await queue.counts()).waiting).toBe(1);
    expect((await drain()).read).toBe(1);
    expect((await queue.counts()).waiting).toBe(0);
  });

  it('still touches whom it changed when it is stopped after its records were stored, and before that was noted', async () => {
    server.portal.edit('deals', '501', { amount: '999.25' });
    await server.webhooks.send();
    await expect(drain(crm.source.changes!, new Error('stopped'))).rejects.toThrow('stopped');
    expect(await amountOf('501')).toBe('999.25');
    await drain();
    expect(touched).toEqual(['1000']);
    // What was kept for that is gone: the same record, unchanged, touches nobody.
    server.portal.edit('deals', '501', { amount: '100.50' });
    server.portal.edit('deals', '501', { amount: '999.25' });
    await server.webhooks.send();
    await drain();
    expect(touched).toEqual([]);
  });

  it('is set aside with the reason when HubSpot refuses it for good, and the others go on', async () => {
    const refusing: CrmChanges = {
      ...crm.source.changes!,
      byId(type, ids, signal) {
        if (type === 'contacts') throw new KithError('crm-scope', 'grant crm.objects.contacts.read');
        return crm.source.changes!.byId(type, ids, signal);
      },
    };
    server.portal.edit('contacts', '2', { firstname: 'Bob' });
    server.portal.edit('deals', '501', { amount: '999.25' });
    await server.webhooks.send();
    await drain(refusing);
    expect(await amountOf('501')).toBe('999.25');
    expect((await queue.counts()).waiting).toBe(0);
    expect(await portal.crm.rejects()).toContainEqual({
      objectType: 'contacts',
      recordId: '2',
      place: 'webhook',
      reason: 'grant crm.objects.contacts.read',
    });
  });
});

describe('the queue of hints', () => {
  it('keeps what waits over a restart, and an erasure before everything else', async () => {
    await queue.add([{ objectType: 'deals', id: '1', kind: 'changed' }]);
    await queue.add([{ objectType: 'contacts', id: '2', kind: 'erased' }]);
    await queue.add([{ objectType: 'contacts', id: '2', kind: 'changed' }]);
    const waiting = await createHintQueue(portal, Date.now).waiting(10);
    expect(waiting.map(({ id, kind }) => `${id} ${kind}`)).toEqual(['2 erased', '1 changed']);
  });

  it('goes on with a record that was hinted at again while it was being read', async () => {
    await queue.add([{ objectType: 'deals', id: '1', kind: 'changed' }]);
    const taken = await queue.waiting(10);
    await queue.add([{ objectType: 'deals', id: '1', kind: 'changed' }]);
    await queue.settle(taken, '');
    expect(await queue.waiting(10)).toHaveLength(1);
  });

  it('keeps an event that was not understood, with the reason', async () => {
    await queue.add([], [{ id: '77', subscription: 'deal.exploded', reason: 'not known' }]);
    expect(await queue.counts()).toEqual({ waiting: 0, quarantined: 1 });
    expect(await drain()).toEqual({ read: 0, erased: 0 });
  });
});
