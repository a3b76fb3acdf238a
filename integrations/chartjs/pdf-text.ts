import type { CanvasRenderingContext2D } from '@napi-rs/canvas';
import { harmless } from '../../src/report/one-line.ts';
import { FONT_FAMILY } from './fonts.ts';
import { type Block, CONTENT_WIDTH, PAGE } from './pdf-flow.ts';
import { wrapText } from './wrap-text.ts';

/** A text of any length is printed whole, up to what no answer holds. */
const LONGEST = 20_000;
const LINE = 1.42;

export interface TextStyle {
  readonly size: number;
  readonly weight: 400 | 600;
  readonly colour: string;
  readonly indent?: number;
  readonly space: number;
  /** The whole text stays on one page, together with what comes after it. */
  readonly isHeading?: boolean;
  /** Where a click on it leads. */
  readonly link?: string | undefined;
}

/** A text of several paragraphs, one block a line; neither a first nor a last line stands alone on a page. */
export function textBlocks(text: string, style: TextStyle): Block[] {
  const indent = style.indent ?? 0;
  const lines = harmless(text)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => linesOf(line, CONTENT_WIDTH - indent, style.size, style.weight));
  return lines.map((line, index) => ({
    height: style.size * LINE,
    space: index === 0 ? style.space : 0,
    keepsNext: style.isHeading === true || (lines.length > 1 && (index === 0 || index === lines.length - 2)),
    draw(ctx, top) {
      printLine(ctx, line, PAGE.left + indent, top, style);
      if (style.link !== undefined) {
        ctx.annotateLinkUrl(PAGE.left + indent, top, PAGE.right, top + style.size * LINE, style.link);
      }
    },
  }));
}

/** One text as lines of a width, without an end. */
export function linesOf(text: string, width: number, size: number, weight: number, most = 10_000): string[] {
  return wrapText(text, width, size, most, weight, LONGEST);
}

/** A line with its top at `top`. */
export function printLine(
  ctx: CanvasRenderingContext2D,
  line: string,
  x: number,
  top: number,
  { size, weight, colour }: Pick<TextStyle, 'size' | 'weight' | 'colour'>,
  align: 'left' | 'right' = 'left',
): void {
  ctx.font = `${weight} ${size}px ${FONT_FAMILY}`;
  ctx.fillStyle = colour;
  ctx.textAlign = align;
  ctx.textBaseline = 'alphabetic';
  ctx.fillText(line, x, top + size * 1.05);
}

export function lineHeight(size: number): number {
  return size * LINE;
}
