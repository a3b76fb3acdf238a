import type { Instant } from '../domain/crm.ts';
import type { PlaybookArm, PlaybookRun } from '../domain/playbooks.ts';
import { differenceOfMeans } from '../models/difference-of-means.ts';
import { differenceOfEstimates, differenceOfShares, type Estimate } from '../models/difference-of-shares.ts';

/** Fewer buyers than these in a group say nothing about a mean of money. */
export const LEAST_BUYERS = 5;

/** One group of a playbook's customers; everybody who was drawn for it counts, whether reached or not. */
export interface ArmOutcome {
  readonly customers: number;
  readonly ordered: number;
  /** Net money of all of them, in the portal's currency. */
  readonly money: number;
}

/** What is known of a playbook's outcome so far. */
export interface PlaybookOutcome {
  readonly run: PlaybookRun;
  /** 'running': not all orders are in yet; 'final'; 'stopped': ended before its time; 'unit': customers are something else now. */
  readonly standing: 'running' | 'final' | 'stopped' | 'unit';
  /** Orders until here were counted. */
  readonly until: Instant;
  readonly treated: ArmOutcome;
  readonly heldOut: ArmOutcome;
  /** Treated less held out, of the share who ordered; null without a hold-out. */
  readonly shares: Estimate | null;
  /** Of the money a customer; null without a hold-out, and with fewer than five buyers in a group. */
  readonly money: Estimate | null;
  /** 'better' and 'worse' only where the interval leaves out 0. */
  readonly verdict: 'better' | 'worse' | 'unproven' | 'no-hold-out';
  /** Customers that were erased since, and those that were merged with one of the other group: neither can be counted. */
  readonly erased: number;
  readonly mixed: number;
}

/** A customer who was drawn, under the id that it has now. */
export interface DrawnCustomer {
  readonly customerId: string;
  readonly arm: PlaybookArm;
}

/**
 * Those who were drawn, each once under today's id: of two that were merged within a group one is left; of two merged across the
 * groups none is, since that customer was both.
 */
export function uniteMerged(drawn: readonly DrawnCustomer[]): { customers: DrawnCustomer[]; mixed: number } {
  const arms = new Map<string, PlaybookArm | 'both'>();
  for (const { customerId, arm } of drawn) {
    const known = arms.get(customerId);
    arms.set(customerId, known === undefined || known === arm ? arm : 'both');
  }
  const customers = [...arms].flatMap(([customerId, arm]) => (arm === 'both' ? [] : [{ customerId, arm }]));
  return { customers, mixed: arms.size - customers.length };
}

/** What came of a playbook: of everybody as drawn, how many ordered and for how much, and how the groups differ. */
export function outcomeOf(
  run: PlaybookRun,
  facts: Pick<PlaybookOutcome, 'standing' | 'until' | 'erased'>,
  drawn: readonly DrawnCustomer[],
  orders: ReadonlyMap<string, { readonly days: number; readonly money: number }>,
): PlaybookOutcome {
  const { customers, mixed } = uniteMerged(drawn);
  const moneyOf = (arm: PlaybookArm): Float64Array =>
    Float64Array.from(
      customers.filter((one) => one.arm === arm),
      ({ customerId }) => orders.get(customerId)?.money ?? 0,
    );
  const arm = (name: PlaybookArm, money: Float64Array): ArmOutcome => ({
    customers: money.length,
    ordered: customers.filter((one) => one.arm === name && (orders.get(one.customerId)?.days ?? 0) > 0).length,
    money: money.reduce((sum, x) => sum + x, 0),
  });
  const [moneyTreated, moneyHeldOut] = [moneyOf('treated'), moneyOf('held-out')];
  const treated = arm('treated', moneyTreated);
  const heldOut = arm('held-out', moneyHeldOut);
  const canCompare = treated.customers > 0 && heldOut.customers > 0;
  const shares = canCompare
    ? differenceOfShares(
        { some: treated.ordered, all: treated.customers },
        { some: heldOut.ordered, all: heldOut.customers },
      )
    : null;
  const hasBuyers = treated.ordered >= LEAST_BUYERS && heldOut.ordered >= LEAST_BUYERS;
  return {
    run,
    ...facts,
    treated,
    heldOut,
    shares,
    money: canCompare && hasBuyers ? differenceOfMeans(moneyTreated, moneyHeldOut) : null,
    verdict: shares === null ? 'no-hold-out' : verdictOf(shares),
    mixed,
  };
}

function verdictOf({ low, high }: Estimate): 'better' | 'worse' | 'unproven' {
  if (low > 0) return 'better';
  return high < 0 ? 'worse' : 'unproven';
}

export interface PlaybookComparison {
  readonly best: PlaybookOutcome;
  readonly next: PlaybookOutcome;
  /** How much more the better one raised the share who ordered. */
  readonly lead: Estimate;
}

/** The two best of a target's finished playbooks with a hold-out, by how much they raised the share who ordered. */
export function comparePlaybooks(outcomes: readonly PlaybookOutcome[]): PlaybookComparison | null {
  const finished = outcomes
    .filter(({ standing, shares }) => standing === 'final' && shares !== null)
    .toSorted((a, b) => b.shares!.value - a.shares!.value);
  const [best, next] = finished;
  if (best === undefined || next === undefined) return null;
  return { best, next, lead: differenceOfEstimates(best.shares!, next.shares!) };
}
