import { describe, expect, it } from 'vitest';
import type { Portfolio, Run, Score } from '../../../src/domain/results.ts';
import type { PortalStore, ScoreColumns, ScoreQuery } from '../../../src/store/portal-store.ts';
import { joined, resultRows } from '../../../src/store/result-rows.ts';
import { company, contact } from './records.ts';
import { withStore } from './with-store.ts';

const kith = withStore();
const NOW = Date.UTC(2026, 2, 9, 9);
const portfolio: Portfolio = {
  unit: 'company',
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  asOf: NOW,
  horizonDays: 90,
  seed: 1,
};
const start = { asOf: NOW, startedAt: NOW, fingerprint: 'abc', portfolio };

function scores(values: Record<string, number>, band = 'high'): ScoreColumns {
  const customerIds = Object.keys(values);
  return {
    customerIds,
    value: Float64Array.from(Object.values(values)),
    label: customerIds.map((id) => `label ${id}`),
    band: customerIds.map(() => band),
    evidence: new Uint8Array(customerIds.length).fill(3),
    details: customerIds.map((id) => JSON.stringify({ reasons: [id] })),
  };
}

describe('results', () => {
  it('of a run are seen once it is done, and those of a failed one never', async () => {
    const { results } = await kith.portal('seen');
    expect(await results.latest('churn-risk')).toBeNull();
    const run = await results.begin(start);
    expect(run).toMatchObject({ status: 'running', finishedAt: null, portfolio });
    await results.save(run, 'churn-risk', { summary: { auc: 0.8 }, model: [1, 2], scores: scores({ a: 0.5 }) });
    expect(await results.latest('churn-risk')).toBeNull();
    await results.finish(run, 'done', NOW + 5);
    expect(await results.latest('churn-risk')).toEqual({
      run: { ...run, status: 'done', finishedAt: NOW + 5 },
      analysis: 'churn-risk',
      summary: { auc: 0.8 },
      model: [1, 2],
    });
    const failed = await results.begin(start);
    await results.save(failed, 'churn-risk', { summary: null, model: null, scores: scores({}) });
    await results.finish(failed, 'failed', NOW + 6);
    expect((await results.latest('churn-risk'))?.run.id).toBe(run.id);
    expect((await results.runs(5)).map(({ status }) => status)).toEqual(['failed', 'done']);
  });

  it('of earlier runs stay, and runs are ordered even when the clock was turned back', async () => {
    const { results } = await kith.portal('order');
    const ids: string[] = [];
    for (const startedAt of [NOW, NOW, NOW - 1e9]) {
      const run = await results.begin({ ...start, startedAt });
      await results.save(run, 'value', { summary: startedAt, model: null, scores: scores({}) });
      await results.finish(run, 'done', NOW);
      ids.push(run.id);
    }
    expect([...ids].sort()).toEqual(ids);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect((await results.latest('value'))?.run.id).toBe(ids[2]);
    expect((await results.latest('value', { before: ids[2]! }))?.run.id).toBe(ids[1]);
    expect(await results.latest('value', { before: ids[0]! })).toBeNull();
  });
});

