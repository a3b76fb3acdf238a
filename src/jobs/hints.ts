import type { CustomerUnit, Instant, ObjectType } from '../domain/crm.ts';
import type { Audit } from '../ledger/audit.ts';
import type { Outbox } from '../ledger/outbox.ts';
import { KithError, messageOf } from '../lib/errors.ts';
import { groupBy } from '../lib/group-by.ts';
import type { CrmChanges } from '../ports/crm.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { eraseContacts } from './erase.ts';
import type { HintQueue, WaitingHint } from './hint-queue.ts';
import { mendDifferences } from './reconcile-mend.ts';
import { dropStatesBefore, keepStatesBefore, recordStates } from './record-states.ts';

interface DrainOptions {
  readonly changes: CrmChanges;
  readonly portal: PortalStore;
  readonly queue: Pick<HintQueue, 'waiting' | 'settle' | 'forget'>;
  readonly audit: Audit;
  /** For the receipts of those who were forgotten, and for what was said of them. */
  readonly outbox: Pick<Outbox, 'enqueue' | 'withdraw'>;
  readonly now: () => Instant;
  readonly state: () => PortalState;
  readonly updateState: (change: (current: PortalState) => PortalState) => Promise<PortalState>;
  /** Told of customers whose records, or whose deals or tickets, are not what they were, before their hints are done with. */
  touched(customerIds: readonly string[]): Promise<void>;
  readonly signal?: AbortSignal;
}

export interface DrainReport {
  /** Hints that were looked at. */
  readonly read: number;
  readonly erased: number;
}

/** Hints taken at a time: one reading by id for each type among them. */
const TAKEN_AT_ONCE = 500;
const ACTOR = 'crm:privacy-deletion';

/**
 * Reads every record again that the CRM's events pointed at, until nothing waits. What is read is the truth, whatever the
 * events said and in whatever order: a hint that was wrong changes nothing. People who asked to be forgotten come first.
 */
export async function drainHints(options: DrainOptions): Promise<DrainReport> {
  const { queue, signal } = options;
  let [read, erased] = [0, 0];
  for (;;) {
    signal?.throwIfAborted();
    const taken = await queue.waiting(TAKEN_AT_ONCE);
    if (taken.length === 0) return { read, erased };
    const people = taken.filter(({ kind }) => kind === 'erased');
    await forgetPeople(options, people);
    erased += people.length;
    const changed = taken.filter(({ kind }) => kind === 'changed');
    for (const [type, hints] of groupBy(changed, ({ objectType }) => objectType)) {
      await readAgain(options, type, hints);
    }
    read += taken.length;
  }
}

/** Also somebody who was never copied: the tombstone keeps a later sync from bringing them in. */
async function forgetPeople(
  { portal, audit, outbox, state, updateState, queue, now }: DrainOptions,
  people: readonly WaitingHint[],
): Promise<void> {
  if (people.length === 0) return;
  const ids = [...new Set(people.map(({ id }) => id))];
  await eraseContacts({ portal, audit, outbox, actor: ACTOR, state, updateState, now }, ids);
  await queue.forget(people);
}

async function readAgain(options: DrainOptions, type: ObjectType, hints: readonly WaitingHint[]): Promise<void> {
  const { changes, portal, queue, touched } = options;
  const asked = hints.map(({ id }) => id);
  const unit = await unitOf(portal);
  const stored = await recordStates(portal, type, unit, await leadingTo(portal, type, asked));
  const before = await keepStatesBefore(portal, type, stored);
  const failure = changes.types.includes(type) ? await mend(options, type, [...new Set(asked)]) : null;
  // Also of a reading that failed half-way: what it brought would look unchanged to the next one.
  const after = await recordStates(portal, type, unit, await leadingTo(portal, type, [...before.keys(), ...asked]));
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (id) => before.get(id)?.hash !== after.get(id)?.hash,
  );
  const customers = changed.flatMap((id) => [before.get(id), after.get(id)].flatMap((state) => state?.customers ?? []));
  await touched([...new Set(customers)]);
  await dropStatesBefore(portal, type);
  if (failure !== null) {
    if (!isFinal(failure)) throw failure;
    // Asked again, the CRM would say the same, and everything behind these hints would wait.
    const reason = messageOf(failure);
    await portal.crm.reject(asked.map((recordId) => ({ objectType: type, recordId, place: 'webhook', reason })));
  }
  await queue.settle(hints, failure === null ? '' : messageOf(failure));
}

/** Reads by id whatever the store holds, which settles what is new, changed, archived, merged and gone alike. */
async function mend(
  { changes, portal, signal }: DrainOptions,
  type: ObjectType,
  ids: readonly string[],
): Promise<Error | null> {
  const stop = signal === undefined ? {} : { signal };
  const options = { changes, portal, type, told: () => undefined, ...stop };
  try {
    await mendDifferences(options, { inCrm: 0, inStore: 0, absent: [], surplus: ids, outdated: [] });
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Whether the CRM refuses for good: a scope that is missing, a request that it does not take. */
function isFinal(error: Error): boolean {
  return error instanceof KithError && (error.code === 'crm-scope' || error.code === 'crm-answer');
}

/** The ids, and those that they lead to where they were merged away. */
async function leadingTo(portal: PortalStore, type: ObjectType, ids: readonly string[]): Promise<readonly string[]> {
  return [...new Set([...ids, ...(await portal.crm.resolve(type, ids)).values()])];
}

/** What a customer is in the portal's newest run; nothing is scored before the first. */
async function unitOf(portal: PortalStore): Promise<CustomerUnit> {
  const [run] = await portal.results.runs(1);
  return run?.portfolio.unit ?? 'company';
}
