import type { Audit } from '../ledger/audit.ts';
import { auditHash } from '../ledger/audit-hash.ts';
import type { Outbox } from '../ledger/outbox.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { findContacts } from './find-contacts.ts';
import { forgetAnomalies } from './forget-in-ledgers.ts';
import { customerUnit, personOf } from './forget-in-state.ts';
import { personMatcher } from './person-matcher.ts';
import { askForRefit } from './refit-due.ts';
import { withdrawMessages } from './withdraw-messages.ts';

export interface OptOutReport {
  readonly contactIds: readonly string[];
  readonly profiling: 'off' | 'on';
  /** Rows of profiles that went, by table. */
  readonly removed: Readonly<Record<string, number>>;
  /** Waiting messages that are said without the contact, and those that said nothing else and are not sent. */
  readonly messages: { readonly rewritten: number; readonly dropped: number };
  readonly note: string;
}

/**
 * No profile of a contact from now on: no scores, tiers, segments, findings, draws or values to write back, whatever a sync brings; what
 * was made of them goes, also out of messages that wait. The record and the purchases stay, and count in totals that name nobody.
 */
export async function optOut(options: OptOutOptions): Promise<OptOutReport> {
  // What was made of the profile meanwhile is not said.
  return options.portal.erasures.erasing(() => changeProfiling(options));
}

interface OptOutOptions {
  readonly portal: PortalStore;
  readonly audit: Audit;
  readonly outbox: Pick<Outbox, 'withdraw'>;
  readonly state: () => PortalState;
  readonly who: string;
  readonly undo: boolean;
  readonly actor: string;
  readonly now: () => number;
}

async function changeProfiling(options: OptOutOptions): Promise<OptOutReport> {
  const { portal, audit, outbox, state, who, undo, actor, now } = options;
  const contactIds = await findContacts(portal, who);
  const unit = await customerUnit(portal, state());
  if (undo) await portal.crm.optIn(contactIds, actor);
  let removed = undo ? {} : await portal.crm.optOut(contactIds, actor);
  let messages = { rewritten: 0, dropped: 0 };
  if (!undo && unit === 'contact') {
    const person = await personOf(portal, state(), contactIds);
    removed = { ...removed, anomalies: await forgetAnomalies(portal, person, 'forget') };
    const { rewritten, dropped } = await outbox.withdraw((markUnderWay) =>
      withdrawMessages(portal, personMatcher(person), now, markUnderWay, 'waiting'),
    );
    messages = { rewritten, dropped };
    await askForRefit(portal, new Date(now()).toISOString());
  }
  const hashes = await Promise.all(contactIds.map((id) => auditHash(portal, id)));
  await audit.append({
    actor,
    act: undo ? 'opted-in' : 'opted-out',
    subject: 'profiling',
    details: { contacts: hashes },
  });
  return { contactIds, profiling: undo ? 'on' : 'off', removed, messages, note: noteOf(unit, undo) };
}

function noteOf(unit: 'company' | 'contact', undo: boolean): string {
  if (unit === 'company')
    return 'The customers here are companies, so that no contact is scored in any case; it is kept should contacts become the customers';
  return undo
    ? 'The next analysis scores the contact again'
    : "What Kith wrote on the contact's CRM record before stays there until somebody clears it; messages that were posted stay too";
}
