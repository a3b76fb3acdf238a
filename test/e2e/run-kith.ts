import { type ChildProcess, spawn } from 'node:child_process';
import { runnable } from '../runnable.ts';

const MAIN = await runnable(new URL('../../src/main.ts', import.meta.url));

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Starts `kith` as a person would; the environment holds nothing of ours but what is given. */
export function startKith(
  words: readonly string[],
  environment: Record<string, string> = {},
  cwd = process.cwd(),
): ChildProcess {
  return spawn(process.execPath, [...MAIN.execArgv, MAIN.file, ...words], { cwd, env: only(environment) });
}

/** Runs `kith` to its end. */
export function runKith(
  words: readonly string[],
  environment: Record<string, string> = {},
  cwd?: string,
): Promise<Ran> {
  return ended(startKith(words, environment, cwd));
}

/** The same by the command that the README names, through npm and tsx. */
export function npmRunKith(words: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  return ended(spawn('npm', ['run', '--silent', 'kith', '--', ...words], { env: only(environment) }));
}

function only(environment: Record<string, string>): Record<string, string> {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), KITH_LOG_LEVEL: 'warn', ...environment };
}

function ended(child: ChildProcess): Promise<Ran> {
  let [out, err] = ['', ''];
  child.stdout!.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((done) => child.once('close', (code) => done({ code: code ?? -1, out, err })));
}

/** Resolves with the match once the process has said something on standard error. */
export function waitForWords(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let said = '';
  return new Promise((done, fail) => {
    child.stderr!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = pattern.exec(said);
      if (found !== null) done(found);
    });
    child.once('close', (code) => fail(new Error(`kith ended with ${code} before it said ${pattern}: ${said}`)));
  });
}
