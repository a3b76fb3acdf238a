import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acknowledgeAnomaly } from '../../commands/acknowledge-anomaly.ts';
import { anomalies } from '../../commands/anomalies.ts';
import type { CommandContext, KithAction } from '../../commands/context.ts';
import { dismissAnomaly } from '../../commands/dismiss-anomaly.ts';
import { type AnomaliesInput, computeAnomalies } from '../../src/analyses/anomalies.ts';
import { presentAnomalies } from '../../src/analyses/anomalies-report.ts';
import { anomaliesSummarySchema } from '../../src/analyses/anomalies-summary.ts';
import type { Company } from '../../src/domain/crm.ts';
import type { Viewer } from '../../src/domain/people.ts';
import { createFindings } from '../../src/ledger/findings.ts';
import { seededRandom } from '../../src/math/random.ts';
import { createReader } from '../../src/privacy/create-reader.ts';
import type { Report, ReportItem } from '../../src/report/report.ts';
import { newIdentityKey, parseIdentityKeys } from '../../src/store/identity-keys.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../src/store/portal-store.ts';
import { expectReadable } from '../contracts/test-command.ts';
import { DAYS, inputOf, noise } from '../src/analyses/anomalies-fixture.ts';
import { AS_OF, account, DAY, stateOf } from './small-portal.ts';

const base = { createdAt: 1, updatedAt: 1, archived: false, extra: {} };
const manager: Viewer = {
  userId: 'U1',
  role: 'manager',
  department: 'sales',
  ownerIds: [],
  place: { kind: 'only-viewer' },
};
const rep = (ownerId: string): Viewer => ({ ...manager, userId: `U-${ownerId}`, role: 'rep', ownerIds: [ownerId] });

