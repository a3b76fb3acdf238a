/** A contact who is to be forgotten, as what people decided may name them. */
export interface ForgottenPerson {
  /** Ids under which they may be a customer. */
  readonly customerIds: readonly string[];
  /** E-mails, phones and whole names. */
  readonly names: readonly string[];
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
  const wanted = [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))];
  const named = alternatives(wanted);
  const masked = alternatives(customerIds.map((id) => `••• ${id}`));
  const meant = alternatives(customerIds);
  return {
    needles: [...new Set([...wanted.map((name) => name.toLowerCase()), ...customerIds])],
    isNamedIn: (text) => named.test(text) || masked.test(text),
    isMeantBy: (value) => meant.test(value) || named.test(value),
    without: (text) => text.replace(everywhere(masked), '•••').replace(everywhere(named), '•••'),
  };
}

/** Any of the words, whole: not inside of a longer one. Chinese has no spaces, so that a name in it stands anywhere. */
function alternatives(words: readonly string[]): RegExp {
  if (words.length === 0) return /(?!)/u;
  const parts = words.map((word) => {
    // In a Unicode pattern only what has a meaning may be escaped: a hyphen has none here.
    const body = word.replace(/[.*+?^${}()|[\]\\/]/gu, '\\$&');
    return /\p{Script=Han}/u.test(word) ? body : `(?<![\\p{L}\\p{N}])${body}(?![\\p{L}\\p{N}])`;
  });
  return new RegExp(parts.join('|'), 'iu');
}

function everywhere(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, 'giu');
}
