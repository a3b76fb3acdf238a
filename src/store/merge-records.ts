import type { ObjectType } from '../domain/crm.ts';
import { batches } from '../lib/batches.ts';
import type { Database } from './database.ts';
import type { Departures } from './departures.ts';
import type { Sequence } from './sequence.ts';

/** Pairs of one statement: two lists of ids go along with it. */
const PAIRS = 5_000;

/**
 * Carries out merges: links and history go over to the new ids, the merge is remembered, and last the old records are taken
 * out. So what was cut short leaves a record to be merged again, which adds nothing twice. Gives back the new ids.
 */
export async function mergeRecords(
  at: { database: Database; sequence: Sequence; departures: Departures },
  type: ObjectType,
  merges: readonly { readonly from: string; readonly to: string }[],
): Promise<readonly string[]> {
  const targets = new Map<string, string>();
  for (const { from, to } of merges) {
    let end = at.departures.resolve(type, to);
    for (let next = targets.get(end); next !== undefined; next = targets.get(end)) end = next;
    // One that leads back to itself is none.
    if (end !== from) targets.set(from, end);
  }
  // An end that is itself merged by a later line is followed to where that one leads.
  for (const [from, to] of targets) {
    let end = to;
    for (let next = targets.get(end); next !== undefined; next = targets.get(end)) end = next;
    targets.set(from, end);
  }
  let open = [...targets];
  while (open.length > 0) {
    // Each new id once a round: of two old ones that both hold something, the first one's is kept.
    const round = new Map<string, string>();
    const later: [string, string][] = [];
    for (const [from, to] of open) {
      if (round.has(to)) later.push([from, to]);
      else round.set(to, from);
    }
    for (const part of batches([...round], PAIRS)) {
      const olds = part.map(([, from]) => from);
      const news = part.map(([to]) => to);
      await repointLinks(at, type, olds, news);
      await repointHistory(at.database, type, olds, news);
      await at.departures.rememberMerges(type, new Map(part.map(([to, from]) => [from, to])));
      await at.departures.remove(type, olds, 'merged');
    }
    open = later;
  }
  return [...new Set(targets.values())];
}

const NEW_OF = (column: string): string =>
  `transform(${column}, {olds:Array(String)}, {news:Array(String)}, ${column})`;

/** A record that hung on both keeps one link, primary when either was. The old links go with the old record. */
async function repointLinks(
  { database, sequence }: { database: Database; sequence: Sequence },
  type: ObjectType,
  olds: readonly string[],
  news: readonly string[],
): Promise<void> {
  await database.command(
    `INSERT INTO {db:Identifier}.associations
     SELECT from_type, new_from, to_type, new_to, max(is_primary) AS primary_of_any, {version:UInt64}, 0
     FROM (
       SELECT from_type, to_type, is_primary,
         if(from_type = {type:String}, ${NEW_OF('from_id')}, from_id) AS new_from,
         if(to_type = {type:String}, ${NEW_OF('to_id')}, to_id) AS new_to,
         new_from != from_id OR new_to != to_id AS is_old
       FROM {db:Identifier}.associations FINAL
       WHERE (from_type = {type:String} AND from_id IN arrayConcat({olds:Array(String)}, {news:Array(String)}))
          OR (to_type = {type:String} AND to_id IN arrayConcat({olds:Array(String)}, {news:Array(String)}))
     )
     GROUP BY from_type, new_from, to_type, new_to HAVING countIf(is_old) > 0`,
    { type, olds, news, version: sequence.next() },
  );
}

/** A table of what was said or done about records: which rows are of this type, and how one of them reads under the new id. */
interface History {
  readonly table: string;
  readonly id: string;
  readonly where: string;
  /** The rows under the new ids; `new_id` is theirs. */
  readonly select: string;
  /** What a record has once: where the new id has it already, in one of the tables, the old one's is dropped. */
  readonly unique: readonly string[];
  /** The table itself, unless others count too. */
  readonly holders?: readonly string[];
}

function historiesOf(type: ObjectType): readonly History[] {
  const histories: History[] = [];
  const unit = type === 'companies' ? 'company' : type === 'contacts' ? 'contact' : null;
  if (unit !== null) {
    // Companies and contacts may have the same numbers: a score is a company's only in a run whose customers are companies.
    // A score since the run goes along with the run's own: where the new id has that already, it keeps what is its own. So it
    // comes before the run's.
    histories.push({
      table: 'rescored',
      id: 'customer_id',
      where: `run_id IN (SELECT id FROM {db:Identifier}.runs FINAL WHERE JSONExtractString(portfolio, 'unit') = '${unit}')`,
      select: 'run_id, analysis, new_id, seq, at, value, label, band, evidence, details',
      unique: ['run_id', 'analysis'],
      holders: ['scores', 'rescored'],
    });
    histories.push({
      table: 'scores',
      id: 'customer_id',
      where: `run_id IN (SELECT id FROM {db:Identifier}.runs FINAL WHERE JSONExtractString(portfolio, 'unit') = '${unit}')`,
      select: 'run_id, analysis, new_id, value, label, band, evidence, details',
      unique: ['run_id', 'analysis'],
    });
    histories.push({
      table: 'findings',
      id: 'customer_id',
      where: `(SELECT JSONExtractString(argMax(portfolio, id), 'unit') FROM {db:Identifier}.runs WHERE kind = 'current') = '${unit}'`,
      // A finding about one customer bears the customer's id at the end of its key.
      select: `if(endsWith(key, concat(':', customer_id)), concat(substring(key, 1, length(key) - length(customer_id)), new_id), key),
        seq, at, state, digest, new_id, band, money, actor, note, snoozed_until`,
      unique: ['seq'],
    });
  }
  histories.push({
    table: 'write_backs',
    id: 'record_id',
    where: `object_type = '${type}'`,
    select: 'batch, seq, at, object_type, new_id, property, before, after, outcome, note',
    unique: ['batch', 'property'],
  });
  return histories;
}

async function repointHistory(
  database: Database,
  type: ObjectType,
  olds: readonly string[],
  news: readonly string[],
): Promise<void> {
  for (const { table, id, where, select, unique, holders = [table] } of historiesOf(type)) {
    const ofOld = `${id} IN {olds:Array(String)} AND ${where}`;
    const found = await database.query(`SELECT 1 FROM {db:Identifier}.${table} WHERE ${ofOld} LIMIT 1`, { olds });
    if (found.length === 0) continue;
    const columns = unique.join(', ');
    const held = holders.map(
      (holder) =>
        `SELECT ${id}, ${columns} FROM {db:Identifier}.${holder} WHERE ${id} IN {news:Array(String)} AND ${where}`,
    );
    await database.command(
      `INSERT INTO {db:Identifier}.${table}
       SELECT ${select} FROM (SELECT *, ${NEW_OF(id)} AS new_id FROM {db:Identifier}.${table} WHERE ${ofOld})
       WHERE (new_id, ${columns}) NOT IN (${held.join(' UNION ALL ')})`,
      { olds, news },
    );
    // The id is part of the table's order, so that its rows can be written anew but not changed.
    await database.command(`ALTER TABLE {db:Identifier}.${table} DELETE WHERE ${ofOld} SETTINGS mutations_sync = 2`, {
      olds,
    });
  }
}
