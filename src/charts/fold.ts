import type { CategoryChart, ChartSpec, HeatmapChart, ScatterChart } from './chart-spec.ts';
import { chartLocale } from './format-value.ts';
import { MAX_COLUMNS, MAX_ROWS, MAX_SERIES } from './theme.ts';

/** Whether there is anything to draw: a chart of no points is a sentence, not an empty frame. */
export function isEmpty(chart: ChartSpec): boolean {
  if (chart.kind === 'scatter')
    return chart.groups.every((group) => group.points.every((point) => !isFinitePoint(point)));
  if (chart.kind === 'heatmap') {
    const { rows, columns, values } = chart;
    return !rows.some((_, row) => columns.some((_, column) => isNumber(values[row]?.[column])));
  }
  const rows = chart.labels.length;
  const drawable = (value: number | null | undefined) => isNumber(value) && (chart.kind !== 'pie' || value > 0);
  return rows === 0 || chart.series.every((series) => !series.values.slice(0, rows).some(drawable));
}

export function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

export function isFinitePoint(point: { x: number; y: number }): boolean {
  return Number.isFinite(point.x) && Number.isFinite(point.y);
}

/**
 * The chart with at most six series or slices, fifteen horizontal bars, and fifteen by twelve cells. Slices beyond the fifth largest become one,
 * "Other"; what else is too much is left out and the subtitle says so.
 */
export function foldSeries<T extends ChartSpec>(chart: T): T;
export function foldSeries(chart: ChartSpec): ChartSpec {
  if (chart.kind === 'scatter') return foldGroups(chart);
  if (chart.kind === 'heatmap') return foldCells(chart);
  if (chart.kind === 'fan') return chart;
  return chart.kind === 'pie' ? foldSlices(chart) : foldCategories(chart);
}

function foldGroups(chart: ScatterChart): ScatterChart {
  const left = chart.groups.length - MAX_SERIES;
  if (left <= 0) return chart;
  return { ...chart, groups: chart.groups.slice(0, MAX_SERIES), subtitle: withNote(chart, left) };
}

function foldCells(chart: HeatmapChart): HeatmapChart {
  const rows = chart.rows.length - MAX_ROWS;
  const columns = chart.columns.length - MAX_COLUMNS;
  const narrow =
    columns <= 0
      ? chart
      : { ...chart, columns: chart.columns.slice(0, MAX_COLUMNS), subtitle: withNote(chart, columns) };
  return rows <= 0 ? narrow : { ...narrow, rows: chart.rows.slice(0, MAX_ROWS), subtitle: withNote(narrow, rows) };
}

function foldCategories(chart: CategoryChart): CategoryChart {
  const left = chart.series.length - MAX_SERIES;
  const folded =
    left <= 0 ? chart : { ...chart, series: chart.series.slice(0, MAX_SERIES), subtitle: withNote(chart, left) };
  const rows = chart.labels.length - MAX_ROWS;
  if (chart.kind !== 'horizontal-bar' || rows <= 0) return folded;
  return { ...folded, labels: chart.labels.slice(0, MAX_ROWS), subtitle: withNote(folded, rows) };
}

/** A pie shows the first series alone; what is not positive has no slice. */
function foldSlices(chart: CategoryChart): CategoryChart {
  const values = chart.series[0]?.values ?? [];
  const slices = chart.labels
    .map((label, index) => ({ label, value: values[index] ?? 0 }))
    .filter((slice) => Number.isFinite(slice.value) && slice.value > 0)
    .sort((a, b) => b.value - a.value);
  const shown = slices.length > MAX_SERIES ? slices.slice(0, MAX_SERIES - 1) : slices;
  const rest = slices.slice(shown.length).reduce((sum, slice) => sum + slice.value, 0);
  if (rest > 0) shown.push({ label: chartLocale(chart) === 'zh-CN' ? '其他' : 'Other', value: rest });
  return {
    ...chart,
    labels: shown.map((slice) => slice.label),
    series: [{ name: chart.series[0]?.name ?? '', values: shown.map((slice) => slice.value) }],
  };
}

function withNote(chart: ChartSpec, left: number): string {
  const note = chartLocale(chart) === 'zh-CN' ? `另有 ${left} 项未显示` : `${left} more not shown`;
  return chart.subtitle ? `${chart.subtitle} · ${note}` : note;
}
