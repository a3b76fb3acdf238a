import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Another test file may be compiling: so long is it waited for. */
const COMPILES_WITHIN_MS = 240_000;
const LOOK_EVERY_MS = 100;

/** How Node runs a source in a process of its own. */
export interface Runnable {
  readonly file: string;
  readonly execArgv: readonly string[];
}

/**
 * A source to run in a process of its own. In a test run it is JavaScript, compiled once for all test files: a process starts in half
 * the time that it takes through tsx, which is what a script outside of a test run gets.
 */
export async function runnable(source: URL): Promise<Runnable> {
  const file = fileURLToPath(source);
  const folder = process.env.KITH_TEST_COMPILED;
  if (folder === undefined) return { file, execArgv: ['--import', import.meta.resolve('tsx')] };
  await compileOnce(folder);
  return { file: join(folder, relative(process.cwd(), file).replace(/\.ts$/, '.js')), execArgv: [] };
}

/** All sources as JavaScript in `folder`, by whoever asks first. */
export async function compileOnce(folder: string): Promise<void> {
  const done = join(folder, 'done');
  if (existsSync(done)) return;
  const isMine = await mkdir(join(folder, 'begun')).then(
    () => true,
    () => false,
  );
  if (isMine) {
    const { compile } = await import('./compile.ts');
    compile(folder);
    await writeFile(done, '');
    return;
  }
  for (let waited = 0; !existsSync(done); waited += LOOK_EVERY_MS) {
    if (waited > COMPILES_WITHIN_MS)
      throw new Error(`Nothing was compiled into ${folder} within ${COMPILES_WITHIN_MS} ms`);
    await pause(LOOK_EVERY_MS);
  }
}
