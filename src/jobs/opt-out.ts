import type { Audit } from '../ledger/audit.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { findContacts } from './find-contacts.ts';
import { customerUnit } from './forget-in-state.ts';
import { askForRefit } from './refit-due.ts';

export interface OptOutReport {
  readonly contactIds: readonly string[];
  readonly profiling: 'off' | 'on';
  /** Rows of profiles that went, by table. */
  readonly removed: Readonly<Record<string, number>>;
  readonly note: string;
}

/**
 * No profile of a contact from now on: no scores, tiers, segments, findings, draws or values to write back, whatever a sync brings; what
 * was made of them goes. The record and the purchases stay, and count in totals that name nobody.
 */
export async function optOut(options: {
  readonly portal: PortalStore;
  readonly audit: Audit;
  readonly state: () => PortalState;
  readonly who: string;
  readonly undo: boolean;
  readonly actor: string;
  readonly now: () => number;
}): Promise<OptOutReport> {
  const { portal, audit, state, who, undo, actor, now } = options;
  const contactIds = await findContacts(portal, who);
  const unit = await customerUnit(portal, state());
  if (undo) await portal.crm.optIn(contactIds, actor);
  const removed = undo ? {} : await portal.crm.optOut(contactIds, actor);
  if (!undo && unit === 'contact') await askForRefit(portal, new Date(now()).toISOString());
  const hashes = await Promise.all(contactIds.map((id) => portal.crm.keyedHash('audit', id)));
  await audit.append({
    actor,
    act: undo ? 'opted-in' : 'opted-out',
    subject: 'profiling',
    details: { contacts: hashes },
  });
  return { contactIds, profiling: undo ? 'on' : 'off', removed, note: noteOf(unit, undo) };
}

function noteOf(unit: 'company' | 'contact', undo: boolean): string {
  if (unit === 'company')
    return 'The customers here are companies, so that no contact is scored in any case; it is kept should contacts become the customers';
  return undo
    ? 'The next analysis scores the contact again'
    : "What Kith wrote on the contact's CRM record before stays there until somebody clears it; messages that were posted stay too";
}
