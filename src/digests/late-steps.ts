import { sequenceDetailsSchema, type UsualStep } from '../analyses/sequences-summary.ts';
import type { Finding } from '../ledger/findings.ts';
import type { CustomerRow, PrivacyReader } from '../privacy/privacy-reader.ts';

/** A customer who is late with what others usually buy next. */
export interface LateStep {
  readonly finding: Finding;
  readonly row: CustomerRow;
  readonly step: UsualStep;
}

// Those told lately are passed over.
const READ = 200;

/** Customers late with their usual next step whom the viewer may see, the surest step first; nobody before the first run. */
export async function readLateSteps(reader: PrivacyReader): Promise<readonly LateStep[]> {
  const result = await reader.result('sequences');
  if (result === null) return [];
  const { rows } = await reader.rows(result.run, 'sequences', { band: 'late', order: 'value-desc', limit: READ });
  return rows.flatMap((row) => {
    const step = sequenceDetailsSchema.safeParse(row.details).data?.step ?? null;
    if (step === null) return [];
    const { customerId } = row;
    const key = `next-step:${customerId}:${step.productId}`;
    return [{ finding: { key, customerId, band: 'late', money: null }, row, step }];
  });
}
