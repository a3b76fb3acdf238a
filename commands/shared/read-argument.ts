import { z } from 'zod';
import { KithError } from '../../src/lib/errors.ts';
import { type Language, say } from '../../src/lib/text.ts';

const MAX_LENGTH = 200;

// Cc and Cf: control characters and invisible ones, such as those that turn the direction of writing; Cs: halves of a character.
const argumentSchema = z
  .string()
  .transform((text) =>
    text
      .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, ' ')
      .replace(/\s+/gu, ' ')
      .trim(),
  )
  .refine((text) => [...text].length <= MAX_LENGTH);

/**
 * What somebody typed after a command, on one line, with nothing invisible in it and without quotation marks around it.
 * Throws KithError('usage') when it is longer than 200 characters.
 */
export function readArgument(language: Language, text: string): string {
  const parsed = argumentSchema.safeParse(text);
  if (!parsed.success) {
    throw new KithError(
      'usage',
      say(language, {
        en: `What you typed is ${[...text].length} characters long, and at most ${MAX_LENGTH} are read: name one customer, product or group`,
        zh: `您输入了 ${[...text].length} 个字符，最多只能读取 ${MAX_LENGTH} 个：请只写一个客户、产品或分组的名称`,
      }),
    );
  }
  return withoutQuotes(parsed.data);
}

/** The same for a text of which nothing is said: '' when it is too long. */
export function typedArgument(text: string): string {
  return withoutQuotes(argumentSchema.safeParse(text).data ?? '');
}

const withoutQuotes = (text: string): string => text.replace(/^["'“”‘’「]+|["'“”‘’」]+$/gu, '').trim();

/** An argument as an error may repeat it. */
export function quoted(text: string): string {
  const characters = [...text];
  return characters.length <= 60 ? text : `${characters.slice(0, 60).join('')}…`;
}

/** `did you mean A, B or C`, for the end of an error; `otherwise` when there is nothing to suggest. */
export function suggestion(
  language: Language,
  choices: readonly string[],
  otherwise: { en: string; zh: string },
): string {
  if (choices.length === 0) return say(language, otherwise);
  const list = new Intl.ListFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { type: 'disjunction' }).format(choices);
  return say(language, { en: `did you mean ${list}?`, zh: `您是不是要找${list}？` });
}
