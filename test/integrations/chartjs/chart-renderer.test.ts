import { createCanvas, loadImage } from '@napi-rs/canvas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createChartRenderer } from '../../../integrations/chartjs/chart-renderer.ts';
import type { CategoryChart, ChartSpec, HeatmapChart } from '../../../src/charts/chart-spec.ts';
import { PALETTE } from '../../../src/charts/theme.ts';
import { anyChart } from '../slack/report-arbitrary.ts';
import { GALLERY } from './gallery.ts';

const renderer = createChartRenderer();

async function pixels(chart: ChartSpec) {
  const image = await loadImage(Buffer.from(await renderer.png(chart)));
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const count = (colour: string) => {
    const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    let found = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) found += 1;
    }
    return found;
  };
  /** Whether all four edges are white: nothing is cut off. */
  const edgesAreWhite = () => {
    for (let y = 0; y < image.height; y++) {
      for (const x of y === 0 || y === image.height - 1
        ? Array.from({ length: image.width }, (_, index) => index)
        : [0, image.width - 1]) {
        const at = (y * image.width + x) * 4;
        if (data[at] !== 255 || data[at + 1] !== 255 || data[at + 2] !== 255 || data[at + 3] !== 255) return false;
      }
    }
    return true;
  };
  return { width: image.width, height: image.height, count, edgesAreWhite };
}

describe('createChartRenderer', () => {
  it.each(Object.entries(GALLERY))('draws %s 1200 px wide on white with nothing cut off', async (_, chart) => {
    const drawn = await pixels(chart);
    expect(drawn.width).toBe(1200);
    expect(drawn.height).toBeGreaterThanOrEqual(500);
    expect(drawn.edgesAreWhite()).toBe(true);
  });

  it('draws bars in proportion to their values', async () => {
    const bars = async (value: number) => {
      const chart = GALLERY['one-value'] as CategoryChart;
      const both = { ...chart, labels: ['a', 'b'], series: [{ name: 'Days', values: [100, value] }] };
      return (await pixels(both)).count(PALETTE[0]);
    };
    const [full, half, none] = [await bars(100), await bars(50), await bars(0)];
    expect(half / full).toBeCloseTo(0.75, 1);
    expect(none / full).toBeCloseTo(0.5, 1);
  });

  it('fills the cells of a grid in proportion to their values, and leaves out those that do not exist', async () => {
    const chart = { ...GALLERY['heatmap-en'], values: [[100, 0, null, null, -100]], rows: ['R5'] } as HeatmapChart;
    const drawn = await pixels(chart);
    const cell = 150 * 60;
    // Seven tenths of the first colour: the fullest on which ink is still read well.
    expect(drawn.count('#4d9cc9')).toBeGreaterThan(cell);
    // A cell of nothing is the lightest blue, and less than nothing has another colour.
    expect(drawn.count('#ebf4f9')).toBeGreaterThan(cell);
    expect(drawn.count('#e28e4d')).toBeGreaterThan(cell);
    expect(drawn.count('#4d9cc9')).toBeLessThan(2 * cell * 1.5);
  });

  it('draws Chinese characters, each its own, and no empty boxes', async () => {
    const ink = async (title: string) => {
      const chart: ChartSpec = { kind: 'bar', title, alt: '', format: { kind: 'count' }, labels: [], series: [] };
      return (await renderer.png(chart)).length;
    };
    // Empty boxes would all look alike, and so would their pictures.
    const sizes = await Promise.all(['一一一一', '龘龘龘龘', '客户风险', '深圳腾达'].map(ink));
    expect(new Set(sizes).size).toBe(4);
    expect(sizes[1] ?? 0).toBeGreaterThan((sizes[0] ?? 0) * 1.05);
  });

  it('gives the same bytes for the same chart', async () => {
    const [first, second] = [
      await renderer.png(GALLERY.pie as ChartSpec),
      await renderer.png(GALLERY.pie as ChartSpec),
    ];
    expect(Buffer.from(first).equals(Buffer.from(second))).toBe(true);
  });

  it('draws any chart at all without failing', async () => {
    await fc.assert(
      fc.asyncProperty(anyChart, async (chart) => {
        expect((await renderer.png(chart)).length).toBeGreaterThan(1000);
      }),
      { numRuns: 25, seed: 7, endOnFailure: true },
    );
  }, 60_000);
});
