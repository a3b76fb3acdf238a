import type { ChartSpec } from '../charts/chart-spec.ts';
import type { Report } from './report.ts';

/** A report's first chart, or null. */
export function chartOf(report: Report): ChartSpec | null {
  for (const part of report.parts) if (part.kind === 'chart') return part.chart;
  return null;
}
