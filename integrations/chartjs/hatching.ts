import type { BarElement, Plugin } from 'chart.js';
import { PAPER } from '../../src/charts/theme.ts';

import { placeOf } from './place-of.ts';

/** Pixels between the lines that mark the second series and later ones, so that bars are not told apart by colour alone. */
const SPACING = [0, 22, 14, 30, 10, 40];

export const hatching: Plugin<'bar'> = {
  id: 'hatching',
  afterDatasetDraw(chart, { index, meta }) {
    const spacing = SPACING[index] ?? 0;
    if (spacing === 0) return;
    const { ctx } = chart;
    for (const element of meta.data) {
      const bar = element as BarElement;
      const place = placeOf(bar);
      if (place === null) continue;
      const { x, y } = place;
      const { base, width, height } = bar.getProps(['base', 'width', 'height'], true);
      const horizontal = chart.options.indexAxis === 'y';
      const left = horizontal ? Math.min(x, base) : x - width / 2;
      const top = horizontal ? y - height / 2 : Math.min(y, base);
      const across = horizontal ? Math.abs(x - base) : width;
      const down = horizontal ? height : Math.abs(y - base);
      if (!(across > 0 && down > 0)) continue;
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, top, across, down);
      ctx.clip();
      ctx.strokeStyle = PAPER;
      ctx.lineWidth = 3;
      ctx.beginPath();
      for (let offset = -down; offset < across; offset += spacing) {
        ctx.moveTo(left + offset, top + down);
        ctx.lineTo(left + offset + down, top);
      }
      ctx.stroke();
      ctx.restore();
    }
  },
};
