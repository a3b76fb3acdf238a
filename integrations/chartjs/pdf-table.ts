import { GRID, INK, MUTED_INK } from '../../src/charts/theme.ts';
import { oneLine } from '../../src/report/one-line.ts';
import type { ReportTable } from '../../src/report/report.ts';
import { type Block, CONTENT_WIDTH, PAGE } from './pdf-flow.ts';
import { lineHeight, linesOf, printLine } from './pdf-text.ts';
import { textWidth } from './wrap-text.ts';

/** Room between columns, and above and below a row's text. */
const GAP = 10;
const ROOM = 4;
/** A cell says no more than so many lines; a row of them still fits any page. */
const MOST_LINES = 12;
const NARROWEST = 18;

/** A head that is repeated on every page, and rows that are never cut. */
export function tableBlocks({ columns, rows }: Pick<ReportTable, 'columns' | 'rows'>): Block[] {
  if (columns.length === 0) return [];
  const size = columns.length > 9 ? 7 : 8.5;
  const labels = columns.map(({ label }) => oneLine(label));
  const cells = rows.map((row) => columns.map((_, index) => oneLine(row[index] ?? '')));
  const widths = columnWidths(labels, cells, size);
  const lefts = widths.map((_, index) => {
    return PAGE.left + widths.slice(0, index).reduce((sum, width) => sum + width + GAP, 0);
  });
  const block = (texts: readonly string[], weight: 400 | 600): Block => {
    const lines = texts.map((text, index) =>
      text === '' ? [] : linesOf(text, widths[index] ?? NARROWEST, size, weight, MOST_LINES),
    );
    const height = Math.max(1, ...lines.map((own) => own.length)) * lineHeight(size) + 2 * ROOM;
    return {
      height,
      space: 0,
      draw(ctx, top) {
        for (const [index, own] of lines.entries()) {
          const isRight = columns[index]?.align === 'right';
          const x = (lefts[index] ?? 0) + (isRight ? (widths[index] ?? 0) : 0);
          for (const [line, text] of own.entries()) {
            const style = { size, weight, colour: weight === 600 ? MUTED_INK : INK };
            printLine(ctx, text, x, top + ROOM + line * lineHeight(size), style, isRight ? 'right' : 'left');
          }
        }
        ctx.fillStyle = weight === 600 ? MUTED_INK : GRID;
        ctx.fillRect(PAGE.left, top + height - 0.75, CONTENT_WIDTH, 0.75);
      },
    };
  };
  const head: Block = { ...block(labels, 600), space: 6, keepsNext: true };
  return [
    head,
    // Neither the first nor the last row stands alone on a page.
    ...cells.map((row, index): Block => {
      const keepsNext = index + 1 < cells.length && (index === 0 || index === cells.length - 2);
      return { ...block(row, 400), head, keepsNext };
    }),
  ];
}

/** As wide as the texts want to be; where that is too much, the widest give way first. */
function columnWidths(labels: readonly string[], cells: readonly (readonly string[])[], size: number): number[] {
  const room = CONTENT_WIDTH - GAP * (labels.length - 1);
  const widths = labels.map((label, index) => {
    const own = cells.map((row) => textWidth(row[index] ?? '', size));
    return Math.min(room, Math.max(NARROWEST, textWidth(label, size, 600), ...own) + 1);
  });
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    const step = Math.min(excess, 4);
    if (width - step < NARROWEST) return widths.map(() => room / labels.length);
    widths[widest] = width - step;
    excess -= step;
  }
  return widths;
}
