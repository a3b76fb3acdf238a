import type { RegisteredAnalysis } from '../analyses/analysis.ts';
import { RECORD_NAMES } from '../analyses/record-names.ts';
import type { Instant } from '../domain/crm.ts';
import type { Audit } from '../ledger/audit.ts';
import type { LoggedWrite, WriteBackLog } from '../ledger/write-back-log.ts';
import { batches } from '../lib/batches.ts';
import type { Text } from '../lib/text.ts';
import type { CrmSink } from '../ports/crm.ts';
import type { Progress } from '../ports/job-runner.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { sendWrites } from './send-writes.ts';
import { settleWriteBacks } from './settle-write-backs.ts';
import { createStillThere } from './still-there.ts';
import { type LeftAlone, originOf, SCORED_AT } from './write-back-plan.ts';

export interface RemovalReport {
  /** The removal is a batch, so that it can be undone; '' in a dry run. */
  readonly batch: string;
  readonly dryRun: boolean;
  /** Values of Kith's own on the records. */
  readonly found: number;
  /** Records that are rid of them. */
  readonly cleared: number;
  readonly failed: readonly { id: string; reason: string }[];
  /** Values that are somebody's own; they stay. */
  readonly leftAlone: number;
  readonly leftAloneSample: readonly LeftAlone[];
  /** What is left to do, by hand or by a command. */
  readonly next: readonly Text[];
}

const NOTHING_YET: Text = {
  en: "Nothing was removed yet; 'kith write-back remove --yes' does it",
  zh: '尚未清除任何内容；请运行 kith write-back remove --yes',
};
const BY_HAND: Text = {
  en: "To delete the properties as well: HubSpot → Settings → Properties → group 'Kith' → select them → Archive, for companies and for contacts",
  zh: '若要连属性一并删除：HubSpot → 设置 → 属性 → “Kith”组 → 全选 → 归档，公司和联系人各做一次',
};

const RECORDS_PER_LOOK = 1000;
const LISTED = 100;

/**
 * Clears every value that Kith wrote on CRM records and that is still its own. The properties themselves stay: deleting a
 * portal's property is a person's decision. A dry run counts only.
 */
export async function removeProperties(options: {
  sink: CrmSink;
  portal: PortalStore;
  log: WriteBackLog;
  audit: Pick<Audit, 'append'>;
  analyses: readonly RegisteredAnalysis[];
  now: () => Instant;
  progress: Progress;
  dryRun: boolean;
  actor: string;
}): Promise<RemovalReport> {
  const { sink, portal, log, audit, progress, dryRun, actor } = options;
  const { erasures } = portal;
  await erasures.apart(() => settleWriteBacks({ sink, log, audit }));
  const properties = [...options.analyses.flatMap((analysis) => analysis.properties), SCORED_AT];
  const names = properties.map(({ name }) => name);
  const batch = `remove-${new Date(options.now()).toISOString().replace(/[-:.]/g, '')}`;
  const leftAlone: LeftAlone[] = [];
  const failed: { id: string; reason: string }[] = [];
  let [found, cleared, kept] = [0, 0, 0];
  for (const objectType of ['companies', 'contacts'] as const) {
    // Nothing is noted of somebody who is forgotten meanwhile.
    const stillThere = createStillThere(erasures, () => recordsOf(portal, objectType));
    const ids = await recordsOf(portal, objectType);
    const clear = async (looked: readonly string[]): Promise<void> => {
      const some = await stillThere(looked);
      if (some.length === 0) return;
      const current = await sink.current(objectType, some, names);
      const annotated = some.filter((id) => names.some((name) => (current.get(id)?.[name] ?? '') !== ''));
      if (annotated.length === 0) return;
      const lastWritten = await log.lastWritten(objectType, annotated);
      const doubtful = annotated.filter((id) =>
        properties.some((property) => {
          const value = current.get(id)?.[property.name] ?? '';
          return value !== '' && originOf({ lastWritten, authors: new Map() }, id, property, value) !== 'ours';
        }),
      );
      const authors =
        doubtful.length === 0 ? new Map() : ((await sink.authors?.(objectType, doubtful, names)) ?? new Map());
      const writes: LoggedWrite[] = [];
      for (const id of annotated) {
        for (const property of properties) {
          const before = current.get(id)?.[property.name] ?? '';
          if (before === '') continue;
          const origin = originOf({ lastWritten, authors }, id, property, before);
          if (origin === 'ours') {
            writes.push({ objectType, recordId: id, property: property.name, before, after: '' });
          } else {
            kept += 1;
            if (leftAlone.length < LISTED) {
              leftAlone.push({ id, property: property.name, theirs: before, ours: '', reason: origin });
            }
          }
        }
      }
      found += writes.length;
      if (dryRun) return;
      const sent = await sendWrites({ sink, log, batch, objectType, writes, note: 'removed' });
      cleared += sent.written.length;
      failed.push(...sent.failed.slice(0, LISTED - failed.length));
    };
    let done = 0;
    for (const some of batches(ids, RECORDS_PER_LOOK)) {
      const { en, zh } = RECORD_NAMES[objectType];
      progress.update({ en: `remove from ${en}`, zh: `从${zh}中清除` }, done, ids.length);
      done += some.length;
      await erasures.apart(() => clear(some));
    }
  }
  if (!dryRun) {
    const details = { found, cleared, leftAlone: kept, failed: failed.length };
    await audit.append({ actor, act: 'removed-properties', subject: batch, details });
  }
  return {
    batch: dryRun ? '' : batch,
    dryRun,
    found,
    cleared,
    failed,
    leftAlone: kept,
    leftAloneSample: leftAlone,
    next: dryRun ? [NOTHING_YET, BY_HAND] : [BY_HAND],
  };
}

/** Customers of that kind that Kith knows, and every record that it ever wrote on. */
async function recordsOf(portal: PortalStore, objectType: 'companies' | 'contacts'): Promise<readonly string[]> {
  const rows = await portal.query<{ id: string }>(
    `SELECT DISTINCT record_id AS id FROM {db:Identifier}.write_backs
     WHERE object_type = {type:String} AND outcome IN ('planned', 'written', 'failed')`,
    { type: objectType },
  );
  const [newest] = await portal.results.runs(1);
  const isUnit = newest !== undefined && newest.portfolio.unit === (objectType === 'companies' ? 'company' : 'contact');
  const ids = new Set([...rows.map(({ id }) => id), ...(isUnit ? await portal.crm.liveIds(objectType) : [])]);
  return [...ids].sort();
}
