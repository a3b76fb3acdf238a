/** Where a text stops being JSON, as a person finds it in an editor: `line 7, column 12`. */
export function placeOfDamage(text: string, error: unknown): string {
  if (text.trim() === '') return 'it is empty';
  const message = error instanceof Error ? error.message : '';
  const known = /line (\d+) column (\d+)/.exec(message);
  if (known !== null) return `line ${known[1]}, column ${known[2]}`;
  const position = /at position (\d+)/.exec(message)?.[1];
  // Engines name no position when the text simply ends.
  const before = text.slice(0, position === undefined ? text.length : Number(position)).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}${position === undefined ? ', where it ends too early' : ''}`;
}
