import type { Audit } from '../ledger/audit.ts';
import { KithError } from '../lib/errors.ts';
import type { PortalStore } from '../store/portal-store.ts';

export interface ErasureReceipt {
  readonly contactIds: readonly string[];
  /** Rows removed, by table. */
  readonly removed: Readonly<Record<string, number>>;
  /** Runs whose models were fitted on data that held the person. */
  readonly runs: readonly string[];
  readonly erasedAt: string;
  /** What this does not reach. */
  readonly remains: readonly string[];
}

/**
 * Forgets a contact: identity, record, associations, scores, features, findings and write-back history are removed from the
 * store, and a keyed hash stays behind so that no later sync brings the person back. Won deals stay, without the person.
 */
export async function erase(options: {
  portal: PortalStore;
  audit: Audit;
  /** An e-mail or a contact id. */
  who: string;
  actor: string;
  now: () => number;
}): Promise<ErasureReceipt> {
  const { portal, audit, who, actor, now } = options;
  const contactIds = who.includes('@') ? await portal.identity.findByEmail(who) : await byId(portal, who);
  if (contactIds.length === 0) {
    throw new KithError(
      'unknown-customer',
      `No contact has ${who.includes('@') ? 'this e-mail' : `the id ${who}`}; check the spelling, or look the contact's id up in the CRM`,
    );
  }
  const runs = await portal.query<{ run_id: string }>(
    'SELECT DISTINCT run_id FROM {db:Identifier}.scores WHERE customer_id IN {ids:Array(String)} ORDER BY run_id',
    { ids: contactIds },
  );
  const removed = await portal.crm.forgetContacts(contactIds);
  const erasedAt = new Date(now()).toISOString();
  await audit.append({ actor, act: 'erased', subject: `${contactIds.length} contact(s)`, details: { removed } });
  return {
    contactIds,
    removed,
    runs: runs.map(({ run_id }) => run_id),
    erasedAt,
    remains: ['messages that were already posted in Slack', 'the CRM itself', 'backups made before'],
  };
}

async function byId(portal: PortalStore, id: string): Promise<string[]> {
  const rows = await portal.query<{ id: string }>(
    'SELECT id FROM {db:Identifier}.contacts FINAL WHERE id = {id:String}',
    { id },
  );
  return rows.map((row) => row.id);
}
