import type { Instant } from '../domain/crm.ts';
import type { Audit } from '../ledger/audit.ts';
import type { Outbox } from '../ledger/outbox.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { beginErasure, erasuresUnderWay, findOfPerson, isAskedFor, type OpenErasure } from './erasure-journal.ts';
import { remainsOf } from './erasure-remains.ts';
import { type ErasureReceipt, erasureReport } from './erasure-report.ts';
import { findContacts } from './find-contacts.ts';
import { forgetInLedgers } from './forget-in-ledgers.ts';
import { forgetInState, personOf } from './forget-in-state.ts';
import { operatorsChannel } from './operators-channel.ts';
import { personMatcher } from './person-matcher.ts';
import { askForRefit } from './refit-due.ts';
import { withdrawMessages } from './withdraw-messages.ts';

export interface ErasureOptions {
  readonly portal: PortalStore;
  readonly audit: Audit;
  /** For the receipt, which the operators' channel gets. */
  readonly outbox: Pick<Outbox, 'enqueue' | 'withdraw'>;
  readonly actor: string;
  readonly now: () => Instant;
  readonly state: () => PortalState;
  readonly updateState: (change: (current: PortalState) => PortalState) => Promise<PortalState>;
}

/**
 * Forgets a contact: identity, record, associations, scores, features, findings, questions and write-back history are removed from the
 * store, messages that name them are not sent or taken back, what people decided names them no longer, and a keyed hash
 * stays behind so that no later sync or restore brings the person back. Won deals stay, without the person. Broken off, it is gone on
 * with by the next erasure or the next start, to one audit entry and one receipt.
 */
export async function erase(options: ErasureOptions & { readonly who: string }): Promise<ErasureReceipt> {
  const { portal, who } = options;
  return portal.erasures.erasing(async () => {
    // By what they are asked for, the person may not be found any more.
    for (const { erasure, receipt } of await finishAll(options))
      if (await isAskedFor(portal, erasure, who)) return receipt;
    return begin(options, await findContacts(portal, who), { who });
  });
}

/** What an erasure would do; nothing is changed. */
export async function planErasure(
  options: Pick<ErasureOptions, 'portal' | 'state' | 'now'> & { readonly who: string },
): Promise<Omit<ErasureReceipt, 'erasedAt'>> {
  const { portal, state, now } = options;
  const contactIds = await findContacts(portal, options.who);
  const { removed, decisions, messages, models, mentions } = await findOfPerson(portal, state(), contactIds, now);
  const remains = await remainsOf(portal, messages, mentions);
  return { contactIds, removed, decisions, messages, models, remains };
}

/** The same for ids that need not be in the store: the tombstone keeps a later sync from bringing them in. */
export async function eraseContacts(options: ErasureOptions, contactIds: readonly string[]): Promise<ErasureReceipt> {
  return options.portal.erasures.erasing(async () => {
    const finished = await finishAll(options);
    const own = finished.find(({ receipt }) => contactIds.every((id) => receipt.contactIds.includes(id)));
    return own?.receipt ?? begin(options, contactIds);
  });
}

/** Erasures that a stop or a failure broke off are carried to their receipts; how many. Nothing happens where there are none. */
export async function finishErasures(options: Omit<ErasureOptions, 'actor'>): Promise<number> {
  const { portal } = options;
  if ((await portal.crm.erasuresUnderWay()).length === 0) return 0;
  return portal.erasures.erasing(async () => (await finishAll(options)).length);
}

/**
 * After a restore: everybody who was erased since the backup was made is erased again. `state` and `updateState` are of the settings
 * as they were restored.
 */
export async function reapplyErasures(options: ErasureOptions): Promise<{ readonly again: number }> {
  // The tables are others than those that were open before.
  await options.portal.crm.erasedSince();
  await finishErasures(options);
  const ids = await options.portal.crm.erasedSince();
  if (ids.length > 0) await eraseContacts(options, ids);
  return { again: ids.length };
}

interface Finished {
  readonly erasure: OpenErasure;
  readonly receipt: ErasureReceipt;
}

