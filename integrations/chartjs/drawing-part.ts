import type { ChartConfiguration } from 'chart.js';

/** What one kind of chart adds to the frame that all share. */
export interface DrawingPart {
  readonly configuration: ChartConfiguration;
  /** Pixels below the title. */
  readonly bodyHeight: number;
}
