import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFindings, type Finding, type FindingRecord, isWorthTelling } from '../../../src/ledger/findings.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { Store } from '../../../src/store/portal-store.ts';

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.parse('2026-03-09T09:00:00Z');
const acme: Finding = { key: 'at-risk:1', customerId: '1', band: 'high', money: '1200.5' };
const birch: Finding = { key: 'at-risk:2', customerId: '2', band: 'medium', money: null };

let dataDir: string;
let store: Store;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kith-findings-'));
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
});
afterAll(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe('the ledger of findings', () => {
  it('knows each finding in its newest state, with its exact money', async () => {
    const portal = await store.portal('findings-1');
    let now = NOW;
    const findings = createFindings(portal, () => now);
    await findings.record('sales', [acme, birch], { state: 'new', actor: 'digest:sales', note: 'sales:2026-03-09' });
    now += DAY;
    await findings.record('sales', [acme], { state: 'resolved', actor: 'digest:sales', note: 'ordered' });
    await findings.record('marketing', [birch], { state: 'new', actor: 'digest:marketing', note: '' });

    expect(await findings.of('sales')).toEqual([
      { ...acme, digest: 'sales', state: 'resolved', at: NOW + DAY, actor: 'digest:sales', note: 'ordered' },
      { ...birch, digest: 'sales', state: 'new', at: NOW, actor: 'digest:sales', note: 'sales:2026-03-09' },
    ]);
  });

  it('keeps the order of two states given in one millisecond', async () => {
    const portal = await store.portal('findings-2');
    const findings = createFindings(portal, () => NOW);
    await findings.record('sales', [acme], { state: 'new', actor: 'a', note: '' });
    await findings.record('sales', [acme], { state: 'not-useful', actor: 'b', note: '' });
    expect((await findings.of('sales'))[0]).toMatchObject({ state: 'not-useful', actor: 'b' });
  });
});

describe('isWorthTelling', () => {
  const last: FindingRecord = { ...acme, digest: 'sales', state: 'new', at: NOW, actor: '', note: '' };

  it('tells what is new, and is then silent for 14 days', () => {
    expect(isWorthTelling(acme, undefined, NOW)).toBe(true);
    expect(isWorthTelling(acme, last, NOW + 14 * DAY - 1)).toBe(false);
    expect(isWorthTelling(acme, last, NOW + 14 * DAY)).toBe(true);
  });

  it('speaks up when a band is crossed or the money doubles', () => {
    expect(isWorthTelling({ ...acme, band: 'medium' }, last, NOW + DAY)).toBe(true);
    expect(isWorthTelling({ ...acme, money: '2400.9' }, last, NOW + DAY)).toBe(false);
    expect(isWorthTelling({ ...acme, money: '2401' }, last, NOW + DAY)).toBe(true);
    expect(isWorthTelling(birch, { ...last, ...birch }, NOW + DAY)).toBe(false);
  });

  it('respects that somebody called it not useful, and takes what was resolved for new', () => {
    expect(isWorthTelling({ ...acme, money: '99999' }, { ...last, state: 'not-useful' }, NOW + 99 * DAY)).toBe(false);
    expect(isWorthTelling(acme, { ...last, state: 'resolved' }, NOW + DAY)).toBe(true);
  });
});
