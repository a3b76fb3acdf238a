import type { CategoryChart } from '../../src/charts/chart-spec.ts';
import { isNumber } from '../../src/charts/fold.ts';
import { chartLocale, formatValue } from '../../src/charts/format-value.ts';
import { INK, seriesColour } from '../../src/charts/theme.ts';
import { axisTitle, legend, seriesName, valueAxis } from './axes.ts';
import { barValues } from './bar-values.ts';
import type { DrawingPart } from './drawing-part.ts';
import { FONT_FAMILY } from './fonts.ts';
import { hatching } from './hatching.ts';
import { PADDING, SIZES } from './sizes.ts';
import { textWidth, truncate, wrapText } from './wrap-text.ts';

/** The widest that the names beside horizontal bars may be: a third of the picture. */
const NAME_WIDTH = 400;

const HAN = /\p{Script=Han}/u;

/** Vertical or horizontal bars, grouped by category, each with its value at its end. */
export function barConfiguration(chart: CategoryChart, width: number): DrawingPart {
  const horizontal = chart.kind === 'horizontal-bar';
  const locale = chartLocale(chart);
  const format = (value: number) => formatValue(chart.format, value, locale);
  const count = chart.labels.length;
  const slot = (width - 2 * PADDING - 110) / Math.max(count, 1);
  const words = chart.labels.flatMap((label) => label.split(/\s+/));
  const slanted = !horizontal && words.some((word) => textWidth(word, SIZES.tick) > slot - 12 && !HAN.test(word));
  const labels = chart.labels.map((label) => {
    if (horizontal) return wrapText(label, NAME_WIDTH, SIZES.label, 2);
    return slanted ? [truncate(label, 230, SIZES.tick)] : wrapText(label, Math.max(slot - 12, 40), SIZES.tick, 3);
  });
  const texts = chart.series.map((series) =>
    series.values.slice(0, count).map((value) => (isNumber(value) ? format(value) : '')),
  );
  const widest = Math.max(0, ...texts.flat().map((text) => textWidth(text, SIZES.value, 600)));
  const room = horizontal
    ? Number.POSITIVE_INFINITY
    : (slot * (chart.series.length > 1 ? 0.88 : 1)) / Math.max(chart.series.length, 1) - 8;
  const size = widest <= room ? SIZES.value : SIZES.smallValue;
  const upright = (widest * size) / SIZES.value > room;
  const lines = Math.max(1, ...labels.map((label) => label.length));
  const rowHeight = Math.max(chart.series.length * 44 + 22, lines * SIZES.label * 1.25 + 20);
  const values = valueAxis(horizontal ? chart.xTitle : chart.yTitle, format);
  const names = {
    type: 'category' as const,
    grid: { display: false },
    border: { display: false },
    ticks: {
      color: INK,
      autoSkip: !horizontal && slot < 44,
      font: { family: FONT_FAMILY, size: horizontal ? SIZES.label : SIZES.tick },
      minRotation: slanted ? 45 : 0,
      maxRotation: slanted ? 45 : 0,
      padding: 10,
      crossAlign: horizontal ? ('far' as const) : ('near' as const),
    },
    title: axisTitle(horizontal ? chart.yTitle : chart.xTitle),
  };
  return {
    bodyHeight: horizontal ? count * rowHeight + (chart.series.length > 1 ? 70 : 0) + 90 : 560,
    configuration: {
      type: 'bar',
      data: {
        labels,
        datasets: chart.series.map((series, index) => ({
          label: seriesName(series.name),
          data: series.values.slice(0, count).map((value) => (isNumber(value) ? value : null)),
          backgroundColor: seriesColour(index),
          borderRadius: 4,
          maxBarThickness: chart.series.length > 1 ? 90 : 120,
          categoryPercentage: chart.series.length > 1 ? 0.88 : 0.78,
          barPercentage: 0.9,
          minBarLength: 3,
          pointStyle: 'rectRounded',
        })),
      },
      options: {
        indexAxis: horizontal ? 'y' : 'x',
        layout: { padding: horizontal ? { right: PADDING + widest + 14 } : { right: PADDING } },
        plugins: { legend: legend(chart.series.length > 1) },
        scales: horizontal
          ? { x: { ...values, beginAtZero: true }, y: names }
          : { x: names, y: { ...values, beginAtZero: true, grace: upright ? '28%' : '10%' } },
      },
      plugins: [hatching, barValues(texts, horizontal ? 'beside' : upright ? 'upright' : 'above', size)],
    },
  };
}
