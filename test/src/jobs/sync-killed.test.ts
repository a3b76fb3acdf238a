import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StandInHubspot, startStandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { NO_LIMITS, smallPortal, TOKEN } from '../../demo/hubspot/small-portal.ts';
import { runnable } from '../../runnable.ts';

const SYNC = await runnable(new URL('./sync-in-a-process.ts', import.meta.url));
const HOUR = 60 * 60_000;
const START = Date.UTC(2026, 5, 1, 12);
const TIES = 10_400;

let time = START;
let server: StandInHubspot;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-killed-sync-'));
  const portal = smallPortal();
  server = await startStandInHubspot({ portal, token: TOKEN, limits: NO_LIMITS, now: () => time });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** Runs a sync in a process of its own; each cursor that is saved inside a window is a line, the store's contents the last. */
async function run(store: string, part: 'all' | 'safe', onLine: (line: string, kill: () => void) => void = () => {}) {
  const words = [...SYNC.execArgv, SYNC.file, join(folder, store), server.url, String(time), part];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    onLine(line, () => child.kill('SIGKILL'));
  });
  const [, signal] = await once(child, 'close');
  return { lines, signal, last: lines.at(-1) ?? '' };
}

it('a safe lane that is killed inside a window of more than 10,000 ties goes on there and ends as one that was not', {
  timeout: 120_000,
}, async () => {
  await Promise.all([run('killed', 'all'), run('undisturbed', 'all')]);
  time += HOUR;
  for (let n = 0; n < TIES; n++) server.portal.create('companies', { name: `Tie ${n}` });
  server.portal.edit('deals', '500', { dealname: 'Edited' });
  server.portal.link('deals', '500', 'companies', '1003', true);
  time += 2 * HOUR;

  const whole = await run('undisturbed', 'safe');
  const undisturbed = JSON.parse(whole.last);
  expect(undisturbed.companies).toBe(250 + TIES);

  let saved = 0;
  const killed = await run('killed', 'safe', (line, kill) => {
    if (line.includes('"afterId":"') && ++saved === 2) kill();
  });
  expect(killed.signal).toBe('SIGKILL');
  const resumed = JSON.parse((await run('killed', 'safe')).last);
  // The window's end is an instant of the clock, which the calls of the two move by different amounts.
  const outcome = ({ companies, hash, cursor }: Record<string, unknown> & { cursor: { window: unknown } }) => ({
    companies,
    hash,
    window: cursor.window,
  });
  expect(outcome(resumed)).toEqual(outcome(undisturbed));
  expect(resumed.cursor.window).toBeNull();
  // 200 records a search: what was stored before is not searched for again.
  expect(undisturbed.calls).toBeLessThan(TIES / 200 + 20);
  expect(resumed.calls).toBeLessThan(undisturbed.calls - 2 * 10 + 5);
});
