import { describe, expect, it } from 'vitest';
import { createJobDesk, type Job, type JobRecord, type JobRecords, type Timer } from '../../../src/jobs/job.ts';
import { KithError } from '../../../src/lib/errors.ts';
import { createFairQueue } from '../../../src/lib/fair-queue.ts';
import type { Text } from '../../../src/lib/text.ts';

const quiet = { update: () => {} };

/** A clock that tests turn, with the timers that hang on it. */
function handClock(start: number) {
  let time = start;
  const timers = new Set<{ at: number; callback: () => void }>();
  const timer: Timer = (delayMs, callback) => {
    const entry = { at: time + delayMs, callback };
    timers.add(entry);
    return () => timers.delete(entry);
  };
  return {
    now: () => time,
    timer,
    waiting: () => timers.size,
    turn(ms: number) {
      time += ms;
      for (const entry of [...timers]) {
        if (entry.at > time) continue;
        timers.delete(entry);
        entry.callback();
      }
    },
  };
}

function memoryRecords(): JobRecords & { saved: JobRecord[] } {
  const saved: JobRecord[] = [];
  return {
    saved,
    last: async (name) => saved.findLast((record) => record.name === name) ?? null,
    save: async (record) => {
      saved.push(record);
    },
  };
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** What jobs here say came of them, in every language. */
const same = (text: string): Text => ({ en: text, zh: text });

const jobOf = (run: Job['run'], timeoutMs = 60_000): Job => ({ name: 'analyse', schedule: '', timeoutMs, run });

describe('a job', () => {
  it('leaves a record of its start, its end and what came of it', async () => {
    const clock = handClock(1_000);
    const records = memoryRecords();
    const desk = createJobDesk({ records, progress: quiet, now: clock.now, timer: clock.timer });
    const record = await desk.run(
      jobOf(async () => {
        clock.turn(500);
        return { en: '6 analyses', zh: '6 项分析' };
      }),
    );
    expect(record).toEqual({
      name: 'analyse',
      startedAt: 1_000,
      finishedAt: 1_500,
      outcome: 'done',
      note: { en: '6 analyses', zh: '6 项分析' },
    });
    expect(records.saved.map((saved) => saved.outcome)).toEqual(['running', 'done']);
    expect(clock.waiting()).toBe(0);
  });

  it('is refused while the same one runs, and may run again afterwards', async () => {
    const clock = handClock(0);
    const desk = createJobDesk({ records: memoryRecords(), progress: quiet, now: clock.now, timer: clock.timer });
    const gate = deferred<Text>();
    const first = desk.run(jobOf(() => gate.promise));
    await expect(desk.run(jobOf(async () => same('')))).rejects.toMatchObject({ code: 'job-busy' });
    gate.resolve(same('first'));
    await first;
    await expect(desk.run(jobOf(async () => same('second')))).resolves.toMatchObject({ note: same('second') });
  });

  it('records its failure and hands the error on', async () => {
    const clock = handClock(0);
    const records = memoryRecords();
    const desk = createJobDesk({ records, progress: quiet, now: clock.now, timer: clock.timer });
    await expect(desk.run(jobOf(async () => Promise.reject(new Error('disk is full'))))).rejects.toThrow(
      'disk is full',
    );
    expect(records.saved.at(-1)).toMatchObject({ outcome: 'failed', note: same('disk is full') });
    expect(desk.runningSince('analyse')).toBeNull();
  });

  it('that fails with an error of Kith’s notes it in every language that it is said in', async () => {
    const records = memoryRecords();
    const desk = createJobDesk({ records, progress: quiet, now: () => 0 });
    const text = { en: 'HubSpot takes no calls', zh: 'HubSpot 不再接受调用' };
    const failing = desk.run(jobOf(async () => Promise.reject(new KithError('crm-limit', text))));
    await expect(failing).rejects.toMatchObject({ code: 'crm-limit' });
    expect(records.saved.at(-1)).toMatchObject({ outcome: 'failed', note: text });
  });

  it('is asked to stop when its time is over, and keeps its lock until it really has', async () => {
    const clock = handClock(0);
    const records = memoryRecords();
    const desk = createJobDesk({ records, progress: quiet, now: clock.now, timer: clock.timer });
    const gate = deferred<Text>();
    const begun = deferred<void>();
    let isAborted = false;
    const running = desk.run(
      jobOf(({ signal }) => {
        begun.resolve();
        signal.addEventListener('abort', () => {
          isAborted = true;
        });
        return gate.promise;
      }, 90_000),
    );
    await begun.promise;
    clock.turn(90_000);
    await expect(running).rejects.toMatchObject({
      code: 'job-timeout',
      message: expect.stringContaining('1.5 minutes'),
    });
    expect(isAborted).toBe(true);
    expect(records.saved.at(-1)).toMatchObject({ outcome: 'timed-out' });
    await expect(desk.run(jobOf(async () => same('')))).rejects.toMatchObject({ code: 'job-busy' });
    gate.resolve(same('late'));
    await desk.drain();
    expect(desk.runningSince('analyse')).toBeNull();
  });

  it('is stopped and waited for when the desk drains', async () => {
    const clock = handClock(0);
    const records = memoryRecords();
    const desk = createJobDesk({ records, progress: quiet, now: clock.now, timer: clock.timer });
    const running = desk.run(
      jobOf(
        ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          }),
      ),
    );
    const refused = expect(running).rejects.toThrow('was stopped');
    await Promise.resolve();
    await desk.drain();
    await refused;
    expect(records.saved.at(-1)).toMatchObject({ outcome: 'stopped' });
  });

  it('has its whole time from when its turn has come, and is held all the while', async () => {
    const clock = handClock(0);
    const turn = deferred<void>();
    const asked: string[] = [];
    const desk = createJobDesk({
      records: memoryRecords(),
      progress: quiet,
      now: clock.now,
      timer: clock.timer,
      async inTurn(what, work) {
        asked.push(what);
        await turn.promise;
        return work();
      },
    });
    const job: Job = { ...jobOf(async () => same('done'), 1_000), turn: 'analyses' };
    const running = desk.run(job);
    clock.turn(10_000);
    expect(clock.waiting()).toBe(0);
    expect(desk.runningSince('analyse')).not.toBeNull();
    await expect(desk.run(job)).rejects.toMatchObject({ code: 'job-busy' });
    turn.resolve();
    expect(await running).toMatchObject({ outcome: 'done' });
    expect(asked).toEqual(['analyses']);
  });

  it('that is stopped while it waits its turn never runs, and its record says so', async () => {
    const records = memoryRecords();
    const queue = createFairQueue(1);
    const held = deferred<void>();
    const other = queue.run('b', () => held.promise);
    let hasRun = false;
    const desk = createJobDesk({
      records,
      progress: quiet,
      now: () => 0,
      inTurn: (_, work, signal) => queue.run('a', work, signal),
    });
    const running = desk.run({
      ...jobOf(async () => {
        hasRun = true;
        return same('');
      }),
      turn: 'copies',
    });
    const ended = expect(running).rejects.toMatchObject({ code: 'job-timeout' });
    await desk.drain();
    await ended;
    held.resolve();
    await other;
    expect(hasRun).toBe(false);
    expect(records.saved.at(-1)).toMatchObject({ outcome: 'stopped' });
  });
});
