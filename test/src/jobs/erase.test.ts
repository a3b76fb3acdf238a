import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { erase } from '../../../src/jobs/erase.ts';
import { createLoyaltyDesk } from '../../../src/jobs/loyalty-desk.ts';
import { createAudit } from '../../../src/ledger/audit.ts';
import { createOutbox } from '../../../src/ledger/outbox.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { openState } from '../../../src/state/state-store.ts';
import type { PortalStore } from '../../../src/store/portal-store.ts';
import { company, contact } from '../store/records.ts';
import { withStore } from '../store/with-store.ts';

const NOW = Date.parse('2026-03-09T06:00:00Z');
const now = () => NOW;
const kith = withStore();

let stateDir = '';
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'kith-erase-'));
});
afterAll(() => rm(stateDir, { recursive: true, force: true }));

const portfolio = (unit: 'contact' | 'company') =>
  ({ unit, timeZone: 'UTC', currency: 'EUR', asOf: NOW, horizonDays: 90, seed: 1 }) as const;

async function shop(id: string, unit: 'contact' | 'company') {
  const portal = await kith.portal(id);
  const ann = { email: 'ann@example.com', firstName: 'Ann', lastName: 'Novak' };
  await portal.crm.upsert('contacts', [contact('7001', ann), contact('7002')], { origin: 'by-id' });
  await portal.crm.upsert('companies', [company('7001')], { origin: 'by-id' });
  const run = { asOf: NOW, startedAt: NOW, fingerprint: '', portfolio: portfolio(unit) };
  const tierOverrides = { 7001: { tier: 3, until: null, by: 'U1' }, 7002: { tier: 2, until: null, by: 'U1' } };
  const begun = await portal.results.begin(run, { kind: 'current', replayOf: null, settings: { tierOverrides } });
  const none = {
    customerIds: [],
    value: new Float64Array(),
    label: [],
    band: [],
    evidence: new Uint8Array(),
    details: [],
  };
  await portal.results.save(begun, 'loyalty', {
    summary: {},
    model: { customerIds: ['7001', '7002'], tier: [3, 2] },
    scores: none,
  });
  await portal.results.finish(begun, 'done', NOW);
  const store = await openState(stateDir);
  await store.update(id, (state) => ({
    ...state,
    segmentNames: { s1: 'Like ann novak', s2: 'Loyal' },
    playbooks: {
      'tier:Gold': portalStateSchema.shape.playbooks.parse({ 'tier:Gold': { text: 'Ring Ann Novak first' } })[
        'tier:Gold'
      ]!,
    },
  }));
  const at = {
    portal,
    audit: createAudit(portal, now),
    outbox: createOutbox(portal, now),
    actor: 'U1',
    now,
    timeZone: 'UTC',
    state: () => store.portal(id),
    updateState: (change: Parameters<typeof store.update>[1]) => store.update(id, change),
  };
  const desk = createLoyaltyDesk(at);
  await desk.set({ customerId: '7001', tier: 3, until: null });
  await desk.set({ customerId: '7002', tier: 2, until: null });
  return { at, run: begun };
}

const modelOf = async (portal: PortalStore) => (await portal.results.latest('loyalty'))?.model;

describe('the erasure of a contact', () => {
  it('takes the tier that a person gave them, and names that say who they are, out of the settings and their copy', async () => {
    const { at, run } = await shop('people', 'contact');
    const receipt = await erase({ ...at, who: 'ann@example.com' });
    expect(receipt).toMatchObject({ contactIds: ['7001'], decisions: 3 });
    expect(receipt.remains.map(({ en }) => en).join()).not.toContain('audit');
    const audit = await at.portal.query<{ details: string }>('SELECT details FROM {db:Identifier}.audit');
    expect(audit.some(({ details }) => details.includes('7001'))).toBe(false);
    expect(at.state()).toMatchObject({
      tierOverrides: { 7002: { tier: 2 } },
      segmentNames: { s2: 'Loyal' },
      playbooks: { 'tier:Gold': { text: null } },
    });
    for (const file of ['state.json', 'state.json.bak']) {
      const text = await readFile(join(stateDir, file), 'utf8');
      expect(text).not.toContain('7001');
      expect(text.toLowerCase()).not.toContain('novak');
      expect(text).toContain('7002');
    }
    expect(await modelOf(at.portal)).toEqual({ customerIds: ['', '7002'], tier: [3, 2] });
    const kept = (await at.portal.results.keptRun(run.id))?.settings;
    expect(kept).toEqual({
      tierOverrides: { '': { tier: 3, until: null, by: 'U1' }, 7002: { tier: 2, until: null, by: 'U1' } },
    });
    expect((await at.audit.verify()).ok).toBe(true);
  });

  it('leaves a company of the same number its tier', async () => {
    const { at } = await shop('companies', 'company');
    const receipt = await erase({ ...at, who: '7001' });
    expect(receipt.decisions).toBe(2);
    expect(receipt.remains.map(({ en }) => en).join()).not.toContain('tier');
    expect(Object.keys(at.state().tierOverrides)).toEqual(['7001', '7002']);
    expect(await modelOf(at.portal)).toEqual({ customerIds: ['7001', '7002'], tier: [3, 2] });
  });

  it('reaches a tier that was given under the id which a merge has left behind', async () => {
    const portal = await kith.portal('merged');
    await portal.crm.upsert('contacts', [contact('9')], { origin: 'by-id' });
    await portal.crm.merge('contacts', [{ from: '8', to: '9' }]);
    let state = portalStateSchema.parse({ unit: 'contact', tierOverrides: { 8: { tier: 1, until: null, by: 'U1' } } });
    const at = {
      portal,
      audit: createAudit(portal, now),
      outbox: createOutbox(portal, now),
      actor: 'U1',
      now,
      state: () => state,
    };
    await erase({
      ...at,
      who: '9',
      updateState: async (change) => {
        state = change(state);
        return state;
      },
    });
    expect(state.tierOverrides).toEqual({});
  });
});
