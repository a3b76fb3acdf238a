import { describe, expect, it } from 'vitest';
import { createChartRenderer } from '../../../integrations/chartjs/chart-renderer.ts';
import { nativeChart } from '../../../integrations/slack/native-chart.ts';
import type { FanChart } from '../../../src/charts/chart-spec.ts';
import { chartTable } from '../../../src/charts/chart-table.ts';
import { reportSchema } from '../../../src/ledger/report-schema.ts';

const FAN: FanChart = {
  kind: 'fan',
  title: 'Won revenue',
  alt: 'Three months and one expected',
  format: { kind: 'money', currency: 'EUR' },
  labels: ['2026-01', '2026-02', '2026-03'],
  series: [
    { name: 'Won', values: [10, 20, null] },
    { name: 'Expected', values: [null, null, 30] },
  ],
  bands: [{ name: '80% band', low: [null, null, 25], high: [null, null, 36] }],
  marks: [1],
};

describe('a fan chart', () => {
  it('is a table with a column for each band and an arrow at what is marked', () => {
    expect(chartTable(FAN).rows).toEqual([
      ['2026-01', '€10', '–', '–'],
      ['2026-02 ←', '€20', '–', '–'],
      ['2026-03', '–', '€30', '€25 – €36'],
    ]);
  });

  it('is lines without gaps where the chat draws it itself', () => {
    const { chart } = nativeChart(FAN)!.block;
    if (chart.type === 'pie') throw new Error('not a line');
    expect(chart.series.map(({ name, data }) => [name, data.map(({ value }) => value)])).toEqual([
      ['Won / Expected', [10, 20, 30]],
      ['↑ 80% band', [10, 20, 36]],
      ['↓ 80% band', [10, 20, 25]],
    ]);
  });

  it('comes back from the outbox as it was', () => {
    const report = { language: 'en', headline: 'h', parts: [{ kind: 'chart', chart: FAN }], trust: '' };
    expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it('is drawn as a picture, with one label alike', async () => {
    const renderer = createChartRenderer();
    const empty: FanChart = { ...FAN, labels: ['x'], series: [{ name: 'a', values: [1] }], bands: [], marks: [0] };
    for (const chart of [FAN, empty]) expect([...(await renderer.png(chart)).slice(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
  });
});
