import type { Plugin } from 'chart.js';
import type { ScatterChart } from '../../src/charts/chart-spec.ts';
import { isFinitePoint } from '../../src/charts/fold.ts';
import { chartLocale, formatValue } from '../../src/charts/format-value.ts';
import { INK, PAPER, seriesColour } from '../../src/charts/theme.ts';
import { legend, seriesName, valueAxis } from './axes.ts';
import type { DrawingPart } from './drawing-part.ts';
import { FONT_FAMILY } from './fonts.ts';
import { MARKS } from './line-configuration.ts';
import { placeOf } from './place-of.ts';
import { SIZES } from './sizes.ts';
import { textWidth, truncate } from './wrap-text.ts';

/** Points in a plane, one shape and colour per group; y carries the chart's format, x is a plain number. */
export function scatterConfiguration(chart: ScatterChart): DrawingPart {
  const locale = chartLocale(chart);
  const plain = (value: number) => formatValue({ kind: 'count' }, value, locale);
  const isLog = chart.yScale === 'log' && hasPowersOfTen(chart);
  const isDrawable = (point: { x: number; y: number }): boolean => isFinitePoint(point) && (!isLog || point.y > 0);
  const groups = chart.groups.map((group) => ({ name: group.name, points: group.points.filter(isDrawable) }));
  const across = groups.flatMap((group) => group.points.map(({ x }) => x));
  // An axis of days or purchases that began below zero would show what cannot be.
  const x = {
    ...valueAxis(chart.xTitle, plain),
    ...(across.every((value) => value >= 0) ? { min: 0 } : { grace: '4%' }),
  };
  const count = groups.reduce((sum, group) => sum + group.points.length, 0);
  const radius = count > 400 ? 6 : count > 80 ? 8 : 11;
  const y = valueAxis(chart.yTitle, (value) => formatValue(chart.format, value, locale));
  return {
    bodyHeight: 700,
    configuration: {
      type: 'scatter',
      data: {
        datasets: groups.map((group, index) => ({
          label: `${seriesName(group.name)} (${plain(group.points.length)})`,
          data: group.points.map((point) => ({ x: point.x, y: point.y })),
          backgroundColor: `${seriesColour(index)}b0`,
          borderColor: seriesColour(index),
          borderWidth: index >= 4 ? 3 : 1.5,
          pointStyle: MARKS[index] ?? 'circle',
          radius,
          clip: false as const,
        })),
      },
      options: {
        plugins: { legend: legend(groups.length > 1) },
        scales: {
          x,
          y: isLog ? logarithmic(y) : { ...y, grace: '4%' },
        },
      },
      plugins: [pointLabels(groups)],
    },
  };
}

/** Powers of ten that Chart.js finds ticks for: over a wider range its logarithmic axis does not come to an end. */
const SMALLEST = 1e-6;
const LARGEST = 1e15;

function hasPowersOfTen({ groups }: ScatterChart): boolean {
  const heights = groups.flatMap(({ points }) => points.filter(isFinitePoint).map(({ y }) => y)).filter((y) => y > 0);
  return heights.length > 0 && heights.every((y) => y >= SMALLEST && y <= LARGEST);
}

/** The same axis in powers of ten, of which alone the values are printed. */
function logarithmic(axis: ReturnType<typeof valueAxis>) {
  const { callback } = axis.ticks;
  const isPower = (value: number): boolean => Number.isInteger(Math.round(1e9 * Math.log10(value)) / 1e9);
  return {
    ...axis,
    type: 'logarithmic' as const,
    ticks: {
      ...axis.ticks,
      maxTicksLimit: 40,
      callback: (value: string | number) => (isPower(Number(value)) ? callback(value) : ''),
    },
  };
}

/** Names the points that carry a name, as far as there is room. */
function pointLabels(groups: readonly { points: readonly { label?: string }[] }[]): Plugin<'scatter'> {
  return {
    id: 'point-labels',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      const taken: { left: number; right: number; y: number }[] = [];
      ctx.save();
      ctx.font = `${SIZES.smallValue}px ${FONT_FAMILY}`;
      ctx.textBaseline = 'middle';
      for (const [series, group] of groups.entries()) {
        for (const [position, { label }] of group.points.entries()) {
          const place = placeOf(chart.getDatasetMeta(series).data[position]);
          if (label === undefined || label === '' || place === null) continue;
          const text = truncate(label, 260, SIZES.smallValue);
          const { x, y } = place;
          const left = x + 16;
          const right = left + textWidth(text, SIZES.smallValue);
          const free = !taken.some((other) => left < other.right && other.left < right && Math.abs(y - other.y) < 32);
          if (!free || right > chartArea.right + 20) continue;
          taken.push({ left, right, y });
          ctx.lineWidth = 6;
          ctx.strokeStyle = PAPER;
          ctx.strokeText(text, left, y);
          ctx.fillStyle = INK;
          ctx.fillText(text, left, y);
        }
      }
      ctx.restore();
    },
  };
}
