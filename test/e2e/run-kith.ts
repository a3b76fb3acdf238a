import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';

const TSX = resolve('node_modules/.bin/tsx');
const MAIN = resolve('src/main.ts');

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
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  return spawn(TSX, [MAIN, ...words], {
    cwd,
    env: { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), KITH_LOG_LEVEL: 'warn', ...environment },
  });
}

/** Runs `kith` to its end. */
export function runKith(
  words: readonly string[],
  environment: Record<string, string> = {},
  cwd?: string,
): Promise<Ran> {
  const child = startKith(words, environment, cwd);
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
