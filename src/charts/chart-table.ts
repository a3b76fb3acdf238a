import type { ChartSpec, FanChart } from './chart-spec.ts';
import { isFinitePoint, isNumber } from './fold.ts';
import { chartLocale, formatValue } from './format-value.ts';

export interface ChartTable {
  readonly columns: readonly { label: string; align: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
}

/** The chart's numbers as a table, for where no picture can be shown. A cloud of points becomes one row per group. */
export function chartTable(chart: ChartSpec): ChartTable {
  const locale = chartLocale(chart);
  const zh = locale === 'zh-CN';
  if (chart.kind === 'scatter') {
    const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
    const middle = zh ? '中位数' : 'median';
    return {
      columns: [
        { label: zh ? '组' : 'Group', align: 'left' },
        { label: zh ? '点数' : 'Points', align: 'right' },
        { label: `${chart.xTitle ?? 'x'} (${middle})`, align: 'right' },
        { label: `${chart.yTitle ?? 'y'} (${middle})`, align: 'right' },
      ],
      rows: chart.groups.map((group) => {
        const points = group.points.filter(isFinitePoint);
        const middleOf = (values: number[]) => (values.length === 0 ? '–' : number.format(median(values)));
        return [
          group.name,
          number.format(points.length),
          middleOf(points.map((point) => point.x)),
          middleOf(points.map((point) => point.y)),
        ];
      }),
    };
  }
  if (chart.kind === 'heatmap') {
    return {
      columns: [
        { label: chart.yTitle ?? (zh ? '项目' : 'Item'), align: 'left' },
        ...chart.columns.map((label) => ({ label, align: 'right' as const })),
      ],
      rows: chart.rows.map((label, row) => [
        label,
        ...chart.columns.map((_, column) => {
          const value = chart.values[row]?.[column];
          return isNumber(value) ? formatValue(chart.format, value, locale) : '';
        }),
      ]),
    };
  }
  if (chart.kind === 'fan') return fanTable(chart);
  const category = chart.kind === 'horizontal-bar' ? chart.yTitle : chart.xTitle;
  return {
    columns: [
      { label: category ?? (zh ? '项目' : 'Item'), align: 'left' },
      ...chart.series.map((series) => ({ label: series.name, align: 'right' as const })),
    ],
    rows: chart.labels.map((label, row) => [
      label,
      ...chart.series.map((series) => {
        const value = series.values[row];
        return isNumber(value) ? formatValue(chart.format, value, locale) : '–';
      }),
    ]),
  };
}

/** One row a label; each band is one column, from its low to its high edge. Marked rows carry an arrow. */
function fanTable(chart: FanChart): ChartTable {
  const locale = chartLocale(chart);
  const text = (value: number | null | undefined) => (isNumber(value) ? formatValue(chart.format, value, locale) : '–');
  return {
    columns: [
      { label: chart.xTitle ?? (locale === 'zh-CN' ? '项目' : 'Item'), align: 'left' },
      ...chart.series.map((series) => ({ label: series.name, align: 'right' as const })),
      ...chart.bands.map((band) => ({ label: band.name, align: 'right' as const })),
    ],
    rows: chart.labels.map((label, row) => [
      chart.marks.includes(row) ? `${label} ←` : label,
      ...chart.series.map((series) => text(series.values[row])),
      ...chart.bands.map(({ low, high }) =>
        isNumber(low[row]) && isNumber(high[row]) ? `${text(low[row])} – ${text(high[row])}` : '–',
      ),
    ]),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? upper)) / 2;
}
