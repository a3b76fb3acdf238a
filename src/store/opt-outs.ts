import type { Instant } from '../domain/crm.ts';
import { instantText } from './crm-rows.ts';
import type { Database } from './database.ts';
import type { Sequence } from './sequence.ts';

/** Contacts who asked that no profile is made of them. */
export interface OptOuts {
  write(ids: readonly string[], actor: string, isOut: boolean): Promise<void>;
  all(): Promise<ReadonlySet<string>>;
}

export function createOptOuts(database: Database, sequence: Sequence, now: () => Instant): OptOuts {
  return {
    async write(ids, actor, isOut) {
      const version = sequence.next();
      const at = instantText(now());
      await database.insert(
        'opt_outs',
        ids.map((contact_id) => ({ contact_id, at, actor, version, is_deleted: isOut ? 0 : 1 })),
      );
    },
    all: () => optedOut(database),
  };
}

/** Ids of contacts of whom no profile is made; whoever was merged with one is one too. */
export async function optedOut(database: Pick<Database, 'query'>): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ id: string }>('SELECT contact_id AS id FROM {db:Identifier}.opt_outs FINAL');
  const out = new Set(rows.map(({ id }) => id));
  for (let from = [...out]; from.length > 0; ) {
    const into = await database.query<{ id: string }>(
      `SELECT DISTINCT new_id AS id FROM {db:Identifier}.aliases FINAL
       WHERE object_type = 'contacts' AND old_id IN {from:Array(String)}`,
      { from },
    );
    from = into.map(({ id }) => id).filter((id) => !out.has(id));
    for (const id of from) out.add(id);
  }
  return out;
}
