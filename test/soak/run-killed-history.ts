import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runnable } from '../runnable.ts';
import { type ComparedStore, differencesFromCrm } from './compare-with-crm.ts';
import type { Ask, Told } from './copier-process.ts';
import { COPY_JOBS, type CopyJob } from './copy-jobs.ts';
import { DAY, HISTORY_TOKEN, HistoryError, LAST_JOBS, makeTrouble, openWorld, QUIET, work } from './run-history.ts';

const COPIER = await runnable(new URL('./copier-process.ts', import.meta.url));
/** A job takes some tens to some hundreds of them. */
const STEPS_TO_LIVE = 150;

/** A copier in a process of its own. */
interface Victim {
  /** Runs a job; with `steps`, the process is killed (SIGKILL) after so many. */
  ask(ask: Ask, steps?: number): Promise<{ value: unknown; now: number } | 'killed'>;
  end(): Promise<void>;
}

/** A history whose jobs are killed where they stand, at steps that the seed chooses, and started again. */
export async function runKilledHistory(seed: number, rounds = 4): Promise<void> {
  const world = await openWorld(seed);
  const { server, dice, clock, log } = world;
  const folder = await mkdtemp(join(tmpdir(), 'kith-killed-'));
  let victim: Victim | null = null;
  const run = async (job: CopyJob, steps?: number): Promise<readonly string[]> => {
    victim ??= await startVictim(folder, server.url);
    log.push(
      `${new Date(clock.now()).toISOString()} ${job}${steps === undefined ? '' : `, killed after ${steps} steps`}`,
    );
    const answer = await victim.ask({ kind: 'run', job, now: clock.now() }, steps);
    if (answer === 'killed') {
      victim = null;
      return [];
    }
    clock.advance(answer.now - clock.now());
    return answer.value as readonly string[]; // what a job answers
  };
  try {
    for (let round = 0; round < rounds; round++) {
      if (dice.chance(0.3)) makeTrouble(world, seed);
      const steps = dice.chance(0.75) ? 1 + dice.below(STEPS_TO_LIVE) : undefined;
      const job = round === 0 ? 'all' : dice.pick(COPY_JOBS);
      await run(job, steps).catch((error: unknown) => {
        if (!(error instanceof GaveUp)) throw error;
        log.push(`  gave up: ${error.message}`);
        if (error.code === 'crm-limit') clock.advance(DAY);
      });
      server.setFault(null);
      work(world, dice, 1 + dice.below(12));
    }
    clock.advance(QUIET);
    for (const job of LAST_JOBS) await run(job);
    const survivor: Victim = victim ?? (await startVictim(folder, server.url));
    victim = survivor;
    const differences = await differencesFromCrm(server.portal, storeOf(survivor));
    if (differences.length === 0) differences.push(...(await run('reconcile')));
    if (differences.length > 0) throw new HistoryError(seed, log, differences);
  } catch (error) {
    throw error instanceof HistoryError ? error : new HistoryError(seed, log, [String((error as Error).stack)]);
  } finally {
    await (victim as Victim | null)?.end();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A job said, in Kith's words, why it could not go on. */
class GaveUp extends Error {
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

async function startVictim(folder: string, url: string): Promise<Victim> {
  const child = fork(COPIER.file, {
    execArgv: [...COPIER.execArgv],
    serialization: 'advanced',
    env: { ...process.env, KITH_SOAK_FOLDER: folder, KITH_SOAK_URL: url, KITH_SOAK_TOKEN: HISTORY_TOKEN },
  });
  const exited = once(child, 'exit');
  await firstWord(child, exited);
  return {
    async ask(ask, steps) {
      let left = steps ?? Number.POSITIVE_INFINITY;
      const told = new Promise<Told>((resolve) => {
        const listen = (message: Told): void => {
          if (message.kind === 'step' && --left === 0) child.kill('SIGKILL');
          if (message.kind === 'step') return;
          child.off('message', listen);
          resolve(message);
        };
        child.on('message', listen);
      });
      child.send(ask);
      const first = await Promise.race([told, exited.then(() => 'exited' as const)]);
      if (first === 'exited' || left <= 0) {
        await exited;
        if (left > 0) throw new Error('The copier ended by itself');
        return 'killed';
      }
      if (first.kind === 'failed' && first.code.startsWith('crm-')) throw new GaveUp(first.message, first.code);
      if (first.kind !== 'answer') throw new Error(`The copier failed: ${JSON.stringify(first)}`);
      return { value: first.value, now: first.now };
    },
    async end() {
      child.disconnect();
      await exited;
    },
  };
}

async function firstWord(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  const first: unknown = await Promise.race([once(child, 'message'), exited.then(() => null)]);
  if (first === null) throw new Error('The copier did not start');
}

/** The store in the other process, as far as it is compared. */
function storeOf(victim: Victim): ComparedStore {
  const ask = async <V>(question: Ask): Promise<V> => {
    const answer = await victim.ask(question);
    if (answer === 'killed') throw new Error('The copier was killed while it was compared');
    return answer.value as V; // each question has an answer of its own type
  };
  return {
    query: <Row>(sql: string) => ask<Row[]>({ kind: 'query', sql }),
    crm: {
      liveIds: (type) => ask({ kind: 'liveIds', type, ids: [] }),
      resolve: (type, ids) => ask({ kind: 'resolve', type, ids }),
    },
    identity: { read: (ids) => ask({ kind: 'identities', type: 'contacts', ids }) },
  };
}
