import type { Audit } from '../ledger/audit.ts';
import type { LoggedWrite, WriteBackLog } from '../ledger/write-back-log.ts';
import { batches } from '../lib/batches.ts';
import { KithError } from '../lib/errors.ts';
import { groupBy } from '../lib/group-by.ts';
import type { Text } from '../lib/text.ts';
import type { CrmSink } from '../ports/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { sendWrites } from './send-writes.ts';
import { settleWriteBacks } from './settle-write-backs.ts';
import { createStillThere } from './still-there.ts';
import { isSameValue, type LeftAlone } from './write-back-plan.ts';

export interface UndoReport {
  readonly batch: string;
  /** The undo is a batch of its own, so that it can be undone too. */
  readonly undo: string;
  readonly objectType: 'companies' | 'contacts';
  /** Values that the records hold again. */
  readonly restored: number;
  /** Values that the records hold already. */
  readonly already: number;
  /** Values that somebody, or a later batch, changed since: they stay. */
  readonly leftAlone: number;
  readonly missing: number;
  readonly failed: readonly { id: string; reason: string }[];
  /** The first values left alone: what the record holds, and what the undo would have put back. */
  readonly leftAloneSample: readonly LeftAlone[];
}

const RECORDS_PER_LOOK = 1_000;
const LISTED = 100;

/** Takes one batch back: every value that is still as the batch left it becomes what it was before. */
export async function undoWriteBack(options: {
  sink: CrmSink;
  portal: Pick<PortalStore, 'erasures'>;
  log: WriteBackLog;
  audit: Pick<Audit, 'append'>;
  batch: string;
  actor: string;
}): Promise<UndoReport> {
  const { sink, log, audit, batch, actor } = options;
  const { erasures } = options.portal;
  await erasures.apart(() => settleWriteBacks({ sink, log, audit }));
  // Nothing is put back on the record of somebody who is forgotten meanwhile.
  const stillThere = createStillThere(erasures, async () => (await log.writes(batch)).map(({ recordId }) => recordId));
  const written = (await log.writes(batch)).filter(({ outcome }) => outcome !== 'failed');
  if (written.length === 0) {
    const known = (await log.batches(3)).map((one) => one.batch);
    const hint: Text =
      known.length === 0
        ? { en: 'nothing has been written back yet', zh: '尚未写入过任何内容' }
        : { en: `the newest are ${known.join(', ')}`, zh: `最近的批次为 ${known.join('、')}` };
    const named = batch.slice(0, 60);
    throw new KithError('usage', {
      en: `There is no write-back batch '${named}'; ${hint.en}`,
      zh: `没有写入批次“${named}”；${hint.zh}`,
    });
  }
  const undo = `undo-${batch}`;
  const leftAloneSample: LeftAlone[] = [];
  const failed: { id: string; reason: string }[] = [];
  let [restored, already, leftAlone, missing] = [0, 0, 0, 0];
  for (const [type, ofType] of groupBy(written, ({ objectType }) => objectType)) {
    const objectType = type === 'companies' ? 'companies' : 'contacts';
    const byRecord = groupBy(ofType, ({ recordId }) => recordId);
    const putBack = async (looked: readonly string[]): Promise<void> => {
      const ids = await stillThere(looked);
      if (ids.length === 0) return;
      const some = ids.flatMap((id) => byRecord.get(id) ?? []);
      const current = await sink.current(objectType, ids, [...new Set(some.map(({ property }) => property))]);
      const plan: LoggedWrite[] = [];
      for (const { objectType: of, recordId, property, before, after } of some) {
        const record = current.get(recordId);
        const now = record?.[property] ?? '';
        if (record === undefined) missing += 1;
        else if (isSameValue(now, before ?? '')) already += 1;
        else if (isSameValue(now, after))
          plan.push({ objectType: of, recordId, property, before: now, after: before ?? '' });
        else {
          leftAlone += 1;
          if (leftAloneSample.length < LISTED) {
            leftAloneSample.push({ id: recordId, property, theirs: now, ours: before ?? '', reason: 'edited' });
          }
        }
      }
      const sent = await sendWrites({ sink, log, batch: undo, objectType, writes: plan, note: `undo of ${batch}` });
      const done = new Set(sent.written);
      restored += plan.filter(({ recordId }) => done.has(recordId)).length;
      failed.push(...sent.failed);
    };
    for (const ids of batches([...byRecord.keys()], RECORDS_PER_LOOK)) await erasures.apart(() => putBack(ids));
  }
  await audit.append({
    actor,
    act: 'undid-write-back',
    subject: batch,
    details: { restored, already, leftAlone, missing, failed: failed.length },
  });
  const objectType = written[0]?.objectType === 'companies' ? 'companies' : 'contacts';
  return {
    batch,
    undo,
    objectType,
    restored,
    already,
    leftAlone,
    missing,
    failed: failed.slice(0, LISTED),
    leftAloneSample,
  };
}
