import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileOnce } from './runnable.ts';

let folder: string;

/**
 * A folder for what this test run compiles, once: at once where the tests themselves run from there (`--mode compiled`, which has
 * named it), otherwise only where a test needs it (see `runnable`).
 */
export async function setup(): Promise<void> {
  const named = process.env.KITH_TEST_COMPILED;
  folder = named ?? mkdtempSync(join(tmpdir(), 'kith-compiled-'));
  process.env.KITH_TEST_COMPILED = folder;
  if (named !== undefined) await compileOnce(folder);
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
