import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { runKith } from './run-kith.ts';

const PORTALS = resolve(process.env.KITH_REFERENCE ?? '../shared', 'portals');
const figure = z.number().nullable();

/** The one JSON object of `kith demo --once`. */
const demoSchema = z.object({
  synced: z.object({
    owners: z.number(),
    companies: z.number(),
    contacts: z.number(),
    products: z.number(),
    deals: z.number(),
    line_items: z.number(),
    tickets: z.number(),
    calls: z.number().positive(),
  }),
  revenue: z.object({
    ours: z.string(),
    crm: z.string(),
    currency: z.string().length(3),
    differences: z.array(z.object({ cause: z.string(), count: z.number(), amount: z.string() })),
  }),
  unit: z.enum(['company', 'contact']),
  as_of: z.iso.datetime(),
  customers: z.object({
    total: z.number(),
    eligible: z.number(),
    lapsed: z.number(),
    too_new: z.number(),
    by_level: z.record(z.string(), z.number()),
    by_tier: z.record(z.string(), z.number()),
    by_segment: z.array(z.object({ name: z.string(), customers: z.number(), value: z.number() })),
  }),
  churn: z.object({
    horizon_days: z.number(),
    model: z.string().nullable(),
    auc: figure,
    log_loss: figure,
    base_log_loss: figure,
    overdue_auc: figure,
    note: z.string().min(10),
  }),
  rules: z.array(
    z.object({
      if: z.array(z.string()),
      then: z.array(z.string()),
      support: z.number(),
      confidence: z.number(),
      lift: z.number(),
    }),
  ),
  messages: z.array(z.object({ channel: z.string(), headline: z.string().min(5), chart_bytes: z.number() })),
  annotated: z.number(),
  seconds: z.object({ sync: z.number(), analyse: z.number(), write_back: z.number(), total: z.number() }),
});

async function demo(words: readonly string[], environment: Record<string, string> = {}) {
  // Where somebody's real Kith would keep its data: the demo touches nothing of it.
  const cwd = mkdtempSync(join(tmpdir(), 'kith-beside-demo-'));
  const ran = await runKith(
    ['demo', '--once', '--json', ...words],
    { KITH_BACKUP_DIR: 'backups', ...environment },
    cwd,
  );
  expect(readdirSync(cwd), 'files beside the demo').toEqual([]);
  rmSync(cwd, { recursive: true });
  expect(ran.err, 'standard error').not.toMatch(/Error|at \S+:\d+:\d+/);
  expect(ran.code).toBe(0);
  const summary = demoSchema.parse(JSON.parse(ran.out));
  const cents = (text: string): number => Math.round(Number(text) * 100);
  const explained = summary.revenue.differences.reduce((sum, { amount }) => sum + cents(amount), 0);
  expect(cents(summary.revenue.crm) - cents(summary.revenue.ours)).toBe(explained);
  expect(summary.revenue.differences.map(({ cause }) => cause)).not.toContain('unexplained');
  const { total, eligible, lapsed, too_new: tooNew } = summary.customers;
  expect(eligible + lapsed + tooNew).toBe(total);
  expect(summary.messages.map(({ channel }) => channel)).toEqual(expect.arrayContaining(['marketing', 'sales']));
  return summary;
}

describe('kith demo --once', () => {
  test('does the whole job on the made-up company, and finds what was planted in it', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('kith-demo-'));
    const { customers, churn, rules, messages, annotated, revenue } = await demo([]);
    expect(customers.total).toBeGreaterThanOrEqual(1_500);
    expect(churn.auc).toBeGreaterThan(0.7);
    expect(churn.log_loss).toBeLessThan(churn.base_log_loss!);
    expect(rules.some((rule) => rule.if.length === 2 && rule.lift > 5)).toBe(true);
    expect(messages.every(({ chart_bytes: bytes }) => bytes > 5_000)).toBe(true);
    expect(messages.map(({ channel }) => channel)).toContain('service');
    expect(annotated).toBeGreaterThan(1_000);
    expect(revenue.differences.map(({ cause }) => cause).sort()).toEqual([
      'no_amount',
      'no_close_date',
      'no_customer',
      'no_rate',
    ]);
    const left = readdirSync(tmpdir()).filter((name) => name.startsWith('kith-demo-') && !before.includes(name));
    expect(left, 'its data folder is removed').toEqual([]);
  }, 300_000);

  describe.skipIf(!existsSync(PORTALS))('on real input (skipped without the reference portals)', () => {
    test('crm-sales: nobody leaves, and it says so instead of printing a score', async () => {
      const { synced, revenue, churn, unit, customers } = await demo(['--data', join(PORTALS, 'crm-sales')]);
      expect(synced).toMatchObject({
        owners: 35,
        companies: 85,
        contacts: 85,
        products: 7,
        deals: 8_800,
        line_items: 8_800,
        tickets: 0,
      });
      expect(revenue).toEqual({ ours: '10005534.00', crm: '10005534.00', currency: 'USD', differences: [] });
      expect(unit).toBe('company');
      expect(churn).toMatchObject({ model: null, auc: null, log_loss: null });
      expect(churn.note).toMatch(/all 85 eligible customers ordered/);
      expect(customers.by_level).toMatchObject({ 2: 0, 3: 0 });
    }, 300_000);

    test('saas-ravenstack: the board decides from the dates alone', async () => {
      const { synced, churn, unit } = await demo(['--data', join(PORTALS, 'saas-ravenstack')]);
      expect(synced).toMatchObject({ companies: 500, deals: 5_000, tickets: 2_000 });
      expect(unit).toBe('company');
      if (churn.model !== null) expect(churn.log_loss).toBeLessThanOrEqual(churn.base_log_loss!);
    }, 300_000);
  });
});
