import { stat } from 'node:fs/promises';

/** A file's size and date: another edition of it has others. */
export async function editionOf(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file);
  return `${size}-${Math.trunc(mtimeMs)}`;
}
