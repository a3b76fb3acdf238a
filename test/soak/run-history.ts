import { FAULTS, type Fault } from '../../demo/hubspot/faults.ts';
import { type StandInHubspot, startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { KithError } from '../../src/lib/errors.ts';
import { seededRandom } from '../../src/math/random.ts';
import type { Store } from '../../src/store/portal-store.ts';
import { differencesFromCrm } from './compare-with-crm.ts';
import { COPY_JOBS, type CopyJob, openCopier } from './copy-jobs.ts';
import { changeSomething, importThousands } from './made-up-history.ts';
import { type Dice, diceOf, HISTORY_START, smallWorld } from './small-world.ts';

const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
/** One history in so many has an import of thousands in it. */
const THOUSANDS_EVERY = 25;
export const HISTORY_TOKEN = 'pat-history';
const LIMITS = { perTenSeconds: 1_000_000, searchPerSecond: 1_000_000, daily: 10_000_000 };

export interface HistoryWorld {
  readonly server: StandInHubspot;
  readonly dice: Dice;
  readonly clock: { now(): number; advance(ms: number): void };
  /** What happened, in order: the log of a failure. */
  readonly log: string[];
}

/** A stand-in with a small portal, its index late and its association pages short, all by the seed. */
export async function openWorld(seed: number): Promise<HistoryWorld> {
  const dice = diceOf(seededRandom(seed));
  let time = HISTORY_START;
  const server = await startStandInHubspot({
    portal: smallWorld(dice),
    token: HISTORY_TOKEN,
    limits: LIMITS,
    now: () => time,
    searchLagMs: dice.pick([0, 20_000, 5 * MINUTE, 50 * MINUTE]),
    associationsPage: dice.pick([1, 2, 500]),
    partialStatus: dice.pick([200, 207]),
  });
  const clock = {
    now: () => time,
    advance(ms: number) {
      time += ms;
    },
  };
  return { server, dice, clock, log: [] };
}

/** People work for a while: changes in one millisecond, in the next, or minutes or hours apart. */
export function work({ server, clock, log }: HistoryWorld, dice: Dice, changes: number): void {
  for (let n = 0; n < changes; n++) {
    clock.advance(dice.pick([0, 0, 1, 900, MINUTE, 20 * MINUTE, 100 * MINUTE]));
    log.push(`${new Date(clock.now()).toISOString()} ${changeSomething(server.portal, dice)}`);
  }
}

/** Faults of the seed's own kind and of some others, so that neighbouring seeds meet them all. */
export function makeTrouble({ server, dice }: HistoryWorld, seed: number): void {
  const own = FAULTS[seed % FAULTS.length]!;
  const kinds: Fault[] = [own, dice.pick(FAULTS), dice.pick(FAULTS)];
  // One that never answers costs the client's patience in real time.
  const most = kinds.includes('hang') ? 2 : 6;
  server.setFault({ seed: dice.below(1_000_000), share: dice.pick([0.05, 0.2, 0.5]), kinds, most });
}

/**
 * A day and more in which nobody changes anything, and then the jobs that leave nothing out: the store has to be the CRM. The
 * first may have a first copy to finish, which was begun before the changes that the second one finds.
 */
export const LAST_JOBS: readonly CopyJob[] = ['safe', 'safe', 'sweep', 'reconcile'];
export const QUIET = DAY + 60 * MINUTE;

/**
 * One history: changes of the CRM between and during the jobs that copy it, some of them in trouble. What is different in the
 * end is thrown, with the seed that makes it happen again.
 */
export async function runHistory(seed: number, store: Pick<Store, 'portal'>): Promise<void> {
  const world = await openWorld(seed);
  const { server, dice, clock, log } = world;
  try {
    const portal = await store.portal(`history-${seed}`);
    // Of its own, as several types are read at once: what happens during a job must not change what happens after it.
    const meanwhile = diceOf(seededRandom(seed + 1_000_000));
    let isQuiet = false;
    const copier = await openCopier({
      url: server.url,
      token: HISTORY_TOKEN,
      portal,
      clock,
      // People do not stop working while their records are being copied.
      onProgress: () => {
        if (!isQuiet && meanwhile.chance(0.15)) work(world, meanwhile, 1);
      },
    });
    const run = async (job: CopyJob): Promise<void> => {
      log.push(`${new Date(clock.now()).toISOString()} ${job}`);
      try {
        await copier.run(job);
      } catch (error) {
        // In trouble a job may give up, saying so in Kith's words; the next one goes on.
        if (!(error instanceof KithError) || !error.code.startsWith('crm-')) throw error;
        log.push(`  gave up: ${error.message}`);
        if (error.code === 'crm-limit') clock.advance(DAY);
      } finally {
        server.setFault(null);
      }
    };
    const rounds = 2 + dice.below(3);
    for (let round = 0; round < rounds; round++) {
      if (dice.chance(0.5)) makeTrouble(world, seed);
      await run(round === 0 ? 'all' : dice.pick(COPY_JOBS));
      work(world, dice, 1 + dice.below(12));
      if (round === 0 && seed % THOUSANDS_EVERY === 0) log.push(importThousands(server.portal, dice));
    }
    isQuiet = true;
    clock.advance(QUIET);
    for (const job of LAST_JOBS) await copier.run(job);
    const differences = await differencesFromCrm(server.portal, portal);
    if (differences.length === 0) {
      const again = await copier.run('reconcile');
      differences.push(...again);
    }
    await copier.close();
    // Hundreds of databases in one engine would slow it down.
    await portal.command('DROP DATABASE {db:Identifier} SYNC');
    if (differences.length > 0) throw new HistoryError(seed, log, differences);
  } catch (error) {
    throw error instanceof HistoryError ? error : new HistoryError(seed, log, [String((error as Error).stack)]);
  } finally {
    await server.close();
  }
}

/** Where the store is not the CRM, what happened before, and the seed that makes it happen again. */
export class HistoryError extends Error {
  constructor(seed: number, log: readonly string[], differences: readonly string[]) {
    const shown = [...differences.slice(0, 20), ...(differences.length > 20 ? [`… ${differences.length} in all`] : [])];
    super(
      `History of seed ${seed}: the store is not the CRM\n${shown.join('\n')}\n\nWhat happened:\n${log.join('\n')}`,
    );
  }
}
