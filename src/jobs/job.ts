import { z } from 'zod';
import type { Instant } from '../domain/crm.ts';
import { KithError, textOf } from '../lib/errors.ts';
import { withLogScope } from '../lib/logger.ts';
import type { Text } from '../lib/text.ts';
import type { InTurn, Progress, Turn } from '../ports/job-runner.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** Work that runs by a schedule or by hand, never twice at once. */
export interface Job {
  readonly name: string;
  /** Cron expression in the portal's time zone; '' for a job that only runs by hand. */
  readonly schedule: string;
  /** From when its turn has come. */
  readonly timeoutMs: number;
  /** What it waits its turn for; absent for what takes little. */
  readonly turn?: Turn;
  /** Resolves to one line that says what came of it. Stops early once `signal` is aborted. */
  run(context: { signal: AbortSignal; progress: Progress }): Promise<Text>;
}

/** Earlier versions stored it in English alone. */
const noteSchema: z.ZodType<Text> = z.union([
  z.object({ en: z.string(), zh: z.string() }),
  z.string().transform((note): Text => ({ en: note, zh: note })),
]);

const jobRecordSchema = z.object({
  name: z.string(),
  startedAt: z.number(),
  finishedAt: z.number().nullable(),
  outcome: z.enum(['running', 'done', 'failed', 'timed-out', 'stopped']),
  /** Empty while it runs. */
  note: noteSchema,
});
export type JobRecord = z.infer<typeof jobRecordSchema>;

/** The last run of each job of a portal, kept across restarts. */
export interface JobRecords {
  last(name: string): Promise<JobRecord | null>;
  save(record: JobRecord): Promise<void>;
}

export function createJobRecords(portal: PortalStore): JobRecords {
  return {
    async last(name) {
      const stored = await portal.crm.cursor(cursorName(name));
      if (stored === null) return null;
      const parsed = jobRecordSchema.safeParse(JSON.parse(stored));
      return parsed.success ? parsed.data : null;
    },
    save: (record) => portal.crm.saveCursor(cursorName(record.name), JSON.stringify(record)),
  };
}

/** Of a job that never ran, or runs. */
export const NO_NOTE: Text = { en: '', zh: '' };

const cursorName = (job: string): string => `job:${job}`;

/** Calls `callback` after `delayMs` unless the returned function is called first. */
export type Timer = (delayMs: number, callback: () => void) => () => void;

/** In every line that is logged during one run of a job. */
const runId = (name: string, startedAt: Instant): string => `${name}-${startedAt.toString(36)}`;

/** What a job is stopped with when Kith ends: no failure of its own. */
export const STOPPING = new KithError('job-timeout', {
  en: 'Kith was stopped before this job finished: it runs again at its next time',
  zh: 'Kith 在此任务完成前被停止：它会在下次时间再次运行',
});

function outcomeOf(error: unknown): JobRecord['outcome'] {
  if (error === STOPPING) return 'stopped';
  return error instanceof KithError && error.code === 'job-timeout' ? 'timed-out' : 'failed';
}

const wallTimer: Timer = (delayMs, callback) => {
  const handle = setTimeout(callback, delayMs);
  return () => clearTimeout(handle);
};

/** Runs the jobs of one portal: locks, time-outs, run records. */
export interface JobDesk {
  /**
   * Runs a job to its end. Rejects with the job's own error, KithError('job-busy') while the same job runs, or
   * KithError('job-timeout'); in each case but the second the run record says so.
   */
  run(job: Job): Promise<JobRecord>;
  /** When the run of it that goes on now was asked for; null while none does. One that was timed out goes on until it has really ended. */
  runningSince(name: string): Instant | null;
  /** Asks what runs to stop, and waits until it has. */
  drain(): Promise<void>;
}

export function createJobDesk(options: {
  records: JobRecords;
  progress: Progress;
  now: () => Instant;
  timer?: Timer;
  /** At once where it is absent. */
  inTurn?: InTurn;
}): JobDesk {
  const { records, progress, now, timer = wallTimer, inTurn = (_, work) => work() } = options;
  const running = new Map<string, { startedAt: Instant; stop: AbortController; settled: Promise<unknown> }>();

  return {
    async run(job) {
      const other = running.get(job.name);
      if (other !== undefined) {
        const since = new Date(other.startedAt).toISOString();
        throw new KithError('job-busy', {
          en: `${job.name} is already running (since ${since}): wait until it has finished`,
          zh: `${job.name} 正在运行（自 ${since} 起）：请等它完成`,
        });
      }
      const startedAt = now();
      const stop = new AbortController();
      const started = { name: job.name, startedAt, finishedAt: null, outcome: 'running', note: NO_NOTE } as const;
      let [startTimer, cancelTimer] = [(): void => {}, (): void => {}];
      const timedOut = new Promise<never>((_, reject) => {
        startTimer = () => {
          cancelTimer = timer(job.timeoutMs, () => {
            const minutes = Math.round(job.timeoutMs / 6000) / 10;
            const error = new KithError('job-timeout', {
              en: `${job.name} did not finish within ${minutes} minutes and was asked to stop: see the log for its last step`,
              zh: `${job.name} 未能在 ${minutes} 分钟内完成，已要求其停止：最后一步请见日志`,
            });
            reject(error);
            stop.abort(error);
          });
        };
      });
      const act = async (): Promise<Text> => {
        startTimer();
        await records.save(started);
        stop.signal.throwIfAborted();
        return await withLogScope({ job: job.name, run: runId(job.name, startedAt) }, () =>
          job.run({ signal: stop.signal, progress }),
        );
      };
      // The lock outlives a time-out: it is let go when the work has really ended, so that two never overlap.
      const work = job.turn === undefined ? act() : inTurn(job.turn, act, stop.signal);
      const settled = work.then(
        () => running.delete(job.name),
        () => running.delete(job.name),
      );
      running.set(job.name, { startedAt, stop, settled });

      try {
        const note = await Promise.race([work, timedOut]);
        const record: JobRecord = { ...started, finishedAt: now(), outcome: 'done', note };
        await records.save(record);
        return record;
      } catch (error) {
        await records.save({ ...started, finishedAt: now(), outcome: outcomeOf(error), note: textOf(error) });
        throw error;
      } finally {
        cancelTimer();
      }
    },

    runningSince: (name) => running.get(name)?.startedAt ?? null,

    async drain() {
      const open = [...running.values()];
      for (const job of open) job.stop.abort(STOPPING);
      await Promise.all(open.map((job) => job.settled));
    },
  };
}
