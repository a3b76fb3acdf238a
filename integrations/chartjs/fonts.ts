import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { GlobalFonts } from '@napi-rs/canvas';

/** Latin, Greek and Cyrillic from Inter; Chinese and Japanese from Noto Sans SC, which comes as a hundred files. */
export const FONT_FAMILY = 'Inter, "Noto Sans SC", sans-serif';

const INTER_WEIGHTS = ['400', '600'];

let registered = false;

/** Registers the bundled fonts once a process (0.2 s), so that no text depends on the fonts of the machine. */
export function registerFonts(): void {
  if (registered) return;
  registered = true;
  const require = createRequire(import.meta.url);
  const inter = dirname(require.resolve('@fontsource/inter/files/inter-latin-400-normal.woff2'));
  for (const file of readdirSync(inter)) {
    if (INTER_WEIGHTS.some((weight) => file.endsWith(`-${weight}-normal.woff2`))) {
      GlobalFonts.registerFromPath(`${inter}/${file}`, 'Inter');
    }
  }
  const noto = dirname(require.resolve('@fontsource/noto-sans-sc/files/noto-sans-sc-latin-400-normal.woff2'));
  for (const file of readdirSync(noto)) {
    if (file.endsWith('-400-normal.woff2')) GlobalFonts.registerFromPath(`${noto}/${file}`, 'Noto Sans SC');
  }
  // Without it, semi-bold Chinese is made up from the regular one: it blurs, and takes seven times as much of a PDF.
  GlobalFonts.registerFromPath(`${noto}/noto-sans-sc-chinese-simplified-600-normal.woff2`, 'Noto Sans SC');
}
