import { stringify } from 'csv-stringify/sync';
import type { WriteBackLog } from '../ledger/write-back-log.ts';

/** Every value of a plan as CSV, what is left alone too. A value that a spreadsheet would run as a formula is quoted. */
export async function writeBackCsv(log: Pick<WriteBackLog, 'proposals'>, batch: string): Promise<string> {
  const rows = (await log.proposals(batch)).map(({ objectType, recordId, property, before, after, kind, note }) => ({
    object: objectType,
    record_id: recordId,
    property,
    before: before ?? '',
    after,
    action: kind === 'proposed' ? 'write' : 'leave alone',
    reason: REASONS[note] ?? note,
  }));
  const columns = ['object', 'record_id', 'property', 'before', 'after', 'action', 'reason'];
  return stringify(rows, { header: true, columns, escape_formulas: true });
}

const REASONS: Readonly<Record<string, string>> = {
  edited: 'changed since Kith wrote it',
  unknown: 'not known to be from Kith',
};
