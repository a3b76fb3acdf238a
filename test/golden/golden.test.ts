import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createChartRenderer } from '../../integrations/chartjs/chart-renderer.ts';
import type { ChartSpec, HeatmapChart, WaterfallChart } from '../../src/charts/chart-spec.ts';
import { difference, KEPT, smallPicture } from './small-picture.ts';

const renderer = createChartRenderer();
const kept = (name: string): Uint8Array => readFileSync(new URL(`./${name}.png`, import.meta.url));

/** The share of pixels that another machine's rounding may change; the least change of a number changes more. */
const MOST = 0.001;

describe('kept pictures', () => {
  it.each(Object.entries(KEPT))(
    '%s is drawn as the one that was looked at (else: npm run golden, and look)',
    async (name, chart) => {
      expect(await difference(await smallPicture(renderer, chart), kept(name))).toBeLessThanOrEqual(MOST);
    },
  );

  it('are all of charts that are still drawn, and small', () => {
    const files = readdirSync(new URL('.', import.meta.url)).filter((file) => file.endsWith('.png'));
    expect(files.map((file) => file.replace('.png', '')).sort()).toEqual(Object.keys(KEPT).sort());
    for (const name of Object.keys(KEPT)) expect(kept(name).length, name).toBeLessThanOrEqual(25_000);
  });

  const fall = KEPT['waterfall-en'] as WaterfallChart;
  const grid = KEPT['triangle-zh'] as HeatmapChart;
  const changed: [string, string, ChartSpec][] = [
    ['a step of five points', 'waterfall-en', { ...fall, to: { ...fall.to, value: fall.to.value + 0.05 } }],
    ['another title', 'waterfall-en', { ...fall, title: 'Another title altogether' }],
    ['a cell that is missing', 'triangle-zh', { ...grid, values: grid.values.map((row) => row.slice(1)) }],
    ['another language', 'rules-en', KEPT['rules-zh']!],
  ];
  it.each(changed)('tell %s', async (_, name, chart) => {
    expect(await difference(await smallPicture(renderer, chart), kept(name))).toBeGreaterThan(MOST);
  });
});
