import { z } from 'zod';
import type { Instant } from '../domain/crm.ts';
import type { Outbox } from '../ledger/outbox.ts';
import type { HomeFacts, OwnFinding } from '../ports/home-facts.ts';
import type { JobStatus } from '../ports/system-status.ts';
import type { PortalStore } from '../store/portal-store.ts';

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const MOST_FINDINGS = 10;
const TROUBLED: ReadonlySet<string> = new Set(['failed', 'timed-out', 'interrupted'] satisfies JobStatus['outcome'][]);

const findingSchema = z.object({
  book: z.string(),
  key: z.string(),
  customer: z.string(),
  last_state: z.enum(['acknowledged', 'snoozed']),
  at_ms: z.coerce.number(),
  until_ms: z.coerce.number(),
});
const planSchema = z.object({ batch: z.string(), changed: z.number(), plannedAt: z.number(), state: z.string() });

/** What a person's own page tells beside their customers: read from ledgers and cursors, nothing is counted over customers. */
export async function homeFacts(options: {
  readonly portal: PortalStore;
  readonly outbox: Pick<Outbox, 'pending'>;
  readonly jobs: readonly Pick<JobStatus, 'name' | 'outcome'>[];
  readonly userId: string;
  readonly now: Instant;
}): Promise<HomeFacts> {
  const { portal, outbox, jobs, userId, now } = options;
  const [lastSync, pending, findings, plan] = await Promise.all([
    portal.crm.cursor('last-sync'),
    outbox.pending(),
    ownFindings(portal, userId, now),
    waitingPlan(portal, now),
  ]);
  return {
    lastSyncAt: lastSync === null ? null : Number(lastSync),
    troubled: jobs.filter(({ outcome }) => TROUBLED.has(outcome)),
    waiting: pending.length,
    findings,
    plan,
  };
}

async function ownFindings(portal: PortalStore, userId: string, now: Instant): Promise<OwnFinding[]> {
  const rows = await portal.query(
    `SELECT digest AS book, key, argMax(customer_id, seq) AS customer, argMax(state, seq) AS last_state,
       toUnixTimestamp64Milli(argMax(at, seq)) AS at_ms, argMax(actor, seq) AS last_actor,
       toUnixTimestamp64Milli(ifNull(argMax(tuple(snoozed_until), seq).1, toDateTime64(0, 3, 'UTC'))) AS until_ms
     FROM {db:Identifier}.findings
     WHERE (digest, key) IN (SELECT digest, key FROM {db:Identifier}.findings
       WHERE actor = {user:String} AND state IN ('acknowledged', 'snoozed'))
     GROUP BY book, key
     HAVING last_actor = {user:String} AND (last_state = 'acknowledged' OR (last_state = 'snoozed' AND until_ms > {now:Int64}))
     ORDER BY at_ms DESC, book, key LIMIT {most:UInt32}`,
    { user: userId, now: Math.trunc(now), most: MOST_FINDINGS },
  );
  return rows.map((raw) => {
    const { book, key, customer, last_state: state, at_ms: at, until_ms } = findingSchema.parse(raw);
    return { book, key, customerId: customer, state, at, until: state === 'snoozed' ? until_ms : null };
  });
}

/** The newest plan, when it is open and not older than its proposals are kept. */
async function waitingPlan(portal: PortalStore, now: Instant): Promise<HomeFacts['plan']> {
  const [row] = await portal.query<{ value: string }>(
    `SELECT value FROM {db:Identifier}.cursors FINAL
     WHERE startsWith(name, 'write-back-plan:') AND JSONExtractInt(value, 'plannedAt') >= {since:Int64}
     ORDER BY JSONExtractInt(value, 'plannedAt') DESC LIMIT 1`,
    { since: Math.trunc(now) - WEEK_MS },
  );
  const plan = row === undefined ? undefined : planSchema.safeParse(JSON.parse(row.value)).data;
  if (plan === undefined || plan.state !== 'open' || plan.changed === 0) return null;
  return { id: plan.batch, changed: plan.changed, plannedAt: plan.plannedAt };
}
