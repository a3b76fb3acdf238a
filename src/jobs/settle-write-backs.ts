import type { WriteBackLog } from '../ledger/write-back-log.ts';
import { batches } from '../lib/batches.ts';
import { groupBy } from '../lib/group-by.ts';
import type { CrmSink } from '../ports/crm.ts';
import { isSameValue } from './write-back-plan.ts';

const RECORDS_PER_LOOK = 1_000;

/**
 * After a crash: asks the CRM what became of the writes whose answer was never heard, and says so in the ledger. Returns how
 * many values there were.
 */
export async function settleWriteBacks({ sink, log }: { sink: CrmSink; log: WriteBackLog }): Promise<number> {
  let settled = 0;
  for (const { batch, writes } of await log.open()) {
    for (const [objectType, ofType] of groupBy(writes, (write) => write.objectType)) {
      const type = objectType === 'companies' ? 'companies' : 'contacts';
      const byRecord = groupBy(ofType, ({ recordId }) => recordId);
      for (const ids of batches([...byRecord.keys()], RECORDS_PER_LOOK)) {
        const some = ids.flatMap((id) => byRecord.get(id) ?? []);
        const current = await sink.current(type, ids, [...new Set(some.map(({ property }) => property))]);
        await log.settle(
          batch,
          some.map((write) => {
            const now = current.get(write.recordId)?.[write.property];
            const arrived = now !== undefined && isSameValue(now, write.after);
            const note = arrived
              ? 'found on the record after Kith was stopped'
              : 'not on the record after Kith was stopped';
            return { ...write, outcome: arrived ? 'written' : 'failed', note };
          }),
        );
        settled += some.length;
      }
    }
  }
  return settled;
}
