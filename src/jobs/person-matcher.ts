import type { ContactIdentity } from '../store/portal-store.ts';

/** A contact who is to be forgotten, as what people decided may name them. */
export interface ForgottenPerson {
  /** Ids under which they may be a customer. */
  readonly customerIds: readonly string[];
  /** E-mails, phones and whole names. */
  readonly names: readonly string[];
}

/** Every way in which a text may name a contact. */
export function namesOf({ email, phone, firstName, lastName }: ContactIdentity): readonly string[] {
  const whole =
    firstName === '' || lastName === ''
      ? []
      : [`${firstName} ${lastName}`, `${lastName} ${firstName}`, `${lastName}${firstName}`];
  return [email, phone, ...whole].filter((name) => name.trim() !== '');
}

/** Finds people in texts and in what buttons and keys are about. */
export interface PersonMatcher {
  /** What a search in the tables looks for first: lower case. */
  readonly needles: readonly string[];
  /** Whether a text says who one of them is: a whole name, an e-mail, a phone, or the id behind a masked name. */
  isNamedIn(text: string): boolean;
  /** Whether a value or a key is about one of them. */
  isMeantBy(value: string): boolean;
  /** The text with what says who they are taken out. */
  without(text: string): string;
}

export function personMatcher({ customerIds, names }: ForgottenPerson): PersonMatcher {
  const trimmed = names.map((name) => name.trim()).filter((name) => name !== '');
  const wanted = [...new Set(trimmed.flatMap((name) => [name, inJson(name)]))];
  const named = alternatives(wanted, WORD_BEFORE, WORD_AFTER);
  const masked = maskedNames(customerIds);
  const meant = alternatives(customerIds, ID_BEFORE, ID_AFTER);
  return {
    needles: [...new Set([...wanted.map((name) => name.toLowerCase()), ...customerIds])],
    isNamedIn: (text) => named.test(text) || masked.test(text),
    isMeantBy: (value) => meant.test(value) || named.test(value),
    without: (text) => text.replace(everywhere(masked), '•••').replace(everywhere(named), '•••'),
  };
}

const WORD_BEFORE = '(?<![\\p{L}\\p{N}])';
const WORD_AFTER = '(?![\\p{L}\\p{N}])';
/** Nor a piece of a date, of a number with a point, or of a time of day. */
const ID_BEFORE = '(?<![\\p{L}\\p{N}]|[\\p{L}\\p{N}][.-]|T\\d\\d:(?:\\d\\d:)?)';
const ID_AFTER = '(?![\\p{L}\\p{N}]|[.-][\\p{L}\\p{N}])';

/** Any of the words, whole: not inside of a longer one. Chinese has no spaces, so that a name in it stands anywhere. */
function alternatives(words: readonly string[], before: string, after: string): RegExp {
  if (words.length === 0) return /(?!)/u;
  const parts = words.map((word) =>
    /\p{Script=Han}/u.test(word) ? literal(word) : `${before}${literal(word)}${after}`,
  );
  return new RegExp(parts.join('|'), 'iu');
}

/** As masking writes them: the first letter or none, for an e-mail its domain, and the id. */
function maskedNames(ids: readonly string[]): RegExp {
  if (ids.length === 0) return /(?!)/u;
  return new RegExp(`[\\p{L}\\p{N}]?•••(?:@\\S+)? (?:${ids.map(literal).join('|')})${WORD_AFTER}`, 'iu');
}

/** Messages and settings are stored as JSON, in which a quotation mark is two characters. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** In a Unicode pattern only what has a meaning may be escaped: a hyphen has none here. */
function literal(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\/]/gu, '\\$&');
}

function everywhere(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, 'giu');
}
