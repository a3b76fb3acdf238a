import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault as HubspotFault } from '../../demo/hubspot/faults.ts';
import { type StandInHubspot, startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { generatePortal } from '../../demo/portal/generate-portal.ts';
import { type StandInSlack, startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { CHANNELS, demoState, demoWorkspace } from '../../demo/workspace.ts';
import { seededRandom } from '../../src/math/random.ts';
import { portalStateSchema } from '../../src/state/portal-state.ts';
import { runnable } from '../runnable.ts';
import { type Dice, diceOf } from '../soak/small-world.ts';
import { canFillDisk, freeDisk, mountDisk, unmountDisk } from './disk.ts';
import { differencesOf, type Outcome } from './outcome.ts';
import type { Ask, Disturbance, Told, VictimOrders } from './victim.ts';

/** The jobs in the order in which a day has them; each begins where an undisturbed run left the one before. */
export const CHAOS_JOBS = ['first-sync', 'analyse', 'write-back', 'sales', 'marketing', 'webhooks'] as const;
export type ChaosJob = (typeof CHAOS_JOBS)[number];

export const TROUBLES = ['kill', 'stop', 'servers', 'disk-full', 'kill-in-trouble'] as const;
export type Trouble = (typeof TROUBLES)[number];

/** What happens to the process itself. */
const DISTURBANCES: Readonly<Record<Trouble, Disturbance['kind'] | null>> = {
  kill: 'SIGKILL',
  stop: 'SIGTERM',
  servers: null,
  'disk-full': 'disk-full',
  'kill-in-trouble': 'SIGKILL',
};

const VICTIM = await runnable(new URL('./victim.ts', import.meta.url));
const TOKEN = 'pat-chaos';
const LIMITS = { perTenSeconds: 1_000_000, searchPerSecond: 1_000_000, daily: 10_000_000 };
const COMPANY = { seed: 11, companies: 60, years: 2 };
/** A Monday's ten past seven, when nothing is due. */
const START = Date.UTC(2026, 10, 2, 7, 10, 10);
const HOUR = 3_600_000;
const GIVE_UP_AFTER = 6;
/** What a process that was told to stop may take, with what a busy machine adds. */
const STOPS_WITHIN_MS = 12_000;
/** Lying servers: calls that fail, calls that are carried out and then said to have failed, and connections that break. */
const CRM_FAULTS: readonly HubspotFault[] = [
  '500',
  '502',
  '503',
  'done-500',
  'done-reset',
  'reset',
  '429-secondly',
  '429-html',
];

interface Stage {
  readonly folder: string;
  readonly steps: number;
  readonly outcome: Outcome;
}

/** Undisturbed runs to compare with, and where each job begins. */
export interface ChaosPlan {
  /** Throws with everything in which the disturbed run ended otherwise; gives back what was done to it. */
  run(seed: number): Promise<string>;
  close(): Promise<void>;
}

/** What the seed does: neighbouring seeds meet every job and every trouble. */
export function planOf(seed: number): { readonly job: ChaosJob; readonly trouble: Trouble } {
  const place = Math.abs(seed);
  const job = CHAOS_JOBS[place % CHAOS_JOBS.length]!;
  return { job, trouble: TROUBLES[Math.floor(place / CHAOS_JOBS.length + place) % TROUBLES.length]! };
}

/** Runs every job once with nothing in its way, and keeps where each began and ended. */
export async function prepareChaos(): Promise<ChaosPlan> {
  const root = await mkdtemp(join(tmpdir(), 'kith-chaos-'));
  const stages = new Map<ChaosJob, Stage>();
  const live = join(root, 'live');
  try {
    await firstFolder(live);
    for (const job of CHAOS_JOBS) {
      const folder = join(root, `before-${job}`);
      const world = await openWorld(job, 0);
      try {
        if (job === 'webhooks') await hintIn(world, live);
        await cp(live, folder, { recursive: true, verbatimSymlinks: true });
        const victim = await start(world, { folder: live, disk: null, job, disturbance: null });
        const steps = await finish(victim, job);
        const outcome = await lookAt(world, victim);
        await end(victim);
        stages.set(job, { folder, steps, outcome });
      } finally {
        await world.close();
      }
    }
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    throw error;
  }
  return {
    async run(seed) {
      const { job, trouble } = planOf(seed);
      const disk = join(root, `seed-${seed}`);
      const folder = join(disk, 'data');
      const { folder: before, steps, outcome } = stages.get(job)!;
      const hasDisk = trouble === 'disk-full' && canFillDisk();
      await mkdir(disk);
      if (hasDisk) mountDisk(disk);
      try {
        await cp(before, folder, { recursive: true, verbatimSymlinks: true });
        return await disturb({ seed, folder, disk: hasDisk ? disk : null, steps, expected: outcome });
      } finally {
        if (hasDisk) unmountDisk(disk);
        await rm(disk, { recursive: true, force: true });
      }
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
}

interface Place {
  readonly folder: string;
  /** A disk that holds the folder and can be filled. */
  readonly disk: string | null;
  readonly steps: number;
}

async function disturb(at: Place & { seed: number; expected: Outcome }): Promise<string> {
  const { seed, folder, expected } = at;
  const { job, trouble } = planOf(seed);
  const dice = diceOf(seededRandom(seed + 1));
  const log: string[] = [`seed ${seed}: ${job}, ${trouble}`];
  const world = await openWorld(job, dice.pick([0, 0, 2, 10]));
  let attempt = 0;
  try {
    const rounds = 1 + dice.below(2);
    for (let round = 0; round < rounds; round++) {
      log.push(await oneRound(world, { ...at, job, trouble, dice }));
    }
    world.calm();
    for (;;) {
      attempt += 1;
      const victim = await start(world, { folder, disk: null, job, disturbance: null });
      try {
        await finish(victim, job);
        // A second time finds nothing to do: what was said and written is known.
        if (job !== 'first-sync' && job !== 'analyse') await finish(victim, job);
        // What had to wait for a server goes out with the next delivery.
        if (victim.child.connected) await finish(victim, 'deliver');
        const differences = differencesOf(expected, await lookAt(world, victim), job);
        if (differences.length > 0) throw new Error(differences.join('\n'));
        await end(victim);
        return log.join('; ');
      } catch (error) {
        victim.child.kill('SIGKILL');
        await victim.exited;
        if (!(error instanceof JobFailed) || attempt > GIVE_UP_AFTER) throw error;
        log.push(`failed: ${error.message}`);
      }
    }
  } catch (error) {
    throw new Error(`${log.join('\n  ')}\n  ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  } finally {
    await world.close();
  }
}

/** One time that something goes wrong; says what it was. */
async function oneRound(world: World, at: Place & { job: ChaosJob; trouble: Trouble; dice: Dice }): Promise<string> {
  const { job, trouble, folder, disk, steps, dice } = at;
  const kind = DISTURBANCES[trouble];
  const disturbance: Disturbance | null = kind === null ? null : { kind, step: 1 + dice.below(steps) };
  if (trouble === 'servers' || trouble === 'kill-in-trouble') world.trouble(dice);
  const said = `${disturbance === null ? trouble : `${disturbance.kind} at step ${disturbance.step} of ${steps}`}`;
  let victim: Victim;
  try {
    victim = await start(world, { folder, disk, job, disturbance });
  } catch (error) {
    freeDisk(disk);
    if (error instanceof JobFailed) return `${said}: ${error.message}`;
    throw error;
  }
  if (victim.ended) {
    freeDisk(disk);
    checkEnd(victim, disturbance);
    return `${said}: ended`;
  }
  try {
    await finish(victim, job);
    freeDisk(disk);
    await end(victim);
    return `${said}: done`;
  } catch (error) {
    if (!(error instanceof JobFailed)) throw error;
    if (victim.child.exitCode === null && victim.child.signalCode === null && !victim.ended) {
      freeDisk(disk);
      await end(victim);
    } else checkEnd(victim, disturbance);
    return `${said}: ${error.message}`;
  }
}

function checkEnd(victim: Victim, disturbance: Disturbance | null): void {
  if (disturbance === null || disturbance.kind === 'disk-full')
    throw new Error(`Kith ended by itself: ${victim.said()}`);
  if (disturbance.kind !== 'SIGTERM') return;
  const { exitCode } = victim.child;
  if (exitCode !== 0)
    throw new Error(`Kith was told to stop and ended with ${exitCode ?? victim.child.signalCode}: ${victim.said()}`);
}

/** A job that said, in Kith's words, why it could not go on; or whose process ended. */
class JobFailed extends Error {}

interface World {
  readonly hubspot: StandInHubspot;
  readonly slack: StandInSlack;
  trouble(dice: Dice): void;
  calm(): void;
  close(): Promise<void>;
}

async function openWorld(job: ChaosJob, latencyMs: number): Promise<World> {
  const { portal } = generatePortal({ ...COMPANY, asOf: START - HOUR });
  const now = (): number => timeOf(job);
  const hubspot = await startStandInHubspot({ portal, token: TOKEN, limits: LIMITS, now, latencyMs });
  if (job === 'webhooks') for (const id of dealsOf(hubspot)) hubspot.portal.edit('deals', id, { amount: '123456.00' });
  const slack = await startStandInSlack({ workspace: demoWorkspace(portal.account.name, portal.owners, []) });
  return {
    hubspot,
    slack,
    trouble(dice) {
      hubspot.setFault({
        seed: dice.below(1_000_000),
        share: 0.2,
        kinds: [dice.pick(CRM_FAULTS), dice.pick(CRM_FAULTS)],
        most: 4,
      });
      const method = 'chat.postMessage';
      slack.setFault(
        dice.pick([
          { kind: 'accepted-then-500', method },
          { kind: 'failed-500', method },
          { kind: 'rate-limited', method, retryAfterSeconds: 1 },
          { kind: 'file-never-ready' },
        ] as const),
      );
    },
    calm: () => hubspot.setFault(null),
    async close() {
      await slack.close();
      await hubspot.close();
    },
  };
}

const timeOf = (job: ChaosJob): number => START + CHAOS_JOBS.indexOf(job) * 60_000;

/** Deals of the first few customers, which change after everything else was done. */
function dealsOf({ portal }: StandInHubspot): readonly string[] {
  return portal.ids('deals').slice(0, 5);
}

async function firstFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  const { portal } = generatePortal({ ...COMPANY, asOf: START - HOUR });
  const empty = portalStateSchema.parse({});
  const schedules = Object.fromEntries(Object.keys(empty.schedules).map((name) => [name, '']));
  const state = { ...demoState(empty), schedules };
  const portals = { [String(portal.account.portalId)]: state };
  await writeFile(join(folder, 'state.json'), JSON.stringify({ version: 1, portals }));
}

/** Webhooks that came and were not followed yet. */
async function hintIn(world: World, folder: string): Promise<void> {
  const victim = await start(world, { folder, disk: null, job: 'webhooks', disturbance: null });
  await ask(victim, { kind: 'hint', dealIds: dealsOf(world.hubspot) });
  await end(victim);
}

interface Victim {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
  /** Steps of a first sync. */
  readonly steps: number;
  /** What it said on standard error. */
  said(): string;
  /** It ended before it was ready. */
  readonly ended: boolean;
}

async function start(
  world: World,
  at: Pick<Place, 'folder' | 'disk'> & { job: ChaosJob; disturbance: Disturbance | null },
): Promise<Victim> {
  const { folder: dataDir, disk, job, disturbance } = at;
  const { apiUrl, botToken, appToken } = world.slack;
  const orders: VictimOrders = {
    dataDir,
    hubspotUrl: world.hubspot.url,
    hubspotToken: TOKEN,
    slack: { apiUrl, botToken, appToken },
    disk,
    now: timeOf(job),
    disturbance,
    isFirstSync: job === 'first-sync',
  };
  const child = fork(VICTIM.file, {
    execArgv: [...VICTIM.execArgv],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      TMPDIR: tmpdir(),
      KITH_CHAOS: JSON.stringify(orders),
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const exited = once(child, 'exit');
  const first = await nextWord(child, exited);
  if (first?.kind === 'ready') return { child, exited, steps: first.steps, said: () => said, ended: false };
  await exited;
  if (first?.kind === 'failed') throw new JobFailed(first.message);
  if (disturbance === null) throw new Error(`Kith did not start: ${said}`);
  return { child, exited, steps: 0, said: () => said, ended: true };
}

function nextWord(child: ChildProcess, exited: Promise<unknown>): Promise<Told | null> {
  return new Promise((resolve) => {
    child.once('message', (message) => resolve(message as Told)); // the victim sends nothing else
    void exited.then(() => resolve(null));
  });
}

async function ask(victim: Victim, question: Ask): Promise<Told> {
  const answer = nextWord(victim.child, victim.exited);
  victim.child.send(question);
  const told = await answer;
  if (told === null) throw new JobFailed('the process ended');
  if (told.kind === 'failed') throw new JobFailed(told.message);
  return told;
}

/** Runs a job to its end; its steps. The schedule may be running the same one this very minute. */
async function finish(victim: Victim, job: ChaosJob | 'deliver'): Promise<number> {
  if (job === 'first-sync') return victim.steps;
  for (;;) {
    try {
      const told = await ask(victim, { kind: 'job', name: job });
      return told.kind === 'done' ? told.steps : 0;
    } catch (error) {
      if (!(error instanceof JobFailed) || !error.message.includes('is already running')) throw error;
      await new Promise((wake) => setTimeout(wake, 100));
    }
  }
}

/** Told to stop as an orchestrator does; it has to end in time and well. */
async function end({ child, exited, said }: Victim): Promise<void> {
  const began = performance.now();
  child.kill('SIGTERM');
  await exited;
  const took = performance.now() - began;
  if (child.exitCode !== 0 || took > STOPS_WITHIN_MS) {
    throw new Error(
      `Told to stop, Kith ended with ${child.exitCode ?? child.signalCode} after ${Math.round(took)} ms: ${said()}`,
    );
  }
}

async function lookAt(world: World, victim: Victim): Promise<Outcome> {
  const told = await ask(victim, { kind: 'look' });
  if (told.kind !== 'outcome') throw new Error(`Kith answered ${told.kind} when it was looked at`);
  const crm: string[] = [];
  for (const type of ['companies', 'contacts'] as const) {
    const object = world.hubspot.portal.object(type);
    for (const id of world.hubspot.portal.ids(type)) {
      const row = object.rowOf(id);
      for (const [name, value] of Object.entries(world.hubspot.portal.properties(type, id) ?? {})) {
        if (!name.startsWith('kith_') || value === null || value === '') continue;
        // When it was scored is the instant of the attempt.
        const shown = name === 'kith_scored_at' ? '' : value;
        crm.push(`${type} ${id} ${name} ${shown} written ${object.history(row, name).length} times`);
      }
    }
  }
  const channels = Object.fromEntries(
    Object.values(CHANNELS).map((id) => [id, world.slack.messages(id).map(({ text }) => text)]),
  );
  return { store: told.outcome, crm, channels };
}
