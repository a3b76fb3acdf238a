import type { CommandContext } from '../context.ts';

/** The owners that a text names, and what they are called; null when it names none. */
export async function ownersNamed(
  { reader }: Pick<CommandContext, 'reader'>,
  text: string,
): Promise<{ readonly ownerIds: readonly string[]; readonly name: string } | null> {
  const owners = await reader.findOwners(text);
  if (owners.length === 0) return null;
  return { ownerIds: owners.map(({ id }) => id), name: owners.map(({ name }) => name).join(', ') };
}
