import { batches } from '../lib/batches.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { namesOf } from './person-matcher.ts';

/** A message without its words: still a message, so that whoever lists what was sent can. */
export const FORGOTTEN_REPORT = JSON.stringify({ language: 'en', headline: '', parts: [], trust: '' });

/** Stands first in `about` once a message was read for whom it names, whomever it names. */
export const READ = 'read';

/** Messages whose words go at once. */
const MESSAGES_AT_ONCE = 100;
/** Words of a name that are compared. */
const LONGEST_NAME = 8;
const HASH_LENGTH = 32;

/** How a message without words says whom it named: by a keyed hash of the customer's id. */
export async function whomHash(portal: PortalStore, customerId: string): Promise<string> {
  return (await portal.crm.keyedHash('outbox-about', customerId.toLowerCase())).slice(0, HASH_LENGTH);
}

/** Takes the words of these messages away, and keeps by keyed hashes which customers they named, so that an erasure still finds them. */
export async function takeWords(portal: PortalStore, keys: readonly string[], signal?: AbortSignal): Promise<void> {
  for (const some of batches(keys, MESSAGES_AT_ONCE)) {
    signal?.throwIfAborted();
    const rows = await portal.query<{ key: string; report: string; document: string }>(
      'SELECT key, report, document FROM {db:Identifier}.outbox WHERE key IN {keys:Array(String)} AND report != {empty:String}',
      { keys: some, empty: '' },
    );
    const named = await whomTheyName(portal, rows);
    const abouts: string[] = [];
    for (const key of some) {
      const hashes = await Promise.all([...(named.get(key) ?? [])].map((id) => whomHash(portal, id)));
      abouts.push([READ, ...hashes].join(' '));
    }
    await portal.command(
      `ALTER TABLE {db:Identifier}.outbox UPDATE report = {forgotten:String}, document = '',
         about = splitByChar(' ', {abouts:Array(String)}[indexOf({keys:Array(String)}, key)])
       WHERE key IN {keys:Array(String)} AND report NOT IN ('', {forgotten:String}) SETTINGS mutations_sync = 2`,
      { keys: some, abouts, forgotten: FORGOTTEN_REPORT },
    );
  }
}

/** By message: ids that it shows, leads to or is about, and contacts whom it names by e-mail, phone or whole name. */
async function whomTheyName(
  portal: PortalStore,
  messages: readonly { readonly key: string; readonly report: string; readonly document: string }[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const named = new Map<string, Set<string>>();
  const saying = new Map<string, Set<string>>();
  for (const { key, report, document } of messages) {
    const ids = new Set(idsIn(key));
    named.set(key, ids);
    for (const json of [report, document]) {
      if (json === '') continue;
      for (const { text, field } of textsIn(JSON.parse(json))) {
        for (const id of isOpaque(field) ? idsIn(text) : maskedIn(text)) ids.add(id);
        for (const phrase of phrasesIn(text)) saying.set(phrase, (saying.get(phrase) ?? new Set()).add(key));
      }
    }
  }
  for await (const page of portal.identity.all()) {
    for (const identity of page) {
      for (const name of namesOf(identity)) {
        const phrase = wordsOf(name).slice(0, LONGEST_NAME).join(' ');
        for (const key of saying.get(phrase) ?? []) named.get(key)?.add(identity.contactId);
      }
    }
  }
  return named;
}

/** Names of fields that hold what a person does not read, and that may hold an id. */
const OPAQUE: readonly string[] = ['value', 'link', 'finding'];

export function isOpaque(field: string): boolean {
  return OPAQUE.includes(field);
}

/** Every text of a stored report or document, with the field that it stands in. */
export function textsIn(node: unknown, field = ''): { readonly text: string; readonly field: string }[] {
  if (typeof node === 'string') return [{ text: node, field }];
  if (Array.isArray(node)) return node.flatMap((one) => textsIn(one, field));
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, one]) => textsIn(one, name));
}

/** What may be an id in a value or a key: itself, its parts, and their words. */
function idsIn(value: string): readonly string[] {
  return [value, ...value.split(':'), ...(value.match(/[\p{L}\p{N}]+/gu) ?? [])].filter((part) => part !== '');
}

/** Ids behind masked names. */
function maskedIn(text: string): readonly string[] {
  return [...text.matchAll(/•••(?:@\S+)? ([\p{L}\p{N}_-]+)/gu)].map(([, id]) => id!);
}

/** Chinese is written without spaces: each of its characters is a word. */
function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/gu) ?? [];
}

function phrasesIn(text: string): Set<string> {
  const words = wordsOf(text);
  const phrases = new Set<string>();
  for (let from = 0; from < words.length; from++)
    for (let to = from + 1; to <= Math.min(from + LONGEST_NAME, words.length); to++)
      phrases.add(words.slice(from, to).join(' '));
  return phrases;
}
