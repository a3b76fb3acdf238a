import type { Instant } from '../domain/crm.ts';
import { askToRetract, erasedKey } from '../ledger/outbox.ts';
import { reportSchema } from '../ledger/report-schema.ts';
import { batches } from '../lib/batches.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { PortalStore } from '../store/portal-store.ts';
import type { PersonMatcher } from './person-matcher.ts';
import { FORGOTTEN_REPORT, isOpaque, READ, textsIn, whomHash } from './whom-messages-named.ts';

/** What becomes of the messages that name somebody who is forgotten. */
export interface WithdrawnMessages {
  /** Waiting ones that are said without the person. */
  readonly rewritten: number;
  /** Waiting ones that said nothing else, and are not sent. */
  readonly dropped: number;
  /** Sent ones that are taken back, with their files, as soon as the chat is reached. */
  readonly takenBack: number;
  /** Of which it is not known whether, or where, they arrived; one that is being sent now is taken back if it does. */
  readonly unreachable: number;
  /** Posted ones of which neither the words nor whom they named is kept any more. */
  readonly wordless: number;
}

/** A message as the outbox has it. */
export interface Found {
  /** When it came into its state. */
  readonly at: string;
  readonly key: string;
  readonly state: string;
  readonly report: string;
  readonly document: string;
  readonly channel: string;
  readonly message: string;
  readonly files: readonly string[];
  /** 1 when its words are gone, and named the person. */
  readonly named: number;
}

/** Needles that the engine searches for at once. */
const MOST_NEEDLES = 200;
const BLANK: Report = { language: 'en', headline: 'Taken back after an erasure', parts: [], trust: '' };
const NOTE = 'somebody whom it named was forgotten or opted out';

/** Takes people out of everything that was queued or said, within `Outbox.withdraw`; without `markUnderWay` it only counts. */
export async function withdrawMessages(
  portal: PortalStore,
  person: PersonMatcher,
  now: () => Instant,
  markUnderWay: ((key: string) => Promise<void>) | null,
  reach: 'all' | 'waiting' = 'all',
): Promise<WithdrawnMessages> {
  const found = (await findMessages(portal, person)).filter(
    // One that is being sent just now may come back to wait.
    ({ state }) => reach === 'all' || state === 'pending' || state === 'sending',
  );
  const identifying = found.filter((one) => isAbout(one, person));
  const rewritten = new Map<string, Report>();
  for (const one of identifying) {
    const rest = one.state === 'pending' && one.document === '' ? withoutPerson(one.report, person) : null;
    if (rest !== null) rewritten.set(one.key, rest);
  }
  const others = identifying.filter(({ key }) => !rewritten.has(key));
  const of = (...states: readonly string[]): Found[] => others.filter(({ state }) => states.includes(state));
  const standing = of('sent').filter(({ message }) => message !== '');
  const count = {
    rewritten: rewritten.size,
    dropped: of('pending').length,
    takenBack: standing.length,
    unreachable: of('sending', 'uncertain').length,
    wordless: await countWordless(
      portal,
      identifying.map(({ key }) => key),
    ),
  };
  if (markUnderWay === null) return count;
  await askToRetract(
    portal,
    standing.map(({ channel, message, files }) => ({ sentChannelId: channel, messageId: message, fileIds: files })),
    now(),
  );
  for (const { key } of of('sending')) await markUnderWay(key);
  for (const { key, state } of identifying) {
    const rest = rewritten.get(key);
    const isKept = rest !== undefined || state === 'sending';
    await portal.command(
      `ALTER TABLE {db:Identifier}.outbox UPDATE report = if(report = '', '', {report:String}), document = '', about = [],
         state = if({kept:Bool}, state, 'withdrawn'), note = if({kept:Bool}, note, {note:String})
       WHERE key = {key:String} SETTINGS mutations_sync = 2`,
      { key, report: JSON.stringify(rest ?? BLANK), kept: isKept, note: NOTE },
    );
  }
  for (const { key } of found) if (person.isMeantBy(key)) await rename(portal, key);
  return count;
}

