import { createCanvas } from '@napi-rs/canvas';

/** A text as it was drawn: its size in pixels, and the box around its glyphs. */
export interface PrintedText {
  readonly text: string;
  readonly size: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Neither level nor upright: the box says little about where its glyphs are. */
  readonly isSlanted: boolean;
}

type Context = ReturnType<ReturnType<typeof createCanvas>['getContext']>;

/** Every text that is drawn on any canvas while `draw` runs; it runs twice, since loading a chart library sets a canvas up anew. */
export async function printedTexts(draw: () => Promise<unknown>): Promise<PrintedText[]> {
  await draw();
  const printed = new Map<string, PrintedText>();
  const context = createCanvas(8, 8).getContext('2d');
  const prototype = Object.getPrototypeOf(context) as Context;
  const original = prototype.fillText;
  prototype.fillText = function (this: Context, text: string, x: number, y: number, most?: number): void {
    const found = boxOf(this, text, x, y);
    // Chart.js may draw the same text at the same place twice.
    if (text.trim() !== '') printed.set(JSON.stringify(found), found);
    if (most === undefined) original.call(this, text, x, y);
    else original.call(this, text, x, y, most);
  };
  try {
    await draw();
  } finally {
    prototype.fillText = original;
  }
  return [...printed.values()];
}

function boxOf(context: Context, text: string, x: number, y: number): PrintedText {
  const size = Number(/(\d+(?:\.\d+)?)px/.exec(context.font)?.[1] ?? 0);
  const measured = context.measureText(text);
  const [left, right] = [x - measured.actualBoundingBoxLeft, x + measured.actualBoundingBoxRight];
  const [top, bottom] = [y - measured.actualBoundingBoxAscent, y + measured.actualBoundingBoxDescent];
  const { a, b, c, d, e, f } = context.getTransform();
  const corners = [
    [left, top],
    [right, top],
    [left, bottom],
    [right, bottom],
  ].map(([px = 0, py = 0]) => ({ x: a * px + c * py + e, y: b * px + d * py + f }));
  return {
    text,
    size: size * Math.hypot(a, b),
    isSlanted: Math.min(Math.abs(a), Math.abs(b)) > 1e-6,
    left: Math.min(...corners.map((corner) => corner.x)),
    right: Math.max(...corners.map((corner) => corner.x)),
    top: Math.min(...corners.map((corner) => corner.y)),
    bottom: Math.max(...corners.map((corner) => corner.y)),
  };
}
