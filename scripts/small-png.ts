import { crc32, deflateSync } from 'node:zlib';
import { createCanvas, loadImage } from '@napi-rs/canvas';

const MOST_COLOURS = 256;
const MOST_FREQUENT = 144;
/** Of so many candidates, the rest is chosen: counted by how often they occur and how far they are from what is there. */
const CANDIDATES = 4000;

/**
 * A picture of a screen as a PNG of at most 256 colours, about a third as large: the colours that occur most stay as they are,
 * then those that are farthest from them, and every other one becomes the nearest. `width`, when given, is what it is scaled
 * down to.
 */
export async function smallPng(png: Buffer, width?: number): Promise<Buffer> {
  const image = await loadImage(png);
  const scale = width === undefined ? 1 : Math.min(1, width / image.width);
  const [w, h] = [Math.round(image.width * scale), Math.round(image.height * scale)];
  const context = createCanvas(w, h).getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, w, h);
  const { data } = context.getImageData(0, 0, w, h);
  const counts = new Map<number, number>();
  for (let i = 0; i < data.length; i += 4) {
    const colour = colourAt(data, i);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = paletteOf(counts);
  const indices = new Map(palette.map((colour, index) => [colour, index]));
  const rows = Buffer.alloc((w + 1) * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const colour = colourAt(data, (y * w + x) * 4);
      let index = indices.get(colour);
      if (index === undefined) {
        index = nearest(palette, colour);
        indices.set(colour, index);
      }
      rows[y * (w + 1) + 1 + x] = index;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(w, 0);
  header.writeUInt32BE(h, 4);
  // Eight bits a pixel, each an index of the palette.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap(channels))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function paletteOf(counts: ReadonlyMap<number, number>): number[] {
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  const palette = sorted.slice(0, MOST_FREQUENT).map(([colour]) => colour);
  const rest = sorted
    .slice(MOST_FREQUENT, MOST_FREQUENT + CANDIDATES)
    .map(([colour, count]) => ({ colour, count, far: distance(colour, palette[nearest(palette, colour)]!) }));
  while (palette.length < MOST_COLOURS && rest.length > 0) {
    const next = rest.reduce((best, entry) => (entry.far * entry.count > best.far * best.count ? entry : best));
    if (next.far === 0) break;
    palette.push(next.colour);
    for (const entry of rest) entry.far = Math.min(entry.far, distance(entry.colour, next.colour));
  }
  return palette;
}

/** How different two colours look, squared. */
function distance(a: number, b: number): number {
  const [r, g, blue] = channels(a);
  const [pr, pg, pb] = channels(b);
  return 2 * (r - pr) ** 2 + 4 * (g - pg) ** 2 + 3 * (blue - pb) ** 2;
}

function colourAt(data: Uint8ClampedArray, at: number): number {
  return (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
}

function channels(colour: number): [number, number, number] {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

function nearest(palette: readonly number[], colour: number): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  palette.forEach((candidate, index) => {
    const far = distance(colour, candidate);
    if (far < least) [best, least] = [index, far];
  });
  return best;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
