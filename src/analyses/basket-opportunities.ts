import type { BoughtProduct, PurchaseBaskets } from '../features/baskets.ts';
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
  const usable = input.rules.filter((rule) => rule.confidence >= LEAST_SHARE - 1e-12);
  const suggestions = usable.map((rule) => suggestionOf(rule, products));
  const places = placesOf(suggestions);
  const beginnings = rulesByBeginning(usable);
  const texts: string[] = [];
  const textOf = (k: number): string => (texts[k] ??= JSON.stringify(suggestions[k]));
  const told = new Int32Array(customers * MOST_SUGGESTIONS).fill(-1);
  const toldTo = (c: number): Int32Array => told.subarray(c * MOST_SUGGESTIONS, (c + 1) * MOST_SUGGESTIONS);
  const scores = {
    value: new Float64Array(customers).fill(Number.NaN),
    label: new Array<string>(customers).fill(''),
    band: new Array<string>(customers).fill(''),
    evidence: new Uint8Array(customers),
    details: (c: number): string =>
      `{"suggestions":[${Array.from(
        toldTo(c).filter((k) => k !== -1),
        textOf,
      ).join()}]}`,
  };
  const consequents = Int32Array.from(usable, ({ consequent }) => consequent);
  const surest = surestFirst(usable);
  const ownedBy = new Int32Array(products.length).fill(-1);
  // For the customer at hand: each product that is suggested, and the rule that suggests it with most confidence.
  const suggestedTo = new Int32Array(products.length).fill(-1);
  const by = new Int32Array(products.length);
  const suggested: number[] = [];
  /** What follows from a beginning that the customer has bought, and from each longer one with the items of `from` to before `to`. */
  const suggest = (customer: number, { rules, next }: Beginning, from: number, to: number): void => {
    for (let r = 0; r < rules.length; r++) {
      const k = rules[r]!;
      const consequent = consequents[k]!;
      if (ownedBy[consequent] === customer) continue;
      if (suggestedTo[consequent] !== customer) {
        suggestedTo[consequent] = customer;
        suggested.push(consequent);
        by[consequent] = k;
      } else if (surest[k]! < surest[by[consequent]!]!) by[consequent] = k;
    }
    if (next.size === 0) return;
    for (let i = from; i < to; i++) {
      const longer = next.get(items[i]!);
      if (longer !== undefined) suggest(customer, longer, i + 1, to);
    }
  };
  for (let c = 0; c < customers; c++) {
    if (!isActive(c)) continue;
    const [from, to] = [offsets[c]!, offsets[c + 1]!];
    for (let i = from; i < to; i++) ownedBy[items[i]!] = c;
    suggested.length = 0;
    suggest(c, beginnings, from, to);
    if (suggested.length === 0) continue;
    const best = suggested
      .map((consequent) => by[consequent]!)
      .sort((a, b) => places[a]! - places[b]!)
      .slice(0, MOST_SUGGESTIONS);
    const first = suggestions[best[0]!]!;
    scores.value[c] = first.expected ?? Number.NaN;
    scores.label[c] = first.product;
    scores.band[c] = 'open';
    toldTo(c).set(best);
  }
  return scores;
}

/** Products that a customer has bought, ascending, as a prefix tree: the rules with just these on the left, and longer beginnings. */
interface Beginning {
  readonly rules: number[];
  readonly next: Map<number, Beginning>;
}

/** Where each rule stands among all by its confidence; of equals the one that comes first, which holds for more customers. */
function surestFirst(rules: readonly AssociationRule[]): Int32Array {
  return ranksOf([...rules.keys()].sort((i, j) => rules[j]!.confidence - rules[i]!.confidence || i - j));
}

function rulesByBeginning(rules: readonly AssociationRule[]): Beginning {
  const root: Beginning = { rules: [], next: new Map() };
  for (const [k, { antecedent }] of rules.entries()) {
    let node = root;
    for (const item of antecedent.toSorted((a, b) => a - b)) {
      const longer = node.next.get(item) ?? { rules: [], next: new Map() };
      node.next.set(item, longer);
      node = longer;
    }
    node.rules.push(k);
  }
  return root;
}

/** Where each suggestion stands among all: by the money that is expected of it, then by share, then by name. */
function placesOf(suggestions: readonly Suggestion[]): Int32Array {
  const shareOf = ({ bought, similar }: Suggestion): number => bought / similar;
  const order = [...suggestions.keys()].sort((i, j) => {
    const [a, b] = [suggestions[i]!, suggestions[j]!];
    const byName = a.product < b.product ? -1 : a.product > b.product ? 1 : 0;
    return (b.expected ?? 0) - (a.expected ?? 0) || shareOf(b) - shareOf(a) || byName || i - j;
  });
  return ranksOf(order);
}

function ranksOf(order: readonly number[]): Int32Array {
  const ranks = new Int32Array(order.length);
  for (const [rank, k] of order.entries()) ranks[k] = rank;
  return ranks;
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
