import { beforeAll, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../commands/context.ts';
import { commands } from '../../commands/index.ts';
import { churnDetailsSchema, churnSummarySchema } from '../../src/analyses/churn-summary.ts';
import type { Association, Deal, LineItem } from '../../src/domain/crm.ts';
import type { Viewer } from '../../src/domain/people.ts';
import type { Run } from '../../src/domain/results.ts';
import { analyse } from '../../src/jobs/analyse.ts';
import { runTask } from '../../src/jobs/worker.ts';
import type { Language } from '../../src/lib/text.ts';
import { seededRandom } from '../../src/math/random.ts';
import { createReader } from '../../src/privacy/create-reader.ts';
import { readRenewals } from '../../src/privacy/renewal-facts.ts';
import { commandLineViewer } from '../../src/privacy/viewer.ts';
import { formatDay } from '../../src/report/format.ts';
import type { Report, ReportItem } from '../../src/report/report.ts';
import { type PortalState, portalStateSchema } from '../../src/state/portal-state.ts';
import { expectReadable } from '../contracts/test-command.ts';
import { deal, stage } from '../src/features/records-fixture.ts';
import { company, lineItem } from '../src/store/records.ts';
import { withStore } from '../src/store/with-store.ts';
import { account as small } from './small-portal.ts';

const DAY = 86_400_000;
const AS_OF = Date.UTC(2026, 2, 9, 6);
const H = 60;
const YEAR = 365;
const kith = withStore();
const likely = commands.find(({ name }) => name === 'likely')!;
const rep: Viewer = { ...commandLineViewer(), userId: 'U2', role: 'rep', ownerIds: ['o2'] };

interface Order {
  readonly company: number;
  /** Days before the as-of. */
  readonly ago: number;
  readonly amount: number;
  /** The last day that a contract covers, in days after the as-of; null: no contract. */
  readonly endsIn: number | null;
}

/** Midnight of a day, as CRMs keep dates. */
const midnight = (daysFromNow: number): number => Math.floor(AS_OF / DAY) * DAY + daysFromNow * DAY;
const idOf = (i: number): string => `c${1000 + i}`;

async function open(name: string, companies: number, orders: readonly Order[], decided: Partial<PortalState> = {}) {
  const portal = await kith.portal(name);
  const account = { ...small, portalId: name, timeZone: 'UTC' };
  const state = portalStateSchema.parse({ ...decided, restrictReps: true });
  const list = { origin: 'list' } as const;
  await portal.crm.saveAccount(account);
  await portal.crm.upsert('pipelines', [stage('won', true, 1)], list);
  await portal.crm.upsert(
    'companies',
    Array.from({ length: companies }, (_, i) => company(idOf(i), { name: `Firm ${i}`, ownerId: ['o1', 'o2'][i % 2]! })),
    list,
  );
  const deals: Deal[] = orders.map(({ ago, amount }, k) =>
    deal(`d${k}`, { amount: amount.toFixed(2), createdAt: 0, closedAt: midnight(-ago) + 5 * 3_600_000 }),
  );
  const links: Association[] = orders.map((order, k) => ({
    fromType: 'deals',
    fromId: `d${k}`,
    toType: 'companies',
    toId: idOf(order.company),
    isPrimary: true,
  }));
  const items: LineItem[] = orders.flatMap(({ ago, endsIn }, k) =>
    endsIn === null
      ? []
      : [
          lineItem(`i${k}`, {
            recurringPeriod: 'P12M',
            recurringFrequency: 'annually',
            startsAt: midnight(-ago),
            endsAt: midnight(endsIn),
          }),
        ],
  );
  await portal.crm.upsert('deals', deals, list);
  await portal.crm.upsert('line_items', items, list);
  const ids = deals.map(({ id }) => id);
  await portal.crm.replaceAssociations('deals', 'companies', ids, links);
  await portal.crm.replaceAssociations(
    'line_items',
    'deals',
    items.map(({ id }) => id),
    items.map(({ id }) => ({
      fromType: 'line_items',
      fromId: id,
      toType: 'deals',
      toId: id.replace('i', 'd'),
      isPrimary: true,
    })),
  );
  const run: Run = await analyse({
    portal,
    runner: {
      // What a worker's thread does, here.
      async run<Result>(task: string, input: unknown, options?: { takeRows?: (rows: unknown) => Promise<void> }) {
        return (await runTask(task, input, async (rows) => options?.takeRows?.(rows))) as Result;
      },
      wake: async () => undefined,
      rest: async () => undefined,
      close: async () => undefined,
    },
    state,
    now: () => AS_OF,
    asOf: null,
    horizonDays: H,
    only: ['portfolio', 'churn-risk', 'segments'],
    progress: { update: () => undefined },
  });
  const ask = (text: string, language: Language = 'en', viewer = commandLineViewer()): Promise<Report> => {
    const context: Partial<CommandContext> = {
      language,
      timeZone: 'UTC',
      now: AS_OF,
      state,
      commands,
      reader: createReader({ portal, account, state, viewer }),
    };
    // Whatever else a context has is nothing to `/likely`: a TypeError would fail the test.
    return likely.run(context as CommandContext, text);
  };
  const result = await portal.results.latest('churn-risk');
  return { portal, run, ask, summary: churnSummarySchema.parse(result!.summary) };
}

const itemsOf = (report: Report): ReportItem[] => report.parts.filter((part) => part.kind === 'item');
const customersOf = (report: Report): string[] =>
  itemsOf(report).map(({ actions }) => actions![0]!.value.replace('churn-risk:', ''));
const textOf = (report: Report): string => JSON.stringify(report);

/** Yearly contracts, some of which end for good; each signed some days before the last one runs out. */
function contracts(size: number, leaving: number, seed: number): Order[] {
  const random = seededRandom(seed);
  const orders: Order[] = [];
  for (let i = 0; i < size; i++) {
    // The first contract begins three to four years ago.
    let start = -Math.floor(3 * YEAR + random() * YEAR);
    for (;;) {
      const end = start + YEAR - 1;
      const signed = start - Math.floor(random() * 20);
      if (signed > 0) break;
      orders.push({ company: i, ago: -signed, amount: 1000 + Math.round(random() * 9000), endsIn: end });
      if (random() < leaving) break;
      start = end + 1;
    }
  }
  return orders;
}

/** The day of the last cover and what it is worth, of who is due in the horizon; by company, counted by hand. */
function dueBy(orders: readonly Order[]): Map<string, { endsIn: number; amount: number }> {
  const last = new Map<string, { endsIn: number; amount: number }>();
  for (const { company: i, endsIn, amount } of orders) {
    if (endsIn !== null && endsIn > (last.get(idOf(i))?.endsIn ?? -Infinity)) last.set(idOf(i), { endsIn, amount });
  }
  return new Map([...last].filter(([, { endsIn }]) => endsIn > 0 && endsIn <= H));
}

describe('/likely in a business of contracts', () => {
  const orders = contracts(900, 0.2, 3);
  const due = dueBy(orders);
  let at: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    at = await open('contracts', 900, orders);
  }, 120_000);

  it('is recognised, and looks only at the contracts that end in the horizon', () => {
    expect(at.summary.outcome.kind).toBe('no-renewal');
    expect(at.summary.customers.eligible).toBe(due.size);
    expect(at.summary.evidence_level).toBeGreaterThanOrEqual(2);
  });

  it('reads the end of each cover and its worth from the store, of the customers that are asked for', async () => {
    const wanted = [...due.keys()];
    const { outcome } = at.summary;
    if (outcome.kind !== 'no-renewal') throw new Error('not a business of contracts');
    const renewals = await readRenewals(at.portal, at.run, outcome.contracts, wanted);
    const expected = wanted.map((id) => {
      const { endsIn, amount } = due.get(id)!;
      return [id, { day: new Date(midnight(endsIn)).toISOString().slice(0, 10), amount }] as const;
    });
    expect([...renewals].sort()).toEqual(expected.toSorted());
    expect(await readRenewals(at.portal, at.run, outcome.contracts, [])).toEqual(new Map());
  });

  it('ranks by chance of a renewal × what the contract is worth, exactly, with the day on which it ends', async () => {
    const scores = await at.portal.results.scores(at.run.id, 'churn-risk', { label: 'eligible' });
    const best = scores
      .map(({ customerId, value }) => ({ customerId, worth: (1 - value!) * due.get(customerId)!.amount }))
      .sort((a, b) => b.worth - a.worth)
      .slice(0, 10);
    const report = await at.ask('');
    expect(customersOf(report)).toEqual(best.map(({ customerId }) => customerId));
    expect(report.headline).toMatch(/^Renewals of the next 60 days: 10 customers listed, expected to bring £[\d,]+$/);
    for (const [k, item] of itemsOf(report).entries()) {
      const { endsIn, amount } = due.get(best[k]!.customerId)!;
      expect(item.title).toMatch(/^Firm \d+ · \d+%$/);
      expect(item.text).toContain(`contract ends ${formatDay('en', midnight(endsIn), 'UTC')}, in ${endsIn} day`);
      expect(item.text).toContain(`worth £${amount.toLocaleString('en-GB')}`);
    }
    expect(textOf(report)).toContain('Ranked by chance of a renewal × what the contract is worth.');
    expect(textOf(report)).not.toMatch(/expected to order|to order|usually/);
    expect(report.trust).toMatch(/renewed|base rate/);
    expectReadable(await at.ask('', 'zh'), 'zh');
  });

  it('shows a rep the renewals of their own customers only', async () => {
    const own = await at.ask('', 'en', rep);
    expect(itemsOf(own).length).toBeGreaterThan(0);
    for (const id of customersOf(own)) expect(Number(id.slice(1)) % 2).toBe(1);
  });
});

