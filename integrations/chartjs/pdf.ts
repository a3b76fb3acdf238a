import { setImmediate } from 'node:timers/promises';
import {
  type Canvas,
  type CanvasRenderingContext2D,
  createCanvas,
  type Image,
  loadImage,
  PDFDocument,
  type SKRSContext2D,
} from '@napi-rs/canvas';
import type { ChartSpec } from '../../src/charts/chart-spec.ts';
import { GRID, INK, MUTED_INK, PALETTE } from '../../src/charts/theme.ts';
import { say } from '../../src/lib/text.ts';
import type { ChartRenderer } from '../../src/ports/chart-renderer.ts';
import type { DocumentRenderer } from '../../src/ports/document-renderer.ts';
import type { ReportDocument } from '../../src/report/document.ts';
import { oneLine } from '../../src/report/one-line.ts';
import type { ReportPart } from '../../src/report/report.ts';
import { CHART_WIDTH } from './chart-renderer.ts';
import { registerFonts } from './fonts.ts';
import { type Block, CONTENT_WIDTH, PAGE, type Placed, paginate } from './pdf-flow.ts';
import { tableBlocks } from './pdf-table.ts';
import { printLine, type TextStyle, textBlocks } from './pdf-text.ts';
import { PADDING } from './sizes.ts';
import { textWidth, truncate } from './wrap-text.ts';

const TITLE: TextStyle = { size: 25, weight: 600, colour: INK, space: 0, isHeading: true };
const SUBTITLE: TextStyle = { size: 12, weight: 400, colour: MUTED_INK, space: 4, isHeading: true };
const SECTION: TextStyle = { size: 17, weight: 600, colour: PALETTE[0], space: 30, isHeading: true };
const HEADLINE: TextStyle = { size: 12, weight: 600, colour: INK, space: 4, isHeading: true };
const HEADING: TextStyle = { size: 11, weight: 600, colour: INK, space: 14, isHeading: true };
const TEXT: TextStyle = { size: 9.5, weight: 400, colour: INK, space: 8 };
const TRUST: TextStyle = { size: 8, weight: 400, colour: MUTED_INK, space: 12 };

/** A picture higher than this is made smaller. */
const MOST_HEIGHT = 400;
/** A document of more bytes is drawn again, with its pictures smaller. */
const MOST_BYTES = 1_000_000;
/** How wide pictures may be, in pixels, and how good they are of 100; 101 loses nothing. */
const STEPS = [
  { width: 1200, quality: 101 },
  { width: 840, quality: 80 },
  { width: 600, quality: 65 },
] as const;
/** Nearly as small as at the highest level, and done in a third of the time. */
const COMPRESSION = 3;

/**
 * Sections of reports on A4: texts, facts, tables and items as text that can be searched and copied, charts as pictures. It hands the
 * event loop back between parts, pictures and pages.
 */
export function createDocumentRenderer(charts: ChartRenderer): DocumentRenderer {
  return {
    async pdf(document) {
      registerFonts();
      const pictures = await picturesOf(document, charts);
      let bytes: Uint8Array = new Uint8Array();
      for (const { width, quality } of STEPS) {
        const pages = paginate(await blocksOf(document, await smallerOf(pictures, width)));
        bytes = await printed(document, pages, quality);
        if (bytes.length <= MOST_BYTES) break;
      }
      return bytes;
    },
  };
}

async function printed(document: ReportDocument, pages: readonly Placed[][], quality: number): Promise<Uint8Array> {
  const title = oneLine(document.title);
  const pdf = new PDFDocument({
    title,
    creator: 'Kith',
    producer: 'Kith',
    encodingQuality: quality,
    compressionLevel: COMPRESSION,
  });
  for (const [index, placed] of pages.entries()) {
    const ctx = pdf.beginPage(PAGE.width, PAGE.height);
    for (const { block, top } of placed) block.draw(ctx, top, index + 1);
    foot(ctx, document, title, index + 1, pages.length);
    pdf.endPage();
    await setImmediate();
  }
  return pdf.close();
}

function foot(
  ctx: CanvasRenderingContext2D,
  { language }: ReportDocument,
  title: string,
  page: number,
  of: number,
): void {
  const style = { size: 8, weight: 400, colour: MUTED_INK } as const;
  const top = PAGE.bottom + 26;
  ctx.fillStyle = GRID;
  ctx.fillRect(PAGE.left, top - 8, CONTENT_WIDTH, 0.75);
  printLine(ctx, truncate(title, CONTENT_WIDTH - 120, style.size), PAGE.left, top, style);
  const number = say(language, { en: `Page ${page} of ${of}`, zh: `第 ${page} 页，共 ${of} 页` });
  printLine(ctx, number, PAGE.right, top, style, 'right');
}

type Picture = Image | Canvas;

