import { describe, expect, it } from 'vitest';
import type { CategoryChart, ChartSpec, HeatmapChart } from '../../../src/charts/chart-spec.ts';
import { chartTable } from '../../../src/charts/chart-table.ts';
import { foldSeries, isEmpty } from '../../../src/charts/fold.ts';
import { chartLocale, formatValue } from '../../../src/charts/format-value.ts';

const BASE = { title: 'Revenue', alt: '', format: { kind: 'count' } } as const;

describe('formatValue', () => {
  it('prints money, percents, days and counts in a small space in both languages', () => {
    const money = { kind: 'money', currency: 'GBP' } as const;
    const cases: [Parameters<typeof formatValue>[0], number, string, string][] = [
      [money, 182_430, '£182k', '£18.2万'],
      [money, 1_250_000, '£1.25m', '£125万'],
      [money, -45.5, '-£45.5', '-£45.5'],
      [{ kind: 'percent' }, 0.314, '31%', '31%'],
      [{ kind: 'percent' }, 0.095, '9.5%', '9.5%'],
      [{ kind: 'days' }, 1, '1 day', '1天'],
      [{ kind: 'days' }, 143, '143 days', '143天'],
      [{ kind: 'count' }, 1203, '1,203', '1,203'],
      [{ kind: 'money', currency: 'no currency' }, 12, '12 no currency', '12 no currency'],
    ];
    for (const [format, value, en, zh] of cases) {
      expect([formatValue(format, value, 'en-GB'), formatValue(format, value, 'zh-CN')]).toEqual([en, zh]);
    }
  });

  it('takes the language of a chart from its title', () => {
    expect(chartLocale({ ...BASE, kind: 'bar', labels: [], series: [] })).toBe('en-GB');
    expect(chartLocale({ ...BASE, title: '每月收入', kind: 'bar', labels: [], series: [] })).toBe('zh-CN');
  });
});

describe('foldSeries', () => {
  it('joins the slices beyond the fifth largest into one and loses no value', () => {
    const labels = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'none'];
    const pie: CategoryChart = {
      ...BASE,
      kind: 'pie',
      labels,
      series: [{ name: 's', values: [1, 20, 30, 40, 50, 60, 2, 0] }],
    };
    const folded = foldSeries(pie);
    expect(folded.labels).toEqual(['f', 'e', 'd', 'c', 'b', 'Other']);
    expect(folded.series[0]?.values).toEqual([60, 50, 40, 30, 20, 3]);
  });

  it('leaves out a seventh series and a sixteenth bar, and says so', () => {
    const labels = Array.from({ length: 20 }, (_, index) => `c${index}`);
    const series = Array.from({ length: 8 }, (_, index) => ({ name: `s${index}`, values: labels.map(() => 1) }));
    const folded = foldSeries<CategoryChart>({
      ...BASE,
      kind: 'horizontal-bar',
      subtitle: 'As of today',
      labels,
      series,
    });
    expect([folded.series.length, folded.labels.length]).toEqual([6, 15]);
    expect(folded.subtitle).toBe('As of today · 2 more not shown · 5 more not shown');
  });

  it('leaves out the thirteenth column and the sixteenth row of a grid, and says so', () => {
    const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
    const values = names.map(() => names.map(() => 1));
    const folded = foldSeries<HeatmapChart>({ ...BASE, kind: 'heatmap', columns: names, rows: names, values });
    expect([folded.columns.length, folded.rows.length]).toEqual([12, 15]);
    expect(folded.subtitle).toBe('8 more not shown · 5 more not shown');
  });

  it('changes nothing of a chart that fits', () => {
    const chart: ChartSpec = { ...BASE, kind: 'line', labels: ['a'], series: [{ name: 's', values: [1] }] };
    expect(foldSeries(chart)).toEqual(chart);
  });
});

describe('isEmpty', () => {
  it('is true of charts without one number to draw', () => {
    expect(isEmpty({ ...BASE, kind: 'bar', labels: ['a'], series: [{ name: 's', values: [null] }] })).toBe(true);
    expect(isEmpty({ ...BASE, kind: 'pie', labels: ['a'], series: [{ name: 's', values: [0] }] })).toBe(true);
    expect(isEmpty({ ...BASE, kind: 'scatter', groups: [{ name: 'g', points: [] }] })).toBe(true);
    expect(isEmpty({ ...BASE, kind: 'bar', labels: ['a'], series: [{ name: 's', values: [0] }] })).toBe(false);
    const grid = { ...BASE, kind: 'heatmap', columns: ['a'], rows: ['b'] } as const;
    expect(isEmpty({ ...grid, values: [[null, 1], [1]] })).toBe(true);
    expect(isEmpty({ ...grid, values: [[0]] })).toBe(false);
  });
});

describe('chartTable', () => {
  it('gives every number of a chart, and the middle of every group of points', () => {
    const bars = chartTable({ ...BASE, kind: 'bar', labels: ['a', 'b'], series: [{ name: 's', values: [1, null] }] });
    expect(bars.rows).toEqual([
      ['a', '1'],
      ['b', '–'],
    ]);
    const points = [
      { x: 1, y: 10 },
      { x: 3, y: 30 },
      { x: 2, y: 50 },
      { x: Number.NaN, y: 1 },
    ];
    const cloud = chartTable({ ...BASE, kind: 'scatter', xTitle: 'Orders', groups: [{ name: 'Loyal', points }] });
    expect(cloud.columns.map((column) => column.label)).toEqual(['Group', 'Points', 'Orders (median)', 'y (median)']);
    expect(cloud.rows).toEqual([['Loyal', '3', '2', '30']]);
  });

  it('gives the cells of a grid row by row, and nothing for one that does not exist', () => {
    const percent = { ...BASE, kind: 'heatmap', format: { kind: 'percent' } } as const;
    const values = [[0.5, 0.25], [1, null], []];
    const grid = chartTable({
      ...percent,
      yTitle: 'First purchase',
      columns: ['1', '2'],
      rows: ['a', 'b', 'c'],
      values,
    });
    expect(grid.columns.map((column) => column.label)).toEqual(['First purchase', '1', '2']);
    expect(grid.rows).toEqual([
      ['a', '50%', '25%'],
      ['b', '100%', ''],
      ['c', '', ''],
    ]);
  });
});
