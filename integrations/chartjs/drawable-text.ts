const EMOJI = /(?![©®™])\p{Extended_Pictographic}|\p{Emoji_Modifier}|[\u{1F1E6}-\u{1F1FF}]|[\u200d\ufe0f\u20e3]/gu;

/** A text as the bundled fonts can draw it: emoji are left out, since an empty box says less than nothing. */
export function drawableText(text: string): string {
  const drawn = text.replace(EMOJI, '').replace(/ {2,}/g, ' ').trim();
  return drawn === '' && text.trim() !== '' ? '–' : drawn;
}
