/**
 * A picture as data: what a renderer needs to draw it, and what a person who cannot see it reads instead. Texts are already
 * in the reader's language. At most 6 series; values printed on the picture carry `format`.
 */
export type ChartFormat =
  | { kind: 'count' }
  | { kind: 'percent' }
  | { kind: 'days' }
  /** How many times something else: 3.2 is 3.2 times. */
  | { kind: 'times' }
  | { kind: 'money'; currency: string };

interface ChartBase {
  readonly title: string;
  readonly subtitle?: string;
  /** What the picture shows, with its main numbers, in one or two sentences. */
  readonly alt: string;
  readonly format: ChartFormat;
  readonly xTitle?: string;
  readonly yTitle?: string;
}

export interface ChartSeries {
  readonly name: string;
  /** One per label; null is drawn as a gap. Percent values are fractions (0.31 is 31 %). */
  readonly values: readonly (number | null)[];
}

/** Bars or lines over named categories. */
export interface CategoryChart extends ChartBase {
  readonly kind: 'bar' | 'horizontal-bar' | 'line' | 'area' | 'pie';
  readonly labels: readonly string[];
  readonly series: readonly ChartSeries[];
}

/** Points in a plane, one series per group. */
export interface ScatterChart extends ChartBase {
  readonly kind: 'scatter';
  /** 'log' for amounts that differ a hundredfold; points must be above 0 then. Linear when absent. */
  readonly yScale?: 'log';
  readonly groups: readonly {
    readonly name: string;
    readonly points: readonly { x: number; y: number; label?: string }[];
  }[];
}

/** A grid of cells, the fuller in colour the greater the value, which each of them prints. */
export interface HeatmapChart extends ChartBase {
  readonly kind: 'heatmap';
  /** From left to right; `xTitle` says of what. */
  readonly columns: readonly string[];
  /** From top to bottom; `yTitle` says of what. */
  readonly rows: readonly string[];
  /** One list for each row, one value for each column; null is a cell that does not exist. */
  readonly values: readonly (readonly (number | null)[])[];
}

/** A low and a high edge over the labels; null where there is no band. */
export interface ChartBand {
  readonly name: string;
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

/** Lines over ordered categories with shaded bands behind them, the widest band first, and points to look at. */
export interface FanChart extends ChartBase {
  readonly kind: 'fan';
  readonly labels: readonly string[];
  readonly series: readonly ChartSeries[];
  readonly bands: readonly ChartBand[];
  /** Positions of the first series that are marked. */
  readonly marks: readonly number[];
}

/** How one value became another: `from` and the changes of all steps add up to `to`. */
export interface WaterfallChart extends ChartBase {
  readonly kind: 'waterfall';
  readonly from: { readonly name: string; readonly value: number };
  readonly steps: readonly { readonly name: string; readonly change: number }[];
  readonly to: { readonly name: string; readonly value: number };
}

/** What was said against what came of it, a point for each group of cases; on the diagonal they are the same. */
export interface CalibrationChart extends ChartBase {
  readonly kind: 'calibration';
  /** Shares of 1; `low` to `high` is how sure `observed` is, `count` how many cases it rests on. */
  readonly points: readonly {
    readonly name: string;
    readonly predicted: number;
    readonly observed: number;
    readonly low: number;
    readonly high: number;
    readonly count: number;
  }[];
  /** What is counted, as a column is headed. */
  readonly countTitle: string;
}

/** Arrows from what stands on the left to what stands on the right, the greater the thicker. */
export interface FlowChart extends ChartBase {
  readonly kind: 'flow';
  readonly fromTitle: string;
  readonly toTitle: string;
  readonly valueTitle: string;
  readonly noteTitle: string;
  /** `note` is printed after the value. */
  readonly arrows: readonly {
    readonly from: string;
    readonly to: string;
    readonly value: number;
    readonly note: string;
  }[];
}

/** How far each has come on a scale of steps that begin at values, lowest first; `note` says what the next one takes. */
export interface ProgressChart extends ChartBase {
  readonly kind: 'progress';
  readonly steps: readonly { readonly name: string; readonly from: number }[];
  readonly rows: readonly { readonly name: string; readonly value: number; readonly note: string }[];
  readonly noteTitle: string;
}

/** Horizontal bars, each filled as far as `part` goes. */
export interface PartBarChart extends ChartBase {
  readonly kind: 'part-bar';
  readonly labels: readonly string[];
  readonly part: ChartSeries;
  readonly whole: ChartSeries;
}

export type ChartSpec =
  | CategoryChart
  | ScatterChart
  | HeatmapChart
  | FanChart
  | WaterfallChart
  | CalibrationChart
  | FlowChart
  | ProgressChart
  | PartBarChart;
