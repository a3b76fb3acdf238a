import { KithError } from '../lib/errors.ts';
import type { Progress } from '../ports/job-runner.ts';
import type { PortalStore } from '../store/portal-store.ts';

const PAGE = 2_000;

export interface RotationReport {
  /** Identities and other secrets that are sealed under the current key now and were not before. */
  readonly resealed: number;
  /** Names of keys that still seal something. */
  readonly inUse: readonly string[];
}

/**
 * Seals everything of these portals under the current key, page by page. A stop in between leaves rows under both keys, which both
 * open; the next call goes on with what is left.
 */
export async function resealAll(
  portals: readonly PortalStore[],
  progress: Progress,
  signal?: AbortSignal,
): Promise<RotationReport> {
  let resealed = 0;
  const inUse = new Set<string>();
  for (const portal of portals) {
    const keys = await portal.identity.keysInUse();
    const total = [...keys.values()].reduce((sum, count) => sum + count, 0);
    let done = 0;
    for (;;) {
      signal?.throwIfAborted();
      const moved = await portal.crm.reseal(PAGE);
      if (moved === 0) break;
      done += moved;
      progress.update({ en: 'seal again', zh: '重新密封' }, Math.min(done, total), total);
    }
    resealed += done;
    for (const key of (await portal.identity.keysInUse()).keys()) inUse.add(key);
  }
  return { resealed, inUse: [...inUse].sort() };
}

/** Throws where dropping all keys but the current one would lose somebody. */
export function checkDroppable({ inUse }: RotationReport, current: string): void {
  const others = inUse.filter((id) => id !== current);
  if (others.length === 0) return;
  throw new KithError('identity-key', {
    en: `The key${others.length === 1 ? '' : 's'} ${others.join(', ')} still seal${others.length === 1 ? 's' : ''} contacts, so nothing was dropped; run 'kith rotate-key' again`,
    zh: `密钥 ${others.join('、')} 仍密封着联系人，因此没有移除任何密钥；请再次运行 'kith rotate-key'`,
  });
}
