import type { CategoryChart, ChartSpec, FanChart, HeatmapChart, ScatterChart } from './chart-spec.ts';

/** What has no bars and no slices even in its plainest form. */
type Shaped = ScatterChart | HeatmapChart | FanChart;

/** The same numbers as bars, for where only plain charts can be drawn; what has no such form is given back as it is. */
export function asCategories(chart: ChartSpec): CategoryChart | Shaped {
  const { title, subtitle, alt, format } = chart;
  const base = { title, alt, format, ...(subtitle === undefined ? {} : { subtitle }) };
  switch (chart.kind) {
    case 'waterfall':
      return {
        ...base,
        kind: 'bar',
        labels: [chart.from.name, ...chart.steps.map(({ name }) => name), chart.to.name],
        series: [
          { name: title, values: [chart.from.value, ...chart.steps.map(({ change }) => change), chart.to.value] },
        ],
      };
    case 'calibration':
      return {
        ...base,
        kind: 'bar',
        labels: chart.points.map(({ name }) => name),
        series: [
          { name: chart.xTitle ?? 'x', values: chart.points.map(({ predicted }) => predicted) },
          { name: chart.yTitle ?? 'y', values: chart.points.map(({ observed }) => observed) },
        ],
      };
    case 'flow':
      return {
        ...base,
        kind: 'horizontal-bar',
        labels: chart.arrows.map(({ from, to }) => `${from} → ${to}`),
        series: [{ name: chart.valueTitle, values: chart.arrows.map(({ value }) => value) }],
      };
    case 'progress':
      return {
        ...base,
        kind: 'horizontal-bar',
        labels: chart.rows.map(({ name }) => name),
        series: [{ name: chart.xTitle ?? title, values: chart.rows.map(({ value }) => value) }],
      };
    case 'part-bar':
      return { ...base, kind: 'horizontal-bar', labels: chart.labels, series: [chart.part, chart.whole] };
    default:
      return chart;
  }
}
