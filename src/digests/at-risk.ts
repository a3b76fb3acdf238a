import { type ChurnDetails, churnDetailsSchema } from '../analyses/churn-summary.ts';
import type { Run } from '../domain/results.ts';
import type { Finding } from '../ledger/findings.ts';
import type { Text } from '../lib/text.ts';
import type { CustomerRow, PrivacyReader } from '../privacy/privacy-reader.ts';

/** A customer who may not order again, with what is at stake. */
export interface AtRisk {
  readonly finding: Finding;
  readonly name: string;
  readonly link: string;
  readonly owner: CustomerRow['owner'];
  /** 'late': not at risk by the model, and off its own rhythm. */
  readonly band: 'high' | 'medium' | 'late';
  /** Null below evidence level 2. */
  readonly probability: number | null;
  /** What the customer spends within the horizon while active, in the portal's currency. */
  readonly money: number;
  readonly details: ChurnDetails;
}

/** Off-rhythm from which a customer is late. */
const LATE_FROM = 1.5;
// Where there are no probabilities, a band still has to weigh something against money.
const BAND_WEIGHTS = { high: 1, medium: 0.5, late: 0.5 } as const;
// By money at risk, or by worth where there are no probabilities, so that what may be told is among them; many, since those
// told lately are passed over.
const READ_PER_BAND = 2_000;

/**
 * Everybody at medium or high risk or late by their own rhythm whom the viewer may see, by risk × money, the most first.
 */
export async function readAtRisk(
  reader: PrivacyReader,
  run: Run,
  hasProbabilities: boolean,
): Promise<{ candidates: readonly AtRisk[]; withheld: Text | null }> {
  const candidates: AtRisk[] = [];
  let withheld: Text | null = null;
  for (const band of ['high', 'medium', 'low'] as const) {
    const read = await reader.rows(run, 'churn-risk', {
      band,
      order: hasProbabilities ? 'at-risk-desc' : 'worth-desc',
      limit: READ_PER_BAND,
    });
    withheld ??= read.withheld;
    for (const row of read.rows) {
      const candidate = atRisk(row, band);
      // Nothing is at stake with somebody who spends nothing: most often refunds took it all back.
      if (candidate !== null && candidate.money > 0) candidates.push(candidate);
    }
  }
  candidates.sort((a, b) => weight(b) - weight(a) || (a.finding.key < b.finding.key ? -1 : 1));
  return { candidates, withheld };
}

function weight(candidate: AtRisk): number {
  return candidate.money * (candidate.probability ?? BAND_WEIGHTS[candidate.band]);
}

function atRisk(row: CustomerRow, riskBand: 'high' | 'medium' | 'low'): AtRisk | null {
  const details = churnDetailsSchema.safeParse(row.details).data;
  if (details === undefined) return null;
  if (riskBand === 'low' && (details.off_rhythm ?? 0) < LATE_FROM) return null;
  const band = riskBand === 'low' ? 'late' : riskBand;
  return {
    finding: { key: `at-risk:${row.customerId}`, customerId: row.customerId, band, money: details.value.toFixed(2) },
    name: row.name,
    link: row.link,
    owner: row.owner,
    band,
    probability: row.evidence >= 2 ? row.value : null,
    money: details.value,
    details,
  };
}
