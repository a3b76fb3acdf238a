import type { ChartConfiguration, ChartOptions, Plugin } from 'chart.js';
import type { ChartSpec } from '../../src/charts/chart-spec.ts';
import { withDrawableNumbers } from '../../src/charts/drawable-numbers.ts';
import { foldSeries, isEmpty } from '../../src/charts/fold.ts';
import { chartLocale } from '../../src/charts/format-value.ts';
import { INK, MUTED_INK, PAPER } from '../../src/charts/theme.ts';
import { barConfiguration } from './bar-configuration.ts';
import { calibrationConfiguration } from './calibration-configuration.ts';
import type { DrawingPart } from './drawing-part.ts';
import { fanConfiguration } from './fan-configuration.ts';
import { flowConfiguration } from './flow-configuration.ts';
import { FONT_FAMILY } from './fonts.ts';
import { heatmapConfiguration } from './heatmap-configuration.ts';
import { lineConfiguration } from './line-configuration.ts';
import { partBarConfiguration } from './part-bar-configuration.ts';
import { pieConfiguration } from './pie-configuration.ts';
import { progressConfiguration } from './progress-configuration.ts';
import { scatterConfiguration } from './scatter-configuration.ts';
import { PADDING, SIZES } from './sizes.ts';
import { waterfallConfiguration } from './waterfall-configuration.ts';
import { wrapText } from './wrap-text.ts';

export interface Drawing {
  readonly configuration: ChartConfiguration;
  /** The least height in pixels at which it is legible. */
  readonly height: number;
}

/** A ChartSpec as Chart.js draws it, with its title, on white. */
export function chartConfiguration(spec: ChartSpec, width: number): Drawing {
  const chart = foldSeries(withDrawableNumbers(spec));
  const title = wrapText(chart.title, width - 2 * PADDING, SIZES.title, 2, 600);
  const subtitle = chart.subtitle ? wrapText(chart.subtitle, width - 2 * PADDING, SIZES.subtitle, 2) : [];
  const part = isEmpty(chart) ? emptyPart(chart) : drawingPart(chart, width);
  const { configuration } = part;
  const shared: ChartOptions = {
    responsive: false,
    animation: false,
    devicePixelRatio: 1,
    font: { family: FONT_FAMILY, size: SIZES.label },
    color: INK,
  };
  const own = configuration.options ?? {};
  const padding = typeof own.layout?.padding === 'object' ? own.layout.padding : {};
  return {
    configuration: {
      ...configuration,
      options: {
        ...shared,
        ...own,
        layout: { padding: { top: PADDING, bottom: PADDING, left: PADDING, right: PADDING, ...padding } },
        plugins: {
          ...own.plugins,
          tooltip: { enabled: false },
          title: {
            display: true,
            align: 'start',
            text: title,
            color: INK,
            font: { family: FONT_FAMILY, size: SIZES.title, weight: 600, lineHeight: 1.25 },
            padding: { top: 0, bottom: subtitle.length > 0 ? 8 : 28 },
          },
          subtitle: {
            display: subtitle.length > 0,
            align: 'start',
            text: subtitle,
            color: MUTED_INK,
            font: { family: FONT_FAMILY, size: SIZES.subtitle, lineHeight: 1.3 },
            padding: { top: 0, bottom: 28 },
          },
        },
      },
      plugins: [paper, wholeWidth, legendGap, ...(configuration.plugins ?? [])],
    },
    height:
      2 * PADDING + title.length * SIZES.title * 1.25 + subtitle.length * SIZES.subtitle * 1.3 + 36 + part.bodyHeight,
  };
}

function drawingPart(chart: ChartSpec, width: number): DrawingPart {
  switch (chart.kind) {
    case 'bar':
    case 'horizontal-bar':
      return barConfiguration(chart, width);
    case 'line':
    case 'area':
      return lineConfiguration(chart, width);
    case 'pie':
      return pieConfiguration(chart, width);
    case 'scatter':
      return scatterConfiguration(chart);
    case 'heatmap':
      return heatmapConfiguration(chart, width);
    case 'fan':
      return fanConfiguration(chart, width);
    case 'waterfall':
      return waterfallConfiguration(chart, width);
    case 'calibration':
      return calibrationConfiguration(chart, width);
    case 'flow':
      return flowConfiguration(chart, width);
    case 'progress':
      return progressConfiguration(chart, width);
    case 'part-bar':
      return partBarConfiguration(chart, width);
  }
}

const paper: Plugin = {
  id: 'paper',
  beforeDraw({ ctx, width, height }) {
    ctx.save();
    ctx.fillStyle = PAPER;
    ctx.fillRect(0, 0, width, height);
    ctx.restore();
  },
};

/** Titles run over the room that values have at the right: within the plot's width alone, Chart.js would squeeze their letters. */
const wholeWidth: Plugin = {
  id: 'whole-width',
  beforeDraw({ boxes, width }) {
    for (const box of boxes) {
      if ('options' in box && 'text' in (box.options as object)) box.right = width - PADDING;
    }
  },
};

/** Room between the legend and the picture, for which Chart.js has no option. */
const legendGap: Plugin = {
  id: 'legend-gap',
  beforeInit(chart) {
    const { legend } = chart;
    if (legend === undefined) return;
    const place = legend.fit.bind(legend);
    legend.fit = () => {
      place();
      if (legend.options.display) legend.height += 22;
    };
  },
};

/** A sentence in place of a frame with nothing in it. */
function emptyPart(chart: ChartSpec): DrawingPart {
  const text = chartLocale(chart) === 'zh-CN' ? '暂无数据可显示' : 'Nothing to show yet';
  const sentence: Plugin = {
    id: 'empty',
    afterDraw({ ctx, chartArea }) {
      ctx.save();
      ctx.font = `${SIZES.subtitle}px ${FONT_FAMILY}`;
      ctx.fillStyle = MUTED_INK;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'middle';
      ctx.fillText(text, (chartArea.left + chartArea.right) / 2, (chartArea.top + chartArea.bottom) / 2);
      ctx.restore();
    },
  };
  return {
    bodyHeight: 260,
    configuration: {
      type: 'bar',
      data: { labels: [], datasets: [] },
      options: { plugins: { legend: { display: false } }, scales: { x: { display: false }, y: { display: false } } },
      plugins: [sentence],
    },
  };
}
