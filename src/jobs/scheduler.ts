import { createTask, type ScheduledTask, validateDetailed } from 'node-cron';
import type { Instant } from '../domain/crm.ts';
import { KithError, messageOf } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';
import type { JobStatus } from '../ports/system-status.ts';
import { type Job, type JobDesk, type JobRecord, type JobRecords, NO_NOTE, STOPPING } from './job.ts';

/** A time at which a job was due and did not start. */
export interface MissedRun {
  readonly name: string;
  readonly expectedAt: Instant;
  readonly lastStartedAt: Instant | null;
}

export interface Scheduler {
  /** Arms every schedule, and reports what was missed while Kith was not running. */
  start(): Promise<void>;
  status(): Promise<readonly JobStatus[]>;
  /** Runs one job now. */
  runNow(name: string): Promise<void>;
  /** Jobs that were due within the last eight days and did not start. Each is told once. */
  missed(): Promise<readonly MissedRun[]>;
  /** Takes no new work, asks what runs to stop, and waits for it. */
  stop(): Promise<void>;
}

const MINUTE_MS = 60_000;
const LOOK_BACK_MS = 8 * 24 * 60 * MINUTE_MS;
// How late a start may be before it counts as missed.
const TOLERANCE_MS = 5 * MINUTE_MS;
const WATCHDOG_CRON = '*/10 * * * *';
const CLOCK_CHECK_MS = MINUTE_MS / 2;

/**
 * Starts jobs by cron expressions in the account's time zone. Throws KithError('config') naming the job and the expression
 * when one cannot be read, before anything is armed.
 */
export function createScheduler(options: {
  jobs: readonly Job[];
  timeZone: string;
  desk: JobDesk;
  records: JobRecords;
  logger: Logger;
  now: () => Instant;
  /** Told of the runs that were expected and did not happen. */
  onMissed?: (missed: readonly MissedRun[]) => Promise<void> | void;
}): Scheduler {
  const { desk, records, logger, now, timeZone } = options;
  checkTimeZone(timeZone);
  // A run of a schedule that began before Kith first started was never promised.
  const firstStartedAt = now();
  const told = new Map<string, Instant>();
  /** How often a job was due while one run of it went on. */
  const overlaps = new Map<string, { readonly startedAt: Instant; times: number }>();
  let stopping = false;

  const tasks = new Map<string, { job: Job; task: ScheduledTask }>();
  for (const job of options.jobs) {
    if (job.schedule === '') continue;
    tasks.set(job.name, { job, task: cronTask(job.name, job.schedule, { timeZone, logger }, () => runLogged(job)) });
  }
  const watchdog = cronTask('watchdog', WATCHDOG_CRON, { timeZone, logger }, () => tellMissed());
  const armed = [...tasks.values()].map(({ task }) => task).concat(watchdog);
  let clockCheck: NodeJS.Timeout | undefined;

  /** A task waits for an instant of the clock as it was: where that was set back by hours, nothing would run for hours. */
  function followClock(): void {
    const offset = (): number => Date.now() - performance.now();
    let last = offset();
    clockCheck = setInterval(() => {
      const moved = offset() - last;
      last += moved;
      if (Math.abs(moved) < MINUTE_MS || stopping) return;
      logger.warn('the clock was set, or the machine slept: the schedules are armed anew', {
        seconds: Math.round(moved / 1000),
      });
      rearm().catch((error: unknown) => logger.error(`The schedules were not armed anew: ${messageOf(error)}`));
    }, CLOCK_CHECK_MS).unref();
  }

  async function rearm(): Promise<void> {
    for (const task of armed) {
      await task.stop();
      if (!stopping) await task.start();
    }
  }

  async function runLogged(job: Job): Promise<void> {
    if (stopping) return;
    const since = desk.runningSince(job.name);
    if (since !== null) return skip(job.name, since);
    try {
      const record = await desk.run(job);
      logger.info(`${job.name}: ${record.note.en}`, {
        seconds: ((record.finishedAt ?? now()) - record.startedAt) / 1000,
      });
    } catch (error) {
      if (error === STOPPING) logger.info(`${job.name}: ${messageOf(error)}`);
      else logger.error(`${job.name} failed: ${messageOf(error)}`);
    }
  }

  /** That a run outlasts its schedule is usual: the next time does what this one would have done. */
  function skip(name: string, startedAt: Instant): void {
    const known = overlaps.get(name);
    if (known?.startedAt === startedAt) {
      known.times += 1;
      return;
    }
    overlaps.set(name, { startedAt, times: 1 });
    logger.debug(`${name} was due and is still running: it waits for its next time`, { startedAt });
  }

  async function missed(): Promise<MissedRun[]> {
    const found: MissedRun[] = [];
    for (const { job, task } of tasks.values()) {
      const last = await records.last(job.name);
      // What was due while the job itself still ran was not missed.
      const since = last === null ? firstStartedAt : (last.finishedAt ?? last.startedAt);
      const expectedAt = previousOccurrence(task, now() - TOLERANCE_MS, since);
      if (expectedAt === null || told.get(job.name) === expectedAt || desk.runningSince(job.name) !== null) continue;
      told.set(job.name, expectedAt);
      found.push({ name: job.name, expectedAt, lastStartedAt: last?.startedAt ?? null });
    }
    return found;
  }

  async function tellMissed(): Promise<void> {
    const runs = await missed();
    for (const run of runs) {
      logger.warn(`${run.name} was expected at ${new Date(run.expectedAt).toISOString()} but did not run`, { ...run });
    }
    if (runs.length > 0) await options.onMissed?.(runs);
  }

  return {
    async start() {
      for (const task of armed) await task.start();
      followClock();
      await tellMissed();
    },

    async status() {
      const list: JobStatus[] = [];
      for (const job of options.jobs) {
        const last = await records.last(job.name);
        list.push({
          name: job.name,
          schedule: job.schedule,
          nextAt: stopping ? null : (tasks.get(job.name)?.task.getNextRun()?.getTime() ?? null),
          ...lastRun(last, desk.runningSince(job.name), overlaps.get(job.name)),
        });
      }
      return list;
    },

    async runNow(name) {
      const job = options.jobs.find((candidate) => candidate.name === name);
      if (job === undefined) {
        const names = options.jobs.map((candidate) => candidate.name).join(', ');
        throw new KithError('usage', {
          en: `There is no job called ${name}: choose one of ${names}`,
          zh: `没有名为 ${name} 的任务：可选 ${names}`,
        });
      }
      await desk.run(job);
    },

    missed,

    async stop() {
      stopping = true;
      clearInterval(clockCheck);
      for (const task of armed) await task.destroy();
      await desk.drain();
    },
  };
}

