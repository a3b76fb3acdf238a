/** What a terminal or a chat could take for an instruction: control characters, escapes, and marks that reverse text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Half of a character that lies outside the first 65,536, left over from a text cut elsewhere. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** A well-formed text without control characters; line breaks stay. */
export function harmless(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(CONTROL, '').replace(LONE_SURROGATE, '\ufffd');
}

/** A text on one line, for a cell, a label or a title. */
export function oneLine(text: string): string {
  return harmless(text).replace(/\s+/g, ' ').trim();
}
