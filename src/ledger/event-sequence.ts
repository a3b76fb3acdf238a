import type { PortalStore } from '../store/portal-store.ts';

/** Numbers of the events of one ledger table: each greater than all before, also after a restart and whatever the clock does. */
export interface EventSequence {
  /** The first of `count` numbers in a row. */
  take(count: number): Promise<number>;
}

export function createEventSequence(
  portal: PortalStore,
  table: 'outbox' | 'write_backs' | 'findings' | 'hints' | 'playbook_runs',
): EventSequence {
  let last: Promise<number> | null = null;
  return {
    async take(count) {
      last ??= portal
        .query<{ newest: string }>(`SELECT max(seq) AS newest FROM {db:Identifier}.${table}`)
        .then(([row]) => Number(row?.newest ?? 0));
      const before = last;
      const taken = before.then((number) => number + count);
      last = taken;
      // A failed look-up is asked again.
      taken.catch(() => {
        last = null;
      });
      return (await before) + 1;
    },
  };
}
