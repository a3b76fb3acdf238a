import type { BoughtProduct, PurchaseBaskets } from '../features/baskets.ts';
import { groupBy } from '../lib/group-by.ts';
import type { AssociationRule } from '../models/association-rules.ts';
import type { Drafted } from './analysis.ts';
import type { Suggestion } from './basket-summary.ts';

/** Fewer than this share of those like a customer, and it is no suggestion. */
const LEAST_SHARE = 0.25;
const MOST_SUGGESTIONS = 3;

/**
 * For every customer the products that go together with what it has bought and that it has not: "12 of 18 customers who
 * bought A have also bought X". The value is the best suggestion's share × usual amount. `isActive` says who is still worth
 * offering something to.
 */
export function opportunities(input: {
  readonly baskets: PurchaseBaskets;
  readonly isActive: (customer: number) => boolean;
  readonly products: readonly BoughtProduct[];
  readonly rules: readonly AssociationRule[];
}): NonNullable<Drafted<unknown>['scores']> {
  const { baskets, isActive, products } = input;
  const { offsets, items } = baskets;
  const customers = offsets.length - 1;
  // Grouped by the first product on the left, which a customer must have bought to be told of them.
  const usable = input.rules.filter((rule) => rule.confidence >= LEAST_SHARE - 1e-12);
  const grouped = groupBy(usable, (rule) => rule.antecedent[0]!);
  const groups = new Map([...grouped].map(([first, rules]) => [first, groupOf(rules)]));
  const ownedBy = new Int32Array(products.length).fill(-1);
  const place = new Map(usable.map((rule, k) => [rule, k]));
  const told = new Int32Array(customers * MOST_SUGGESTIONS).fill(-1);
  const scores = {
    value: new Float64Array(customers).fill(Number.NaN),
    label: new Array<string>(customers).fill(''),
    band: new Array<string>(customers).fill(''),
    evidence: new Uint8Array(customers),
    details: (c: number): string => {
      const of = [...told.subarray(c * MOST_SUGGESTIONS, (c + 1) * MOST_SUGGESTIONS)].filter((k) => k !== -1);
      return JSON.stringify({ suggestions: of.map((k) => suggestionOf(usable[k]!, products)) });
    },
  };
  for (let c = 0; c < customers; c++) {
    if (!isActive(c)) continue;
    const owned = items.subarray(offsets[c]!, offsets[c + 1]!);
    for (const item of owned) ownedBy[item] = c;
    const best = new Map<number, AssociationRule>();
    for (const item of owned) {
      const group = groups.get(item);
      if (group === undefined) continue;
      const { rules, consequents, others, otherOffsets } = group;
      for (let r = 0; r < rules.length; r++) {
        const consequent = consequents[r]!;
        if (ownedBy[consequent] === c) continue;
        let at = otherOffsets[r]!;
        const end = otherOffsets[r + 1]!;
        while (at < end && ownedBy[others[at]!] === c) at++;
        if (at < end) continue;
        const known = best.get(consequent);
        if (known === undefined || rules[r]!.confidence > known.confidence) best.set(consequent, rules[r]!);
      }
    }
    if (best.size === 0) continue;
    const suggestions = [...best.values()]
      .map((rule) => ({ rule, ...suggestionOf(rule, products) }))
      .sort(
        (a, b) =>
          (b.expected ?? 0) - (a.expected ?? 0) ||
          b.bought / b.similar - a.bought / a.similar ||
          (a.product < b.product ? -1 : 1),
      )
      .slice(0, MOST_SUGGESTIONS);
    scores.value[c] = suggestions[0]!.expected ?? Number.NaN;
    scores.label[c] = suggestions[0]!.product;
    scores.band[c] = 'open';
    suggestions.forEach(({ rule }, k) => {
      told[c * MOST_SUGGESTIONS + k] = place.get(rule)!;
    });
  }
  return scores;
}

/** Rules that begin with one product, their other products in one block: every customer walks through many of them. */
function groupOf(rules: readonly AssociationRule[]) {
  const otherOffsets = new Int32Array(rules.length + 1);
  for (const [r, { antecedent }] of rules.entries()) otherOffsets[r + 1] = otherOffsets[r]! + antecedent.length - 1;
  return {
    rules,
    consequents: Int32Array.from(rules, ({ consequent }) => consequent),
    others: Int32Array.from(rules.flatMap(({ antecedent }) => antecedent.slice(1))),
    otherOffsets,
  };
}

function suggestionOf(rule: AssociationRule, products: readonly BoughtProduct[]): Suggestion {
  const product = products[rule.consequent]!;
  const { usualAmount } = product;
  return {
    productId: product.id,
    product: product.name,
    with: rule.antecedent.map((item) => products[item]!.name),
    similar: rule.antecedentCount,
    bought: rule.count,
    usualAmount,
    expected: usualAmount === null ? null : rule.confidence * usualAmount,
  };
}
