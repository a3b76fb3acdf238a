import type { Plugin } from 'chart.js';
import type { CalibrationChart } from '../../src/charts/chart-spec.ts';
import { isDrawablePoint, isNumber } from '../../src/charts/fold.ts';
import { chartLocale, formatValue } from '../../src/charts/format-value.ts';
import { INK, MUTED_INK, PALETTE, PAPER } from '../../src/charts/theme.ts';
import { legend, seriesName, valueAxis } from './axes.ts';
import { type Box, boxAt, overlaps } from './boxes.ts';
import type { DrawingPart } from './drawing-part.ts';
import { FONT_FAMILY } from './fonts.ts';
import { placeOf } from './place-of.ts';
import { PADDING, SIZES } from './sizes.ts';
import { textWidth } from './wrap-text.ts';

const SMALLEST = 12;
const LARGEST = 34;

/**
 * Points about the diagonal on which what was said is what happened, the larger the more cases, each with its interval and with
 * what came of how many.
 */
export function calibrationConfiguration(chart: CalibrationChart, width: number): DrawingPart {
  const locale = chartLocale(chart);
  const zh = locale === 'zh-CN';
  const format = (value: number) => formatValue(chart.format, value, locale);
  const points = chart.points.filter(isDrawablePoint);
  const most = Math.max(1, ...points.map(({ count }) => (isNumber(count) ? count : 0)));
  const highest = Math.max(
    0.1,
    ...points.flatMap(({ predicted, observed, high }) => [predicted, observed, edge(high)]),
  );
  const limit = Math.min(1, Math.ceil(highest * 10) / 10);
  const radii = points.map(({ count }) => {
    const share = isNumber(count) && count > 0 ? Math.sqrt(count / most) : 0;
    return SMALLEST + (LARGEST - SMALLEST) * share;
  });
  const texts = points.map(({ observed, count }) => {
    const cases = formatValue({ kind: 'count' }, isNumber(count) ? count : 0, locale);
    return zh ? `${format(observed)}（共 ${cases}）` : `${format(observed)} of ${cases}`;
  });
  const axis = (title: string | undefined) => ({ ...valueAxis(title, format), min: 0, max: limit });
  return {
    bodyHeight: 800,
    configuration: {
      type: 'scatter',
      data: {
        datasets: [
          {
            label: zh ? '预测＝实际' : 'Said = happened',
            data: [
              { x: 0, y: 0 },
              { x: limit, y: limit },
            ],
            showLine: true,
            borderColor: MUTED_INK,
            borderWidth: 4,
            borderDash: [14, 10],
            pointRadius: 0,
            pointStyle: 'line',
          },
          {
            label: seriesName(zh ? `越大：${chart.countTitle}越多` : `Larger: more ${chart.countTitle.toLowerCase()}`),
            data: points.map(({ predicted, observed }) => ({ x: predicted, y: observed })),
            backgroundColor: `${PALETTE[0]}cc`,
            borderColor: PALETTE[0],
            borderWidth: 3,
            radius: radii,
            clip: false,
          },
        ],
      },
      options: {
        layout: { padding: { right: PADDING + 20 } },
        plugins: { legend: legend(true) },
        scales: { x: axis(chart.xTitle), y: axis(chart.yTitle) },
      },
      plugins: [intervals(points), pointTexts(points, texts, radii, width)],
    },
  };
}

function edge(value: number): number {
  return value >= 0 && value <= 1 ? value : 0;
}

/** Where each observed share may truly lie. */
function intervals(points: CalibrationChart['points']): Plugin<'scatter'> {
  return {
    id: 'intervals',
    beforeDatasetsDraw({ ctx, scales }) {
      const { x, y } = scales;
      if (x === undefined || y === undefined) return;
      ctx.save();
      ctx.strokeStyle = PALETTE[0];
      ctx.lineWidth = 4;
      for (const { predicted, low, high } of points) {
        if (!(low >= 0 && high <= 1 && low <= high)) continue;
        const [at, top, bottom] = [x.getPixelForValue(predicted), y.getPixelForValue(high), y.getPixelForValue(low)];
        ctx.beginPath();
        ctx.moveTo(at, top);
        ctx.lineTo(at, bottom);
        for (const end of [top, bottom]) {
          ctx.moveTo(at - 14, end);
          ctx.lineTo(at + 14, end);
        }
        ctx.stroke();
      }
      ctx.restore();
    },
  };
}

/** Beside each point, on the side away from the diagonal where that is free. */
function pointTexts(
  points: CalibrationChart['points'],
  texts: readonly string[],
  radii: readonly number[],
  width: number,
): Plugin<'scatter'> {
  return {
    id: 'point-texts',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      const places = texts.map((_, index) => placeOf(chart.getDatasetMeta(1).data[index]));
      const taken: Box[] = places.flatMap((place, index) =>
        place === null ? [] : [boxAt(place.x, place.y, 2 * (radii[index] ?? 0), 2 * (radii[index] ?? 0))],
      );
      const { x: across, y: up } = chart.scales;
      for (const { predicted, low, high } of points) {
        if (across === undefined || up === undefined || !isNumber(low) || !isNumber(high)) continue;
        const [top, bottom] = [up.getPixelForValue(high), up.getPixelForValue(low)];
        taken.push(boxAt(across.getPixelForValue(predicted), (top + bottom) / 2, 20, bottom - top));
      }
      ctx.save();
      ctx.font = `600 ${SIZES.value}px ${FONT_FAMILY}`;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'middle';
      for (const [index, text] of texts.entries()) {
        const place = places[index] ?? null;
        if (place === null) continue;
        const reach = (radii[index] ?? 0) + 12;
        const long = textWidth(text, SIZES.value, 600);
        const { predicted = 0, observed = 0 } = points[index] ?? {};
        const away = observed > predicted ? -1 : 1;
        const free = [0, 26, -26, 52, -52]
          .flatMap((down) => [away, -away].map((side) => ({ side, down: away * down })))
          .map(({ side, down }) => boxAt(place.x + side * (reach + long / 2), place.y + down, long, SIZES.value))
          .find(
            (box) =>
              box.left > chartArea.left + 6 &&
              box.right < width - PADDING / 2 &&
              box.top > chartArea.top - 20 &&
              box.bottom < chartArea.bottom &&
              !taken.some((other) => overlaps(box, other)),
          );
        if (free === undefined) continue;
        taken.push(free);
        const [x, y] = [(free.left + free.right) / 2, (free.top + free.bottom) / 2];
        ctx.lineWidth = 8;
        ctx.lineJoin = 'round';
        ctx.strokeStyle = PAPER;
        ctx.strokeText(text, x, y);
        ctx.fillStyle = INK;
        ctx.fillText(text, x, y);
      }
      ctx.restore();
    },
  };
}
