import type { ArcElement, Chart, Plugin } from 'chart.js';
import type { CategoryChart } from '../../src/charts/chart-spec.ts';
import { chartLocale, formatValue } from '../../src/charts/format-value.ts';
import { INK, MUTED_INK, PAPER, seriesColour } from '../../src/charts/theme.ts';
import type { DrawingPart } from './drawing-part.ts';
import { FONT_FAMILY } from './fonts.ts';
import { placeOf } from './place-of.ts';
import { PADDING, SIZES } from './sizes.ts';
import { wrapText } from './wrap-text.ts';

/** Where the names begin: the pie takes the left part of the picture. */
const NAMES_AT = 660;
const ROW = 92;

/** A ring, largest slice first, with a list beside it: name, value and share, joined to its slice by colour and number. */
export function pieConfiguration(chart: CategoryChart, width: number): DrawingPart {
  const locale = chartLocale(chart);
  const values = (chart.series[0]?.values ?? []).map((value) => value ?? 0);
  const total = values.reduce((sum, value) => sum + value, 0);
  const rows = chart.labels.map((label, index) => {
    const value = values[index] ?? 0;
    const share = formatValue({ kind: 'percent' }, total > 0 ? value / total : 0, locale);
    const own = formatValue(chart.format, value, locale);
    return {
      name: wrapText(label, width - NAMES_AT - PADDING - 60, SIZES.label, 1, 600)[0] ?? '',
      detail: chart.format.kind === 'percent' ? own : `${own} · ${share}`,
    };
  });
  return {
    bodyHeight: Math.max(500, rows.length * ROW + 20),
    configuration: {
      type: 'doughnut',
      data: {
        labels: [...chart.labels],
        datasets: [
          {
            data: values.map((value) => drawnShare(value, total)),
            backgroundColor: values.map((_, index) => seriesColour(index)),
            borderColor: PAPER,
            borderWidth: 5,
          },
        ],
      },
      options: {
        layout: { padding: { right: width - NAMES_AT + 40 } },
        plugins: { legend: { display: false } },
      },
      plugins: [slices(rows)],
    },
  };
}

/** Thinner than this no slice is seen; drawing one of a numerically empty angle does not come to an end. */
const THINNEST = 1e-6;

function drawnShare(value: number, total: number): number {
  const share = total > 0 ? value / total : 0;
  return share < THINNEST ? 0 : share;
}

function slices(rows: readonly { name: string; detail: string }[]): Plugin<'doughnut'> {
  return {
    id: 'slices',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      ctx.save();
      ctx.textBaseline = 'middle';
      const top = (chartArea.top + chartArea.bottom) / 2 - (rows.length * ROW) / 2;
      for (const [index, row] of rows.entries()) {
        const arc = chart.getDatasetMeta(0).data[index] as ArcElement | undefined;
        if (arc === undefined) continue;
        const number = String(index + 1);
        const { startAngle, endAngle, outerRadius, innerRadius } = arc.getProps(
          ['startAngle', 'endAngle', 'outerRadius', 'innerRadius'],
          true,
        );
        if ((endAngle - startAngle) * outerRadius > 44) {
          const centre = placeOf(arc) ?? { x: 0, y: 0 };
          const angle = (startAngle + endAngle) / 2;
          const radius = (outerRadius + innerRadius) / 2;
          badge(ctx, centre.x + Math.cos(angle) * radius, centre.y + Math.sin(angle) * radius, number, PAPER, INK);
        }
        const y = top + index * ROW + ROW / 2;
        badge(ctx, NAMES_AT + 24, y - 16, number, seriesColour(index), index === 1 || index === 4 ? INK : PAPER);
        ctx.textAlign = 'left';
        ctx.fillStyle = INK;
        ctx.font = `600 ${SIZES.label}px ${FONT_FAMILY}`;
        ctx.fillText(row.name, NAMES_AT + 64, y - 16);
        ctx.fillStyle = MUTED_INK;
        ctx.font = `${SIZES.label}px ${FONT_FAMILY}`;
        ctx.fillText(row.detail, NAMES_AT + 64, y + 24);
      }
      ctx.restore();
    },
  };
}

function badge(ctx: Chart['ctx'], x: number, y: number, text: string, fill: string, ink: string): void {
  ctx.beginPath();
  ctx.arc(x, y, 22, 0, 2 * Math.PI);
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.fillStyle = ink;
  ctx.font = `600 ${SIZES.smallValue}px ${FONT_FAMILY}`;
  ctx.textAlign = 'center';
  ctx.fillText(text, x, y + 1);
}
