import type { Audit } from '../ledger/audit.ts';
import { KithError } from '../lib/errors.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { forgetInState, personOf } from './forget-in-state.ts';

export interface ErasureReceipt {
  readonly contactIds: readonly string[];
  /** Rows removed, by table. */
  readonly removed: Readonly<Record<string, number>>;
  /** Decisions that named the person: a tier that they were given, a segment's name, a playbook's text. */
  readonly decisions: number;
  /** Runs whose models were fitted on data that held the person. */
  readonly runs: readonly string[];
  readonly erasedAt: string;
  /** What this does not reach. */
  readonly remains: readonly string[];
}

/**
 * Forgets a contact: identity, record, associations, scores, features, findings and write-back history are removed from the
 * store, what people decided names them no longer, and a keyed hash stays behind so that no later sync brings the person
 * back. Won deals stay, without the person.
 */
export async function erase(options: {
  portal: PortalStore;
  audit: Audit;
  /** An e-mail or a contact id. */
  who: string;
  actor: string;
  now: () => number;
  state: () => PortalState;
  updateState: (change: (current: PortalState) => PortalState) => Promise<PortalState>;
}): Promise<ErasureReceipt> {
  const { portal, who, now } = options;
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
  const { removed, decisions, isInAudit } = await forgetContacts(options, contactIds);
  const erasedAt = new Date(now()).toISOString();
  return {
    contactIds,
    removed,
    decisions,
    runs: runs.map(({ run_id }) => run_id),
    erasedAt,
    remains: [
      'messages that were already posted in Slack',
      'the CRM itself',
      'backups made before',
      ...(isInAudit ? ['the audit log, which cannot be changed and says by id alone who gave the contact a tier'] : []),
    ],
  };
}

/** The same for ids that need not be in the store: the tombstone keeps a later sync from bringing them in. */
export async function forgetContacts(
  options: Omit<Parameters<typeof erase>[0], 'who' | 'now'>,
  contactIds: readonly string[],
): Promise<{
  readonly removed: Readonly<Record<string, number>>;
  readonly decisions: number;
  readonly isInAudit: boolean;
}> {
  const { portal, audit, actor, state, updateState } = options;
  const person = await personOf(portal, state(), contactIds);
  // First: when it fails, the contact is still there to be named again.
  const decisions = await forgetInState(person, state, updateState);
  const removed = await portal.crm.forgetContacts(contactIds);
  const subject = `${contactIds.length} contact(s)`;
  await audit.append({ actor, act: 'erased', subject, details: { removed, decisions } });
  const entries = await portal.query(
    `SELECT 1 FROM {db:Identifier}.audit WHERE act = 'changed-settings' AND subject = 'tierOverrides'
       AND JSONExtractString(details, 'customerId') IN {ids:Array(String)} LIMIT 1`,
    { ids: person.customerIds },
  );
  return { removed, decisions, isInAudit: entries.length > 0 };
}

async function byId(portal: PortalStore, id: string): Promise<string[]> {
  const rows = await portal.query<{ id: string }>(
    'SELECT id FROM {db:Identifier}.contacts FINAL WHERE id = {id:String}',
    { id },
  );
  return rows.map((row) => row.id);
}
