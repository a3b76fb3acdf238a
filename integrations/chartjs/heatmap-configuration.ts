import type { Plugin } from 'chart.js';
import type { ChartFormat, HeatmapChart } from '../../src/charts/chart-spec.ts';
import { isNumber } from '../../src/charts/fold.ts';
import { type ChartLocale, chartLocale, formatValue } from '../../src/charts/format-value.ts';
import { INK, MUTED_INK, PALETTE } from '../../src/charts/theme.ts';
import type { DrawingPart } from './drawing-part.ts';
import { FONT_FAMILY } from './fonts.ts';
import { PADDING, SIZES } from './sizes.ts';
import { textWidth, truncate, wrapText } from './wrap-text.ts';

/** The widest that the names of rows may be. */
const NAME_WIDTH = 270;
const GAP = 4;
/** Room above the cells for the axis' title and for the names of columns. */
const TITLE_HEIGHT = 46;
const LINE_HEIGHT = 34;
/** By how much rows may be drawn higher to fill a picture. */
const MOST_SPREAD = 1.3;
/** The share of the full colour that the least value has, so that a cell of 0 is still a cell. */
const LIGHTEST = 0.08;
/** The share that the greatest has: no darker, so that ink on it keeps a contrast of 5 to 1 (WCAG 2) in every cell. */
const FULLEST = 0.7;

/**
 * A grid of cells, each with its value printed on it; the greater, the fuller the colour (blue, and vermilion below zero).
 * A value too wide for its cell is left out rather than cut.
 */
export function heatmapConfiguration(chart: HeatmapChart, width: number): DrawingPart {
  const locale = chartLocale(chart);
  const names = chart.rows.map((name) => truncate(name, NAME_WIDTH, SIZES.tick));
  const corner = truncate(chart.yTitle ?? '', NAME_WIDTH, SIZES.tick);
  const left = Math.max(0, ...[...names, corner].map((name) => textWidth(name, SIZES.tick))) + 16;
  const cellWidth = (width - 2 * PADDING - left) / Math.max(1, chart.columns.length);
  const leastHeight = Math.min(96, Math.max(58, 520 / Math.max(1, names.length)));
  const heads = chart.columns.map((name) => wrapText(name, cellWidth - GAP, SIZES.tick, 2));
  const headHeight = Math.max(1, ...heads.map((lines) => lines.length)) * LINE_HEIGHT + 10;
  const titleHeight = chart.xTitle ? TITLE_HEIGHT : 0;
  const known = chart.values.flat().filter(isNumber);
  const greatest = Math.max(0, ...known.map(Math.abs));

  const cells: Plugin = {
    id: 'cells',
    afterDraw({ ctx, chartArea }) {
      const x = (column: number): number => chartArea.left + left + column * cellWidth;
      const top = chartArea.top + titleHeight + headHeight;
      const room = (chartArea.bottom - top) / Math.max(1, names.length);
      const cellHeight = Math.min(Math.max(leastHeight, room), leastHeight * MOST_SPREAD);
      const y = (row: number): number => top + row * cellHeight;
      ctx.save();
      ctx.textBaseline = 'middle';
      ctx.font = `${SIZES.tick}px ${FONT_FAMILY}`;
      ctx.fillStyle = MUTED_INK;
      ctx.textAlign = 'left';
      ctx.fillText(corner, chartArea.left, top - 10 - LINE_HEIGHT / 2);
      if (chart.xTitle) {
        const across = cellWidth * chart.columns.length;
        ctx.fillText(truncate(chart.xTitle, across, SIZES.tick), x(0), chartArea.top + TITLE_HEIGHT / 2 - 6);
      }
      ctx.fillStyle = INK;
      for (const [row, name] of names.entries()) ctx.fillText(name, chartArea.left, y(row) + cellHeight / 2);
      ctx.textAlign = 'center';
      for (const [column, lines] of heads.entries()) {
        for (const [line, text] of lines.entries()) {
          const middle = top - 10 - (lines.length - line - 0.5) * LINE_HEIGHT;
          ctx.fillText(text, x(column) + cellWidth / 2, middle);
        }
      }
      for (const row of names.keys()) {
        for (const column of heads.keys()) {
          const value = chart.values[row]?.[column];
          if (!isNumber(value)) continue;
          const share = greatest === 0 ? 0 : Math.abs(value) / greatest;
          ctx.fillStyle = shade(value < 0 ? PALETTE[5] : PALETTE[0], LIGHTEST + (FULLEST - LIGHTEST) * share);
          ctx.fillRect(x(column), y(row), cellWidth - GAP, cellHeight - GAP);
          const size = cellWidth > 110 ? SIZES.value : SIZES.smallValue;
          const fits = (text: string): boolean => textWidth(text, size, 600) <= cellWidth - GAP;
          const text = textsOf(chart.format, value, locale).find(fits);
          if (text === undefined) continue;
          ctx.font = `600 ${size}px ${FONT_FAMILY}`;
          ctx.fillStyle = INK;
          ctx.fillText(text, x(column) + (cellWidth - GAP) / 2, y(row) + (cellHeight - GAP) / 2);
        }
      }
      ctx.restore();
    },
  };
  return {
    bodyHeight: titleHeight + headHeight + names.length * leastHeight,
    configuration: {
      type: 'bar',
      data: { labels: [], datasets: [] },
      options: { plugins: { legend: { display: false } }, scales: { x: { display: false }, y: { display: false } } },
      plugins: [cells],
    },
  };
}

/** A value as a cell prints it, shorter and shorter: beside others with a percent sign, a percentage needs none. */
function textsOf(format: ChartFormat, value: number, locale: ChartLocale): string[] {
  const text = formatValue(format, value, locale);
  return format.kind === 'percent' ? [text, String(Math.round(100 * value))] : [text];
}

/** `share` of a colour on white. */
function shade(colour: string, share: number): string {
  const parts = [1, 3, 5].map((at) => {
    const full = Number.parseInt(colour.slice(at, at + 2), 16);
    return Math.round(255 + (full - 255) * share);
  });
  return `rgb(${parts.join(',')})`;
}
