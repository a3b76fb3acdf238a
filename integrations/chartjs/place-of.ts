import type { Element } from 'chart.js';

/** Where an element stands when nothing moves any more; null while Chart.js has not placed it (a gap in a series). */
export function placeOf(element: Element | undefined): { x: number; y: number } | null {
  if (element === undefined) return null;
  const { x, y } = element.getProps(['x', 'y'], true) as { x: number | null; y: number | null };
  return x === null || y === null || Number.isNaN(x) || Number.isNaN(y) ? null : { x, y };
}
