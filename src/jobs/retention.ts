import type { Instant } from '../domain/crm.ts';
import type { Text } from '../lib/text.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { FORGOTTEN_REPORT, takeWords } from './whom-messages-named.ts';

const DAY_MS = 86_400_000;

/** Runs other than the newest one that is shown: what people see now is never thinned out. */
const OLD_RUNS = `SELECT id FROM {db:Identifier}.runs FINAL WHERE started_at < fromUnixTimestamp64Milli({before:Int64})
  AND id != (SELECT argMax(id, started_at) FROM {db:Identifier}.runs FINAL WHERE status = 'done' AND kind = 'current')`;

/** What is thinned out, as the run record of it says. */
export const RETAINED = {
  'message texts': { en: 'message texts', zh: '消息内容' },
  'learning rows': { en: 'learning rows', zh: '模型特征' },
  'score details': { en: 'score details', zh: '评分原因' },
  requests: { en: 'requests', zh: '请求编号' },
  questions: { en: 'questions', zh: '提问内容' },
} as const satisfies Readonly<Record<string, Text>>;
export type Retained = keyof typeof RETAINED;

interface Rule {
  readonly name: Retained;
  readonly setting: keyof PortalState['retentionDays'];
  /** Rows that are too old, without the WHERE. */
  readonly where: string;
  readonly table: string;
  /** What is done with them; they are deleted when absent. */
  readonly update?: string;
}

const RULES: readonly Rule[] = [
  { name: 'learning rows', setting: 'matrices', table: 'matrices', where: `run_id IN (${OLD_RUNS})` },
  {
    name: 'score details',
    setting: 'scoreDetails',
    table: 'scores',
    where: `details != '{}' AND run_id IN (${OLD_RUNS})`,
    update: `details = '{}'`,
  },
  {
    name: 'requests',
    setting: 'requests',
    table: 'seen_requests',
    where: `at < fromUnixTimestamp64Milli({before:Int64})`,
  },
  {
    name: 'questions',
    setting: 'requests',
    table: 'answers',
    where: `at < fromUnixTimestamp64Milli({before:Int64})`,
  },
];

/**
 * Removes what is no longer needed, by the portal's `retentionDays`. Results, the audit log, findings, write-backs and whoever was
 * erased are kept. Gives back how many rows went, by what they were.
 */
export async function applyRetention(options: {
  readonly portal: PortalStore;
  readonly state: PortalState;
  readonly now: () => Instant;
  readonly signal?: AbortSignal;
}): Promise<Readonly<Record<Retained, number>>> {
  const { portal, state, now, signal } = options;
  const silenced = await oldMessages(portal, now() - state.retentionDays.messages * DAY_MS);
  await takeWords(portal, silenced, signal);
  const gone: Record<Retained, number> = {
    'message texts': silenced.length,
    'learning rows': 0,
    'score details': 0,
    requests: 0,
    questions: 0,
  };
  for (const { name, setting, table, where, update } of RULES) {
    signal?.throwIfAborted();
    const parameters = { before: now() - state.retentionDays[setting] * DAY_MS };
    const [row] = await portal.query<{ rows: string }>(
      `SELECT count() AS rows FROM {db:Identifier}.${table} WHERE ${where}`,
      parameters,
    );
    const rows = Number(row?.rows ?? 0);
    gone[name] = rows;
    if (rows === 0) continue;
    const act = update === undefined ? 'DELETE' : `UPDATE ${update}`;
    await portal.command(
      `ALTER TABLE {db:Identifier}.${table} ${act} WHERE ${where} SETTINGS mutations_sync = 2`,
      parameters,
    );
  }
  // Also what an erasure that was broken off has left behind.
  await portal.crm.forgetStatements();
  return gone;
}

/** Messages that nobody waits for and that still have their words. */
async function oldMessages(portal: PortalStore, before: Instant): Promise<readonly string[]> {
  const rows = await portal.query<{ key: string }>(
    `SELECT key FROM {db:Identifier}.outbox GROUP BY key
     HAVING max(at) < fromUnixTimestamp64Milli({before:Int64}) AND argMax(state, seq) IN ('sent', 'refused', 'uncertain')
       AND countIf(report NOT IN ('', {forgotten:String})) > 0 ORDER BY key`,
    { before, forgotten: FORGOTTEN_REPORT },
  );
  return rows.map(({ key }) => key);
}
