/**
 * The Damerau–Levenshtein distance in its optimal string alignment form: the fewest insertions, deletions, substitutions
 * and swaps of neighbours that turn one text into the other, no part being edited twice. Counted in code points, so that a
 * Chinese character is one. Damerau, F. J. (1964). CACM 7(3).
 */
export function editDistance(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  let twoAbove: number[] = [];
  let above = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const substitution = left[i - 1] === right[j - 1] ? 0 : 1;
      let best = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + substitution);
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        best = Math.min(best, twoAbove[j - 2]! + 1);
      }
      row.push(best);
    }
    twoAbove = above;
    above = row;
  }
  return above[right.length]!;
}

/**
 * What somebody who typed `text` may have meant: the choices within a third of their length in edits, or that begin with
 * it, nearest first (ties in the choices' order). Case does not count.
 */
export function nearest(text: string, choices: readonly string[], limit = 3): string[] {
  const typed = text.toLowerCase();
  if (typed === '') return [];
  const ranked: { choice: string; distance: number }[] = [];
  for (const choice of new Set(choices)) {
    const known = choice.toLowerCase();
    const distance = known.startsWith(typed) ? 0 : editDistance(typed, known);
    if (distance <= Math.max(1, Math.floor(Math.max(typed.length, known.length) / 3)))
      ranked.push({ choice, distance });
  }
  return ranked
    .sort((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map((entry) => entry.choice);
}
