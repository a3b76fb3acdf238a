import { describe, expect, it, vi } from 'vitest';
import { createJobDesk, type Job, type JobRecord, type JobRecords, type Timer } from '../../../src/jobs/job.ts';
import { createScheduler, type MissedRun } from '../../../src/jobs/scheduler.ts';
import type { Logger } from '../../../src/lib/logger.ts';
import type { Text } from '../../../src/lib/text.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const MONDAY_NINE = Date.parse('2026-03-09T09:00:00Z');
const HOUR = 60 * 60 * 1000;
const SENT: Text = { en: 'sent', zh: '已发送' };

const same = (text: string): Text => ({ en: text, zh: text });

function schedulerOf(options: {
  jobs: readonly Partial<Job>[];
  now?: () => number;
  timeZone?: string;
  saved?: JobRecord[];
  onMissed?: (missed: readonly MissedRun[]) => void;
  logger?: Logger;
  timer?: Timer;
}) {
  const saved = options.saved ?? [];
  const records: JobRecords = {
    last: async (name) => saved.findLast((record) => record.name === name) ?? null,
    save: async (record) => {
      saved.push(record);
    },
  };
  const now = options.now ?? (() => MONDAY_NINE);
  const desk = createJobDesk({
    records,
    progress: { update: () => {} },
    now,
    ...(options.timer && { timer: options.timer }),
  });
  const jobs = options.jobs.map((job) => ({
    name: 'digest',
    schedule: '0 9 * * 1',
    timeoutMs: 60_000,
    run: async () => SENT,
    ...job,
  }));
  const { timeZone = 'UTC', onMissed, logger = silent } = options;
  return createScheduler({ jobs, timeZone, desk, records, logger, now, ...(onMissed && { onMissed }) });
}

const done = (startedAt: number): JobRecord => ({
  name: 'digest',
  startedAt,
  finishedAt: startedAt,
  outcome: 'done',
  note: SENT,
});

