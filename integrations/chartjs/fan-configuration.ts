import type { Plugin } from 'chart.js';
import type { FanChart } from '../../src/charts/chart-spec.ts';
import { isNumber } from '../../src/charts/fold.ts';
import { chartLocale, formatValue } from '../../src/charts/format-value.ts';
import { INK, PAPER, seriesColour } from '../../src/charts/theme.ts';
import { legend, orderedAxis, orderedLabels, seriesName, valueAxis } from './axes.ts';
import type { DrawingPart } from './drawing-part.ts';
import { FONT_FAMILY } from './fonts.ts';
import { placeOf } from './place-of.ts';
import { PADDING, SIZES } from './sizes.ts';
import { textWidth } from './wrap-text.ts';

/** How strongly a band is shaded: the narrower ones lie upon the wider. */
const SHADES = ['26', '4d', '66'] as const;
const DASHES: readonly (readonly number[])[] = [[], [14, 8]];
/** The colour of what is looked at; it is no series' own. */
const MARK = '#d55e00';

/** Lines over ordered categories before shaded bands; marked points carry their value. */
export function fanConfiguration(chart: FanChart, width: number): DrawingPart {
  const locale = chartLocale(chart);
  const format = (value: number) => formatValue(chart.format, value, locale);
  const count = chart.labels.length;
  const numbers = (values: readonly (number | null)[]) =>
    Array.from({ length: count }, (_, k) => (isNumber(values[k]) ? values[k]! : null));
  const lines = chart.series.map((series) => numbers(series.values));
  const lowest = Math.min(
    0,
    ...chart.bands.flatMap((band) => band.low).filter(isNumber),
    ...lines.flat().filter(isNumber),
  );
  const marked = new Set(chart.marks);
  const band = ({ name, low, high }: FanChart['bands'][number], index: number) => {
    const shade = `${seriesColour(0)}${SHADES[index] ?? SHADES[2]}`;
    const edge = { borderWidth: 0, pointRadius: 0, tension: 0, spanGaps: false, backgroundColor: shade };
    return [
      { ...edge, label: seriesName(name), data: numbers(high), fill: '+1', pointStyle: 'rect' as const },
      // An edge without a name is left out of the legend.
      { ...edge, label: '', data: numbers(low), fill: false },
    ];
  };
  return {
    bodyHeight: 600,
    configuration: {
      type: 'line',
      data: {
        labels: orderedLabels(chart.labels, width),
        datasets: [
          ...chart.series.map((series, index) => ({
            label: seriesName(series.name),
            data: lines[index] ?? [],
            borderColor: index === 0 ? INK : seriesColour(0),
            backgroundColor: index === 0 ? INK : seriesColour(0),
            borderWidth: 5,
            borderDash: [...(DASHES[index] ?? DASHES[1]!)],
            pointStyle: 'circle' as const,
            pointRadius: lines[index]?.map((_, k) => (index === 0 && marked.has(k) ? 15 : count > 40 ? 0 : 6)) ?? 0,
            pointBackgroundColor:
              lines[index]?.map((_, k) =>
                index === 0 && marked.has(k) ? MARK : index === 0 ? INK : seriesColour(0),
              ) ?? INK,
            tension: 0,
            spanGaps: false,
            fill: false,
            clip: false as const,
          })),
          ...chart.bands.flatMap(band),
        ],
      },
      options: {
        layout: { padding: { right: PADDING + 60 } },
        plugins: {
          legend: {
            ...legend(true),
            labels: { ...legend(true).labels, filter: (item: { text: string }) => item.text !== '' },
          },
        },
        scales: {
          x: orderedAxis(chart.xTitle),
          y: { ...valueAxis(chart.yTitle, format), beginAtZero: lowest <= 0, grace: '8%' },
        },
      },
      plugins: [pointValues(chart, lines, format)],
    },
  };
}

/** Prints the value of each marked point, and the last one of every line. */
function pointValues(
  chart: FanChart,
  lines: readonly (readonly (number | null)[])[],
  format: (value: number) => string,
): Plugin<'line'> {
  return {
    id: 'fan-values',
    afterDatasetsDraw(drawn) {
      const { ctx } = drawn;
      ctx.save();
      ctx.font = `600 ${SIZES.value}px ${FONT_FAMILY}`;
      for (const [series, values] of lines.entries()) {
        const last = values.findLastIndex(isNumber);
        // Where another line goes on, its first points are kept clear: below an end that fell, to the left above one that rose.
        const isContinued = lines.some((other, k) => k !== series && isNumber(other[last + 1]));
        const fell = (values[last] ?? 0) < (values[last - 1] ?? 0);
        for (const position of new Set([...(series === 0 ? chart.marks : []), last])) {
          const value = values[position];
          const place = placeOf(drawn.getDatasetMeta(series).data[position]);
          if (!isNumber(value) || place === null) continue;
          const text = format(value);
          const half = textWidth(text, SIZES.value, 600) / 2;
          const isEnd = isContinued && position === last;
          const x = Math.min(isEnd && !fell ? place.x - half : place.x, drawn.width - PADDING - half);
          const y = isEnd && fell ? place.y + 22 : place.y - 22;
          ctx.textAlign = 'center';
          ctx.textBaseline = isEnd && fell ? 'top' : 'bottom';
          ctx.lineWidth = 8;
          ctx.lineJoin = 'round';
          ctx.strokeStyle = PAPER;
          ctx.strokeText(text, x, y);
          ctx.fillStyle = series === 0 && chart.marks.includes(position) ? MARK : INK;
          ctx.fillText(text, x, y);
        }
      }
      ctx.restore();
    },
  };
}