async function finishAll(options: Omit<ErasureOptions, 'actor'>): Promise<readonly Finished[]> {
  const finished: Finished[] = [];
  for (const erasure of await erasuresUnderWay(options.portal)) {
    finished.push({ erasure, receipt: await carryOut(options, erasure, 'again') });
  }
  return finished;
}

async function begin(
  options: ErasureOptions,
  contactIds: readonly string[],
  named: { readonly who?: string } = {},
): Promise<ErasureReceipt> {
  const { portal, actor, state, now } = options;
  const erasure = await beginErasure(portal, { contactIds, actor, state: state(), now, ...named });
  return carryOut(options, erasure, 'first');
}

/** Each step leaves nothing to a repetition of it, so that it may be stopped before any and repeated from the first. */
async function carryOut(
  options: Omit<ErasureOptions, 'actor'>,
  erasure: OpenErasure,
  time: 'first' | 'again',
): Promise<ErasureReceipt> {
  const { portal, outbox, now, state, updateState } = options;
  const { contactIds, models, mentions } = erasure;
  const person = await personOf(portal, state(), contactIds);
  const matcher = personMatcher(person);
  // Who they are is known only while they are here, so what names them goes first: when it fails, they can be named again.
  const decisions = await forgetInState(person, updateState);
  const messages = await outbox.withdraw((mark) => withdrawMessages(portal, matcher, now, mark));
  const inLedgers = await forgetInLedgers(portal, person, matcher, 'forget');
  const erasedAt = new Date(now()).toISOString();
  if (models.length > 0) await askForRefit(portal, erasedAt);
  const removed = { ...(await portal.crm.forgetContacts(contactIds)), ...inLedgers };
  const gone = { removed, decisions, messages };
  // What went before it was broken off is told too.
  const told = time === 'first' ? gone : larger(erasure, gone);
  const remains = await remainsOf(portal, told.messages, mentions);
  const receipt: ErasureReceipt = { contactIds, ...told, models, erasedAt, remains };
  if (time === 'first' || !(await isAudited(portal, erasure.id))) await note(options.audit, erasure, receipt);
  const channelId = operatorsChannel(state());
  if (channelId !== null) {
    const timeZone = (await portal.crm.account())?.timeZone ?? 'UTC';
    const report = erasureReport(receipt, state().language, timeZone);
    await outbox.enqueue({ key: `erasure:${erasure.id}`, channelId, kind: 'erasure', report });
  }
  await portal.crm.endErasure(erasure.id);
  return receipt;
}

async function note(
  audit: Audit,
  { id, actor }: OpenErasure,
  { contactIds, removed, decisions, messages }: ErasureReceipt,
): Promise<void> {
  const subject = `${contactIds.length} contact(s)`;
  await audit.append({ actor, act: 'erased', subject, details: { erasure: id, removed, decisions, messages } });
}

async function isAudited(portal: PortalStore, id: string): Promise<boolean> {
  const found = await portal.query(
    `SELECT 1 FROM {db:Identifier}.audit WHERE act = 'erased' AND JSONExtractString(details, 'erasure') = {id:String} LIMIT 1`,
    { id },
  );
  return found.length > 0;
}

type Gone = Pick<ErasureReceipt, 'removed' | 'decisions' | 'messages'>;

/** What was found before anything went, or what a later round removed where that is more. */
function larger(found: Gone, gone: Gone): Gone {
  const { rewritten, dropped, takenBack, unreachable, wordless } = gone.messages;
  const tables = [...Object.keys(found.removed), ...Object.keys(gone.removed)];
  return {
    removed: Object.fromEntries(
      tables.map((table) => [table, Math.max(found.removed[table] ?? 0, gone.removed[table] ?? 0)]),
    ),
    decisions: Math.max(found.decisions, gone.decisions),
    messages: {
      rewritten: Math.max(found.messages.rewritten, rewritten),
      dropped: Math.max(found.messages.dropped, dropped),
      takenBack: Math.max(found.messages.takenBack, takenBack),
      unreachable: Math.max(found.messages.unreachable, unreachable),
      wordless: Math.max(found.messages.wordless, wordless),
    },
  };
}
