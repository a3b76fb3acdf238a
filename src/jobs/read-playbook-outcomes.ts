import { outcomeOf, type PlaybookOutcome } from '../analyses/playbook-outcome.ts';
import type { PlaybookAssignment, PlaybookRun } from '../domain/playbooks.ts';
import type { Run } from '../domain/results.ts';
import { ordersBetween } from '../features/playbook-orders.ts';
import type { PlaybookLog } from '../ledger/playbook-log.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** The newest run that is done: its as-of is how far orders are known. */
export async function newestRun(portal: PortalStore): Promise<Run | null> {
  return (await portal.results.runs(20)).find(({ status }) => status === 'done') ?? null;
}

/** Whom a run drew, under the ids that they have now; the same customer can be there twice after a merge. */
export async function readDrawn(
  portal: PortalStore,
  log: Pick<PlaybookLog, 'assignments'>,
  { id, unit }: PlaybookRun,
): Promise<PlaybookAssignment[]> {
  const assigned = await log.assignments(id);
  const now = await portal.crm.resolve(
    unit === 'company' ? 'companies' : 'contacts',
    assigned.map(({ customerId }) => customerId),
  );
  return assigned.map(({ customerId, arm }) => ({ customerId: now.get(customerId) ?? customerId, arm }));
}

/** What came of these, as far as the newest run knows; in their order. */
export async function readPlaybookOutcomes(
  portal: PortalStore,
  log: Pick<PlaybookLog, 'assignments'>,
  runs: readonly PlaybookRun[],
): Promise<PlaybookOutcome[]> {
  const newest = await newestRun(portal);
  const outcomes: PlaybookOutcome[] = [];
  for (const run of runs) {
    const drawn = await readDrawn(portal, log, run);
    const end = Math.min(run.outcomeAt, run.stoppedAt ?? run.outcomeAt);
    const until = Math.max(run.startedAt, Math.min(end, newest?.asOf ?? run.startedAt));
    const standing = standingOf(run, newest);
    const orders =
      newest === null || standing === 'unit' || until === run.startedAt
        ? new Map<string, never>()
        : await ordersBetween(portal, run.startedAt, until);
    const erased = run.treated + run.heldOut - drawn.length;
    outcomes.push(outcomeOf(run, { standing, until, erased }, drawn, orders));
  }
  return outcomes;
}

function standingOf(run: PlaybookRun, newest: Run | null): PlaybookOutcome['standing'] {
  if (newest !== null && newest.portfolio.unit !== run.unit) return 'unit';
  if (run.stoppedAt !== null && run.stoppedAt < run.outcomeAt) return 'stopped';
  return newest !== null && newest.asOf >= run.outcomeAt ? 'final' : 'running';
}
