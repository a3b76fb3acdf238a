import type { ChartSpec } from '../charts/chart-spec.ts';

export interface ChartRenderer {
  /** A PNG of 1200 px or more in width, on white. */
  png(chart: ChartSpec): Promise<Uint8Array>;
}
