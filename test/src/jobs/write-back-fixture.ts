import type { RegisteredAnalysis } from '../../../src/analyses/analysis.ts';
import type { Deal, Instant } from '../../../src/domain/crm.ts';
import type { WriteBackOrder, WriteBackReport } from '../../../src/jobs/write-back.ts';
import { writeBack } from '../../../src/jobs/write-back.ts';
import { createAudit } from '../../../src/ledger/audit.ts';
import { createWriteBackLog } from '../../../src/ledger/write-back-log.ts';
import type { CrmSink } from '../../../src/ports/crm.ts';
import type { PortalStore } from '../../../src/store/portal-store.ts';

/** Tiers and risks as an analysis has them; nothing is computed here. */
export const tiers: RegisteredAnalysis = {
  name: 'tiers',
  title: { en: 'Tiers', zh: '等级' },
  read: async () => ({ customerIds: [] }),
  compute: () => ({ summary: {}, model: null, scores: null, matrix: null }),
  rounds: [],
  part: () => null,
  draft: () => ({ summary: {}, model: null, scores: null, matrix: null }),
  present: () => {
    throw new Error('not presented here');
  },
  properties: [
    {
      name: 'kith_loyalty_tier',
      label: 'Kith tier',
      description: 'The tier',
      type: 'enumeration',
      options: ['Bronze', 'Silver', 'Gold'].map((value) => ({ value, label: value })),
      value: (score) => (score.label === '' ? null : score.label),
    },
    {
      name: 'kith_risk',
      label: 'Kith risk',
      description: 'A probability',
      type: 'number',
      value: (score) => (score.value === null ? null : score.value.toFixed(2)),
      isSame: (current, next) => Math.abs(Number(current) - Number(next)) <= 0.05,
    },
    {
      name: 'kith_note',
      label: 'Kith note',
      description: 'A text',
      type: 'string',
      value: (score) => (score.band === '' ? null : score.band),
    },
  ],
};

/** A portal as a sync leaves it: these companies, and a deal. */
export async function synced(portal: PortalStore, ids: readonly string[]): Promise<PortalStore> {
  const base = { createdAt: 1, updatedAt: 1, archived: false, extra: {}, ownerId: '' };
  const company = { ...base, name: '', domain: '', industry: '', country: '', employees: null, parentCompanyId: '' };
  await portal.crm.upsert(
    'companies',
    ids.map((id) => ({ ...company, id, name: `Company ${id}` })),
    { origin: 'list' },
  );
  const money = { amount: '1', currency: 'EUR', homeAmount: '1', exchangeRate: null, closedAt: 1, isClosedWon: true };
  const deal: Deal = { ...base, ...money, id: '1', name: '', pipelineId: '', stageId: '' };
  await portal.crm.upsert('deals', [deal], { origin: 'list' });
  return portal;
}

/** A finished run that says this of each customer. */
export async function scored(
  portal: PortalStore,
  at: Instant,
  scores: ReadonlyMap<string, { tier?: string; risk?: number; note?: string }>,
): Promise<void> {
  const portfolio = { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: at, horizonDays: 90, seed: 1 } as const;
  const run = await portal.results.begin({ asOf: at, startedAt: at, fingerprint: 'f', portfolio });
  const customerIds = [...scores.keys()];
  await portal.results.save(run, 'tiers', {
    summary: {},
    model: null,
    scores: {
      customerIds,
      value: Float64Array.from(customerIds, (id) => scores.get(id)?.risk ?? Number.NaN),
      label: customerIds.map((id) => scores.get(id)?.tier ?? ''),
      band: customerIds.map((id) => scores.get(id)?.note ?? ''),
      evidence: new Uint8Array(customerIds.length),
      details: customerIds.map(() => '{}'),
    },
  });
  await portal.results.finish(run, 'done', at);
}

export function write(
  portal: PortalStore,
  sink: CrmSink,
  now: () => Instant,
  order: Partial<WriteBackOrder> = {},
): Promise<WriteBackReport> {
  return writeBack({
    sink,
    portal,
    log: createWriteBackLog(portal, now),
    audit: createAudit(portal, now),
    analyses: [tiers],
    now,
    dryRun: false,
    progress: { update: () => undefined },
    ...order,
  });
}
