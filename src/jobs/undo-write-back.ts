import type { Audit } from '../ledger/audit.ts';
import type { LoggedWrite, WriteBackLog } from '../ledger/write-back-log.ts';
import { KithError } from '../lib/errors.ts';
import { groupBy } from '../lib/group-by.ts';
import type { CrmSink, PropertyWrite } from '../ports/crm.ts';

export interface UndoReport {
  readonly batch: string;
  /** The undo is a batch of its own, so that it can be undone too. */
  readonly undo: string;
  /** Values that the records hold again. */
  readonly restored: number;
  /** Values that somebody, or a later batch, changed since: they stay. */
  readonly leftAlone: number;
  readonly missing: number;
  readonly failed: readonly { id: string; reason: string }[];
}

const RECORDS_PER_LOOK = 1_000;

/** Takes one batch back: every value that is still as the batch left it becomes what it was before. */
export async function undoWriteBack(options: {
  sink: CrmSink;
  log: WriteBackLog;
  audit: Audit;
  batch: string;
  actor: string;
}): Promise<UndoReport> {
  const { sink, log, audit, batch, actor } = options;
  const written = (await log.writes(batch)).filter(({ outcome }) => outcome !== 'failed');
  if (written.length === 0) {
    const known = (await log.batches(3)).map((one) => one.batch);
    const hint = known.length === 0 ? 'nothing has been written back yet' : `the newest are ${known.join(', ')}`;
    throw new KithError('usage', `There is no write-back batch '${batch}'; ${hint}`);
  }
  const undo = `undo-${batch}`;
  const type = written[0]!.objectType === 'companies' ? 'companies' : 'contacts';
  const byRecord = groupBy(written, ({ recordId }) => recordId);
  const ids = [...byRecord.keys()];
  const failed: { id: string; reason: string }[] = [];
  let [restored, leftAlone, missing] = [0, 0, 0];
  for (let start = 0; start < ids.length; start += RECORDS_PER_LOOK) {
    const some = ids.slice(start, start + RECORDS_PER_LOOK);
    const properties = [...new Set(some.flatMap((id) => byRecord.get(id)!.map(({ property }) => property)))];
    const current = await sink.current(type, some, properties);
    const plan: LoggedWrite[] = [];
    for (const write of some.flatMap((id) => byRecord.get(id)!)) {
      const record = current.get(write.recordId);
      if (record === undefined) missing += 1;
      else if ((record[write.property] ?? '') !== write.after) leftAlone += 1;
      else plan.push({ ...write, before: write.after, after: write.before ?? '' });
    }
    if (plan.length === 0) continue;
    await log.begin(undo, plan);
    const result = await sink.write(type, asWrites(plan));
    const done = new Set(result.written);
    await log.outcome(undo, result.written, 'written', `undo of ${batch}`);
    if (result.failed.length > 0)
      await log.outcome(
        undo,
        result.failed.map(({ id }) => id),
        'failed',
        result.failed[0]!.reason,
      );
    restored += plan.filter(({ recordId }) => done.has(recordId)).length;
    failed.push(...result.failed);
  }
  await audit.append({
    actor,
    act: 'undid-write-back',
    subject: batch,
    details: { restored, leftAlone, missing, failed: failed.length },
  });
  return { batch, undo, restored, leftAlone, missing, failed };
}

function asWrites(plan: readonly LoggedWrite[]): PropertyWrite[] {
  return [...groupBy(plan, ({ recordId }) => recordId)].map(([id, writes]) => ({
    id,
    properties: Object.fromEntries(writes.map(({ property, after }) => [property, after])),
  }));
}
