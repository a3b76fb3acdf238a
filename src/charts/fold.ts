import type {
  CategoryChart,
  ChartSpec,
  FlowChart,
  HeatmapChart,
  PartBarChart,
  ScatterChart,
  WaterfallChart,
} from './chart-spec.ts';
import { chartLocale } from './format-value.ts';
import { MAX_ARROWS, MAX_COLUMNS, MAX_PROGRESS, MAX_ROWS, MAX_SERIES, MAX_STEPS } from './theme.ts';

/** Whether there is anything to draw: a chart of no points is a sentence, not an empty frame. */
export function isEmpty(chart: ChartSpec): boolean {
  if (chart.kind === 'scatter')
    return chart.groups.every((group) => group.points.every((point) => !isFinitePoint(point)));
  if (chart.kind === 'heatmap') {
    const { rows, columns, values } = chart;
    return !rows.some((_, row) => columns.some((_, column) => isNumber(values[row]?.[column])));
  }
  if (chart.kind === 'waterfall') return ![chart.from.value, chart.to.value].every(isNumber);
  if (chart.kind === 'calibration') return !chart.points.some(isDrawablePoint);
  if (chart.kind === 'flow') return !chart.arrows.some(({ value }) => isNumber(value) && value > 0);
  if (chart.kind === 'progress') return !chart.rows.some(({ value }) => isNumber(value));
  if (chart.kind === 'part-bar') return !chart.labels.some((_, row) => isNumber(chart.part.values[row]));
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

/** Shares of 1 that can be drawn. */
export function isDrawablePoint({ predicted, observed }: { predicted: number; observed: number }): boolean {
  return [predicted, observed].every((share) => share >= 0 && share <= 1);
}

/**
 * The chart with at most six series or slices, fifteen horizontal bars, fifteen by twelve cells, ten arrows, ten rows of
 * progress and eight steps. Slices beyond the fifth largest become one, "Other", and so do steps beyond the seventh; what else is
 * too much is left out and the subtitle says so.
 */
export function foldSeries<T extends ChartSpec>(chart: T): T;
export function foldSeries(chart: ChartSpec): ChartSpec {
  if (chart.kind === 'scatter') return foldGroups(chart);
  if (chart.kind === 'heatmap') return foldCells(chart);
  if (chart.kind === 'fan') return chart;
  if (chart.kind === 'waterfall') return foldSteps(chart);
  if (chart.kind === 'flow') return foldArrows(chart);
  if (chart.kind === 'part-bar') return foldParts(chart);
  if (chart.kind === 'progress') {
    const left = chart.rows.length - MAX_PROGRESS;
    return left <= 0 ? chart : { ...chart, rows: chart.rows.slice(0, MAX_PROGRESS), subtitle: withNote(chart, left) };
  }
  if (chart.kind === 'calibration') {
    const left = chart.points.length - MAX_ROWS;
    return left <= 0 ? chart : { ...chart, points: chart.points.slice(0, MAX_ROWS), subtitle: withNote(chart, left) };
  }
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

/** What the steps that are not shown add together is one step more, so that all of them still add up. */
function foldSteps(chart: WaterfallChart): WaterfallChart {
  if (chart.steps.length <= MAX_STEPS) return chart;
  const rest = chart.steps.slice(MAX_STEPS - 1).reduce((sum, { change }) => sum + (isNumber(change) ? change : 0), 0);
  const name = chartLocale(chart) === 'zh-CN' ? '其他' : 'Other';
  return { ...chart, steps: [...chart.steps.slice(0, MAX_STEPS - 1), { name, change: rest }] };
}

function foldArrows(chart: FlowChart): FlowChart {
  const left = chart.arrows.length - MAX_ARROWS;
  if (left <= 0) return chart;
  return { ...chart, arrows: chart.arrows.slice(0, MAX_ARROWS), subtitle: withNote(chart, left) };
}

function foldParts(chart: PartBarChart): PartBarChart {
  const left = chart.labels.length - MAX_ROWS;
  return left <= 0 ? chart : { ...chart, labels: chart.labels.slice(0, MAX_ROWS), subtitle: withNote(chart, left) };
}

function withNote(chart: ChartSpec, left: number): string {
  const note = chartLocale(chart) === 'zh-CN' ? `另有 ${left} 项未显示` : `${left} more not shown`;
  return chart.subtitle ? `${chart.subtitle} · ${note}` : note;
}
