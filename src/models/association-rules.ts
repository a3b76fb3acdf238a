import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { fisherExact } from './fisher-exact.ts';
import { type FrequentItemsets, itemsOf } from './frequent-itemsets.ts';

/** "Baskets with all of `antecedent` tend to hold `consequent`", by item number. */
export interface AssociationRule {
  readonly antecedent: readonly number[];
  readonly consequent: number;
  /** Baskets with all of both sides. */
  readonly count: number;
  readonly antecedentCount: number;
  readonly consequentCount: number;
  /** P(both) */
  readonly support: number;
  /** P(consequent | antecedent) */
  readonly confidence: number;
  /** Confidence ÷ P(consequent): 1 is what chance gives. */
  readonly lift: number;
  /** P(both) − P(antecedent) · P(consequent) */
  readonly leverage: number;
  /** (1 − P(consequent)) ÷ (1 − confidence); null for a rule without exception. */
  readonly conviction: number | null;
  /** Fisher's exact p, adjusted by Benjamini and Hochberg for all rules that were looked for. */
  readonly adjustedP: number;
}

/**
 * The rules with one item on the right (as in R's arules, with at least one on the left) whose confidence and lift reach
 * the minima, in the order of the itemsets. The false-discovery adjustment counts every rule that was looked for: those of
 * sets that turned out too rare as well, since a set is frequent partly by the luck that the test is about.
 *
 * Agrawal, R., Imieliński, T. and Swami, A. (1993). Mining association rules. SIGMOD. Brin et al. (1997) for lift and
 * conviction, Piatetsky-Shapiro (1991) for leverage.
 */
export function associationRules(
  sets: FrequentItemsets,
  options: { minimumConfidence: number; minimumLift: number },
): AssociationRule[] {
  const n = sets.baskets;
  const countOf = itemsetCounts(sets);
  const found: Omit<AssociationRule, 'adjustedP'>[] = [];
  const pValues: number[] = [];
  for (let i = 0; i < sets.count.length; i++) {
    if (sets.length[i]! < 2) continue;
    const items = itemsOf(sets, i);
    const count = sets.count[i]!;
    for (const consequent of items) {
      const antecedent = items.filter((item) => item !== consequent);
      const antecedentCount = countOf(antecedent);
      const consequentCount = countOf([consequent]);
      const confidence = count / antecedentCount;
      // The same number for both directions of a pair, to the last bit.
      const lift = (count * n) / (antecedentCount * consequentCount);
      // A hair of room, so that 0.5 is reached by 1/2 however it was computed.
      if (confidence < options.minimumConfidence - 1e-12 || lift < options.minimumLift - 1e-12) continue;
      found.push({
        antecedent,
        consequent,
        count,
        antecedentCount,
        consequentCount,
        support: count / n,
        confidence,
        lift,
        leverage: count / n - (antecedentCount / n) * (consequentCount / n),
        conviction: count === antecedentCount ? null : (1 - consequentCount / n) / (1 - confidence),
      });
      pValues.push(fisherExact(count, antecedentCount, consequentCount, n));
    }
  }
  const adjusted = benjaminiHochberg(pValues, rulesLookedFor(sets));
  return found.map((rule, i) => ({ ...rule, adjustedP: adjusted[i]! }));
}

/**
 * Without the rules that say nothing beyond a shorter one: a rule is redundant when some of its left side already gives
 * the same right side with as much confidence (Bayardo, Agrawal and Gunopulos 2000: improvement ≤ 0).
 */
export function withoutRedundant(rules: readonly AssociationRule[], sets: FrequentItemsets): AssociationRule[] {
  const countOf = itemsetCounts(sets);
  return rules.filter((rule) => {
    const size = rule.antecedent.length;
    for (let mask = 1; mask < 2 ** size - 1; mask++) {
      const part = rule.antecedent.filter((_, i) => (mask >> i) & 1);
      const confidence = countOf([...part, rule.consequent]) / countOf(part);
      if (confidence >= rule.confidence - 1e-12) return false;
    }
    return true;
  });
}

/**
 * How many rules the search for the itemsets has tried: every two extensions of a set make a candidate that is two items
 * longer, and each of a candidate's items may stand on the right.
 */
function rulesLookedFor(sets: FrequentItemsets): number {
  const extensions = new Int32Array(sets.count.length + 1);
  for (const parent of sets.parent) extensions[parent + 1]! += 1;
  let rules = 0;
  extensions.forEach((count, node) => {
    const length = node === 0 ? 2 : sets.length[node - 1]! + 2;
    rules += ((count * (count - 1)) / 2) * length;
  });
  return rules;
}

/** Looks up in how many baskets a frequent set is; every subset of a frequent set is frequent, so it is there. */
function itemsetCounts(sets: FrequentItemsets): (items: readonly number[]) => number {
  // The tree's paths go from rare to frequent; a path is found by its steps.
  const width = sets.item.reduce((most, item) => Math.max(most, item), 0) + 1;
  const nodes = new Map<number, number>();
  const order = new Int32Array(width);
  for (let i = 0; i < sets.count.length; i++) {
    nodes.set((sets.parent[i]! + 1) * width + sets.item[i]!, i);
    if (sets.parent[i] === -1) order[sets.item[i]!] = i;
  }
  return (items) => {
    let node = -1;
    for (const item of [...items].sort((a, b) => order[a]! - order[b]!)) node = nodes.get((node + 1) * width + item)!;
    return sets.count[node]!;
  };
}
