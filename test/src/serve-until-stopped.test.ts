import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { forwardToRunning, serveLocalSocket, socketPath } from '../../src/cli/local-socket.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import type { Kith } from '../../src/kith.ts';
import { serveUntilStopped } from '../../src/serve-until-stopped.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-serve-'));
afterAll(() => rmSync(folder, { recursive: true }));

const terminal: Terminal = { out: () => undefined, err: () => undefined, isTerminal: false, columns: 80 };
const kith = {
  now: Date.now,
  config: { tenant: null, language: 'en' },
  workspace: async () => ({ account: { name: 'Acme' }, portal: { crm: { cursor: async () => '{}' } } }),
} as unknown as Kith;

it('stops the schedules and the command that is under way at once, and waits for nobody who only listens', async () => {
  const stop = new AbortController();
  let isBotStopped = false;
  let untilServed: () => void = () => undefined;
  const served = new Promise<void>((resolve) => {
    untilServed = resolve;
  });
  let untilBegun: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    untilBegun = resolve;
  });
  const ended = serveUntilStopped(kith, {
    terminal,
    stop: stop.signal,
    startBot: async () => ({
      runJob: async () => undefined,
      isInSlack: () => true,
      stop: async () => {
        isBotStopped = true;
      },
    }),
    async serve() {
      // A command that goes on until it is told to stop, and after that until the schedules have stopped too.
      const socket = await serveLocalSocket(folder, (_words, _terminal, _cwd, signal) => {
        untilBegun();
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => setImmediate(() => resolve(isBotStopped ? 1 : 0)), { once: true });
        });
      });
      untilServed();
      return socket;
    },
  });
  await served;
  const idle = createConnection(socketPath(folder));
  const hungUp = new Promise<void>((resolve) => idle.once('close', () => resolve()));
  await new Promise<void>((resolve) => idle.once('connect', () => resolve()));
  const code = forwardToRunning(folder, ['sync'], terminal, 'en');
  await begun;
  stop.abort();
  await ended;
  expect(isBotStopped).toBe(true);
  expect(await code).toBe(1);
  await hungUp;
});

it('says whether it is in Slack, or where it waits to be added', async () => {
  const said = async (isInSlack: boolean) => {
    const words: string[] = [];
    const stop = new AbortController();
    await serveUntilStopped(
      { ...kith, config: { tenant: null, language: 'en', publicUrl: 'https://kith.example' } } as Kith,
      {
        terminal: { ...terminal, err: (text) => words.push(text) },
        stop: stop.signal,
        startBot: async () => ({
          runJob: async () => undefined,
          isInSlack: () => isInSlack,
          stop: async () => undefined,
        }),
        async serve() {
          queueMicrotask(() => stop.abort());
          return { close: async () => undefined };
        },
      },
    );
    return words.join('');
  };
  expect(await said(true)).toContain('Kith is in Slack for Acme');
  expect(await said(false)).toContain('waits to be added to Slack at https://kith.example/slack/install');
});

it.each([
  { kept: {}, copies: 'everything' },
  { kept: { backfill: '{}' }, copies: 'the rest' },
  { kept: { 'last-sync': '1' }, copies: 'nothing' },
  { kept: { folder: '/exports' }, copies: 'nothing' },
])('copies $copies at its start where $kept is what was kept of a copy', async ({ kept, copies }) => {
  const stop = new AbortController();
  const asked: string[] = [];
  const cursors = new Map(Object.entries(kept));
  const at = {
    account: { name: 'Acme' },
    portal: { crm: { cursor: async (name: string) => cursors.get(name) ?? null } },
  };
  const empty = {
    ...kith,
    now: Date.now,
    workspace: async () => at,
    inTurn: async (_turn: string, work: () => unknown) => work(),
    sync: async ({ full }: { full: boolean }) => {
      asked.push(full ? 'everything' : 'the rest');
      return { workspace: at };
    },
  } as unknown as Kith;
  await serveUntilStopped(empty, {
    terminal,
    stop: stop.signal,
    startBot: async () => ({ runJob: async () => undefined, isInSlack: () => true, stop: async () => undefined }),
    async serve() {
      stop.abort();
      return { close: async () => undefined };
    },
  });
  expect(asked).toEqual(copies === 'nothing' ? [] : [copies]);
});

it('has one of several tenants wait for its HubSpot with its pages open and its commands answered, and goes on from there', async () => {
  const happened: string[] = [];
  const stop = new AbortController();
  let connect: () => void = () => undefined;
  const connected = new Promise<void>((resolve) => {
    connect = resolve;
  });
  const note = (what: string) => async () => void happened.push(what);
  const tenant = {
    ...kith,
    config: { tenant: 'acme', language: 'en', publicUrl: null },
    isConnected: async () => false,
    untilConnected: () => connected,
    listener: () => ({ mount: () => undefined, open: note('pages open'), close: note('pages closed') }),
  } as unknown as Kith;
  await serveUntilStopped(tenant, {
    terminal: { ...terminal, err: (text) => void (text.includes('KITH_TENANT=acme kith connect') && connect()) },
    stop: stop.signal,
    async startBot() {
      happened.push('bot');
      return { runJob: async () => undefined, isInSlack: () => true, stop: note('bot stopped') };
    },
    async serve() {
      happened.push('commands answered');
      if (happened.includes('bot')) stop.abort();
      return { close: note('commands ended') };
    },
  });
  expect(happened).toEqual([
    'commands answered',
    'pages open',
    'commands ended',
    'pages closed',
    'bot',
    'commands answered',
    'commands ended',
    'bot stopped',
  ]);
});
