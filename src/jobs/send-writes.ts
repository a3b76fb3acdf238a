import type { LoggedWrite, WriteBackLog } from '../ledger/write-back-log.ts';
import { batches } from '../lib/batches.ts';
import { groupBy } from '../lib/group-by.ts';
import type { CrmSink } from '../ports/crm.ts';
import { isSameValue } from './write-back-plan.ts';

export interface SentWrites {
  /** Records of which every value arrived. */
  readonly written: readonly string[];
  /** Records that were refused, or that hold something else when they are read back, with the reason. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

const RECORDS_PER_BATCH = 100;

/**
 * Writes values on records so that nothing about it is ever unknown: the ledger has each value before it is sent, its outcome
 * after, and what the CRM holds when it is asked again. What failed is tried again by the next write-back.
 */
export async function sendWrites(options: {
  sink: CrmSink;
  log: WriteBackLog;
  batch: string;
  objectType: 'companies' | 'contacts';
  writes: readonly LoggedWrite[];
  note?: string;
  /** Looked at between batches: what was sent is settled before it ends, the rest is in neither list. */
  signal?: AbortSignal;
}): Promise<SentWrites> {
  const { sink, log, batch, objectType, note = '' } = options;
  const written: string[] = [];
  const failed: { id: string; reason: string }[] = [];
  const byRecord = groupBy(options.writes, ({ recordId }) => recordId);
  for (const some of batches([...byRecord], RECORDS_PER_BATCH)) {
    if (options.signal?.aborted === true) break;
    const writes = some.flatMap(([, ofRecord]) => ofRecord);
    await log.begin(batch, writes);
    const result = await sink.write(
      objectType,
      some.map(([id, ofRecord]) => ({
        id,
        properties: Object.fromEntries(ofRecord.map(({ property, after }) => [property, after])),
      })),
    );
    const taken = new Set(result.written);
    const arrived = some.map(([id]) => id).filter((id) => taken.has(id));
    const problems = new Map(result.failed.map(({ id, reason }) => [`${id}\n`, reason]));
    failed.push(...result.failed);
    for (const { id, property, reason } of await differences(options, byRecord, arrived)) {
      problems.set(`${id}\n${property}`, reason);
      if (failed.at(-1)?.id !== id) failed.push({ id, reason: `${property}: ${reason}` });
    }
    const refused = new Set(failed.map(({ id }) => id));
    written.push(...arrived.filter((id) => !refused.has(id)));
    await log.settle(
      batch,
      writes.map((write) => {
        const reason = problems.get(`${write.recordId}\n`) ?? problems.get(`${write.recordId}\n${write.property}`);
        return { ...write, outcome: reason === undefined ? 'written' : 'failed', note: reason ?? note };
      }),
    );
  }
  return { written, failed };
}

/** What the CRM holds otherwise than it was told. */
async function differences(
  { sink, objectType }: { sink: CrmSink; objectType: 'companies' | 'contacts' },
  byRecord: ReadonlyMap<string, readonly LoggedWrite[]>,
  ids: readonly string[],
): Promise<readonly { id: string; property: string; reason: string }[]> {
  if (ids.length === 0) return [];
  const properties = [...new Set(ids.flatMap((id) => (byRecord.get(id) ?? []).map(({ property }) => property)))];
  const current = await sink.current(objectType, ids, properties);
  return ids.flatMap((id) =>
    (byRecord.get(id) ?? []).flatMap(({ property, after }) => {
      const now = current.get(id)?.[property];
      if (now !== undefined && isSameValue(now, after)) return [];
      const found = now === undefined ? 'is gone' : now === '' ? 'holds nothing' : `holds “${now}”`;
      return [{ id, property, reason: `read back, the record ${found} instead of “${after}”` }];
    }),
  );
}
