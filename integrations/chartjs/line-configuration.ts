import type { Plugin, PointStyle } from 'chart.js';
import type { CategoryChart } from '../../src/charts/chart-spec.ts';
import { isNumber } from '../../src/charts/fold.ts';
import { chartLocale, formatValue } from '../../src/charts/format-value.ts';
import { INK, PAPER, seriesColour } from '../../src/charts/theme.ts';
import { legend, orderedAxis, orderedLabels, seriesName, valueAxis } from './axes.ts';
import { overlaps } from './boxes.ts';
import type { DrawingPart } from './drawing-part.ts';
import { FONT_FAMILY } from './fonts.ts';
import { placeOf } from './place-of.ts';
import { PADDING, SIZES } from './sizes.ts';
import { textWidth } from './wrap-text.ts';

/** Marks that differ in shape, and lines that differ in dashes: the series are not told apart by colour alone. */
export const MARKS: readonly PointStyle[] = ['circle', 'triangle', 'rect', 'rectRot', 'star', 'crossRot'];
const DASHES: readonly (readonly number[])[] = [[], [18, 8], [6, 8], [24, 8, 6, 8], [12, 6], [3, 6]];

/** Lines over ordered categories; an area chart fills below them. */
export function lineConfiguration(chart: CategoryChart, width: number): DrawingPart {
  const locale = chartLocale(chart);
  const format = (value: number) => formatValue(chart.format, value, locale);
  const count = chart.labels.length;
  const data = chart.series.map((series) =>
    series.values.slice(0, count).map((value) => (isNumber(value) ? value : null)),
  );
  const radius = count > 40 ? 0 : 8;
  const last = Math.max(
    0,
    ...data.map((values) => textWidth(format(values.findLast(isNumber) ?? 0), SIZES.value, 600)),
  );
  const values = valueAxis(chart.yTitle, format);
  const lowest = Math.min(0, ...data.flat().filter(isNumber));
  return {
    bodyHeight: 560,
    configuration: {
      type: 'line',
      data: {
        labels: orderedLabels(chart.labels, width),
        datasets: chart.series.map((series, index) => ({
          label: seriesName(series.name),
          data: data[index] ?? [],
          borderColor: seriesColour(index),
          backgroundColor: chart.kind === 'area' ? `${seriesColour(index)}2e` : seriesColour(index),
          pointBackgroundColor: seriesColour(index),
          fill: chart.kind === 'area' ? 'origin' : false,
          borderWidth: 5,
          borderDash: [...(DASHES[index] ?? [])],
          pointStyle: MARKS[index] ?? 'circle',
          pointRadius: radius,
          pointBorderWidth: 3,
          tension: 0,
          spanGaps: false,
          clip: false as const,
        })),
      },
      options: {
        layout: { padding: { right: PADDING + last / 2 } },
        plugins: { legend: legend(chart.series.length > 1) },
        scales: {
          x: { ...orderedAxis(chart.xTitle), offset: count < 3 },
          y: {
            ...values,
            beginAtZero: chart.kind === 'area' || lowest < 0 || chart.format.kind !== 'days',
            grace: '10%',
          },
        },
      },
      plugins: [lineValues(data, format)],
    },
  };
}

/**
 * Prints the values that a reader looks for: every one where there is room, else the newest, the highest and the lowest of
 * each series. A value that would run into one already printed is left out.
 */
function lineValues(data: readonly (readonly (number | null)[])[], format: (value: number) => string): Plugin<'line'> {
  return {
    id: 'line-values',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      const taken: { left: number; right: number; top: number; bottom: number }[] = [];
      ctx.save();
      ctx.font = `600 ${SIZES.value}px ${FONT_FAMILY}`;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'bottom';
      for (const [series, values] of data.entries()) {
        for (const position of positionsToPrint(values)) {
          const value = values[position];
          const place = placeOf(chart.getDatasetMeta(series).data[position]);
          if (!isNumber(value) || place === null) continue;
          const text = format(value);
          const width = textWidth(text, SIZES.value, 600);
          const { x, y } = place;
          const above = y - 14;
          const below = y + SIZES.value + 20;
          const middle = position === 0 ? x - 6 + width / 2 : x;
          for (const bottom of isValley(values, position) ? [below, above] : [above, below]) {
            const box = { left: middle - width / 2, right: middle + width / 2, top: bottom - SIZES.value, bottom };
            const outside = box.top < chartArea.top - 24 || box.bottom > chartArea.bottom;
            if (outside || taken.some((other) => overlaps(box, other))) continue;
            taken.push(box);
            ctx.lineWidth = 8;
            ctx.lineJoin = 'round';
            ctx.strokeStyle = PAPER;
            ctx.strokeText(text, middle, bottom);
            ctx.fillStyle = INK;
            ctx.fillText(text, middle, bottom);
            break;
          }
        }
      }
      ctx.restore();
    },
  };
}

/** Whether the line rises on both sides of a point, so that its value stands better below it. */
function isValley(values: readonly (number | null)[], position: number): boolean {
  const value = values[position] ?? 0;
  return (values[position - 1] ?? value) >= value && (values[position + 1] ?? value) >= value;
}

function positionsToPrint(values: readonly (number | null)[]): number[] {
  const known = values.map((value, position) => ({ value, position })).filter((entry) => isNumber(entry.value));
  const positions = known.map((entry) => entry.position);
  if (known.length <= 8) return positions.reverse();
  const by = (sign: number) =>
    known.reduce((best, entry) => (sign * (entry.value ?? 0) > sign * (best.value ?? 0) ? entry : best)).position;
  return [...new Set([positions[positions.length - 1] ?? 0, by(1), by(-1), positions[0] ?? 0])];
}
