import { createHash } from 'node:crypto';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { KithError } from '../lib/errors.ts';
import { LANGUAGES, type Language } from '../lib/text.ts';
import type { Terminal } from './terminal.ts';
import { typist } from './typist.ts';

/**
 * One data folder belongs to one process. A command typed beside a running Kith is therefore run by that Kith: the command
 * line sends its words over a local socket in the data folder and prints what comes back. One JSON object a line, both ways.
 */
const requestSchema = z.strictObject({
  words: z.array(z.string()),
  isTerminal: z.boolean(),
  columns: z.number(),
  cwd: z.string(),
  /** What Kith speaks where the words are typed. */
  language: z.enum(LANGUAGES),
  /** Who types; only this user and the machine's own administrator may connect. */
  user: z.string().max(100),
});
const answerSchema = z.union([
  z.strictObject({ out: z.string() }),
  z.strictObject({ err: z.string() }),
  z.strictObject({ exit: z.number().int() }),
]);

/** Runs a command for a client; `signal` is aborted when this process is to stop. */
export type ForwardedRun = (
  words: readonly string[],
  terminal: Terminal,
  cwd: string,
  signal: AbortSignal,
  typed: { readonly user: string; readonly language: Language },
) => Promise<number>;

/** Longer paths than this are refused by the operating system for a local socket. */
const LONGEST_SOCKET_PATH = 100;
const LONGEST_REQUEST = 64 * 1024;

export function socketPath(dataDir: string): string {
  const path = join(dataDir, 'kith.sock');
  if (path.length <= LONGEST_SOCKET_PATH) return path;
  return join(tmpdir(), `kith-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}.sock`);
}

/**
 * Answers commands for the process that owns `dataDir`, until closed: what runs then is told to stop, and waited for. Only this user
 * may connect.
 */
export async function serveLocalSocket(dataDir: string, run: ForwardedRun): Promise<{ close(): Promise<void> }> {
  const path = socketPath(dataDir);
  // The caller holds the data folder's lock, so that a socket left here belongs to a dead process.
  rmSync(path, { force: true });
  const stop = new AbortController();
  const running = new Set<Promise<unknown>>();
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const send = (answer: z.infer<typeof answerSchema>): void => {
      if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
    };
    socket.on('error', () => socket.destroy());
    let received = 0;
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (received > LONGEST_REQUEST) socket.destroy();
    });
    createInterface({ input: socket }).once('line', async (line) => {
      const request = requestSchema.safeParse(parseJson(line));
      if (!request.success) {
        send({ err: 'The request was not understood; is this the same version of Kith?\n' });
        send({ exit: 2 });
        socket.end();
        return;
      }
      const { words, isTerminal, columns, cwd, user, language } = request.data;
      const terminal: Terminal = {
        out: (text) => send({ out: text }),
        err: (text) => send({ err: text }),
        isTerminal,
        columns,
      };
      const answered = run(words, terminal, cwd, stop.signal, { user, language }).then((exit) => {
        send({ exit });
        socket.end();
      });
      running.add(answered);
      await answered.finally(() => running.delete(answered));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      stop.abort(
        new KithError('job-timeout', {
          en: 'Kith was stopped before this command finished; run it again',
          zh: 'Kith 在该命令完成前被停止；请重新运行',
        }),
      );
      await Promise.allSettled(running);
      // Who has asked for nothing, or has not hung up, keeps nobody waiting.
      for (const socket of open) socket.destroySoon();
      await closed;
      rmSync(path, { force: true });
    },
  };
}

/**
 * Has the Kith that runs on `dataDir` run the command; its exit code, or null when none runs there.
 * @throws KithError('store-locked') when that Kith goes away in the middle.
 */
export async function forwardToRunning(
  dataDir: string,
  words: readonly string[],
  terminal: Terminal,
  language: Language,
): Promise<number | null> {
  const path = socketPath(dataDir);
  if (!existsSync(path)) return null;
  const socket = createConnection(path);
  const connected = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  if (!connected) return null;
  const { isTerminal, columns } = terminal;
  socket.write(`${JSON.stringify({ words, isTerminal, columns, cwd: process.cwd(), user: typist(), language })}\n`);
  for await (const line of createInterface({ input: socket })) {
    const answer = answerSchema.parse(parseJson(line));
    if ('out' in answer) terminal.out(answer.out);
    else if ('err' in answer) terminal.err(answer.err);
    else return answer.exit;
  }
  throw new KithError('store-locked', {
    en: `The Kith that runs on ${dataDir} stopped before it had answered; run the command again`,
    zh: `正在 ${dataDir} 上运行的 Kith 在回答之前停止了；请重新运行该命令`,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
