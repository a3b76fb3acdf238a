import { z } from 'zod';
import type { CrmAccount, Instant } from '../domain/crm.ts';
import type { Outbox } from '../ledger/outbox.ts';
import { type Language, say } from '../lib/text.ts';
import { formatInstant, plural } from '../report/format.ts';
import type { Report } from '../report/report.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { operatorsChannel } from './operators-channel.ts';
import { periodOf } from './period.ts';
import type { MissedRun } from './scheduler.ts';

const toldSchema = z.object({ day: z.string(), jobs: z.array(z.string()) });

const CURSOR = 'missed-told';
const KIND = 'missed-jobs';
/** A job that ran within this time and comes round again soon needs nobody: a restart takes a few minutes. */
const RECENT_MS = 60 * 60_000;

/**
 * Tells those who look after Kith which jobs were expected and did not run: all of them in one message, and each job once on a
 * day of the account. Gives back how many were told.
 */
export async function tellMissed(
  at: {
    readonly portal: PortalStore;
    readonly account: CrmAccount;
    readonly state: PortalState;
    readonly outbox: Pick<Outbox, 'enqueue'>;
    readonly now: () => Instant;
  },
  missed: readonly MissedRun[],
): Promise<number> {
  const { portal, account, state, outbox, now } = at;
  const channelId = operatorsChannel(state);
  if (channelId === null) return 0;
  const day = periodOf('day', now(), account.timeZone);
  const saved = await portal.crm.cursor(CURSOR);
  const before = saved === null ? undefined : toldSchema.safeParse(JSON.parse(saved)).data;
  const told = before?.day === day ? before.jobs : [];
  const open = missed.filter(
    ({ name, lastStartedAt }) => !told.includes(name) && (lastStartedAt === null || now() - lastStartedAt >= RECENT_MS),
  );
  if (open.length === 0) return 0;
  const names = open.map(({ name }) => name);
  // Queued first, under a key that the same jobs have again: a stop in between tells it once.
  const key = `${KIND}:${day}:${names.toSorted().join(',')}`;
  await outbox.enqueue({ key, channelId, kind: KIND, report: missedReport(state.language, account.timeZone, open) });
  await portal.crm.saveCursor(CURSOR, JSON.stringify({ day, jobs: [...told, ...names] }));
  return open.length;
}

function missedReport(language: Language, timeZone: string, missed: readonly MissedRun[]): Report {
  const moment = (instant: Instant | null): string =>
    instant === null ? say(language, { en: 'never', zh: '从未' }) : formatInstant(language, instant, timeZone);
  const jobs = plural(language, missed.length, { one: 'job was', other: 'jobs were' }, ' 个任务');
  return {
    language,
    headline: say(language, { en: `${jobs} expected but did not run`, zh: `${jobs}应运行而未运行` }),
    parts: [
      {
        kind: 'table',
        title: say(language, { en: 'Expected but did not run', zh: '应运行而未运行' }),
        columns: [
          { label: say(language, { en: 'Job', zh: '任务' }), align: 'left' },
          { label: say(language, { en: 'Expected', zh: '应运行时间' }), align: 'left' },
          { label: say(language, { en: 'Last start', zh: '上次开始' }), align: 'left' },
        ],
        rows: missed.map(({ name, expectedAt, lastStartedAt }) => [name, moment(expectedAt), moment(lastStartedAt)]),
      },
      {
        kind: 'text',
        text: say(language, {
          en: 'Kith may have been stopped, or an earlier run took longer than planned. Each job runs again at its next time; `/kith status` tells when.',
          zh: 'Kith 可能曾停止运行，或之前的任务耗时过长。各任务会在下次时间再次运行；可用 `/kith status` 查看。',
        }),
      },
    ],
    trust: '',
  };
}
