import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { seededRandom } from '../../src/math/random.ts';
import { freePort } from '../integrations/slack/free-port.ts';
import { runnable } from '../runnable.ts';
import { createHearing, type Heard } from './answers-heard.ts';
import { type MemorySample, quantile, readMemory } from './memory-curve.ts';
import { type Company, openCompany } from './service-company.ts';
import { createCrmLife } from './service-crm.ts';
import { createPeople } from './service-people.ts';

export interface ServiceOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly commandsPerSecond: number;
  readonly customers: number;
  readonly people: number;
  /** Told a line now and then. */
  readonly say: (line: string) => void;
  /** Told of each sample as it is taken. */
  readonly sampled?: (sample: MemorySample) => void;
  /** More of Node's own arguments for the service. */
  readonly nodeArguments?: readonly string[];
}

export interface ServiceOutcome {
  readonly heard: Heard;
  readonly samples: readonly MemorySample[];
  /** Changes made in the CRM meanwhile. */
  readonly changes: number;
  /** Jobs that ended well, by name, and what the log says went wrong. */
  readonly jobs: ReadonlyMap<string, number>;
  readonly errors: ReadonlyMap<string, number>;
  /** Of the service, after SIGTERM. */
  readonly exitCode: number | null;
}

const SAMPLE_MS = 5_000;
const REPORT_MS = 30_000;
const TICK_MS = 25;
const CHANGES_PER_SECOND = 1;
const SEND_WEBHOOKS_MS = 10_000;
/** A person who waits for two answers asks somebody else meanwhile. */
const WAITS_FOR = 2;
const DRAIN_MS = 120_000;
const STARTS_WITHIN_MS = 600_000;

/**
 * `kith start` as it is installed, in a process of its own, beside a stand-in HubSpot in which records change all the time, and a
 * stand-in Slack in which people ask, click and look at so many things a second: open loop, so that a service that is too slow is
 * asked no less. Its copies, analyses and digests go on by their schedules.
 */
