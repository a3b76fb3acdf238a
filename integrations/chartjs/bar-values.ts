import type { Plugin } from 'chart.js';
import { INK } from '../../src/charts/theme.ts';
import { FONT_FAMILY } from './fonts.ts';
import { placeOf } from './place-of.ts';

const GAP = 10;

/**
 * Prints each bar's value at its end: beside horizontal bars, above vertical ones, or upright where the bars are narrower
 * than their values. A negative bar's value stands on the other side of zero, where it can run into no name.
 */
export function barValues(
  texts: readonly (readonly string[])[],
  where: 'beside' | 'above' | 'upright',
  size: number,
): Plugin<'bar'> {
  return {
    id: 'bar-values',
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      const zero = chart.scales[where === 'beside' ? 'x' : 'y']?.getPixelForValue(0) ?? 0;
      ctx.save();
      ctx.font = `600 ${size}px ${FONT_FAMILY}`;
      ctx.fillStyle = INK;
      for (const [index, row] of texts.entries()) {
        for (const [position, text] of row.entries()) {
          const place = placeOf(chart.getDatasetMeta(index).data[position]);
          if (place === null || text === '') continue;
          ctx.save();
          if (where === 'beside') ctx.translate(Math.max(place.x, zero) + GAP, place.y);
          else ctx.translate(place.x, Math.min(place.y, zero) - GAP);
          if (where === 'upright') ctx.rotate(-Math.PI / 2);
          ctx.textAlign = where === 'above' ? 'center' : 'left';
          ctx.textBaseline = where === 'above' ? 'bottom' : 'middle';
          ctx.fillText(text, 0, where === 'above' ? 4 : 0);
          ctx.restore();
        }
      }
      ctx.restore();
    },
  };
}
