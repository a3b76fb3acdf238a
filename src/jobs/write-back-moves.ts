import type { AnalysisProperty } from '../analyses/analysis.ts';
import { moveSize } from './write-back-plan.ts';

/** One value's move on one record. */
export interface Move {
  readonly id: string;
  readonly property: string;
  readonly before: string;
  readonly after: string;
}

const LARGEST = 10;

/** Keeps the ten largest of many moves; of equal ones, those that came first. */
export function createMoves(properties: readonly AnalysisProperty[]): { add(move: Move): void; largest(): Move[] } {
  const byName = new Map(properties.map((property) => [property.name, property]));
  const kept: { move: Move; size: number }[] = [];
  return {
    add({ id, property, before, after }) {
      const size = moveSize(byName.get(property), before, after);
      // A first value moves nothing: one a record is enough to show.
      if (size === 0 && kept.some((one) => one.move.id === id)) return;
      if (kept.length === LARGEST && size <= (kept.at(-1)?.size ?? 0)) return;
      const place = kept.findIndex((one) => one.size < size);
      kept.splice(place < 0 ? kept.length : place, 0, { move: { id, property, before, after }, size });
      if (kept.length > LARGEST) kept.pop();
    },
    largest: () => kept.map(({ move }) => move),
  };
}
