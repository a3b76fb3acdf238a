import { formatCount, plural } from '../report/format.ts';
import { backup, backupFolderOf, dropOldBackups } from './backup.ts';
import { type ErasureOptions, finishErasures } from './erase.ts';
import type { Job } from './job.ts';
import { retentionNote } from './job-notes.ts';
import { applyRetention } from './retention.ts';

const MINUTE_MS = 60_000;
/** Two weeks of nights. */
const BACKUPS_KEPT = 14;

/**
 * What keeps the data folder in order: an erasure that broke off is gone on with, old rows go by night, and a backup is made where a
 * folder for it is set.
 */
export function upkeepJobs(
  options: Omit<ErasureOptions, 'actor'> & {
    readonly config: {
      readonly dataDir: string;
      readonly backupDir: string | null;
      readonly clickhouseUrl: string | null;
    };
  },
): readonly Job[] {
  const { portal, state, audit, now } = options;
  const { dataDir, backupDir, clickhouseUrl } = options.config;
  const retention: Job = {
    name: 'retention',
    schedule: '40 2 * * *',
    timeoutMs: 60 * MINUTE_MS,
    async run({ signal }) {
      const gone = await applyRetention({ portal, state: state(), now, signal });
      return retentionNote(gone);
    },
  };
  const erasures: Job = {
    name: 'erasures',
    schedule: '*/10 * * * *',
    timeoutMs: 60 * MINUTE_MS,
    async run() {
      const finished = await finishErasures(options);
      return finished === 0
        ? { en: 'none was broken off', zh: '没有中断的删除' }
        : {
            en: `${formatCount('en', finished)} that had been broken off ${finished === 1 ? 'is' : 'are'} finished`,
            zh: `已完成 ${formatCount('zh', finished)} 项此前中断的删除`,
          };
    },
  };
  if (backupDir === null || clickhouseUrl !== null) return [erasures, retention];
  const nightly: Job = {
    name: 'backup',
    schedule: '10 2 * * *',
    timeoutMs: 120 * MINUTE_MS,
    async run({ signal }) {
      const at = now();
      const directory = backupFolderOf(backupDir, at);
      const takenAt = new Date(at).toISOString();
      const kept = { portal, dataDir, directory, takenAt, withKey: false };
      const { tables } = await backup({ ...kept, progress: { update: () => undefined }, signal });
      await audit.append({ actor: 'scheduler', act: 'backed-up', subject: 'portal', details: { directory } });
      const rows = Object.values(tables).reduce((sum, count) => sum + count, 0);
      const gone = await dropOldBackups(backupDir, BACKUPS_KEPT);
      return {
        en: `${plural('en', rows, { one: 'row', other: 'rows' }, '')} in ${directory}, ${plural('en', gone, { one: 'old backup', other: 'old backups' }, '')} removed`,
        zh: `已备份 ${formatCount('zh', rows)} 行到 ${directory}，删除旧备份 ${formatCount('zh', gone)} 份`,
      };
    },
  };
  return [erasures, retention, nightly];
}
