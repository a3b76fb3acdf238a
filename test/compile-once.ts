import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string;

/** A folder for what this test run compiles, once and only where a test needs it: see `runnable`. */
export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), 'kith-compiled-'));
  process.env.KITH_TEST_COMPILED = folder;
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