describe('the scheduler', () => {
  it('names the job and the expression that it cannot read', () => {
    expect(() => schedulerOf({ jobs: [{ name: 'marketing digest', schedule: '99 * * * *' }] })).toThrow(
      expect.objectContaining({
        code: 'config',
        message: expect.stringMatching(/marketing digest.*"99 \* \* \* \*"/s),
      }),
    );
    expect(() => schedulerOf({ jobs: [{ schedule: 'every monday' }] })).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringContaining('"every monday"') }),
    );
  });

  it('misses nothing and tells nothing twice when the clock is set back, and goes on when it is right again', async () => {
    let clock = MONDAY_NINE + HOUR;
    const told: string[] = [];
    const scheduler = schedulerOf({
      jobs: [{}],
      now: () => clock,
      saved: [done(MONDAY_NINE)],
      onMissed: (missed) => void told.push(...missed.map(({ name }) => name)),
    });
    for (const at of [MONDAY_NINE + HOUR, MONDAY_NINE - 30 * 24 * HOUR, MONDAY_NINE - HOUR, MONDAY_NINE + 2 * HOUR]) {
      clock = at;
      expect(await scheduler.missed()).toEqual([]);
    }
    clock = MONDAY_NINE + 7 * 24 * HOUR + HOUR;
    expect((await scheduler.missed()).map(({ expectedAt }) => expectedAt)).toEqual([MONDAY_NINE + 7 * 24 * HOUR]);
    clock = MONDAY_NINE;
    expect(await scheduler.missed()).toEqual([]);
    expect(told).toEqual([]);
  });

  it.each([-5, 5])('goes on within a minute when the clock is set by %i hours while it runs', async (hours) => {
    vi.useFakeTimers({ now: MONDAY_NINE + 30_000 });
    const starts: number[] = [];
    const job = { schedule: '* * * * *', run: async () => same(String(starts.push(Date.now()))) };
    const scheduler = schedulerOf({ jobs: [job], now: Date.now });
    try {
      await scheduler.start();
      await vi.advanceTimersByTimeAsync(2 * 60_000);
      expect(starts).toHaveLength(2);
      vi.setSystemTime(Date.now() + hours * HOUR);
      await vi.advanceTimersByTimeAsync(3 * 60_000);
      expect(starts.length).toBeGreaterThanOrEqual(4);
      expect(starts.length).toBeLessThanOrEqual(5);
      expect(new Set(starts.map((at) => Math.floor(at / 60_000))).size).toBe(starts.length);
    } finally {
      await scheduler.stop();
      vi.useRealTimers();
    }
  });

  it('leaves a job that is still running alone when it is due again, notes that once, and tells how often', async () => {
    vi.useFakeTimers({ now: MONDAY_NINE + 30_000 });
    const logged: string[] = [];
    const log = (level: string) => (message: string) => void logged.push(`${level} ${message}`);
    const logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
    let end = (): void => {};
    let starts = 0;
    const run = () => {
      starts += 1;
      return new Promise<Text>((resolve) => {
        end = () => resolve(same('followed'));
      });
    };
    const job = { name: 'webhooks', schedule: '* * * * *', timeoutMs: HOUR, run };
    const scheduler = schedulerOf({ jobs: [job], now: Date.now, logger });
    try {
      await scheduler.start();
      const asked = scheduler.runNow('webhooks');
      await vi.advanceTimersByTimeAsync(3 * 60_000);
      expect(starts).toBe(1);
      expect(await scheduler.status()).toMatchObject([{ outcome: 'running', overlaps: 3, isStuck: false }]);
      end();
      await asked;
      expect(await scheduler.status()).toMatchObject([{ outcome: 'done', overlaps: 0 }]);
      await vi.advanceTimersByTimeAsync(3 * 60_000);
      expect(starts).toBe(2);
      expect(await scheduler.status()).toMatchObject([{ outcome: 'running', overlaps: 2 }]);
      const note = 'debug webhooks was due and is still running: it waits for its next time';
      expect(logged).toEqual([note, note]);
    } finally {
      end();
      await scheduler.stop();
      vi.useRealTimers();
    }
  });

  it('logs in English what came of a job, and tells it in every language', async () => {
    vi.useFakeTimers({ now: MONDAY_NINE + 30_000 });
    const logged: string[] = [];
    const logger = { ...silent, info: (message: string) => void logged.push(message) };
    const scheduler = schedulerOf({ jobs: [{ schedule: '* * * * *' }], now: Date.now, logger });
    try {
      await scheduler.start();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(logged).toEqual(['digest: sent']);
      expect(await scheduler.status()).toMatchObject([{ outcome: 'done', note: SENT }]);
    } finally {
      await scheduler.stop();
      vi.useRealTimers();
    }
  });

  it('tells of a job that is stopped with Kith as news, and of no failure', async () => {
    vi.useFakeTimers({ now: MONDAY_NINE + 30_000 });
    const logged: string[] = [];
    const log = (level: string) => (message: string) => void logged.push(`${level} ${message}`);
    const logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
    const run: Job['run'] = ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    const scheduler = schedulerOf({ jobs: [{ run, schedule: '* * * * *' }], now: Date.now, logger });
    try {
      await scheduler.start();
      await vi.advanceTimersByTimeAsync(60_000);
      await scheduler.stop();
      await vi.advanceTimersByTimeAsync(1);
      expect(logged).toEqual([expect.stringMatching(/^info digest: Kith was stopped before this job finished/)]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('does not hide that a job was timed out and has not ended', async () => {
    let expire = (): void => {};
    let [end, begin] = [(): void => {}, (): void => {}];
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const run = () => {
      begin();
      return new Promise<Text>((resolve) => {
        end = () => resolve(same('late'));
      });
    };
    const timer: Timer = (_, callback) => {
      expire = callback;
      return () => {};
    };
    const scheduler = schedulerOf({ jobs: [{ run }], timer });
    const running = scheduler.runNow('digest');
    await begun;
    expire();
    await expect(running).rejects.toMatchObject({ code: 'job-timeout' });
    const note = {
      en: expect.stringContaining('did not finish within 1 minutes'),
      zh: expect.stringContaining('未能在 1 分钟内完成'),
    };
    expect(await scheduler.status()).toMatchObject([{ outcome: 'timed-out', note, isStuck: true }]);
    end();
    await scheduler.stop();
    expect(await scheduler.status()).toMatchObject([{ outcome: 'timed-out', isStuck: false }]);
  });

  it('names a time zone that does not exist', async () => {
    expect(() => schedulerOf({ jobs: [{}], timeZone: 'Nowhere/City' })).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringContaining('Nowhere/City') }),
    );
  });

  it('tells the next run in the time zone of the portal, and none once it is stopped', async () => {
    const scheduler = schedulerOf({ jobs: [{}, { name: 'by hand', schedule: '' }], timeZone: 'Asia/Shanghai' });
    await scheduler.start();
    const [digest, byHand] = await scheduler.status();
    const next = new Date(digest!.nextAt!);
    expect([next.getUTCDay(), next.getUTCHours(), next.getUTCMinutes()]).toEqual([1, 1, 0]);
    expect(digest).toMatchObject({ name: 'digest', schedule: '0 9 * * 1', outcome: 'never' });
    expect(byHand!.nextAt).toBeNull();
    await scheduler.stop();
    expect((await scheduler.status())[0]!.nextAt).toBeNull();
  });

  it('tells how the last run went, and one that a crash cut off', async () => {
    const scheduler = schedulerOf({
      jobs: [{}, { name: 'sync' }],
      saved: [{ ...done(0), outcome: 'running', note: same('') }],
    });
    await scheduler.runNow('sync');
    expect(await scheduler.status()).toMatchObject([
      { outcome: 'interrupted', note: same('') },
      { outcome: 'done', note: SENT },
    ]);
  });

  it('refuses to run a job that does not exist, naming those that do', async () => {
    const scheduler = schedulerOf({ jobs: [{}] });
    await expect(scheduler.runNow('digests')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('digest'),
    });
  });

  it('notices once that a run was expected while nothing ran', async () => {
    const told: MissedRun[] = [];
    const lastStart = MONDAY_NINE - 7 * 24 * HOUR;
    const scheduler = schedulerOf({
      jobs: [{}],
      saved: [done(lastStart)],
      now: () => MONDAY_NINE + 2 * HOUR,
      onMissed: (missed) => told.push(...missed),
    });
    await scheduler.start();
    expect(told).toEqual([{ name: 'digest', expectedAt: MONDAY_NINE, lastStartedAt: lastStart }]);
    expect(await scheduler.missed()).toEqual([]);
    await scheduler.stop();
  });

  it('does not call missed what ran, what is only just due, or what was due before its first start', async () => {
    const ran = schedulerOf({ jobs: [{}], saved: [done(MONDAY_NINE + 200)], now: () => MONDAY_NINE + 2 * HOUR });
    const justDue = schedulerOf({ jobs: [{}], saved: [done(MONDAY_NINE - HOUR)], now: () => MONDAY_NINE + 60_000 });
    const isNew = schedulerOf({ jobs: [{}], now: () => MONDAY_NINE + 2 * HOUR });
    const long = { ...done(MONDAY_NINE - HOUR), finishedAt: MONDAY_NINE + HOUR };
    const wasRunning = schedulerOf({ jobs: [{}], saved: [long], now: () => MONDAY_NINE + 2 * HOUR });
    for (const scheduler of [ran, justDue, isNew, wasRunning]) expect(await scheduler.missed()).toEqual([]);
  });

  it('waits for what runs when it stops', async () => {
    let isFinished = false;
    const scheduler = schedulerOf({
      jobs: [
        {
          run: ({ signal }) =>
            new Promise((resolve) => {
              signal.addEventListener('abort', () => {
                isFinished = true;
                resolve(same('stopped early'));
              });
            }),
        },
      ],
    });
    const running = scheduler.runNow('digest');
    await Promise.resolve();
    await scheduler.stop();
    expect(isFinished).toBe(true);
    await running;
  });
});
