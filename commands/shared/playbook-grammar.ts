import type { PlaybookView } from '../../src/analyses/playbook-report.ts';
import { KithError } from '../../src/lib/errors.ts';
import { nearest } from '../../src/lib/nearest.ts';
import { type Language, say } from '../../src/lib/text.ts';
import { quoted, suggestion } from './read-argument.ts';

/**
 * The target at the beginning of a text and what follows it. A target is `value:low`, `tier:Gold` or `segment:ID`, or the name of
 * one, with or without quotation marks; of several that fit, the longest. Throws KithError('usage') with the nearest ones.
 */
export function readTarget(
  language: Language,
  views: readonly PlaybookView[],
  text: string,
): { view: PlaybookView; rest: string } {
  const typed = text.replace(/^["'“”‘’「]+/u, '').toLowerCase();
  const offset = text.length - text.replace(/^["'“”‘’「]+/u, '').length;
  let found: { view: PlaybookView; length: number } | null = null;
  for (const view of views) {
    for (const name of [view.target, ...view.aliases]) {
      const lower = name.toLowerCase();
      if (!typed.startsWith(lower) || lower.length <= (found?.length ?? 0)) continue;
      // The whole word, not the beginning of another one.
      if (/^["'“”‘’」\s]|^$/u.test(typed.slice(lower.length))) found = { view, length: lower.length };
    }
  }
  if (found !== null) {
    return { view: found.view, rest: text.slice(offset + found.length).replace(/^["'“”‘’」]*\s*/u, '') };
  }
  const targets = views.map(({ target }) => target);
  const hint = suggestion(language, nearest(typed, targets), {
    en: `targets are ${targets.join(', ')}`,
    zh: `现有客群：${targets.join('、')}`,
  });
  throw new KithError(
    'usage',
    say(language, {
      en: text === '' ? `Which group? ${hint}` : `There is no group called “${quoted(text)}”: ${hint}`,
      zh: text === '' ? `请指明客群：${hint}` : `没有名为“${quoted(text)}”的客群：${hint}`,
    }),
  );
}

/** `TEXT`, or `ENGLISH | CHINESE`. */
export function readPlaybookText(language: Language, text: string): string | { en: string; zh: string } {
  const parts = text.split('|').map((part) => part.replace(/^["'“”‘’「\s]+|["'“”‘’」\s]+$/gu, ''));
  const [en = '', zh] = parts;
  if (parts.length > 2 || parts.includes('')) {
    throw new KithError(
      'usage',
      say(language, {
        en: 'What is to be done? Write it after the target, for example `/kith playbook set value:low a call and 10% off`, or ENGLISH | CHINESE',
        zh: '请在客群后写明做法，例如 `/kith playbook set value:low 电话联系并提供九折优惠`，或 英文 | 中文',
      }),
    );
  }
  return zh === undefined ? en : { en, zh };
}

/** Whole days from 1 to 365. */
export function readDays(language: Language, text: string): number {
  const count = /^(\d{1,3})\s*(d|days?|天)?$/iu.exec(text)?.[1];
  const days = Number(count ?? Number.NaN);
  if (days >= 1 && days <= 365) return days;
  throw new KithError(
    'usage',
    say(language, {
      en: `“${quoted(text)}” is no number of days: write one from 1 to 365, for example 14`,
      zh: `“${quoted(text)}”不是天数：请输入 1 至 365，例如 14`,
    }),
  );
}

/** `20%`, `20` or `0.2`: a fraction from 0 to 0.5. */
export function readHoldOut(language: Language, text: string): number {
  const found = /^(\d{1,2}(?:\.\d+)?)\s*(%|％)?$/u.exec(text);
  const number = Number(found?.[1] ?? Number.NaN);
  const share = found?.[2] !== undefined || number >= 1 ? number / 100 : number;
  if (share >= 0 && share <= 0.5) return Math.round(share * 1000) / 1000;
  throw new KithError(
    'usage',
    say(language, {
      en: `“${quoted(text)}” is no share to hold out: write one from 0% to 50%, for example 20%`,
      zh: `“${quoted(text)}”不是对照比例：请输入 0% 至 50%，例如 20%`,
    }),
  );
}

/** A chat user, as `me`, `<@U…>` or `@U…`; null for anything else. */
export function readChatUser(text: string, userId: string): string | null {
  if (/^(me|我)$/iu.test(text)) return userId === 'command-line' ? null : userId;
  return /^<?@([UW][A-Z0-9]{2,})(?:\|[^>]*)?>?$/u.exec(text)?.[1] ?? null;
}
