import { loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { createChartRenderer } from '../../../integrations/chartjs/chart-renderer.ts';
import { foldSeries } from '../../../src/charts/fold.ts';
import { GALLERY } from './gallery.ts';
import { ANSWERS } from './gallery-of-answers.ts';
import { type PrintedText, printedTexts } from './printed-texts.ts';

const renderer = createChartRenderer();
/** Chats show pictures so wide on a phone. */
const PHONE = 375;
const SMALLEST_ON_A_PHONE = 7;

describe('a picture on a phone', () => {
  it.each(Object.entries({ ...GALLERY, ...ANSWERS }))(
    'keeps every text of %s legible, apart and whole',
    async (_, chart) => {
      let png: Uint8Array = new Uint8Array();
      const texts = await printedTexts(async () => {
        png = await renderer.png(chart);
      });
      const { width, height } = await loadImage(Buffer.from(png));
      expect(texts.length).toBeGreaterThan(0);
      for (const text of texts) {
        expect((text.size * PHONE) / width, text.text).toBeGreaterThanOrEqual(SMALLEST_ON_A_PHONE);
        expect(
          text.left >= 0 && text.right <= width && text.top >= 0 && text.bottom <= height,
          `cut: ${text.text}`,
        ).toBe(true);
      }
      expect(overlapping(texts)).toEqual([]);
      // Nothing is told apart by colour among more series than can be.
      const folded = foldSeries(chart);
      if ('series' in folded) expect(folded.series.length).toBeLessThanOrEqual(6);
    },
  );
});

/** Pairs of texts whose glyphs run into each other by more than a pixel. */
function overlapping(printed: readonly PrintedText[]): string[] {
  const texts = printed.filter(({ isSlanted }) => !isSlanted);
  return texts.flatMap((a, index) =>
    texts
      .slice(index + 1)
      .filter((b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
      .map((b) => `${a.text} / ${b.text}`),
  );
}
