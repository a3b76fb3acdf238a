import type { CommandListing } from '../../src/ports/command.ts';

/** Whether an answer may be made anew without anybody typing its command again. */
export function onlyReads(
  commands: readonly CommandListing[],
  { command, text }: { readonly command: string; readonly text: string },
): boolean {
  return commands.find(({ name }) => name === command)?.onlyReads?.(text) ?? false;
}

/** Whether an answer is about the asker's own things. */
export function isPersonal(
  commands: readonly CommandListing[],
  { command, text }: { readonly command: string; readonly text: string },
): boolean {
  return commands.find(({ name }) => name === command)?.isPersonal?.(text) ?? false;
}
