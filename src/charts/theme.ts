/**
 * The colours of every chart, after Okabe & Ito (2008), "Color Universal Design": distinguishable with every common colour
 * vision deficiency, ordered so that neighbours also differ in lightness. Its yellow is left out: it vanishes on white.
 */
export const PALETTE = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00'] as const;

export const INK = '#1d232b';
export const MUTED_INK = '#5b6570';
export const GRID = '#e3e7eb';
export const PAPER = '#ffffff';

/** At most so many series or slices are drawn; more cannot be told apart. */
export const MAX_SERIES = 6;

/** Horizontal bars have a name beside each: more than so many do not fit a picture that a phone shows. */
export const MAX_ROWS = 15;

/** Cells of a grid print their values: more than so many beside one another are too narrow for that. */
export const MAX_COLUMNS = 12;

/** Arrows carry their values: more than so many cannot be followed. */
export const MAX_ARROWS = 10;

/** Rows with a name and a line below it. */
export const MAX_PROGRESS = 10;

/** Steps of a waterfall, each a row. */
export const MAX_STEPS = 8;

export function seriesColour(index: number): string {
  return PALETTE[index % PALETTE.length] ?? PALETTE[0];
}