describe('summaries', () => {
  async function done(results: PortalStore['results'], summary: unknown) {
    const run = await results.begin(start);
    await results.save(run, 'value', { summary, model: { customerIds: ['7'] }, scores: scores({ a: 1 }) });
    await results.finish(run, 'done', NOW);
    return run;
  }

  it('are those of the newest run from when it is done, however often the one before was read', async () => {
    const { results } = await kith.portal('summaries');
    expect(await results.summary('value')).toBeNull();
    const first = await done(results, { total: 1 });
    for (let i = 0; i < 2; i++) {
      expect(await results.summary('value')).toEqual({
        run: { ...first, status: 'done', finishedAt: NOW },
        analysis: 'value',
        summary: { total: 1 },
      });
    }
    const second = await done(results, { total: 2 });
    expect(await results.summary('value')).toMatchObject({ run: { id: second.id }, summary: { total: 2 } });
    expect(await results.summary('value', first.id)).toMatchObject({ run: { id: first.id }, summary: { total: 1 } });
  });

  it('are nobody else’s to change', async () => {
    const { results } = await kith.portal('own-summaries');
    await done(results, { names: ['a'] });
    const { summary } = (await results.summary('value'))!;
    (summary as { names: string[] }).names.push('b');
    expect((await results.summary('value'))?.summary).toEqual({ names: ['a'] });
  });

  it('say nothing any more that was taken out of them, also by a statement that a reading overlapped', async () => {
    const portal = await kith.portal('erased-summaries');
    await done(portal.results, { told: ['anna', 'bert'] });
    expect((await portal.results.summary('value'))?.summary).toEqual({ told: ['anna', 'bert'] });
    const without = (name: string): Promise<void> =>
      portal.command(
        `ALTER TABLE {db:Identifier}.results UPDATE summary = replaceAll(summary, {name:String}, 'erased') WHERE 1
         SETTINGS mutations_sync = 2`,
        { name },
      );
    await without('anna');
    expect((await portal.results.summary('value'))?.summary).toEqual({ told: ['erased', 'bert'] });
    await portal.command('SELECT 1');
    await Promise.all([portal.results.summary('value'), without('bert'), portal.results.summary('value')]);
    expect((await portal.results.summary('value'))?.summary).toEqual({ told: ['erased', 'erased'] });
  });
});

describe('scores', () => {
  it('are not those of before where a list is read again after a write', async () => {
    const portal = await kith.portal('listed-again');
    const { results } = portal;
    const run = await results.begin(start);
    await results.save(run, 'value', { summary: null, model: null, scores: scores({ anna: 3, bert: 2, carl: 1 }) });
    await results.finish(run, 'done', NOW);
    const listed = async (query: ScoreQuery): Promise<string[]> =>
      (await results.scores(run.id, 'value', query)).map(({ customerId, value }) => `${customerId} ${value}`);
    const best = { order: 'value-desc', limit: 2 } as const;
    expect(await listed(best)).toEqual(['anna 3', 'bert 2']);
    // Each reader has objects of its own.
    ((await results.scores(run.id, 'value', best)) as Score[]).pop();
    expect(await listed(best)).toEqual(['anna 3', 'bert 2']);
    expect(await listed({ ...best, limit: 1 })).toEqual(['anna 3']);
    expect(await listed({ ...best, band: 'low' })).toEqual([]);
    await results.rescore(run.id, 'value', scores({ carl: 4 }));
    expect(await listed(best)).toEqual(['carl 4', 'anna 3']);
    await portal.command(
      "ALTER TABLE {db:Identifier}.scores DELETE WHERE customer_id = 'anna' SETTINGS mutations_sync = 2",
    );
    expect(await listed(best)).toEqual(['carl 4', 'bert 2']);
    expect(await listed({ ...best, customerIds: ['bert'] })).toEqual(['bert 2']);
  });

  it('are ordered, limited and filtered; those without a number come last', async () => {
    const { crm, results } = await kith.portal('scores');
    await crm.upsert('companies', [company('a', { ownerId: '7' }), company('b'), company('c', { ownerId: '8' })], {
      origin: 'list',
    });
    const run = await results.begin(start);
    await results.save(run, 'churn-risk', {
      summary: {},
      model: null,
      scores: scores({ a: 0.25, b: 0.75, c: Number.NaN }),
    });
    const ids = async (query: Parameters<typeof results.scores>[2]): Promise<string[]> =>
      (await results.scores(run.id, 'churn-risk', query)).map(({ customerId }) => customerId);
    expect(await ids({ order: 'value-desc' })).toEqual(['b', 'a', 'c']);
    expect(await ids({ order: 'value-asc' })).toEqual(['a', 'b', 'c']);
    expect(await ids({ order: 'value-desc', limit: 1 })).toEqual(['b']);
    expect(await ids({ customerIds: ['c', 'a', 'x'] })).toEqual(['a', 'c']);
    expect(await ids({ customerIds: [] })).toEqual([]);
    expect(await ids({ label: 'label b' })).toEqual(['b']);
    expect(await ids({ band: 'low' })).toEqual([]);
    expect(await ids({ ownerIds: ['7', '9'] })).toEqual(['a']);
    expect(await ids({ ownerIds: [''] }), 'nobody owns what has no owner').toEqual([]);
    expect((await results.scores(run.id, 'churn-risk', { customerIds: ['c', 'a'] }))[0]).toEqual({
      customerId: 'a',
      value: 0.25,
      label: 'label a',
      band: 'high',
      evidence: 3,
      details: { reasons: ['a'] },
    });
    expect((await results.scores(run.id, 'churn-risk', { customerIds: ['c'] }))[0]?.value).toBeNull();
  });

  it('and matrices of tens of thousands of customers are kept bit for bit', async () => {
    const portal = await kith.portal('bulk-scores');
    const run = await portal.results.begin(start);
    const n = 25_000;
    const customerIds = Array.from({ length: n }, (_, i) => String(i).padStart(6, '0'));
    const value = Float64Array.from({ length: n }, (_, i) => Math.sin(i) / 3);
    const same = customerIds.map(() => '');
    await portal.results.save(run, 'value', {
      summary: {},
      model: null,
      scores: { customerIds, value, label: same, band: same, evidence: new Uint8Array(n), details: same },
    });
    const read = await portal.results.scores(run.id, 'value');
    expect(read.map((score) => score.value)).toEqual([...value]);

    const values = Float64Array.from([0.1, Number.NaN, -1e300, Number.POSITIVE_INFINITY]);
    const matrix = { columns: 2, values };
    await portal.results.saveRows(run, resultRows(run, 'value', scores({ a: 1, b: 2 }), matrix));
    const table = await portal.arrow('SELECT features FROM {db:Identifier}.matrices ORDER BY customer_id');
    expect([0, 1].map((i) => [...table.getChild('features')!.get(i)])).toEqual([
      [0.1, Number.NaN],
      [-1e300, Number.POSITIVE_INFINITY],
    ]);
  });
});

