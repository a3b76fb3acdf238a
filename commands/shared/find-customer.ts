import { KithError } from '../../src/lib/errors.ts';
import { nearest } from '../../src/lib/nearest.ts';
import { say } from '../../src/lib/text.ts';
import type { FoundCustomer } from '../../src/privacy/privacy-reader.ts';
import type { CommandContext } from '../context.ts';
import { quoted, suggestion } from './read-argument.ts';

const MOST_CHOICES = 6;
const CANDIDATES = 50;

/**
 * The customers that a name, domain, e-mail or id may mean: one when it is clear, several (the best first) when it is not.
 * Throws KithError('unknown-customer') with the closest names when there is none that the viewer may see.
 */
export async function findCustomer(
  context: Pick<CommandContext, 'reader' | 'language'>,
  text: string,
): Promise<readonly FoundCustomer[]> {
  const found = await context.reader.find(text, MOST_CHOICES);
  const wanted = text.toLowerCase();
  const exact = found.filter((one) => one.name.toLowerCase() === wanted || one.customerId === text);
  if (exact.length === 1) return exact;
  if (found.length > 0) return found;
  throw await unknownCustomer(context, text);
}

export async function unknownCustomer(
  context: Pick<CommandContext, 'reader' | 'language'>,
  text: string,
): Promise<KithError> {
  const { language } = context;
  const hint = suggestion(language, await closestNames(context, text), {
    en: 'check the spelling, or give its domain or CRM id',
    zh: '请检查拼写，或输入其域名或 CRM 编号',
  });
  const typed = quoted(text);
  return new KithError(
    'unknown-customer',
    say(language, {
      en: `No customer called “${typed}” was found: ${hint}`,
      zh: `没有找到名为“${typed}”的客户：${hint}`,
    }),
  );
}

/** Names that a typo may have meant: what shares a few letters with the text, ranked by edits. */
async function closestNames({ reader }: Pick<CommandContext, 'reader'>, text: string): Promise<string[]> {
  const pieces = new Set<string>();
  for (const word of text.split(' ').slice(0, 3)) {
    const letters = [...word];
    const middle = Math.floor(letters.length / 2) - 1;
    if (letters.length >= 2) pieces.add(letters.slice(0, 3).join(''));
    if (letters.length >= 4) pieces.add(letters.slice(-3).join(''));
    if (letters.length >= 6) pieces.add(letters.slice(middle, middle + 3).join(''));
  }
  const words = text.split(' ').length;
  // Somebody who types one word means the first word of a name as well as a whole one.
  const nameOf = new Map<string, string>();
  for (const piece of pieces) {
    for (const { name } of await reader.find(piece, CANDIDATES)) {
      nameOf.set(name, name);
      const beginning = name.split(' ').slice(0, words).join(' ');
      if (!nameOf.has(beginning)) nameOf.set(beginning, name);
    }
  }
  return [...new Set(nearest(text, [...nameOf.keys()]).map((choice) => nameOf.get(choice)!))];
}
