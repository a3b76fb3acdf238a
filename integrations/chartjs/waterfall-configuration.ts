import type { BarElement, Plugin } from 'chart.js';
import type { WaterfallChart } from '../../src/charts/chart-spec.ts';
import { isNumber } from '../../src/charts/fold.ts';
import { chartLocale, formatChange, formatValue } from '../../src/charts/format-value.ts';
import { INK, MUTED_INK, PALETTE, PAPER } from '../../src/charts/theme.ts';
import { valueAxis } from './axes.ts';
import type { DrawingPart } from './drawing-part.ts';
import { FONT_FAMILY } from './fonts.ts';
import { hatching } from './hatching.ts';
import { nameAxis } from './name-axis.ts';
import { PADDING, SIZES } from './sizes.ts';
import { textWidth, wrapEvenly } from './wrap-text.ts';

/** The widest that the names of steps may be. */
const NAME_WIDTH = 440;
const ROW = 84;

interface Step {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly isTotal: boolean;
}

/** Bars from top to bottom, each hanging where the last one ended; what goes down is hatched and has a minus. */
export function waterfallConfiguration(chart: WaterfallChart, width: number): DrawingPart {
  const locale = chartLocale(chart);
  const format = (value: number) => formatValue(chart.format, value, locale);
  const total = ({ name, value }: WaterfallChart['from']): Step => {
    return { name, from: 0, to: value, text: format(value), isTotal: true };
  };
  const steps: Step[] = [total(chart.from)];
  let at = chart.from.value;
  for (const { name, change } of chart.steps) {
    if (!isNumber(change) || !isNumber(at + change)) continue;
    const text = formatChange(chart.format, change, locale);
    steps.push({ name, from: at, to: at + change, text, isTotal: false });
    at += change;
  }
  steps.push(total(chart.to));
  const names = steps.map(({ name }) => wrapEvenly(name, NAME_WIDTH, SIZES.label));
  const widest = Math.max(...steps.map(({ text }) => textWidth(text, SIZES.value, 600)));
  const range = (step: Step): [number, number] => [step.from, step.to];
  const bar = { grouped: false, borderRadius: 3, maxBarThickness: 56, minBarLength: 3 };
  return {
    bodyHeight: steps.length * ROW + 70,
    configuration: {
      type: 'bar',
      data: {
        labels: names,
        datasets: [
          {
            ...bar,
            label: '',
            data: steps.map((step) => (isFall(step) ? null : range(step))),
            backgroundColor: steps.map(({ isTotal }) => (isTotal ? PALETTE[0] : PALETTE[5])),
          },
          {
            ...bar,
            label: '',
            data: steps.map((step) => (isFall(step) ? range(step) : null)),
            backgroundColor: PALETTE[2],
          },
        ],
      },
      options: {
        indexAxis: 'y',
        layout: { padding: { right: Math.min(PADDING + widest + 14, width / 3) } },
        plugins: { legend: { display: false } },
        scales: { x: { ...valueAxis(chart.xTitle, format), beginAtZero: true }, y: nameAxis() },
      },
      plugins: [hatching, joints(steps), stepValues(steps)],
    },
  };
}

function isFall(step: Step): boolean {
  return !step.isTotal && step.to < step.from;
}

/** Thin lines from where one step ends to where the next begins. */
function joints(steps: readonly Step[]): Plugin<'bar'> {
  return {
    id: 'joints',
    beforeDatasetsDraw({ ctx, scales }) {
      const { x, y } = scales;
      if (x === undefined || y === undefined) return;
      ctx.save();
      ctx.strokeStyle = MUTED_INK;
      ctx.lineWidth = 2;
      ctx.setLineDash([6, 6]);
      for (const [row, step] of steps.slice(0, -1).entries()) {
        const at = x.getPixelForValue(step.to);
        ctx.beginPath();
        ctx.moveTo(at, y.getPixelForValue(row));
        ctx.lineTo(at, y.getPixelForValue(row + 1));
        ctx.stroke();
      }
      ctx.restore();
    },
  };
}

/** What each bar stands for, to the right of it. */
function stepValues(steps: readonly Step[]): Plugin<'bar'> {
  return {
    id: 'step-values',
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      ctx.save();
      ctx.font = `600 ${SIZES.value}px ${FONT_FAMILY}`;
      ctx.fillStyle = INK;
      ctx.strokeStyle = PAPER;
      ctx.lineWidth = 8;
      ctx.lineJoin = 'round';
      ctx.textAlign = 'left';
      ctx.textBaseline = 'middle';
      for (const [row, step] of steps.entries()) {
        const element = chart.getDatasetMeta(isFall(step) ? 1 : 0).data[row] as BarElement | undefined;
        const place = element?.getProps(['x', 'y', 'base'], true);
        if (place === undefined || !isNumber(place.x) || !isNumber(place.base)) continue;
        const x = Math.max(place.x, place.base) + 12;
        ctx.strokeText(step.text, x, place.y);
        ctx.fillText(step.text, x, place.y);
      }
      ctx.restore();
    },
  };
}
