import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CHANNELS } from '../../demo/workspace.ts';
import { shardOf } from '../../src/shard.ts';
import { runnable } from '../runnable.ts';
import { type RunningClickHouse, startClickHouse } from '../src/store/start-clickhouse.ts';
import { openTenant, type Tenant } from './open-tenant.ts';
import type { FromTenants } from './tenants-process.ts';

const SHARDS = 3;
/** Three of each shard. */
const TENANTS = nine();
/** A Monday's ten past seven, when nothing is due. */
const NOW = Date.UTC(2026, 10, 2, 7, 10, 10);

let folder = '';
let server: RunningClickHouse;
const tenants = new Map<string, Tenant>();
const processes: Shard[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-shards-'));
  server = await startClickHouse(join(folder, 'server'));
  for (const [i, name] of TENANTS.entries())
    tenants.set(name, await openTenant(folder, name, { seed: 11 + i, companies: 40, now: NOW }));
}, 120_000);

afterAll(async () => {
  for (const { child } of processes) child.kill('SIGKILL');
  for (const tenant of tenants.values()) await tenant.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

it('shares nine portals among three processes over one server: whichever is killed, each job is done, each message said once, and nobody sees another’s rows', async () => {
  for (let index = 0; index < SHARDS; index++) processes.push(await startShard(index));
  expect(processes.map(({ served }) => [...served].sort())).toEqual(
    processes.map((_, index) => TENANTS.filter((name) => shardOf(name, SHARDS) === index).sort()),
  );
  // Each process is killed in the midst of one job of its three tenants.
  for (const [victim, job] of ['analyse', 'sales', 'marketing'].entries()) await everywhere(job, victim);
  await everywhere('deliver', null);

  // A list may be what did not arrive for certain, or have nobody to name.
  let named = 0;
  for (const [name, { slack, database }] of tenants) {
    const client = createClient({ url: server.url });
    const rows = async <Row>(query: string): Promise<Row[]> =>
      (await client.query({ query, format: 'JSONEachRow' })).json<Row>();
    const messages = await rows<{ state: string; ts: string; channel: string }>(
      `SELECT argMax(state, seq) AS state, argMax(message_id, seq) AS ts, argMin(channel_id, seq) AS channel
         FROM \`${database}\`.outbox GROUP BY key`,
    );
    const runs = await rows<{ kind: string }>(`SELECT DISTINCT run_id FROM \`${database}\`.scores`);
    await client.close();
    expect(runs, name).toHaveLength(1);
    const said = Object.values(CHANNELS).flatMap((channel) => slack.messages(channel));
    const texts = said.map(({ text }) => text);
    // What Slack acknowledged is there once; what it may have got is flagged, and there at most once.
    const sent = messages.filter(({ state }) => state === 'sent');
    const uncertain = messages.filter(({ state }) => state === 'uncertain');
    expect(sent.length + uncertain.length, name).toBe(messages.length);
    expect(sent.every(({ ts }) => said.filter((message) => message.ts === ts).length === 1)).toBe(true);
    expect(said.length, name).toBeGreaterThanOrEqual(sent.length);
    expect(said.length, name).toBeLessThanOrEqual(messages.length);
    expect(sent.length, name).toBeGreaterThan(0);
    expect(new Set(texts).size, name).toBe(texts.length);
    const everything = JSON.stringify(said);
    if (everything.includes(`${name} Ltd`)) named += 1;
    for (const other of TENANTS) if (other !== name) expect(everything, name).not.toContain(`${other} Ltd`);
  }
  expect(named).toBeGreaterThan(0);
}, 400_000);

/** Runs a job of every tenant; the process `victim` is killed as soon as the first of its tenants is through. */
async function everywhere(job: string, victim: number | null): Promise<void> {
  await Promise.all(
    TENANTS.map(async (name) => {
      const index = shardOf(name, SHARDS);
      for (;;) {
        const shard = processes[index]!;
        const outcome = await shard.run(name, job);
        if (outcome === 'done') {
          if (index === victim && !shard.wasKilled) {
            shard.kill();
            processes[index] = await startShard(index);
          }
          return;
        }
        expect(outcome).toBe('killed');
        while (processes[index] === shard) await new Promise((wake) => setImmediate(wake));
      }
    }),
  );
}

interface Shard {
  readonly child: ChildProcess;
  readonly served: ReadonlySet<string>;
  readonly wasKilled: boolean;
  /** 'killed' when the process was, before it told what came of it. */
  run(tenant: string, job: string): Promise<'done' | 'killed'>;
  kill(): void;
}

async function startShard(index: number): Promise<Shard> {
  const { file, execArgv } = await runnable(new URL('./tenants-process.ts', import.meta.url));
  const child = fork(file, {
    execArgv: [...execArgv],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      TMPDIR: tmpdir(),
      KITH_TEST_NOW: String(NOW),
      KITH_DATA_DIR: join(folder, 'data'),
      KITH_TENANTS_DIR: join(folder, 'tenants.d'),
      KITH_SHARD: `${index}/${SHARDS}`,
      KITH_HTTP_PORT: '0',
      KITH_LOG_LEVEL: 'error',
      CLICKHOUSE_URL: server.url,
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const exited = once(child, 'exit');
  const served = new Set<string>();
  const expected = TENANTS.filter((name) => shardOf(name, SHARDS) === index);
  const ready = new Promise<void>((resolve) => {
    child.on('message', (message) => {
      const told = message as FromTenants; // the process sends nothing else
      if (told.kind === 'ready') served.add(told.tenant);
      if (served.size === expected.length) resolve();
    });
  });
  await Promise.race([
    ready,
    exited.then(() => {
      throw new Error(`shard ${index} ended before it was ready: ${said}`);
    }),
  ]);
  let wasKilled = false;
  return {
    child,
    served,
    get wasKilled() {
      return wasKilled;
    },
    run: async function run(tenant: string, job: string): Promise<'done' | 'killed'> {
      const answered = new Promise<FromTenants>((resolve) => {
        child.on('message', function hear(message) {
          const told = message as FromTenants; // the process sends nothing else
          if (told.kind === 'ready' || told.tenant !== tenant || told.job !== job) return;
          child.off('message', hear);
          resolve(told);
        });
      });
      if (!child.connected) return 'killed';
      child.send({ tenant, job });
      const told = await Promise.race([answered, exited.then(() => null)]);
      if (told === null) return 'killed';
      // The schedule may be running the same one this very minute.
      if (told.kind === 'failed' && told.note.includes('is already running')) return run(tenant, job);
      if (told.kind === 'failed') throw new Error(`${tenant}, ${job}: ${told.note}`);
      return 'done';
    },
    kill() {
      wasKilled = true;
      child.kill('SIGKILL');
    },
  };
}

function nine(): readonly string[] {
  const names: string[] = [];
  for (let i = 0; names.length < 9; i++) {
    const name = `co-${i}`;
    const beside = names.filter((other) => shardOf(other, SHARDS) === shardOf(name, SHARDS));
    if (beside.length < 3) names.push(name);
  }
  return names;
}
