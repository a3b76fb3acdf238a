import { asCategories } from '../../src/charts/as-categories.ts';
import type { CategoryChart, ChartSpec, FanChart } from '../../src/charts/chart-spec.ts';
import { foldSeries, isEmpty, isNumber } from '../../src/charts/fold.ts';
import type { Text } from '../../src/lib/text.ts';
import { LIMITS } from './block-limits.ts';
import type { DataVisualizationBlock } from './block-types.ts';
import { label } from './escape.ts';

export interface NativeRendering {
  readonly block: DataVisualizationBlock;
  /** What the picture leaves out, to be said beside it. */
  readonly note: Text | null;
}

/** The chart as Slack draws it itself; null where Slack has no such chart (points, cells, gaps, nothing to draw). */
export function nativeChart(picture: ChartSpec): NativeRendering | null {
  const spec = asCategories(picture);
  if (spec.kind === 'scatter' || spec.kind === 'heatmap' || isEmpty(spec)) return null;
  const chart = foldSeries(spec.kind === 'fan' ? edges(spec) : spec);
  const title = label(chart.title, LIMITS.chartTitle);
  if (chart.kind === 'pie') {
    const values = chart.series[0]?.values ?? [];
    const labels = distinct(chart.labels);
    const segments = labels.map((name, index) => ({ label: name, value: values[index] ?? 0 }));
    if (segments.length === 0 || !segments.every(({ value }) => Number.isFinite(value))) return null;
    return { block: { type: 'data_visualization', title, chart: { type: 'pie', segments } }, note: null };
  }
  const count = spec.labels.length;
  const shown = Math.min(chart.labels.length, LIMITS.chartCategories);
  const ordered = chart.kind === 'line' || chart.kind === 'area';
  // The newest of a series in time, the first of a ranking.
  const from = ordered ? chart.labels.length - shown : 0;
  const categories = distinct(chart.labels.slice(from, from + shown));
  const names = distinct(chart.series.map((series) => series.name));
  const scale = chart.format.kind === 'percent' ? 100 : 1;
  const rows = chart.series.map((series) =>
    series.values.slice(from, from + shown).map((value) => (isNumber(value) ? rounded(value * scale) : null)),
  );
  if (rows.some((values) => values.length < shown || !values.every(isNumber))) return null;
  const unit = chart.format.kind === 'percent' ? '%' : chart.format.kind === 'money' ? chart.format.currency : '';
  const horizontal = chart.kind === 'horizontal-bar';
  const xTitle = horizontal ? chart.yTitle : chart.xTitle;
  const yTitle = (horizontal ? chart.xTitle : chart.yTitle) ?? unit;
  return {
    block: {
      type: 'data_visualization',
      title,
      chart: {
        type: horizontal ? 'bar' : chart.kind,
        series: rows.map((values, series) => ({
          name: names[series] ?? '–',
          data: categories.map((category, index) => ({
            label: category,
            value: values[index] ?? 0,
          })),
        })),
        axis_config: {
          categories,
          ...(xTitle ? { x_label: label(xTitle, LIMITS.chartTitle) } : {}),
          ...(yTitle ? { y_label: label(yTitle, LIMITS.chartTitle) } : {}),
        },
      },
    },
    note: shown < count ? leftOut(shown, count, ordered) : null,
  };
}

/**
 * Slack has no bands and no gaps: the lines joined into one, and the widest band's edges as lines of their own, which run
 * with it where there is no band.
 */
function edges(fan: FanChart): CategoryChart {
  const { bands, marks: _, ...rest } = fan;
  const middle = fan.labels.map((_label, k) => fan.series.map((line) => line.values[k]).find(isNumber) ?? null);
  const band = bands[0];
  const joined = { name: fan.series.map((line) => line.name).join(' / '), values: middle };
  const edge = (sign: string, values: readonly (number | null)[]) => ({
    name: `${sign} ${band?.name ?? ''}`,
    values: middle.map((value, k) => values[k] ?? value),
  });
  return {
    ...rest,
    kind: 'line',
    series: band === undefined ? [joined] : [joined, edge('↑', band.high), edge('↓', band.low)],
  };
}

function leftOut(shown: number, count: number, ordered: boolean): Text {
  return ordered
    ? { en: `The chart shows the newest ${shown} of ${count}.`, zh: `图中显示最近 ${shown} 项，共 ${count} 项。` }
    : { en: `The chart shows the first ${shown} of ${count}.`, zh: `图中显示前 ${shown} 项，共 ${count} 项。` };
}

/** Labels of at most 20 characters, made distinct by a number where cutting made them equal. */
function distinct(labels: readonly string[]): string[] {
  const taken = new Set<string>();
  return labels.map((text) => {
    let name = label(text, LIMITS.chartLabel);
    for (let number = 2; taken.has(name); number++) {
      const suffix = ` ${number}`;
      name = label(text, LIMITS.chartLabel - suffix.length) + suffix;
    }
    taken.add(name);
    return name;
  });
}

/** Two decimals are more than a chart of a chat can show. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
