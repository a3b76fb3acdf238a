import { GRID, INK, MUTED_INK } from '../../src/charts/theme.ts';
import { FONT_FAMILY } from './fonts.ts';
import { PADDING, SIZES } from './sizes.ts';
import { truncate } from './wrap-text.ts';

/** An axis of values: few ticks, a light grid, no border; the line of zero is a little darker. */
export function valueAxis(title: string | undefined, format: (value: number) => string) {
  return {
    type: 'linear' as const,
    border: { display: false },
    grid: {
      color: (context: { tick?: { value: number } }) => (context.tick?.value === 0 ? '#9aa3ad' : GRID),
      lineWidth: 2,
      drawTicks: false,
    },
    ticks: {
      color: MUTED_INK,
      font: { family: FONT_FAMILY, size: SIZES.tick },
      maxTicksLimit: 6,
      padding: 12,
      maxRotation: 0,
      callback: (value: string | number) => format(Number(value)),
    },
    title: axisTitle(title),
  };
}

/** What the axis of values takes beside the picture. */
const BESIDE = 110;

/** The axis of ordered categories below lines: labels that would touch are left out. */
export function orderedAxis(title: string | undefined) {
  return {
    type: 'category' as const,
    grid: { display: false },
    border: { display: false },
    ticks: {
      color: INK,
      font: { family: FONT_FAMILY, size: SIZES.tick },
      maxRotation: 0,
      autoSkip: true,
      autoSkipPadding: 28,
      padding: 12,
    },
    title: axisTitle(title),
  };
}

/** Its labels, cut to the room that each has. */
export function orderedLabels(labels: readonly string[], width: number): string[] {
  const slot = (width - 2 * PADDING - BESIDE) / Math.max(labels.length, 1);
  return labels.map((label) => truncate(label, Math.max(slot - 16, 220), SIZES.tick));
}

export function axisTitle(title: string | undefined) {
  return {
    display: title !== undefined && title !== '',
    text: truncate(title ?? '', 900, SIZES.tick),
    color: MUTED_INK,
    font: { family: FONT_FAMILY, size: SIZES.tick },
    padding: 10,
  };
}

/** The names of several series, above the picture, each with its own mark. */
export function legend(display: boolean) {
  return {
    display,
    position: 'top' as const,
    align: 'start' as const,
    labels: {
      color: INK,
      font: { family: FONT_FAMILY, size: SIZES.label },
      usePointStyle: true,
      boxHeight: 22,
      padding: 22,
    },
  };
}

/** A series' name as the legend shows it. */
export function seriesName(name: string): string {
  return truncate(name, 420, SIZES.label);
}
