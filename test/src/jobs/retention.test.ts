import { expect, it } from 'vitest';
import { applyRetention } from '../../../src/jobs/retention.ts';
import { createOutbox } from '../../../src/ledger/outbox.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { withStore } from '../store/with-store.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);

const store = withStore();

it('what is too old goes by each setting, and what people are shown, what was sent and the audit log stay', async () => {
  const portal = await store.portal('retention');
  const portfolio = { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: 1, horizonDays: 90, seed: 1 } as const;
  const runs: string[] = [];
  for (const age of [1000, 300, 100]) {
    const at = NOW - age * DAY;
    const run = await portal.results.begin({ asOf: at, startedAt: at, fingerprint: 'f', portfolio });
    const scores = {
      customerIds: ['1'],
      value: Float64Array.of(age),
      label: [''],
      band: [''],
      evidence: new Uint8Array(1),
      details: ['{"why":1}'],
    };
    await portal.results.save(run, 'churn-risk', { summary: { age }, model: null, scores });
    await portal.insert('matrices', [
      { run_id: run.id, analysis: 'churn-risk', customer_id: '1', cut_off: new Date(at).toISOString(), features: [1] },
    ]);
    await portal.results.finish(run, 'done', at);
    runs.push(run.id);
  }
  const outbox = createOutbox(portal, () => clock);
  let clock = NOW - 200 * DAY;
  const report = { language: 'en', headline: 'Anna Lee is at risk', parts: [], trust: '' } as const;
  for (const key of ['old', 'waiting']) await outbox.enqueue({ key, channelId: 'C1', kind: 'digest', report });
  await outbox.claim('old');
  const sent = { state: 'sent', messageId: '1.1', sentChannelId: 'C1', fileIds: [], chartBytes: 0, note: '' } as const;
  await outbox.settle('old', sent);
  clock = NOW - DAY;
  await outbox.enqueue({ key: 'new', channelId: 'C1', kind: 'digest', report });
  for (const days of [3, 10]) {
    const at = new Date(NOW - days * DAY).toISOString();
    await portal.insert('seen_requests', [{ id: `r${days}`, at }]);
    await portal.insert('answers', [
      { id: `a${days}`, at, user_id: 'U1', channel_id: 'C1', thread_id: '', command: 'churn-risk', text: '' },
    ]);
  }
  const gone = await applyRetention({ portal, state: portalStateSchema.parse({}), now: () => NOW });
  expect(gone).toMatchObject({
    'learning rows': 2,
    'score details': 1,
    'message texts': 1,
    requests: 1,
    questions: 1,
  });
  expect(
    await portal.query(
      `SELECT id FROM (SELECT id FROM {db:Identifier}.seen_requests UNION ALL SELECT id FROM {db:Identifier}.answers) ORDER BY id`,
    ),
  ).toEqual([{ id: 'a3' }, { id: 'r3' }]);
  const matrices = await portal.query<{ run_id: string }>('SELECT run_id FROM {db:Identifier}.matrices');
  expect(matrices.map(({ run_id }) => run_id)).toEqual([runs[2]]);
  const scores = await portal.query<{ value: number; details: string }>(
    'SELECT value, details FROM {db:Identifier}.scores ORDER BY value DESC',
  );
  expect(scores).toEqual([
    { value: 1000, details: '{}' },
    { value: 300, details: '{"why":1}' },
    { value: 100, details: '{"why":1}' },
  ]);
  const [kept] = await portal.query<{ about: string[] }>(
    `SELECT about FROM {db:Identifier}.outbox WHERE key = 'old' ORDER BY seq LIMIT 1`,
  );
  expect(kept?.about[0]).toBe('read');
  expect(await outbox.byKey('old')).toMatchObject({ state: 'sent', messageId: '1.1', report: { headline: '' } });
  expect(await outbox.enqueue({ key: 'old', channelId: 'C1', kind: 'digest', report })).toBe('known');
  for (const key of ['waiting', 'new']) expect((await outbox.byKey(key))?.report.headline).toBe(report.headline);
  const again = await applyRetention({ portal, state: portalStateSchema.parse({}), now: () => NOW });
  expect(Object.values(again).every((rows) => rows === 0)).toBe(true);
});
