import { createCanvas } from '@napi-rs/canvas';
import { drawableText } from './drawable-text.ts';
import { FONT_FAMILY } from './fonts.ts';

/** No picture shows more of a text, and measuring is slow. */
const LONGEST = 300;

const ruler = createCanvas(8, 8).getContext('2d');

export function textWidth(text: string, size: number, weight = 400): number {
  ruler.font = `${weight} ${size}px ${FONT_FAMILY}`;
  return ruler.measureText(text).width;
}

/**
 * Breaks a text into at most `maxLines` lines no wider than `width` pixels: between words where there are any, between
 * characters in Chinese and in words that are too long by themselves. What does not fit ends in an ellipsis.
 */
export function wrapText(
  text: string,
  width: number,
  size: number,
  maxLines: number,
  weight = 400,
  longest = LONGEST,
): string[] {
  const pieces = splitPieces(drawableText(text.slice(0, longest)));
  const lines: string[] = [];
  let line = '';
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index] ?? '';
    if (textWidth((line + piece).trimEnd(), size, weight) <= width) {
      line += piece;
      continue;
    }
    if (lines.length === maxLines - 1) {
      lines.push(truncate(line + pieces.slice(index).join(''), width, size, weight));
      return lines;
    }
    if (line.trim() !== '') {
      lines.push(line.trimEnd());
      line = '';
      index--;
      continue;
    }
    const head = fitting(piece, width, size, weight);
    lines.push(head);
    pieces[index] = piece.slice(head.length);
    index--;
  }
  if (line.trim() !== '' || lines.length === 0) lines.push(line.trimEnd());
  return lines;
}

/** At most two lines of much the same width, so that no single word or character stands on the second. */
export function wrapEvenly(text: string, width: number, size: number): string[] {
  const widest = wrapText(text, width, size, 2);
  if (widest.length < 2 || widest[1]?.endsWith('…') === true) return widest;
  for (const share of [0.6, 0.7, 0.8, 0.9]) {
    const lines = wrapText(text, width * share, size, 3);
    if (lines.length === 2) return lines;
  }
  return widest;
}

/** The text, or as much of its beginning as fits with an ellipsis. */
export function truncate(text: string, width: number, size: number, weight = 400): string {
  const whole = drawableText(text.slice(0, LONGEST));
  if (textWidth(whole, size, weight) <= width) return whole;
  return `${fitting(whole, width - textWidth('…', size, weight), size, weight).trimEnd()}…`;
}

function splitPieces(text: string): string[] {
  return (
    text
      .replace(/\s+/g, ' ')
      .trim()
      .match(/\p{Script=Han}[，。、；：？！”’）》]*|[^\s\p{Script=Han}]+ ?| /gu) ?? []
  );
}

/** The longest beginning that fits, at least one character; found by halving, since measuring is the slow part. */
function fitting(text: string, width: number, size: number, weight: number): string {
  const characters = [...text];
  let low = 1;
  let high = characters.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (textWidth(characters.slice(0, middle).join(''), size, weight) <= width) low = middle;
    else high = middle - 1;
  }
  return characters.slice(0, low).join('');
}