describe('/likely with few contracts', () => {
  it('lists what ends by its date, without any probability, and says why', async () => {
    const orders = contracts(60, 0.1, 5);
    const due = dueBy(orders);
    const { ask, summary } = await open('few-contracts', 60, orders);
    expect(summary.outcome.kind).toBe('no-renewal');
    expect(summary.evidence_level).toBeLessThan(2);
    const report = await ask('');
    const byDate = [...due].sort(([a, one], [b, other]) => one.endsIn - other.endsIn || (a < b ? -1 : 1));
    expect(customersOf(report)).toEqual(byDate.slice(0, 10).map(([id]) => id));
    expect(report.headline).toMatch(/^Renewals of the next 60 days: \d+ customers? listed, worth £[\d,]+$/);
    expect(JSON.stringify(itemsOf(report))).not.toContain('%');
    expect(textOf(report)).toContain('Ranked by the date on which the contract ends.');
    expect(textOf(report)).toContain('A business of contracts: listed are the renewals that come up, by date.');
    expect(report.trust).toContain('no probability');
    expectReadable(await ask('', 'zh'), 'zh');
  });
});

describe('/likely where there is a rhythm and no more', () => {
  it('lists who is due by their own rhythm, the largest usual order first, without any probability', async () => {
    const random = seededRandom(8);
    const orders: Order[] = [];
    for (let i = 0; i < 32; i++) {
      const gap = 20 + Math.floor(random() * 60);
      const amount = 100 * (1 + i);
      for (let ago = Math.floor(random() * gap * 1.4); ago < 600; ago += gap)
        orders.push({ company: i, ago, amount, endsIn: null });
    }
    const { ask, summary, portal, run } = await open('rhythm', 32, orders);
    expect(summary.outcome.kind).toBe('no-order');
    expect(summary.evidence_level).toBe(1);
    const scores = await portal.results.scores(run.id, 'churn-risk', { label: 'eligible' });
    const due = scores
      .map(({ customerId, details }) => ({ customerId, details: churnDetailsSchema.parse(details) }))
      .filter(({ details: { days_since: since, expected_gap: gap } }) => Math.round(gap!) - since! <= 14)
      .sort((a, b) => b.details.order_size! - a.details.order_size!);
    const report = await ask('');
    expect(due.length).toBeGreaterThan(3);
    expect(due.length).toBeLessThan(scores.length);
    expect(customersOf(report)).toEqual(due.slice(0, 10).map(({ customerId }) => customerId));
    expect(report.headline).toMatch(/^\d+ customers due by their own rhythm, usually £[\d,]+ in all$/);
    for (const item of itemsOf(report)) {
      expect(item.title).not.toContain('%');
      expect(item.text).toMatch(/^(expected|due for) .* · usually £[\d,]+ an order$/);
    }
    expect(textOf(report)).toContain('Listed is who is due by their own rhythm.');
    expect(report.trust).toContain('evidence level 1');
    expect(report.trust).toContain('no probability');
    expectReadable(await ask('', 'zh'), 'zh');
  });
});

describe('/likely in a business of projects', () => {
  it('names nobody, says why, and points at whom to win back', async () => {
    const orders = Array.from({ length: 70 }, (_, i) => ({ company: i, ago: 10 + i * 9, amount: 5000, endsIn: null }));
    const { ask, summary } = await open('projects', 70, orders);
    expect(summary.outcome.kind).toBe('none');
    const report = await ask('');
    expect(itemsOf(report)).toEqual([]);
    expect(report.headline).toBe('A business of projects: nobody is expected to order again by a date');
    expect(textOf(report)).toContain('/churn-risk lapsed');
    expect(textOf(report)).not.toContain('%');
    expectReadable(await ask('', 'zh'), 'zh');
  });
});
