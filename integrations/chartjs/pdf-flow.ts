import type { CanvasRenderingContext2D } from '@napi-rs/canvas';

/** A4 in points, and the room around what is printed on it. */
export const PAGE = { width: 595, height: 842, left: 50, right: 545, top: 64, bottom: 778 } as const;
export const CONTENT_WIDTH = PAGE.right - PAGE.left;

/** Something that is never cut at the end of a page. */
export interface Block {
  readonly height: number;
  /** Room before it, left out at the top of a page. */
  readonly space: number;
  /** Stays on one page with the block after it. */
  readonly keepsNext?: boolean;
  /** Printed once more where this block begins a page: a table's head. */
  readonly head?: Block;
  /** `page` is counted from 1. */
  draw(ctx: CanvasRenderingContext2D, top: number, page: number): void;
}

export interface Placed {
  readonly block: Block;
  readonly top: number;
}

/** Blocks on pages, in order: what belongs together moves to the next page together, unless a page could not hold it at all. */
export function paginate(blocks: readonly Block[]): Placed[][] {
  const pages: Placed[][] = [[]];
  let at: number = PAGE.top;
  const turn = (): void => {
    pages.push([]);
    at = PAGE.top;
  };
  for (let index = 0; index < blocks.length; index++) {
    const block = blocks[index];
    const page = pages.at(-1);
    if (block === undefined || page === undefined) break;
    const isFirst = page.length === 0;
    const isFollower = blocks[index - 1]?.keepsNext === true;
    if (!isFirst && !isFollower && at + block.space + together(blocks, index) > PAGE.bottom) turn();
    else if (!isFirst && at + block.space + block.height > PAGE.bottom) turn();
    const own = pages.at(-1);
    if (own === undefined) break;
    if (own.length > 0) at += block.space;
    else if (block.head !== undefined) {
      own.push({ block: block.head, top: at });
      at += block.head.height;
    }
    own.push({ block, top: at });
    at += block.height;
  }
  return pages;
}

/** The height of a block and of those that have to stay with it. */
function together(blocks: readonly Block[], from: number): number {
  let height = blocks[from]?.height ?? 0;
  for (let index = from; blocks[index]?.keepsNext === true && index + 1 < blocks.length; index++) {
    const next = blocks[index + 1];
    height += (next?.space ?? 0) + (next?.height ?? 0);
  }
  return height <= PAGE.bottom - PAGE.top ? height : (blocks[from]?.height ?? 0);
}
