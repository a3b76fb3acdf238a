import type { Plugin } from 'chart.js';
import type { ProgressChart } from '../../src/charts/chart-spec.ts';
import { isNumber } from '../../src/charts/fold.ts';
import { chartLocale, formatValue } from '../../src/charts/format-value.ts';
import { GRID, INK, MUTED_INK, PALETTE, PAPER } from '../../src/charts/theme.ts';
import type { DrawingPart } from './drawing-part.ts';
import { FONT_FAMILY } from './fonts.ts';
import { PADDING, SIZES } from './sizes.ts';
import { textWidth, truncate, wrapText } from './wrap-text.ts';

/** The widest that a name and the line below it may be. */
const NAME_WIDTH = 470;
const ROW = 100;
/** A line more of the note. */
const NOTE_LINE = 34;
/** By how much rows may be drawn apart to fill a picture. */
const MOST_SPREAD = 1.3;
const BAR = 40;
/** A line of names of steps, and the room above and below them. */
const HEAD_LINE = 46;
const HEAD_ROOM = 40;

/**
 * One bar a row up to its value, on a scale whose steps are lines from top to bottom; the way to the next step is an outline.
 * Names of steps stand above, on two lines in turn so that near ones do not run into each other.
 */
export function progressConfiguration(chart: ProgressChart, width: number): DrawingPart {
  const locale = chartLocale(chart);
  const format = (value: number) => formatValue(chart.format, value, locale);
  const rows = chart.rows.filter(({ value }) => isNumber(value));
  const steps = chart.steps.filter(({ from }) => isNumber(from) && from >= 0);
  const names = rows.map(({ name, note }) => ({
    name: truncate(name, NAME_WIDTH, SIZES.label, 600),
    note: note === '' ? [] : wrapText(note, NAME_WIDTH, SIZES.smallValue, 2),
  }));
  const row = ROW + NOTE_LINE * Math.max(0, ...names.map(({ note }) => note.length - 1));
  const widest = Math.max(
    0,
    ...names.map(({ name, note }) =>
      Math.max(textWidth(name, SIZES.label, 600), ...note.map((line) => textWidth(line, SIZES.smallValue))),
    ),
  );
  const texts = rows.map(({ value }) => format(value));
  const widestText = Math.max(0, ...texts.map((text) => textWidth(text, SIZES.value, 600)));
  const left = PADDING + widest + 30;
  const room = width - left - PADDING - widestText - 16;
  const most = Math.max(0, ...rows.map(({ value }) => value), ...steps.map(({ from }) => from));
  // A little beyond the last step, so that its line is not the edge.
  const limit = most > 0 ? most * 1.04 : 1;
  const at = (value: number): number => left + (Math.min(Math.max(value, 0), limit) / limit) * room;
  const ends = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const heads = steps.map((step) => {
    const text = truncate(`${step.name} ${format(step.from)}`, 230, SIZES.smallValue, 600);
    const half = textWidth(text, SIZES.smallValue, 600) / 2;
    const x = at(step.from);
    const middle = Math.min(Math.max(x, PADDING + half), width - PADDING - half);
    const line = ends.findIndex((end) => end + 16 < middle - half);
    if (line !== -1) ends[line] = middle + half;
    return { text, x, middle, half, line };
  });
  const headHeight = HEAD_ROOM + HEAD_LINE * (1 + Math.max(0, ...heads.map(({ line }) => line)));
  const picture: Plugin = {
    id: 'progress',
    afterDraw({ ctx, chartArea }) {
      const top = chartArea.top + headHeight;
      const step = Math.min(Math.max(row, (chartArea.bottom - top) / Math.max(1, rows.length)), row * MOST_SPREAD);
      const bottom = top + rows.length * step;
      ctx.save();
      ctx.textBaseline = 'middle';
      ctx.textAlign = 'center';
      ctx.font = `600 ${SIZES.smallValue}px ${FONT_FAMILY}`;
      ctx.strokeStyle = MUTED_INK;
      ctx.lineWidth = 2;
      ctx.setLineDash([4, 6]);
      const lineY = (line: number): number => chartArea.top + HEAD_ROOM / 2 + HEAD_LINE * (line + 0.5);
      for (const { x, line } of heads) {
        ctx.beginPath();
        ctx.moveTo(x, line === -1 ? top - 14 : lineY(line) + 20);
        ctx.lineTo(x, bottom);
        ctx.stroke();
      }
      for (const { text, middle, half, line } of heads) {
        if (line === -1) continue;
        // Where a name stands above another one's line, it is read on paper.
        ctx.fillStyle = PAPER;
        ctx.fillRect(middle - half - 6, lineY(line) - 18, 2 * half + 12, 36);
        ctx.fillStyle = MUTED_INK;
        ctx.fillText(text, middle, lineY(line));
      }
      ctx.setLineDash([]);
      for (const [index, { value }] of rows.entries()) {
        const y = top + index * step + step / 2;
        const { name, note } = names[index] ?? { name: '', note: [] };
        ctx.textAlign = 'left';
        ctx.fillStyle = INK;
        ctx.font = `600 ${SIZES.label}px ${FONT_FAMILY}`;
        const first = y - (note.length * 38) / 2;
        ctx.fillText(name, PADDING, first);
        ctx.fillStyle = MUTED_INK;
        ctx.font = `${SIZES.smallValue}px ${FONT_FAMILY}`;
        for (const [line, text] of note.entries()) ctx.fillText(text, PADDING, first + 40 + line * NOTE_LINE);
        const end = at(value);
        const next = steps.find(({ from }) => from > value);
        ctx.fillStyle = GRID;
        ctx.fillRect(left, y - BAR / 2, room, BAR);
        ctx.fillStyle = PALETTE[0];
        ctx.fillRect(left, y - BAR / 2, Math.max(3, end - left), BAR);
        if (next !== undefined) {
          ctx.fillStyle = '#fbe9c6';
          ctx.fillRect(end, y - BAR / 2, at(next.from) - end, BAR);
          ctx.strokeStyle = PALETTE[1];
          ctx.lineWidth = 3;
          ctx.strokeRect(end + 1.5, y - BAR / 2 + 1.5, Math.max(0, at(next.from) - end - 3), BAR - 3);
        }
        ctx.fillStyle = INK;
        ctx.font = `600 ${SIZES.value}px ${FONT_FAMILY}`;
        ctx.fillText(texts[index] ?? '', left + room + 12, y);
      }
      ctx.restore();
    },
  };
  return {
    bodyHeight: headHeight + rows.length * row + 6,
    configuration: {
      type: 'bar',
      data: { labels: [], datasets: [] },
      options: { plugins: { legend: { display: false } }, scales: { x: { display: false }, y: { display: false } } },
      plugins: [picture],
    },
  };
}
