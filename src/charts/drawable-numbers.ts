/** Beyond these an axis finds no ticks: no amount or count of a business comes near either. */
const LARGEST = 1e15;
const SMALLEST = 1e-12;

/** The same chart with what is too large to be drawn left out (NaN, which is drawn as a gap), and what is next to nothing as 0. */
export function withDrawableNumbers<T>(value: T): T {
  return tame(value) as T;
}

function tame(value: unknown): unknown {
  if (typeof value === 'number') {
    if (Math.abs(value) > LARGEST) return Number.NaN;
    return Math.abs(value) < SMALLEST ? 0 : value;
  }
  if (Array.isArray(value)) return value.map(tame);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, own]) => [name, tame(own)]));
}
