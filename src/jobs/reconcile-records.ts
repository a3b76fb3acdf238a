import { RECORD_NAMES } from '../analyses/record-names.ts';
import type { CrmSource } from '../ports/crm.ts';
import type { Progress } from '../ports/job-runner.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { keepRevenue } from './keep-revenue.ts';
import { compareIds } from './reconcile-compare.ts';
import { mendDifferences } from './reconcile-mend.ts';
import { type ReconciledType, type ReconciliationReport, saveReconciliation } from './reconcile-report.ts';
import { LAG_MS } from './sync-cursors.ts';

/**
 * Compares the store with the CRM, record by record, where searching by instants cannot: what was archived, merged, purged,
 * restored or missed, or changed without having been noticed, is found, mended and counted, and the won revenue of both is set against each other to the cent. A second run
 * straight after finds nothing.
 */
export async function reconcileRecords(options: {
  readonly source: CrmSource;
  readonly portal: PortalStore;
  readonly progress: Progress;
  readonly now: () => number;
  /** How far the CRM's index may be behind; an hour unless given. */
  readonly lagMs?: number;
  readonly signal?: AbortSignal;
}): Promise<ReconciliationReport> {
  const { source, portal, progress, now, lagMs = LAG_MS, signal } = options;
  const { changes } = source;
  const startedAt = now();
  const callsBefore = source.calls();
  const stop = signal === undefined ? {} : { signal };
  const types: Record<string, ReconciledType> = {};
  for (const type of changes?.types ?? []) {
    if (changes === null) break;
    const { en, zh } = RECORD_NAMES[type];
    const step = { en: `compare ${en}`, zh: `比较${zh}` };
    progress.update(step, 0, null);
    const compared = (seen: number) => progress.update(step, seen, null);
    const differences = await compareIds(changes, portal, type, startedAt - lagMs, compared, signal);
    const { inCrm, inStore, absent, surplus, outdated } = differences;
    const all = absent.length + surplus.length + outdated.length;
    const told = (mended: number) => progress.update({ en: `mend ${en}`, zh: `修复${zh}` }, mended, all);
    const found = await mendDifferences({ changes, portal, type, told, ...stop }, differences);
    types[type] = { in_crm: inCrm, in_store: inStore, ...found };
    if (type === 'contacts') {
      const strays = await strayIdentities(portal);
      const none = { inCrm: 0, inStore: 0, absent: [], outdated: [] };
      await mendDifferences({ changes, portal, type, told: () => undefined, ...stop }, { ...none, surplus: strays });
    }
  }
  progress.update({ en: 'revenue', zh: '收入' }, 0, null);
  const summedAt = now();
  const raw = await source.rawRevenue(stop);
  const revenue = await keepRevenue(portal, raw, summedAt);
  const report: ReconciliationReport = {
    at: startedAt,
    seconds: (now() - startedAt) / 1000,
    calls: source.calls() - callsBefore,
    types,
    revenue: {
      currency: raw.currency,
      in_crm: revenue.inCrm,
      in_store: revenue.inStore,
      difference: revenue.difference,
      deals_in_crm: raw.deals,
      deals_in_store: revenue.deals,
    },
  };
  await saveReconciliation(portal, report);
  return report;
}

/** Identities are written before their contacts: one whose writing was cut short may have no contact, which no id set shows. */
async function strayIdentities(portal: PortalStore): Promise<readonly string[]> {
  const rows = await portal.query<{ id: string }>(
    `SELECT contact_id AS id FROM {db:Identifier}.identities FINAL
     WHERE contact_id NOT IN (SELECT id FROM {db:Identifier}.contacts FINAL) ORDER BY id`,
  );
  return rows.map(({ id }) => id);
}
