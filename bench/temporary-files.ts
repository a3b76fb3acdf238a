import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `use` with a folder that is removed afterwards. */
export async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'kith-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes arrays as they lie in memory, one file each, for another process to read; gives their paths by name. */
export async function writeArrays<Name extends string>(
  folder: string,
  arrays: Readonly<Record<Name, Float64Array | Int32Array>>,
): Promise<Record<Name, string>> {
  const paths: Record<string, string> = {};
  for (const [name, array] of Object.entries<Float64Array | Int32Array>(arrays)) {
    paths[name] = join(folder, `${name}.bin`);
    await writeFile(paths[name], array);
  }
  return paths;
}
