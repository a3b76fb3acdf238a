import { createHash } from 'node:crypto';
import type { Workspace } from '../../src/kith.ts';

/** What a store holds, without what depends on how often and when it was tried: versions, instants, ids of runs and batches. */
export interface StoreOutcome {
  /** A digest of each table's rows, and how many there are. */
  readonly tables: Readonly<Record<string, string>>;
  readonly messages: readonly {
    readonly key: string;
    readonly kind: string;
    readonly state: string;
    readonly report: string;
  }[];
  readonly isAuditWhole: boolean;
}

const RECORDS = [
  'owners',
  'pipelines',
  'companies',
  'contacts',
  'products',
  'deals',
  'line_items',
  'tickets',
  'engagements',
] as const;

const QUERIES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    RECORDS.map((table) => [table, `SELECT * EXCEPT version FROM {db:Identifier}.${table} FINAL ORDER BY ALL`]),
  ),
  associations: `SELECT from_type, from_id, to_type, to_id, is_primary FROM {db:Identifier}.associations FINAL ORDER BY ALL`,
  identities: `SELECT contact_id, email_hash, phone_hash FROM {db:Identifier}.identities FINAL ORDER BY ALL`,
  scores: `SELECT analysis, customer_id, value, label, band, evidence, details FROM {db:Identifier}.scores
    WHERE run_id = (SELECT argMax(id, started_at) FROM {db:Identifier}.runs FINAL WHERE status = 'done') ORDER BY ALL`,
  results: `SELECT analysis, summary FROM {db:Identifier}.results
    WHERE run_id = (SELECT argMax(id, started_at) FROM {db:Identifier}.runs FINAL WHERE status = 'done') ORDER BY ALL`,
  rescored: `SELECT analysis, customer_id, argMax((value, label, band, evidence, details), seq) FROM {db:Identifier}.rescored
    GROUP BY analysis, customer_id ORDER BY ALL`,
  findings: `SELECT key, argMax(state, seq), argMax(band, seq), argMin(digest, seq) FROM {db:Identifier}.findings
    GROUP BY key ORDER BY ALL`,
  write_backs: `SELECT object_type, record_id, property, argMax(after, seq), argMax(outcome, seq) FROM {db:Identifier}.write_backs
    WHERE outcome IN ('planned', 'written', 'failed') GROUP BY object_type, record_id, property ORDER BY ALL`,
  waiting_hints: `SELECT object_type, id FROM {db:Identifier}.hints FINAL WHERE state = 'waiting' ORDER BY ALL`,
};

export async function outcomeIn({ portal, audit, outbox }: Workspace): Promise<StoreOutcome> {
  const tables: Record<string, string> = {};
  for (const [name, sql] of Object.entries(QUERIES)) {
    const rows = await portal.query<Record<string, unknown>>(sql);
    const text = rows.map((row) => JSON.stringify(row)).join('\n');
    tables[name] = `${rows.length} rows, ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  }
  const messages = (await outbox.recent(10_000)).map(({ key, kind, state, report }) => ({
    key,
    kind,
    state,
    report: JSON.stringify(report),
  }));
  return {
    tables,
    messages: messages.sort((one, other) => (one.key < other.key ? -1 : 1)),
    isAuditWhole: (await audit.verify()).ok,
  };
}