/** Every chart of the document, drawn. */
async function picturesOf(document: ReportDocument, charts: ChartRenderer): Promise<Map<ChartSpec, Picture>> {
  const pictures = new Map<ChartSpec, Picture>();
  for (const { report } of document.sections) {
    for (const part of report.parts) {
      if (part.kind !== 'chart') continue;
      pictures.set(part.chart, await loadImage(Buffer.from(await charts.png(part.chart))));
      await setImmediate();
    }
  }
  return pictures;
}

/** The pictures no wider than that. */
async function smallerOf(
  pictures: ReadonlyMap<ChartSpec, Picture>,
  width: number,
): Promise<ReadonlyMap<ChartSpec, Picture>> {
  const smaller = new Map<ChartSpec, Picture>();
  for (const [chart, picture] of pictures) {
    if (picture.width <= width) {
      smaller.set(chart, picture);
      continue;
    }
    const canvas = createCanvas(width, Math.round((picture.height * width) / picture.width));
    const context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    smaller.set(chart, canvas);
    await setImmediate();
  }
  return smaller;
}

async function blocksOf(document: ReportDocument, pictures: ReadonlyMap<ChartSpec, Picture>): Promise<Block[]> {
  const blocks: Block[] = [...textBlocks(document.title, TITLE), ...textBlocks(document.subtitle, SUBTITLE), rule];
  for (const { heading, report } of document.sections) {
    blocks.push(...textBlocks(heading, SECTION));
    blocks.push(
      ...textBlocks(report.headline, heading.trim() === '' ? { ...HEADLINE, space: SECTION.space } : HEADLINE),
    );
    for (const part of report.parts) {
      const picture = part.kind === 'chart' ? pictures.get(part.chart) : undefined;
      if (picture !== undefined) blocks.push(pictureBlock(picture));
      else if (part.kind !== 'chart') blocks.push(...partBlocks(part));
      await setImmediate();
    }
    blocks.push(...textBlocks(report.trust, TRUST));
  }
  return blocks;
}

const rule: Block = {
  height: 2,
  space: 14,
  draw(ctx, top) {
    ctx.fillStyle = PALETTE[0];
    ctx.fillRect(PAGE.left, top, CONTENT_WIDTH, 2);
  },
};

function partBlocks(part: Exclude<ReportPart, { kind: 'chart' }>): Block[] {
  switch (part.kind) {
    case 'text':
      return textBlocks(part.text, TEXT);
    case 'heading':
      return textBlocks(part.text, HEADING);
    case 'table':
      return [...textBlocks(part.title, HEADING), ...tableBlocks(part)];
    case 'facts':
      return factBlocks(part.facts);
    case 'item': {
      const owner = part.owner === undefined ? '' : ` · ${oneLine(part.owner.name)}`;
      const link = part.link !== undefined && /^https?:\/\//.test(part.link) ? part.link : undefined;
      return [
        ...textBlocks(`${oneLine(part.title)}${owner}`, {
          ...TEXT,
          weight: 600,
          space: 9,
          isHeading: part.text.trim() !== '',
          link,
        }),
        ...textBlocks(part.text, { ...TEXT, space: 1, indent: 10 }),
      ];
    }
  }
}

/** Names in one column, values in another. */
function factBlocks(facts: readonly { label: string; value: string }[]): Block[] {
  const names = facts.map(({ label }) => oneLine(label));
  const widest = Math.min(230, Math.max(0, ...names.map((name) => textWidth(name, TEXT.size))));
  return facts.flatMap(({ value }, index) => {
    const indent = widest + 16;
    const name = truncate(names[index] ?? '', widest + 1, TEXT.size);
    const lines = textBlocks(oneLine(value) === '' ? '–' : oneLine(value), {
      ...TEXT,
      weight: 600,
      indent,
      space: index === 0 ? 10 : 2,
    });
    const [first] = lines;
    if (first === undefined) return [];
    const named: Block = {
      ...first,
      draw(ctx, top, page) {
        printLine(ctx, name, PAGE.left, top, { ...TEXT, colour: MUTED_INK });
        first.draw(ctx, top, page);
      },
    };
    return [named, ...lines.slice(1)];
  });
}

/** A picture whose title begins where the text around it does: its own margin lies beside the text's. */
function pictureBlock(picture: Picture): Block {
  const margin = (PADDING / (CHART_WIDTH - 2 * PADDING)) * CONTENT_WIDTH;
  const scale = Math.min((CONTENT_WIDTH + 2 * margin) / picture.width, MOST_HEIGHT / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  const left = PAGE.left - (PADDING / CHART_WIDTH) * width;
  return {
    height,
    space: 4,
    draw(ctx, top) {
      // The page's context draws images too; its type does not say so.
      (ctx as SKRSContext2D).drawImage(picture, left, top, width, height);
    },
  };
}
