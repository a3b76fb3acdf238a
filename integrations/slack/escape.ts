import { harmless, oneLine } from '../../src/report/one-line.ts';
import type { Mrkdwn, PlainText } from './block-types.ts';

/** `<!channel>`, `<@U123>`, `<#C123>` and the like, as Slack reads them in marked-up text. */
const CONTROL_SEQUENCE = /<[!@#](?:[^<>]*>)?/g;
/** Letters that would make part of a name bold, italic, struck out or code. */
const MARKS = /[*_~`]/g;
const ZERO_WIDTH_SPACE = '\u200b';

/** A text from the CRM without anything that Slack would read as a mention: nobody is pinged from a contact's name. */
export function withoutMentions(text: string): string {
  let stripped = harmless(text);
  // Taking one sequence out can join the halves of another: <<!channel>!channel>.
  for (let before = ''; before !== stripped; ) {
    before = stripped;
    stripped = stripped.replace(CONTROL_SEQUENCE, '');
  }
  return stripped;
}

/** A plain text for `mrkdwn`: mentions stripped, `& < >` escaped as Slack asks, marks made inert. */
export function escapeText(text: string): string {
  return withoutMentions(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(MARKS, (mark) => `${ZERO_WIDTH_SPACE}${mark}${ZERO_WIDTH_SPACE}`);
}

/**
 * What Kith tells people to type, between backticks: it begins like a command, and holds nothing that could be mark-up. A name
 * from the CRM that looks the same is shown as code, and does no more.
 */
const COMMAND = /`((?:\/[a-z]|(?:kith|until|reset|hold-out|owner|due) )[\p{L}\p{N} @./_:=%+-]{0,150})`/gu;

/** Whether a text tells a person what to type. */
export function hasCommand(text: string): boolean {
  return text.search(COMMAND) !== -1;
}

/** The same words where nothing can be shown as code: in headers, buttons, modals. */
export function withoutCode(text: string): string {
  return text.replace(COMMAND, '$1');
}

/** `escapeText`, with what a person may type shown as code. */
export function escapeWithCommands(text: string): string {
  // Split by a pattern with one group, every second piece is what it caught.
  return text
    .split(COMMAND)
    .map((piece, k) => (k % 2 === 0 ? escapeText(piece) : `\`${piece}\``))
    .join('');
}

/** At most `limit` UTF-16 units, never half a character, with an ellipsis where something was cut. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let kept = '';
  for (const character of text) {
    if (kept.length + character.length > limit - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** A marked-up text cut to a limit without leaving half an entity at its end. */
export function cutEscaped(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${cut(text, limit)
    .slice(0, -1)
    .replace(/&[a-z]{0,3}$/, '')
    .replace(/<[^>]*$/, '')}…`;
}

/** A plain_text object: Slack refuses an empty one, so nothing is written as a dash. */
export function plain(text: string, limit: number): PlainText {
  return { type: 'plain_text', text: cut(withoutMentions(text).trim() || '–', limit), emoji: false };
}

/** A text that already is mark-up, made of escaped pieces. */
export function marked(text: string, limit: number): Mrkdwn {
  return { type: 'mrkdwn', text: cutEscaped(text, limit) || '–', verbatim: true };
}

/** A label or cell: one line, no mentions, at least a dash. */
export function label(text: string, limit: number): string {
  return cut(withoutMentions(oneLine(text)).trim() || '–', limit);
}

/** What a person typed: Slack escapes it where it gives mentions with their ids. */
export function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
