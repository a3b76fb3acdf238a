import type { BarElement, Plugin } from 'chart.js';
import type { PartBarChart } from '../../src/charts/chart-spec.ts';
import { shareOf } from '../../src/charts/chart-table.ts';
import { isNumber } from '../../src/charts/fold.ts';
import { type ChartLocale, chartLocale, formatValue } from '../../src/charts/format-value.ts';
import { INK, PALETTE } from '../../src/charts/theme.ts';
import { legend, seriesName, valueAxis } from './axes.ts';
import type { DrawingPart } from './drawing-part.ts';
import { FONT_FAMILY } from './fonts.ts';
import { nameAxis } from './name-axis.ts';
import { placeOf } from './place-of.ts';
import { PADDING, SIZES } from './sizes.ts';
import { textWidth, wrapText } from './wrap-text.ts';

const NAME_WIDTH = 380;
const ROW = 86;

/** Outlined bars filled as far as their part goes; beside each the part, and its share of the whole. */
export function partBarConfiguration(chart: PartBarChart, width: number): DrawingPart {
  const locale = chartLocale(chart);
  const format = (value: number) => formatValue(chart.format, value, locale);
  const rows = chart.labels.map((_, row) => ({
    part: number(chart.part.values[row]),
    whole: number(chart.whole.values[row]),
  }));
  const texts = rows.map(({ part, whole }) => textOf(part, whole, format, locale));
  const widest = Math.max(0, ...texts.map((text) => textWidth(text, SIZES.value, 600)));
  const bar = { grouped: false, borderRadius: 4, maxBarThickness: 58, pointStyle: 'rectRounded' as const };
  return {
    bodyHeight: rows.length * ROW + 160,
    configuration: {
      type: 'bar',
      data: {
        labels: chart.labels.map((label) => wrapText(label, NAME_WIDTH, SIZES.label, 2)),
        datasets: [
          {
            ...bar,
            label: seriesName(chart.part.name),
            data: rows.map(({ part }) => part),
            backgroundColor: PALETTE[5],
            minBarLength: 3,
          },
          {
            ...bar,
            label: seriesName(chart.whole.name),
            data: rows.map(({ whole }) => whole),
            backgroundColor: '#e6f1f8',
            borderColor: PALETTE[0],
            borderWidth: 3,
            borderSkipped: false,
          },
        ],
      },
      options: {
        indexAxis: 'y',
        layout: { padding: { right: Math.min(PADDING + widest + 14, width / 2) } },
        plugins: { legend: legend(true) },
        scales: {
          x: {
            ...valueAxis(chart.xTitle, format),
            beginAtZero: true,
            ticks: { ...valueAxis('', format).ticks, maxTicksLimit: 4 },
          },
          y: nameAxis(),
        },
      },
      plugins: [partValues(texts)],
    },
  };
}

/** "£18.2k · 72% of £25.3k". */
function textOf(
  part: number | null,
  whole: number | null,
  format: (value: number) => string,
  locale: ChartLocale,
): string {
  if (part === null) return '';
  const share = shareOf(part, whole);
  if (share === null || whole === null) return format(part);
  const percent = formatValue({ kind: 'percent' }, share, locale);
  return locale === 'zh-CN'
    ? `${format(part)} · ${format(whole)}的 ${percent}`
    : `${format(part)} · ${percent} of ${format(whole)}`;
}

function number(value: number | null | undefined): number | null {
  return isNumber(value) ? value : null;
}

/** The texts to the right of the longer of both bars. */
function partValues(texts: readonly string[]): Plugin<'bar'> {
  return {
    id: 'part-values',
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      ctx.save();
      ctx.font = `600 ${SIZES.value}px ${FONT_FAMILY}`;
      ctx.fillStyle = INK;
      ctx.textAlign = 'left';
      ctx.textBaseline = 'middle';
      for (const [row, text] of texts.entries()) {
        const ends = [0, 1].flatMap((series) => {
          const element = chart.getDatasetMeta(series).data[row] as BarElement | undefined;
          const place = placeOf(element);
          return place === null || element === undefined
            ? []
            : [{ y: place.y, x: Math.max(place.x, Number(element.getProps(['base'], true).base)) }];
        });
        const [first] = ends;
        if (first !== undefined) ctx.fillText(text, Math.max(...ends.map(({ x }) => x)) + 14, first.y);
      }
      ctx.restore();
    },
  };
}