/** Messages that may be about them, by a rough search in the engine; `isAbout` tells. */
export async function findMessages(portal: PortalStore, { needles }: PersonMatcher): Promise<readonly Found[]> {
  const found = new Map<string, Found>();
  for (const some of batches(needles, MOST_NEEDLES)) {
    const hashes = await Promise.all(some.map((needle) => whomHash(portal, needle)));
    const rows = await portal.query<Found>(
      `SELECT key, toString(max(outbox.at)) AS at, argMax(outbox.state, seq) AS state, argMin(outbox.report, seq) AS report,
         argMin(outbox.document, seq) AS document,
         if(argMax(sent_channel, seq) = '', argMin(channel_id, seq), argMax(sent_channel, seq)) AS channel,
         argMax(message_id, seq) AS message, argMax(file_ids, seq) AS files,
         hasAny(argMin(about, seq), {hashes:Array(String)}) AS named
       FROM {db:Identifier}.outbox GROUP BY key HAVING named OR multiSearchAnyCaseInsensitiveUTF8(concat(key, ' ', report, ' ', document), {needles:Array(String)})
       ORDER BY key`,
      { needles: some, hashes },
    );
    for (const row of rows) if (found.get(row.key)?.named !== 1) found.set(row.key, row);
  }
  return [...found.values()];
}

/** Whether it says, shows or leads to one of them. */
export function isAbout({ key, report, document, named }: Found, person: PersonMatcher): boolean {
  if (named === 1 || (report === FORGOTTEN_REPORT && person.isMeantBy(key))) return true;
  return [report, document].some((text) => text !== '' && names(JSON.parse(text), person));
}

function names(node: unknown, person: PersonMatcher): boolean {
  return textsIn(node).some(({ text, field }) => (isOpaque(field) ? person.isMeantBy(text) : person.isNamedIn(text)));
}

/** Posted messages, other than these, that lost their words before it was kept whom they named. */
async function countWordless(portal: PortalStore, besides: readonly string[]): Promise<number> {
  const [row] = await portal.query<{ messages: string }>(
    `SELECT count() AS messages FROM (
       SELECT key FROM {db:Identifier}.outbox WHERE key NOT IN {besides:Array(String)} GROUP BY key
       HAVING argMin(report, seq) = {forgotten:String} AND NOT has(argMin(about, seq), {read:String})
         AND argMax(state, seq) IN ('sent', 'uncertain'))`,
    { besides, forgotten: FORGOTTEN_REPORT, read: READ },
  );
  return Number(row?.messages ?? 0);
}

/** The report without the items and rows that are about them; null when nothing is left, or something else still names them. */
function withoutPerson(text: string, person: PersonMatcher): Report | null {
  const parsed = reportSchema.safeParse(JSON.parse(text));
  if (!parsed.success) return null;
  const report: Report = parsed.data;
  const parts = report.parts.flatMap((part): ReportPart[] => {
    if (part.kind === 'item' || part.kind === 'text' || part.kind === 'chart') return names(part, person) ? [] : [part];
    if (part.kind === 'table') return [{ ...part, rows: part.rows.filter((row) => !names(row, person)) }];
    return [part];
  });
  const rest = { ...report, parts };
  const hasContent = parts.some((part) => part.kind === 'item' || (part.kind === 'table' && part.rows.length > 0));
  return hasContent && !names(rest, person) ? rest : null;
}

/** Under a key that says nothing; the key is part of the table's order, so that its rows are written anew. */
async function rename(portal: PortalStore, key: string): Promise<void> {
  const fresh = await erasedKey(portal, key);
  await portal.command(
    `INSERT INTO {db:Identifier}.outbox SELECT * REPLACE ({fresh:String} AS key) FROM {db:Identifier}.outbox
     WHERE outbox.key = {key:String}`,
    { key, fresh },
  );
  await portal.command(
    `ALTER TABLE {db:Identifier}.outbox DELETE WHERE key = {key:String} SETTINGS mutations_sync = 2`,
    {
      key,
    },
  );
  await portal.command(
    `ALTER TABLE {db:Identifier}.outbox UPDATE thread_key = if(thread_key = {key:String}, {fresh:String}, thread_key),
       replaces_key = if(replaces_key = {key:String}, {fresh:String}, replaces_key)
     WHERE thread_key = {key:String} OR replaces_key = {key:String} SETTINGS mutations_sync = 2`,
    { key, fresh },
  );
}