describe('rows that are text already', () => {
  const columns = 2;
  const rowsFor = (run: Run, customerIds: readonly string[], from: number) => {
    const given = scores(Object.fromEntries(customerIds.map((id, i) => [id, from + i])));
    const values = Float64Array.from({ length: columns * customerIds.length }, (_, i) => columns * from + i);
    const label = customerIds.map((id) => `"${id}"\n客户\t\\`);
    return resultRows(run, 'value', { ...given, label }, { columns, values });
  };

  it('are stored part after part, whatever is in them', async () => {
    const portal = await kith.portal('rows-joined');
    const run = await portal.results.begin(start);
    await portal.results.saveRows(
      run,
      joined([rowsFor(run, ['a', 'b'], 0), rowsFor(run, ['c'], 2), rowsFor(run, [], 3)]),
    );
    const stored = await portal.results.scores(run.id, 'value');
    expect(stored.map(({ customerId, value, label }) => [customerId, value, label])).toEqual(
      ['a', 'b', 'c'].map((id, i) => [id, i, `"${id}"\n客户\t\\`]),
    );
    expect(stored[2]!.details).toEqual({ reasons: ['c'] });
  });

  it('leave out who was forgotten since they were made, at either end and between', async () => {
    const portal = await kith.portal('rows-forgotten');
    const ids = ['71', '72', '73', '74', '75'];
    await portal.crm.upsert(
      'contacts',
      ids.map((id) => contact(id)),
      { origin: 'list' },
    );
    const run = await portal.results.begin({ ...start, portfolio: { ...portfolio, unit: 'contact' } });
    const made = rowsFor(run, ids, 0);
    await portal.crm.forgetContacts(['71', '73', '75']);
    await portal.results.saveRows(run, made);
    const stored = await portal.results.scores(run.id, 'value');
    expect(stored.map(({ customerId, value }) => [customerId, value])).toEqual([
      ['72', 1],
      ['74', 3],
    ]);
    const matrix = await portal.query(
      'SELECT customer_id, features FROM {db:Identifier}.matrices ORDER BY customer_id',
    );
    expect(matrix).toEqual([
      { customer_id: '72', features: [2, 3] },
      { customer_id: '74', features: [6, 7] },
    ]);
    await portal.crm.forgetContacts(['72', '74']);
    await portal.results.saveRows(run, made);
    expect(await portal.query('SELECT 1 FROM {db:Identifier}.matrices')).toEqual([]);
  });
});

