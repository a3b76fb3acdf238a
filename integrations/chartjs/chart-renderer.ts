import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import type { ChartSpec } from '../../src/charts/chart-spec.ts';
import type { ChartRenderer } from '../../src/ports/chart-renderer.ts';
import { chartConfiguration } from './chart-configuration.ts';
import { registerFonts } from './fonts.ts';

export const CHART_WIDTH = 1200;

/** A canvas for each height that charts need: few, because every one of them loads a chart library of its own. */
const HEIGHTS = [520, 680, 840, 1000, 1160, 1340, 1640];

/** Draws charts with Chart.js on a canvas of 1200 px, synchronously in 30 to 60 ms, with bundled fonts. */
export function createChartRenderer(): ChartRenderer {
  const canvases = new Map<number, ChartJSNodeCanvas>();
  const canvasOf = (height: number): ChartJSNodeCanvas => {
    const known = canvases.get(height);
    if (known !== undefined) return known;
    const canvas = new ChartJSNodeCanvas({ width: CHART_WIDTH, height });
    canvases.set(height, canvas);
    return canvas;
  };
  return {
    async png(chart: ChartSpec) {
      registerFonts();
      const { configuration, height } = chartConfiguration(chart, CHART_WIDTH);
      const fit = HEIGHTS.find((candidate) => candidate >= height) ?? HEIGHTS[HEIGHTS.length - 1] ?? height;
      return canvasOf(fit).renderToBufferSync(configuration);
    },
  };
}
