import type {
  CalibrationChart,
  ChartSpec,
  FanChart,
  FlowChart,
  PartBarChart,
  ProgressChart,
  WaterfallChart,
} from './chart-spec.ts';
import { isFinitePoint, isNumber } from './fold.ts';
import { chartLocale, formatChange, formatValue } from './format-value.ts';

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
  if (chart.kind === 'waterfall') return waterfallTable(chart);
  if (chart.kind === 'calibration') return calibrationTable(chart);
  if (chart.kind === 'flow') return flowTable(chart);
  if (chart.kind === 'progress') return progressTable(chart);
  if (chart.kind === 'part-bar') return partBarTable(chart);
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

/** Where it began, what each step added, where it came to. */
function waterfallTable(chart: WaterfallChart): ChartTable {
  const locale = chartLocale(chart);
  const zh = locale === 'zh-CN';
  const value = (own: number) => (isNumber(own) ? formatValue(chart.format, own, locale) : '–');
  return table(
    [zh ? '步骤' : 'Step', zh ? '数值' : 'Value'],
    [
      [chart.from.name, value(chart.from.value)],
      ...chart.steps.map(({ name, change }) => [
        name,
        isNumber(change) ? formatChange(chart.format, change, locale) : '–',
      ]),
      [chart.to.name, value(chart.to.value)],
    ],
  );
}

function calibrationTable(chart: CalibrationChart): ChartTable {
  const locale = chartLocale(chart);
  const zh = locale === 'zh-CN';
  const text = (value: number) => (isNumber(value) ? formatValue(chart.format, value, locale) : '–');
  return table(
    [
      zh ? '组' : 'Group',
      chart.xTitle ?? (zh ? '预测' : 'Said'),
      chart.yTitle ?? (zh ? '实际' : 'Happened'),
      zh ? '95% 区间' : '95% interval',
      chart.countTitle,
    ],
    chart.points.map(({ name, predicted, observed, low, high, count }) => [
      name,
      text(predicted),
      text(observed),
      `${text(low)} – ${text(high)}`,
      isNumber(count) ? formatValue({ kind: 'count' }, count, locale) : '–',
    ]),
  );
}

function flowTable(chart: FlowChart): ChartTable {
  const locale = chartLocale(chart);
  return {
    columns: [
      { label: chart.fromTitle, align: 'left' },
      { label: chart.toTitle, align: 'left' },
      { label: chart.valueTitle, align: 'right' },
      { label: chart.noteTitle, align: 'right' },
    ],
    rows: chart.arrows.map(({ from, to, value, note }) => [
      from,
      to,
      isNumber(value) ? formatValue(chart.format, value, locale) : '–',
      note,
    ]),
  };
}

function progressTable(chart: ProgressChart): ChartTable {
  const locale = chartLocale(chart);
  const zh = locale === 'zh-CN';
  return table(
    [chart.yTitle ?? (zh ? '项目' : 'Item'), chart.xTitle ?? (zh ? '数值' : 'Value'), chart.noteTitle],
    chart.rows.map(({ name, value, note }) => [
      name,
      isNumber(value) ? formatValue(chart.format, value, locale) : '–',
      note,
    ]),
  );
}

function partBarTable(chart: PartBarChart): ChartTable {
  const locale = chartLocale(chart);
  const zh = locale === 'zh-CN';
  const text = (value: number | null | undefined) => (isNumber(value) ? formatValue(chart.format, value, locale) : '–');
  return table(
    [chart.yTitle ?? (zh ? '项目' : 'Item'), chart.part.name, chart.whole.name, zh ? '占比' : 'Share'],
    chart.labels.map((label, row) => {
      const [part, whole] = [chart.part.values[row], chart.whole.values[row]];
      const share = shareOf(part, whole);
      return [label, text(part), text(whole), share === null ? '–' : formatValue({ kind: 'percent' }, share, locale)];
    }),
  );
}

/** A first column of names and others of numbers. */
function table(labels: readonly string[], rows: ChartTable['rows']): ChartTable {
  return { columns: labels.map((label, index) => ({ label, align: index === 0 ? 'left' : 'right' })), rows };
}

/** The part of the whole as a fraction; null where there is no such thing. */
export function shareOf(part: number | null | undefined, whole: number | null | undefined): number | null {
  if (!isNumber(part) || !isNumber(whole) || whole <= 0) return null;
  const share = part / whole;
  return Number.isFinite(share) ? share : null;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? upper)) / 2;
}
