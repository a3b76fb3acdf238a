/** East Asian wide and full-width characters, and emoji: two columns of a terminal each (Unicode Standard Annex 11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/** How many columns of a terminal a text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (ZERO.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** The text in exactly `width` columns: padded with spaces, or cut with an ellipsis. */
export function fitWidth(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cut = cutWidth(text, width);
  const padding = ' '.repeat(Math.max(0, width - displayWidth(cut)));
  return align === 'left' ? cut + padding : padding + cut;
}

/** The text in at most `width` columns, its end replaced by an ellipsis where it is longer. */
export function cutWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = '';
  let used = 0;
  for (const character of text) {
    const next = used + displayWidth(character);
    if (next > width - 1) break;
    cut += character;
    used = next;
  }
  return width > 0 ? `${cut}…` : '';
}
