import { unescaped } from './escape.ts';

/**
 * What a person typed to Kith, as a slash command would bring it: mentions of people and channels stay as Slack names them
 * (`<@U012>`, `<#C012|sales>`), since a setting may be about them; the mention of Kith itself says nothing.
 */
export function typedWords(text: string, botUserId: string): string {
  const words = text.replace(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id: string) =>
    id === botUserId ? ' ' : `<@${id}>`,
  );
  return tidy(withoutLinks(words));
}

/** A message as a person reads it, without Slack's mark-up: links and channels become their names, mentions are left out. */
export function plainWords(text: string): string {
  const words = text
    .replace(/<@[UW][A-Z0-9]+(\|[^>]*)?>/g, ' ')
    .replace(/<#[A-Z0-9]+\|([^>]*)>/g, '#$1')
    .replace(/<![^>|]*\|([^>]*)>/g, '$1')
    .replace(/<[!#][^>]*>/g, ' ');
  return tidy(withoutLinks(words));
}

function withoutLinks(text: string): string {
  return text.replace(/<[a-z]+:[^>|]*\|([^>]*)>/g, '$1').replace(/<([a-z]+:[^>|]*)>/g, '$1');
}

function tidy(text: string): string {
  return unescaped(text)
    .replace(/[ \t]+/g, ' ')
    .trim();
}
