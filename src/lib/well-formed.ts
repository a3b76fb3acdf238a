/** The text with each half of a surrogate pair, which no encoding holds, replaced by the sign for what cannot be read. */
export function wellFormed(text: string): string {
  return text.toWellFormed();
}
