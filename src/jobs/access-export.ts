import { anomalyCustomerKey, anomalyKeyOf } from '../analyses/anomalies.ts';
import type { Instant } from '../domain/crm.ts';
import { auditHash } from '../ledger/audit-hash.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { modelsThatSaw } from './erasure-traces.ts';
import { findContacts, identitiesOf } from './find-contacts.ts';
import { questionsOf } from './forget-in-ledgers.ts';
import { personOf } from './forget-in-state.ts';
import { type PersonMatcher, personMatcher } from './person-matcher.ts';
import { findMessages, isAbout } from './withdraw-messages.ts';

export interface AccessExport {
  readonly kith: 'access-export';
  readonly madeAt: string;
  readonly contactIds: readonly string[];
  readonly profiling: 'on' | 'off';
  /** Name, e-mail and phone, as they are sealed. */
  readonly identities: readonly object[];
  /** Rows by table, as they are stored. */
  readonly rows: Readonly<Record<string, readonly object[]>>;
  /** Deals, tickets and engagements that name the person in the CRM. */
  readonly linked: Readonly<Record<string, readonly object[]>>;
  /** Tiers that people gave them. */
  readonly decisions: Readonly<Record<string, unknown>>;
  readonly models: readonly object[];
  readonly messages: readonly {
    readonly at: string;
    readonly channel: string;
    readonly state: string;
    readonly report: unknown;
  }[];
  readonly questions: readonly object[];
  readonly audit: readonly object[];
}

/** Newest versions of rows that are theirs. */
const TABLES: readonly (readonly [table: string, where: string])[] = [
  ['contacts', 'id IN {ids:Array(String)}'],
  [
    'associations',
    `(from_type = 'contacts' AND from_id IN {ids:Array(String)}) OR (to_type = 'contacts' AND to_id IN {ids:Array(String)})`,
  ],
  ['aliases', `object_type = 'contacts' AND (old_id IN {ids:Array(String)} OR new_id IN {ids:Array(String)})`],
  ['removals', `object_type = 'contacts' AND id IN {ids:Array(String)}`],
  ['rejects', `object_type = 'contacts' AND record_id IN {ids:Array(String)}`],
  ['opt_outs', 'contact_id IN {ids:Array(String)}'],
  ['write_backs', `object_type = 'contacts' AND record_id IN {ids:Array(String)}`],
  ['playbook_assignments', `unit = 'contact' AND customer_id IN {ids:Array(String)}`],
];

const OF_CONTACT_RUNS = `customer_id IN {ids:Array(String)} AND run_id IN (
  SELECT id FROM {db:Identifier}.runs FINAL WHERE JSONExtractString(portfolio, 'unit') = 'contact')`;
const OF_RUNS: readonly (readonly [table: string, where: string])[] = [
  ['scores', OF_CONTACT_RUNS],
  ['rescored', OF_CONTACT_RUNS],
  ['matrices', OF_CONTACT_RUNS],
  [
    'findings',
    `customer_id IN {ids:Array(String)} AND (SELECT JSONExtractString(argMax(portfolio, id), 'unit')
       FROM {db:Identifier}.runs WHERE kind = 'current') = 'contact'`,
  ],
];

/** Everything that Kith holds about a person, for the person: what it copied, what it made of it, and what it said. */
export async function accessExport(options: {
  readonly portal: PortalStore;
  readonly state: () => PortalState;
  readonly who: string;
  readonly now: () => Instant;
}): Promise<AccessExport> {
  const { portal, state, now } = options;
  const contactIds = await findContacts(portal, options.who);
  const person = await personOf(portal, state(), contactIds);
  const ids = [...new Set([...contactIds, ...person.customerIds])];
  const matcher = personMatcher(person);
  const rows: Record<string, readonly object[]> = {};
  for (const [table, where] of [...TABLES, ...OF_RUNS]) {
    rows[table] = await portal.query(`SELECT * FROM {db:Identifier}.${table} WHERE ${where} SETTINGS final = 1`, {
      ids,
    });
  }
  const linked: Record<string, readonly object[]> = {};
  for (const type of ['deals', 'tickets', 'engagements'] as const) {
    linked[type] = await portal.query(
      `SELECT * FROM {db:Identifier}.${type} FINAL WHERE id IN (
         SELECT if(from_type = 'contacts', to_id, from_id) FROM {db:Identifier}.associations FINAL
         WHERE (from_type = 'contacts' AND from_id IN {ids:Array(String)} AND to_type = {type:String})
            OR (to_type = 'contacts' AND to_id IN {ids:Array(String)} AND from_type = {type:String})) ORDER BY id`,
      { ids, type },
    );
  }
  const questions = await questionsOf(portal, matcher);
  const secret = await anomalyCustomerKey(portal);
  const named = ids.flatMap((id) => [id, anomalyKeyOf(secret, id)]);
  const hashes = await Promise.all(named.map((id) => auditHash(portal, id)));
  const out = await portal.crm.optedOut();
  const isTheirs = new Set(person.customerIds);
  return {
    kith: 'access-export',
    madeAt: new Date(now()).toISOString(),
    contactIds,
    profiling: contactIds.some((id) => out.has(id)) ? 'off' : 'on',
    identities: [...(await identitiesOf(portal, ids)).values()],
    rows,
    linked,
    decisions: Object.fromEntries(Object.entries(state().tierOverrides).filter(([id]) => isTheirs.has(id))),
    models: await modelsThatSaw(portal, person.customerIds),
    messages: await messagesAbout(portal, matcher),
    questions: await portal.query(
      'SELECT at, command, text FROM {db:Identifier}.answers WHERE id IN {questions:Array(String)} ORDER BY at',
      { questions },
    ),
    audit: (
      await portal.query<{ at: string; actor: string; act: string; subject: string; details: string }>(
        'SELECT toString(at) AS at, actor, act, subject, details FROM {db:Identifier}.audit ORDER BY seq',
      )
    ).filter(({ details }) => matcher.isNamedIn(details) || hashes.some((hash) => details.includes(hash))),
  };
}

async function messagesAbout(portal: PortalStore, matcher: PersonMatcher): Promise<AccessExport['messages']> {
  const rows = await findMessages(portal, matcher);
  return rows
    .filter((row) => isAbout(row, matcher))
    .map(({ at, channel, state, report }) => ({ at, channel, state, report: JSON.parse(report) as unknown }));
}
