import type { Audit } from '../ledger/audit.ts';
import type { WriteBackLog } from '../ledger/write-back-log.ts';
import { batches } from '../lib/batches.ts';
import { groupBy } from '../lib/group-by.ts';
import type { CrmSink } from '../ports/crm.ts';
import { isSameValue } from './write-back-plan.ts';

type SettledWrite = Parameters<WriteBackLog['settle']>[1][number];

const RECORDS_PER_LOOK = 1_000;

/**
 * After a crash: asks the CRM what became of the writes whose answer was never heard, and says so in the ledger and, batch by batch,
 * in the audit log, which the stopped write-back did not come to. Nothing is written on the CRM.
 */
export async function settleWriteBacks(options: {
  readonly sink: Pick<CrmSink, 'current'>;
  readonly log: Pick<WriteBackLog, 'open' | 'settle'>;
  readonly audit: Pick<Audit, 'append'>;
}): Promise<void> {
  const { sink, log, audit } = options;
  for (const { batch, writes } of await log.open()) {
    const settled: SettledWrite[] = [];
    for (const [objectType, ofType] of groupBy(writes, (write) => write.objectType)) {
      const type = objectType === 'companies' ? 'companies' : 'contacts';
      const byRecord = groupBy(ofType, ({ recordId }) => recordId);
      for (const ids of batches([...byRecord.keys()], RECORDS_PER_LOOK)) {
        const some = ids.flatMap((id) => byRecord.get(id) ?? []);
        const current = await sink.current(type, ids, [...new Set(some.map(({ property }) => property))]);
        for (const write of some) {
          const now = current.get(write.recordId)?.[write.property];
          const arrived = now !== undefined && isSameValue(now, write.after);
          const note = arrived
            ? 'found on the record after Kith was stopped'
            : 'not on the record after Kith was stopped';
          settled.push({ ...write, outcome: arrived ? 'written' : 'failed', note });
        }
      }
    }
    const recordsOf = (outcome: SettledWrite['outcome']): number =>
      new Set(settled.filter((write) => write.outcome === outcome).map(({ recordId }) => recordId)).size;
    const details = { written: recordsOf('written'), failed: recordsOf('failed'), error: 'Kith was stopped' };
    // First, so that a stop in between tells it twice rather than not at all.
    await audit.append({ actor: 'scheduler', act: 'wrote-back', subject: batch, details });
    await log.settle(batch, settled);
  }
}
