import { randomBytes } from 'node:crypto';
import { isObject } from './checker.ts';
import type { Block } from './stand-in-types.ts';

/** Slack names every block and every element that came without a name. */
export function withIds(blocks: readonly Block[]): readonly Block[] {
  return blocks.map((block) => ({
    ...block,
    block_id: block.block_id ?? shortId(),
    ...(block.type === 'actions' && Array.isArray(block.elements) ? { elements: block.elements.map(named) } : {}),
    ...(block.type === 'input' ? { element: named(block.element) } : {}),
    ...(isObject(block.accessory) && block.accessory.type !== 'image' ? { accessory: named(block.accessory) } : {}),
  }));
}

function named(element: unknown): unknown {
  return isObject(element) ? { action_id: shortId(), ...element } : element;
}

function shortId(): string {
  return randomBytes(4).toString('base64url');
}
