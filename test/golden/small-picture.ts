import { type Canvas, createCanvas, loadImage } from '@napi-rs/canvas';
import type { ChartSpec } from '../../src/charts/chart-spec.ts';
import type { ChartRenderer } from '../../src/ports/chart-renderer.ts';
import { GALLERY } from '../integrations/chartjs/gallery.ts';
import { ANSWERS } from '../integrations/chartjs/gallery-of-answers.ts';
import { encodeSmallPng } from './encode-small-png.ts';

/** What is held against a kept picture, by name. */
export const KEPT: Readonly<Record<string, ChartSpec>> = { ...GALLERY, ...ANSWERS };

/** Less than half of the drawn width: small enough to keep, large enough to see what moved. */
const WIDTH = 480;
/** Of 255: an edge of a glyph or a bar may be rounded otherwise on another machine. */
const TOLERANCE = 64;

type Pixels = { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray };

function pixelsOf(canvas: Canvas): Pixels {
  const { width, height } = canvas;
  return { width, height, data: canvas.getContext('2d').getImageData(0, 0, width, height).data };
}

async function canvasOf(png: Uint8Array, width: number | null): Promise<Canvas> {
  const image = await loadImage(Buffer.from(png));
  const scale = width === null ? 1 : width / image.width;
  const canvas = createCanvas(Math.round(image.width * scale), Math.round(image.height * scale));
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

export async function smallPicture(renderer: ChartRenderer, chart: ChartSpec, across = WIDTH): Promise<Uint8Array> {
  const { width, height, data } = pixelsOf(await canvasOf(await renderer.png(chart), across));
  return encodeSmallPng(width, height, data);
}

/** The share of pixels that differ clearly between two pictures; 1 where their sizes do. */
export async function difference(a: Uint8Array, b: Uint8Array): Promise<number> {
  const [one, other] = [pixelsOf(await canvasOf(a, null)), pixelsOf(await canvasOf(b, null))];
  if (one.width !== other.width || one.height !== other.height) return 1;
  let differing = 0;
  for (let at = 0; at < one.data.length; at += 4) {
    for (let channel = at; channel < at + 3; channel++) {
      if (Math.abs((one.data[channel] ?? 0) - (other.data[channel] ?? 0)) <= TOLERANCE) continue;
      differing += 1;
      break;
    }
  }
  return differing / (one.width * one.height);
}