export async function runService(options: ServiceOptions): Promise<ServiceOutcome> {
  const { seed, customers, people, say } = options;
  const folder = await mkdtemp(join(tmpdir(), 'kith-soak-service-'));
  const company = await openCompany({ folder, seed, customers, people, port: await freePort(), now: Date.now() });
  let kith: Service | null = null;
  try {
    kith = await startService(company, options.nodeArguments ?? []);
    say(`Kith is in Slack; ${customers} customers are copied`);
    await run(['analyse', '--json'], company.environment);
    say('analysed once; people come');
    return await live(options, company, kith);
  } finally {
    await kith?.stop();
    await company.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function live(options: ServiceOptions, company: Company, kith: Service): Promise<ServiceOutcome> {
  const { seed, minutes, commandsPerSecond, say } = options;
  const { slack, hubspot } = company;
  const people = createPeople(company, seededRandom(seed));
  const hearing = createHearing(slack, people.saw);
  const crm = createCrmLife(hubspot, seededRandom(seed + 1), Date.now);
  company.listenAt(Number(company.environment.KITH_HTTP_PORT));
  const samples: MemorySample[] = [];
  const began = performance.now();
  const elapsed = (): number => performance.now() - began;
  const endMs = minutes * 60_000;
  let [asked, sampledAt, reportedAt, sentAt] = [0, -SAMPLE_MS, 0, 0];
  const troubles: unknown[] = [];
  const meet = (work: Promise<unknown>): void => void work.catch((error: unknown) => troubles.push(error));

  while (elapsed() < endMs && kith.isRunning() && troubles.length === 0) {
    const at = elapsed();
    for (; asked < (at / 1000) * commandsPerSecond; asked++) {
      const person = Array.from({ length: 5 }, people.person).find((id) => hearing.waitingOf(id) < WAITS_FOR);
      meet(hearing.act(people.next(person ?? people.person())));
    }
    while (crm.changes < (at / 1000) * CHANGES_PER_SECOND) crm.change();
    if (at - sentAt >= SEND_WEBHOOKS_MS) {
      sentAt = at;
      // A call that is not taken is looked for by the copies.
      void hubspot.webhooks.send({ seed: asked }).catch(() => undefined);
    }
    if (at - sampledAt >= SAMPLE_MS) {
      sampledAt = at;
      hearing.giveUp();
      const sample = await readMemory(kith.pid, at / 1000);
      if (sample !== null) samples.push(sample);
      if (sample !== null) options.sampled?.(sample);
    }
    if (at - reportedAt >= REPORT_MS) {
      reportedAt = at;
      say(progress(at, hearing.heard(), samples.at(-1), kith));
    }
    await pause(TICK_MS);
  }
  const wasRunning = kith.isRunning();
  const last = elapsed();
  while (wasRunning && hearing.heard().waiting > 0 && elapsed() - last < DRAIN_MS) await pause(TICK_MS);
  hearing.giveUp(0);
  hearing.stop();
  if (troubles.length > 0) throw troubles[0];
  if (!wasRunning) throw new Error(`kith ended by itself: ${kith.lastWords()}`);
  const exitCode = await kith.stop();
  const { jobs, errors } = kith;
  return { heard: hearing.heard(), samples, changes: crm.changes, jobs, errors, exitCode };
}

function progress(atMs: number, heard: Heard, sample: MemorySample | undefined, kith: Service): string {
  const { acts, answered, refused, failed, waiting, ackMs, answerMs } = heard;
  const jobs = [...kith.jobs].map(([name, times]) => `${name} ${times}`).join(', ');
  const recent = (values: readonly number[], share: number) => Math.round(quantile(values.slice(-500), share));
  return [
    `${(atMs / 60_000).toFixed(1)} min: ${acts} asked, ${answered} answered, ${refused} refused, ${failed} failed, ${waiting} waiting`,
    `acknowledged after ${recent(ackMs, 0.5)} and ${recent(ackMs, 0.99)} ms`,
    `answered after ${recent(answerMs, 0.5)} and ${recent(answerMs, 0.99)} ms`,
    `${sample?.residentMb.toFixed(0)} MB resident, ${sample?.threads} threads, ${sample?.processorS.toFixed(0)} s of processors`,
    `jobs: ${jobs || 'none'}`,
  ].join('; ');
}

interface Service {
  readonly pid: number;
  readonly jobs: ReadonlyMap<string, number>;
  readonly errors: ReadonlyMap<string, number>;
  isRunning(): boolean;
  lastWords(): string;
  /** Resolves with the exit code. */
  stop(): Promise<number | null>;
}

const logLine = z.object({
  level: z.number(),
  msg: z.string(),
  job: z.string().optional(),
  reason: z.unknown().optional(),
});
const ERROR_LEVEL = 50;

async function startService(company: Company, nodeArguments: readonly string[]): Promise<Service> {
  const environment = { ...containerEnvironment(), ...company.environment };
  const child = await spawnKith(['start'], environment, nodeArguments);
  // Whoever ends the soak ends what it started.
  process.once('exit', () => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const [jobs, errors] = [new Map<string, number>(), new Map<string, number>()];
  const words: string[] = [];
  const add = (to: Map<string, number>, key: string): void => void to.set(key, (to.get(key) ?? 0) + 1);
  let isReady = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  child.stdout!.resume();
  createInterface({ input: child.stderr! }).on('line', (line) => {
    words.push(line);
    if (words.length > 20) words.shift();
    if (line.includes('Kith is in Slack for')) isReady();
    if (!line.startsWith('{')) return;
    const { success, data } = logLine.safeParse(JSON.parse(line));
    if (!success) return;
    const job = /^([a-z-]+): /.exec(data.msg)?.[1];
    if (data.level >= ERROR_LEVEL) add(errors, `${data.msg} ${data.reason ?? ''}`.trim().slice(0, 200));
    else if (job !== undefined) add(jobs, job);
  });
  const late = pause(STARTS_WITHIN_MS, 'late', { ref: false });
  const outcome = await Promise.race([ready, ended, late]);
  if (outcome !== undefined) {
    child.kill('SIGKILL');
    throw new Error(`kith did not start: ${words.join('\n')}`);
  }
  return {
    pid: child.pid!,
    jobs,
    errors,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    lastWords: () => words.join('\n'),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
      return child.exitCode;
    },
  };
}

/** What the container sets for every Kith that starts in it. */
function containerEnvironment(): Record<string, string> {
  const words = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8').match(/^ENV .*$/gm) ?? [];
  const pairs = words.join(' ').matchAll(/([A-Z_]+)=(\S+)/g);
  return Object.fromEntries(Array.from(pairs, ([, name, value]) => [name, value]));
}

/** Runs `kith` to its end. */
async function run(words: readonly string[], environment: Readonly<Record<string, string>>): Promise<void> {
  const child = await spawnKith(words, environment, []);
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stdout!.resume();
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`kith ${words.join(' ')} ended with ${code}: ${said}`);
}

async function spawnKith(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  nodeArguments: readonly string[],
): Promise<ChildProcess> {
  const { file, execArgv } = await runnable(new URL('../../src/main.ts', import.meta.url));
  const { PATH = '', HOME = '' } = process.env;
  return spawn(process.execPath, [...execArgv, ...nodeArguments, file, ...words], {
    env: { PATH, HOME, TMPDIR: tmpdir(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