let dataDir: string;
let store: Store;
let portal: PortalStore;
let now = AS_OF;
/** Of the customer that the run finds unusual. */
const OWNER = 'o2';

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kith-anomalies-'));
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
});
afterAll(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

const quiet = noise(seededRandom(3), 200);
let made = 0;
beforeEach(async () => {
  made += 1;
  now = AS_OF;
  portal = await store.portal(`anomalies${made}`);
  const { customers } = quiet;
  // One of them buys for many times the usual.
  const events = customers[7]!.filter(([day]) => day <= DAYS - 30);
  const spending = customers.with(7, [...events, [DAYS - 3, 20_000]]);
  const input = inputOf({ ...quiet, customers: spending });
  const companies: Company[] = input.customerIds.map((id, i) => ({
    ...base,
    id,
    name: `Company ${id}`,
    domain: '',
    industry: '',
    country: '',
    employees: null,
    ownerId: i % 2 === 0 ? 'o1' : 'o2',
    parentCompanyId: '',
  }));
  await portal.crm.upsert('companies', companies, { origin: 'list' });
  await save(input);
});

async function save(input: AnomaliesInput): Promise<void> {
  const { customerIds } = input;
  const portfolio = { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: now, horizonDays: 90, seed: 1 } as const;
  const run = await portal.results.begin({ asOf: now, startedAt: now, fingerprint: String(now), portfolio });
  const { summary, scores } = computeAnomalies(input, 1);
  await portal.results.save(run, 'anomalies', { summary, model: null, scores: { customerIds, ...scores! } });
  await portal.results.finish(run, 'done', now);
}

function contextOf(viewer: Viewer = manager): CommandContext {
  const state = { ...stateOf(), restrictReps: true };
  return {
    language: 'en',
    timeZone: account.timeZone,
    now,
    state,
    reader: createReader({ portal, account, state, viewer }),
    findings: createFindings(portal, () => now),
    // What else there is, these do not touch.
  } as CommandContext;
}

const itemsOf = (report: Report): ReportItem[] => report.parts.filter((part) => part.kind === 'item');
const ask = (viewer?: Viewer): Promise<Report> => anomalies.run(contextOf(viewer), '');
const click = (action: KithAction, key: string, viewer?: Viewer): Promise<Report> => action.run(contextOf(viewer), key);
const saidBy = (report: Report): string =>
  report.parts.flatMap((part) => (part.kind === 'text' ? part.text : [])).join();
const book = async () => createFindings(portal, () => now).of('anomalies');
/** The customer's anomaly, as its buttons carry it. */
async function told(): Promise<string> {
  const keys = itemsOf(await ask()).map((item) => item.actions![0]!.value);
  return keys.find((key) => key.startsWith('customer-spend:'))!;
}

describe('the buttons of an anomaly', () => {
  it('keep who called it useful, and say how the record stands', async () => {
    const key = await told();
    const report = await click(acknowledgeAnomaly, key);
    expectReadable(report, 'en');
    expect(report.headline).toBe('Noted: useful, and somebody is on it');
    expect(saidBy(report)).toMatch(/^Of \d+ anomal\w+ told so far people judged 1: 1 were useful \(100%\)\.$/);
    expect((await book()).find((one) => one.key === key)).toMatchObject({ state: 'acknowledged', actor: 'U1' });
  });

  it('count one judgement when clicked twice, and the last one when people differ', async () => {
    const key = await told();
    await click(acknowledgeAnomaly, key);
    const twice = await click(acknowledgeAnomaly, key, { ...manager, userId: 'U2' });
    expect(twice.headline).toBe('Noted before: useful, and somebody is on it');
    expect(saidBy(twice)).toContain('people judged 1: 1 were useful');
    expect((await book()).find((one) => one.key === key)?.actor).toBe('U1');
    now += DAY;
    const other = await click(dismissAnomaly, key, { ...manager, userId: 'U2' });
    expect(other.headline).toBe('Noted: not useful');
    expect(saidBy(other)).toContain('people judged 1: 0 were useful (0%)');
    expect((await book()).find((one) => one.key === key)).toMatchObject({ state: 'not-useful', actor: 'U2' });
  });

  it('obey only somebody who may see the customer', async () => {
    const key = await told();
    const other = rep('o1');
    const outside: Viewer = { ...manager, place: { kind: 'shared-externally', channelId: 'C9' } };
    for (const viewer of [other, rep('nobody'), outside]) {
      for (const action of [acknowledgeAnomaly, dismissAnomaly]) {
        await expect(click(action, key, viewer)).rejects.toMatchObject({ code: 'not-allowed' });
      }
    }
    expect((await book()).find((one) => one.key === key)?.state).toBe('new');
    expect((await click(acknowledgeAnomaly, key, rep(OWNER))).headline).toMatch(/^Noted: useful/);
  });

  it('work on yesterday’s answer after a new run, and say so where Kith knows nothing of it', async () => {
    const key = await told();
    now += DAY;
    await save(inputOf(quiet));
    expect(itemsOf(await ask())).toEqual([]);
    expect((await click(dismissAnomaly, key)).headline).toBe('Noted: not useful');
    await expect(click(acknowledgeAnomaly, key, rep(OWNER))).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(click(acknowledgeAnomaly, 'customer-spend:2001-01-01:zzz')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('no longer knows'),
    });
  });

  it('make up the record that /anomalies shows, ever and in the last 90 days', async () => {
    const key = await told();
    expect(saidBy(await ask())).not.toContain('people judged');
    await click(acknowledgeAnomaly, key);
    expect(saidBy(await ask())).toMatch(/people judged 1: 1 were useful \(100%\)\.$/);
    now += 100 * DAY;
    expect(saidBy(await ask())).toContain('Nobody judged one in the last 90 days.');
    const findings = createFindings(portal, () => now);
    const newer = { key: 'weekly-revenue:x', customerId: '', band: 'weekly-revenue', money: null };
    await findings.record('anomalies', [newer], { state: 'new', actor: 'kith', note: '' });
    await click(dismissAnomaly, newer.key);
    expect(saidBy(await ask())).toMatch(
      /Of \d anomalies told so far people judged 2: 1 were useful \(50%\)\. In the last 90 days: 0 of 1 \(0%\)\./,
    );
  });
});

it('are not told of customers to marketing, and not as if there were none', async () => {
  const marketer: Viewer = { ...manager, role: 'viewer', department: 'marketing' };
  const report = await ask(marketer);
  expectReadable(report, 'en');
  expect(itemsOf(report).map(({ title }) => title)).toEqual(['Revenue']);
  expect(saidBy(report)).toContain('1 finding is about customers that are not shown here.');
  expect(saidBy(report)).toContain('are not named to marketing: an admin can allow it with namesInMarketing');
  expect(JSON.stringify(report)).not.toMatch(/Company \w/);
});

it.each([
  ['en', '1 finding about customers, not shown here'],
  ['zh', '1 项与客户有关的异常，此处不显示'],
] as const)(
  'are not called nothing unusual where all of them are about customers that are not shown (%s)',
  async (language, headline) => {
    const context = contextOf();
    const { run, summary } = (await context.reader.result('anomalies'))!;
    const { told, ...rest } = anomaliesSummarySchema.parse(summary);
    const ofCustomers = { ...rest, told: told.filter(({ kind }) => kind.startsWith('customer-')) };
    const presentation = { language, run, rows: [], withheld: null, filter: '' };
    expect(presentAnomalies(ofCustomers, presentation).headline).toBe(headline);
  },
);
