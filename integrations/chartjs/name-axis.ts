import { INK } from '../../src/charts/theme.ts';
import { FONT_FAMILY } from './fonts.ts';
import { SIZES } from './sizes.ts';

/** The names beside horizontal bars, every one of them, beginning at the left edge; they say themselves what they are. */
export function nameAxis() {
  return {
    type: 'category' as const,
    grid: { display: false },
    border: { display: false },
    ticks: {
      color: INK,
      autoSkip: false,
      font: { family: FONT_FAMILY, size: SIZES.label },
      padding: 10,
      crossAlign: 'far' as const,
    },
  };
}
