import { crc32, deflateSync } from 'node:zlib';

/** Colours that a kept picture has: its own most frequent ones. */
const COLOURS = 64;
/** Colours are first rounded to so many bits a channel. */
const BITS = 5;

/** A PNG with a palette (PNG specification 3, colour type 3): a fifth of what all colours would take. `rgba`: 4 bytes a pixel. */
export function encodeSmallPng(width: number, height: number, rgba: Uint8ClampedArray): Uint8Array {
  const keys = new Int32Array(width * height);
  const counts = new Map<number, number>();
  for (let pixel = 0; pixel < keys.length; pixel++) {
    let key = 0;
    for (let channel = 0; channel < 3; channel++) {
      key = (key << BITS) | ((rgba[4 * pixel + channel] ?? 0) >> (8 - BITS));
    }
    keys[pixel] = key;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const palette = [...counts]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, COLOURS)
    .map(([key]) => channelsOf(key));
  const nearest = new Map<number, number>();
  const rows = Buffer.alloc(height * (width + 1));
  for (let pixel = 0; pixel < keys.length; pixel++) {
    const key = keys[pixel] ?? 0;
    let index = nearest.get(key);
    if (index === undefined) {
      index = nearestOf(channelsOf(key), palette);
      nearest.set(key, index);
    }
    rows[Math.floor(pixel / width) * (width + 1) + 1 + (pixel % width)] = index;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function channelsOf(key: number): [number, number, number] {
  const most = (1 << BITS) - 1;
  const channel = (shift: number): number => Math.round((((key >> shift) & most) / most) * 255);
  return [channel(2 * BITS), channel(BITS), channel(0)];
}

function nearestOf(colour: readonly number[], palette: readonly (readonly number[])[]): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, other] of palette.entries()) {
    const distance = colour.reduce((sum, value, channel) => sum + (value - (other[channel] ?? 0)) ** 2, 0);
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