describe('scores in an order of their details', () => {
  const details: Readonly<Record<string, object>> = {
    a: { at_risk: 10, value: 100, order_size: 50, expected_gap: 30, days_since: 10, off_rhythm: 0.3 },
    b: { at_risk: 90, value: 300, order_size: 10, expected_gap: 30, days_since: 28, off_rhythm: 0.9 },
    c: { at_risk: 90, value: 200, order_size: 500, expected_gap: 30, days_since: 60, off_rhythm: 2 },
    d: { at_risk: null, value: 900, order_size: null, expected_gap: null, days_since: null, off_rhythm: null },
  };
  const risk = { a: 0.1, b: 0.3, c: 0.9, d: Number.NaN };

  async function filled(name: string) {
    const portal = await kith.portal(name);
    const run = await portal.results.begin(start);
    const rows = scores(risk);
    await portal.results.save(run, 'churn-risk', {
      summary: {},
      model: null,
      scores: {
        ...rows,
        band: ['low', 'medium', 'high', 'lapsed'],
        details: rows.customerIds.map((id) => JSON.stringify(details[id])),
      },
    });
    await portal.results.save(run, 'segments', {
      summary: {},
      model: null,
      scores: { ...scores({ a: 1, b: 1, c: 1 }), label: ['Loyal', 'Loyal', 'New'] },
    });
    const ids = async (query: ScoreQuery) =>
      (await portal.results.scores(run.id, 'churn-risk', query)).map(({ customerId }) => customerId).join('');
    return { portal, run, ids };
  }

  it('ranks by money at risk, worth, lateness, usual order, and chance × usual order; without the number comes last', async () => {
    const { ids } = await filled('orders');
    expect(await ids({ order: 'at-risk-desc' })).toBe('bcad');
    expect(await ids({ order: 'worth-desc' })).toBe('dbca');
    expect(await ids({ order: 'off-rhythm-desc' })).toBe('cbad');
    expect(await ids({ order: 'order-size-desc' })).toBe('cabd');
    // 0.9 × 50 < 0.1 × 500, and 0.7 × 10.
    expect(await ids({ order: 'likely-desc' })).toBe('cabd');
    expect(await ids({ order: 'at-risk-desc', limit: 2 })).toBe('bc');
  });

  it('keeps to bands, to a segment’s members, and to those whose order is due', async () => {
    const { portal, run, ids } = await filled('filters');
    expect(await ids({ bands: ['high', 'medium'], order: 'at-risk-desc' })).toBe('bc');
    expect(await ids({ member: { analysis: 'segments', label: 'Loyal' } })).toBe('ab');
    expect(await ids({ dueWithin: 2 })).toBe('bc');
    expect(await ids({ dueWithin: 20 })).toBe('abc');
    // Who was scored again since then is ranked by that.
    const again = { ...scores({ a: 0.2 }), band: ['high'], details: [JSON.stringify({ ...details.a, at_risk: 500 })] };
    await portal.results.rescore(run.id, 'churn-risk', again);
    expect(await ids({ bands: ['high'], order: 'at-risk-desc' })).toBe('ac');
    await portal.results.rescore(run.id, 'segments', { ...scores({ b: 1 }), label: ['New'] });
    expect(await ids({ member: { analysis: 'segments', label: 'Loyal' } })).toBe('a');
  });
});
