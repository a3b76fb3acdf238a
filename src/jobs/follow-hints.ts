import { z } from 'zod';
import type { CrmAccount, Instant } from '../domain/crm.ts';
import type { Run } from '../domain/results.ts';
import type { Audit } from '../ledger/audit.ts';
import type { Outbox } from '../ledger/outbox.ts';
import type { CrmChanges } from '../ports/crm.ts';
import type { PrivacyReader } from '../privacy/privacy-reader.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import type { HintQueue } from './hint-queue.ts';
import { drainHints } from './hints.ts';
import { rescore } from './rescore.ts';

export interface HintReport {
  /** Records that were looked at again. */
  readonly read: number;
  readonly erased: number;
  readonly rescored: number;
  /** Messages that wait in the outbox because a band was crossed. */
  readonly told: number;
}

/** Customers who are to be scored again, JSON: what was read is stored before it is scored, and a stop may come between. */
const TO_RESCORE = 'to-rescore';
const idsSchema = z.array(z.string());

/** Whether there is anything to do: costs no call to the CRM. */
export async function hasHints(portal: PortalStore, queue: Pick<HintQueue, 'counts'>): Promise<boolean> {
  return (await queue.counts()).waiting > 0 || (await portal.crm.cursor(TO_RESCORE)) !== null;
}

/** What a CRM's events lead to: the records are read again, and the customers that they touch are scored again. */
export async function followHints(options: {
  readonly changes: CrmChanges;
  readonly portal: PortalStore;
  readonly account: CrmAccount;
  readonly state: PortalState;
  readonly updateState: (change: (current: PortalState) => PortalState) => Promise<PortalState>;
  readonly queue: HintQueue;
  readonly audit: Audit;
  readonly outbox: Pick<Outbox, 'enqueue' | 'firstSince' | 'withdraw'>;
  /** What the sales channel may see. */
  readonly reader: PrivacyReader;
  /** Null: now. */
  readonly asOf: Instant | null;
  readonly now: () => Instant;
  readonly signal?: AbortSignal;
}): Promise<HintReport> {
  const { portal } = options;
  const touched = (ids: readonly string[]) => add(portal, ids);
  const { read, erased } = await drainHints({ ...options, state: () => options.state, touched });
  const customers = await waitingIds(portal);
  const { rescored, told } = await rescore({ ...options, customerIds: customers.toSorted() });
  const isDone = new Set(customers);
  if (customers.length > 0)
    await save(
      portal,
      (await waitingIds(portal)).filter((id) => !isDone.has(id)),
    );
  return { read, erased, rescored, told };
}

/**
 * After a run: who was scored again while it ran, for the run may have read them before they changed, and what it gives them
 * now stands before what they were given since.
 */
export async function rescoreAfter(portal: PortalStore, run: Pick<Run, 'startedAt'>): Promise<void> {
  const rows = await portal.query<{ id: string }>(
    `SELECT DISTINCT customer_id AS id FROM {db:Identifier}.rescored
     WHERE at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') ORDER BY id`,
    { since: run.startedAt },
  );
  await add(
    portal,
    rows.map(({ id }) => id),
  );
}

async function waitingIds(portal: PortalStore): Promise<readonly string[]> {
  const stored = await portal.crm.cursor(TO_RESCORE);
  return stored === null ? [] : (idsSchema.safeParse(JSON.parse(stored)).data ?? []);
}

async function add(portal: PortalStore, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await save(portal, [...new Set([...(await waitingIds(portal)), ...ids])]);
}

async function save(portal: PortalStore, ids: readonly string[]): Promise<void> {
  await portal.crm.saveCursor(TO_RESCORE, ids.length === 0 ? null : JSON.stringify(ids));
}