function lastRun(
  last: JobRecord | null,
  runningSince: Instant | null,
  overlap: { readonly startedAt: Instant; readonly times: number } | undefined,
): Pick<JobStatus, 'outcome' | 'note' | 'isStuck' | 'overlaps'> {
  const overlaps = overlap !== undefined && overlap.startedAt === runningSince ? overlap.times : 0;
  const isOver = last !== null && last.outcome !== 'running';
  const isStuck = runningSince !== null && isOver && last.startedAt === runningSince;
  if (runningSince !== null && !isStuck) return { outcome: 'running', note: NO_NOTE, isStuck, overlaps };
  if (last === null) return { outcome: 'never', note: NO_NOTE, isStuck, overlaps };
  // A record that still says 'running' while nothing runs was left by a process that ended.
  const outcome = isOver ? last.outcome : 'interrupted';
  return { outcome, note: last.note, isStuck, overlaps };
}

function cronTask(
  name: string,
  expression: string,
  { timeZone, logger }: { readonly timeZone: string; readonly logger: Logger },
  run: () => Promise<void>,
): ScheduledTask {
  const problem = validateDetailed(expression).errors[0]?.message;
  if (problem !== undefined) {
    throw new KithError('config', {
      en: `The schedule of ${name}, "${expression}", is not a cron expression (${problem}): correct it in state.json, for example "0 9 * * 1" for Mondays at 9:00`,
      zh: `${name} 的时间安排“${expression}”不是 cron 表达式（${problem}）：请在 state.json 中更正，例如每周一 9:00 为 "0 9 * * 1"`,
    });
  }
  // It would write to the console, past the log.
  const nothing = (): void => {};
  const told = {
    info: nothing,
    debug: nothing,
    warn: (message: string) => logger.info(`${name}: ${message}`),
    error: (error: string | Error) => logger.error(`${name}: ${messageOf(error)}`),
  };
  const options = { timezone: timeZone, name, suppressMissedWarning: true, logger: told };
  return createTask(expression, run, options);
}

// node-cron would only complain at the first match.
function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone });
  } catch (cause) {
    throw new KithError(
      'config',
      {
        en: `"${timeZone}" is not a time zone: correct the account's time zone, for example "Europe/London"`,
        zh: `“${timeZone}”不是时区：请更正账户的时区，例如 "Europe/London"`,
      },
      {
        cause,
      },
    );
  }
}

/** The last minute in (since, until] at which the task was due, looking back eight days at most. */
function previousOccurrence(task: ScheduledTask, until: Instant, since: Instant): Instant | null {
  const earliest = Math.max(since, until - LOOK_BACK_MS);
  for (let minute = Math.floor(until / MINUTE_MS) * MINUTE_MS; minute > earliest; minute -= MINUTE_MS) {
    if (task.match(new Date(minute))) return minute;
  }
  return null;
}
