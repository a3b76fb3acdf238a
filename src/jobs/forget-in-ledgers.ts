import { anomalyCustomerKey, anomalyKeyOf } from '../analyses/anomalies.ts';
import { batches } from '../lib/batches.ts';
import type { PortalStore } from '../store/portal-store.ts';
import type { ForgottenPerson, PersonMatcher } from './person-matcher.ts';

const MOST_NEEDLES = 200;
/** Notes that Kith keeps for itself between two jobs; others hold positions and times alone. */
const NOTES: readonly string[] = ['to-rescore', 'states-before', 'undelivered-told', 'digest'];

/** Questions that name them. */
export async function questionsOf(portal: PortalStore, person: PersonMatcher): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const needles of batches(person.needles, MOST_NEEDLES)) {
    const rows = await portal.query<{ id: string; text: string }>(
      `SELECT id, text FROM {db:Identifier}.answers
       WHERE multiSearchAnyCaseInsensitiveUTF8(text, {needles:Array(String)}) ORDER BY id`,
      { needles },
    );
    for (const { id, text } of rows) if (person.isNamedIn(text) || person.isMeantBy(text)) found.add(id);
  }
  return [...found];
}

/** To take a person out, or only to tell how much that would be. */
type Purpose = 'forget' | 'count';

/** What people asked, which anomalies were told, free texts of records, and Kith's own notes: without them. */
export async function forgetInLedgers(
  portal: PortalStore,
  person: ForgottenPerson,
  matcher: PersonMatcher,
  purpose: Purpose,
): Promise<Record<string, number>> {
  const questions = await questionsOf(portal, matcher);
  if (questions.length > 0 && purpose === 'forget') {
    await portal.command(
      'ALTER TABLE {db:Identifier}.answers DELETE WHERE id IN {ids:Array(String)} SETTINGS mutations_sync = 2',
      { ids: questions },
    );
  }
  return {
    answers: questions.length,
    anomalies: await forgetAnomalies(portal, person, purpose),
    texts: await forgetTexts(portal, matcher, purpose),
    notes: await forgetNotes(portal, matcher, purpose),
  };
}

/** Keys of anomalies end with a keyed hash of the customer. */
export async function forgetAnomalies(
  portal: PortalStore,
  { customerIds }: ForgottenPerson,
  purpose: Purpose,
): Promise<number> {
  const secret = await anomalyCustomerKey(portal);
  const hashes = customerIds.map((id) => anomalyKeyOf(secret, id));
  let gone = 0;
  for (const some of batches(hashes, MOST_NEEDLES)) {
    const where = `digest = 'anomalies' AND splitByChar(':', key)[-1] IN {hashes:Array(String)}`;
    const [row] = await portal.query<{ n: string }>(
      `SELECT count() AS n FROM {db:Identifier}.findings WHERE ${where}`,
      { hashes: some },
    );
    gone += Number(row?.n ?? 0);
    if (purpose === 'count') continue;
    if (Number(row?.n ?? 0) > 0) {
      await portal.command(`ALTER TABLE {db:Identifier}.findings DELETE WHERE ${where} SETTINGS mutations_sync = 2`, {
        hashes: some,
      });
    }
    const inSummary = `analysis = 'anomalies' AND multiSearchAny(summary, {hashes:Array(String)})`;
    const told = await portal.query(`SELECT 1 FROM {db:Identifier}.results WHERE ${inSummary} LIMIT 1`, {
      hashes: some,
    });
    if (told.length === 0) continue;
    await portal.command(
      `ALTER TABLE {db:Identifier}.results UPDATE summary =
         arrayFold((text, hash) -> replaceAll(text, hash, 'erased'), {hashes:Array(String)}, summary)
       WHERE ${inSummary} SETTINGS mutations_sync = 2`,
      { hashes: some },
    );
  }
  return gone;
}

/** Free texts in which somebody may have written a name. Those of deals and tickets are copied no longer, but a backup of before may bring them. */
const TEXTS = [
  ['deals', 'name', 'id'],
  ['tickets', 'subject', 'id'],
  ['runs', 'settings', 'id'],
  ['playbook_runs', 'details', 'run'],
] as const;

async function forgetTexts(portal: PortalStore, matcher: PersonMatcher, purpose: Purpose): Promise<number> {
  let changed = 0;
  for (const [table, column, id] of TEXTS) {
    const found = new Map<string, string>();
    for (const needles of batches(matcher.needles, MOST_NEEDLES)) {
      const rows = await portal.query<{ id: string; text: string }>(
        `SELECT DISTINCT ${id} AS id, ${column} AS text FROM {db:Identifier}.${table}
         WHERE multiSearchAnyCaseInsensitiveUTF8(${column}, {needles:Array(String)}) ORDER BY id`,
        { needles },
      );
      for (const row of rows) if (matcher.isNamedIn(row.text)) found.set(row.text, matcher.without(row.text));
    }
    for (const [before, after] of found) {
      changed += 1;
      if (purpose === 'count') continue;
      await portal.command(
        `ALTER TABLE {db:Identifier}.${table} UPDATE ${column} = {after:String} WHERE ${column} = {before:String}
         SETTINGS mutations_sync = 2`,
        { before, after },
      );
    }
  }
  return changed;
}

async function forgetNotes(portal: PortalStore, matcher: PersonMatcher, purpose: Purpose): Promise<number> {
  const rows = await portal.query<{ name: string; value: string }>(
    'SELECT name, value FROM {db:Identifier}.cursors FINAL',
  );
  const changed: Record<string, string | null> = {};
  for (const { name, value } of rows) {
    if (!NOTES.some((prefix) => name.startsWith(prefix)) || value === '') continue;
    const before: unknown = JSON.parse(value);
    const after = JSON.stringify(cleaned(before, matcher));
    if (after !== JSON.stringify(before)) changed[name] = after;
  }
  const count = Object.keys(changed).length;
  if (count > 0 && purpose === 'forget') {
    await portal.crm.saveCursors(changed);
    await portal.command('OPTIMIZE TABLE {db:Identifier}.cursors FINAL');
  }
  return count;
}

/** Texts of a note that mean them say nobody from now on; what was a list of ids is one without theirs. */
function cleaned(node: unknown, matcher: PersonMatcher): unknown {
  const isTheirs = (text: string): boolean => matcher.isMeantBy(text) || matcher.isNamedIn(text);
  if (typeof node === 'string') return isTheirs(node) ? '' : node;
  if (Array.isArray(node))
    return node.filter((one) => !(typeof one === 'string' && isTheirs(one))).map((one) => cleaned(one, matcher));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, one]) => (isTheirs(key) ? [] : [[key, cleaned(one, matcher)]])),
  );
}
