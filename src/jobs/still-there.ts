import type { ErasureGate } from '../store/erasure-gate.ts';

/**
 * Of ids that were read before, those that `read` still gives once somebody was forgotten since this was made: what is long
 * goes on part by part, and erasures take their turn between two. Within `apart`.
 */
export function createStillThere(
  erasures: Pick<ErasureGate, 'stamp'>,
  read: () => Promise<readonly string[]>,
): (ids: readonly string[]) => Promise<readonly string[]> {
  let since = erasures.stamp();
  let known: ReadonlySet<string> | null = null;
  return async (ids) => {
    if (erasures.stamp() !== since) {
      since = erasures.stamp();
      known = new Set(await read());
    }
    const still = known;
    return still === null ? ids : ids.filter((id) => still.has(id));
  };
}
