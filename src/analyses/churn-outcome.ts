import { z } from 'zod';
import {
  BUSINESS_MODES,
  type BusinessMode,
  businessModeOf,
  type ModeFacts,
  readModeFacts,
} from '../features/business-mode.ts';
import { churnedLabels, hasChurned, readChurnDates } from '../features/churn-dates.ts';
import { noOrderLabels } from '../features/churn-features.ts';
import type { DerivedPrefix } from '../features/derived-table.ts';
import { eligibleCustomers, type Rhythm, standingOf } from '../features/expected-gap.ts';
import type { PurchaseHistory } from '../features/purchase-history.ts';
import {
  coveredUntil,
  dueCustomers,
  notRenewedLabels,
  readTerms,
  renewalsBetween,
  type TermHistory,
} from '../features/renewals.ts';
import type { PortalStore } from '../store/portal-store.ts';
import type { AnalysisSettings, ReadContext } from './analysis.ts';

const terms = { endProperty: z.string().nullable(), termMonths: z.number().nullable() };

/** What counts as leaving, by the kind of business or as the portal says; a run keeps it with its summary. */
export const outcomeChoiceSchema = z.discriminatedUnion('kind', [
  /** No purchase in the horizon; in a mixed business those under contract are not asked about. */
  z.strictObject({ kind: z.literal('no-order'), contracts: z.strictObject(terms).nullable() }),
  /** No renewal by the end of the contract and the days of grace after it. */
  z.strictObject({ kind: z.literal('no-renewal'), contracts: z.strictObject(terms), graceDays: z.number() }),
  /** The date in a property of the CRM's records. */
  z.strictObject({ kind: z.literal('churn-date'), object: z.enum(['companies', 'contacts']), property: z.string() }),
  /** Projects: nobody is expected to come back, so nobody leaves. */
  z.strictObject({ kind: z.literal('none') }),
]);
export type OutcomeChoice = z.infer<typeof outcomeChoiceSchema>;

/** The same with the dates that it is read off. */
export type Outcome =
  | { readonly kind: 'no-order'; readonly terms: TermHistory | null }
  | { readonly kind: 'no-renewal'; readonly terms: TermHistory; readonly graceDays: number }
  | { readonly kind: 'churn-date'; readonly churnDays: Float64Array }
  | { readonly kind: 'none' };

export interface OutcomeEvents {
  readonly history: PurchaseHistory;
  readonly horizonDays: number;
  readonly outcome: Outcome;
}

export const businessSchema = z.strictObject({
  mode: z.enum(BUSINESS_MODES),
  /** People said so; else it was read off the facts. */
  is_set: z.boolean(),
  buyers: z.number(),
  repeat_buyers: z.number(),
  won_deals: z.number(),
  recurring_deals: z.number(),
  /** A business of contracts in which no end of one is known: orders are looked at instead of renewals. */
  lacks_ends: z.boolean(),
});
export type Business = z.infer<typeof businessSchema>;

/** A portal's own dated property says best who left; else the kind of business does. */
export async function chooseOutcome({
  portal,
  portfolio,
  settings,
}: Pick<ReadContext, 'portal' | 'portfolio' | 'settings'>): Promise<{ choice: OutcomeChoice; business: Business }> {
  const facts = await readModeFacts(portal, portfolio, settings.contracts.endProperty);
  const isSet = settings.businessMode !== 'auto';
  const mode = settings.businessMode === 'auto' ? businessModeOf(facts) : settings.businessMode;
  const choice = choiceOf(mode, settings);
  if (choice.kind !== 'no-renewal') return { choice, business: businessOf(mode, isSet, facts, false) };
  // Without the end of any contract there is no renewal to wait for; orders are what is left to look at.
  const { endDay } = await readTerms(portal, portfolio, choice.contracts);
  const lacksEnds = endDay.length === 0;
  return {
    choice: lacksEnds ? { kind: 'no-order', contracts: null } : choice,
    business: businessOf(mode, isSet, facts, lacksEnds),
  };
}

function choiceOf(mode: BusinessMode, { churnProperty, contracts }: AnalysisSettings): OutcomeChoice {
  const { endProperty, termMonths, graceDays } = contracts;
  if (churnProperty !== null) return { kind: 'churn-date', ...churnProperty };
  if (mode === 'contract') return { kind: 'no-renewal', contracts: { endProperty, termMonths }, graceDays };
  if (mode === 'project') return { kind: 'none' };
  return { kind: 'no-order', contracts: mode === 'mixed' ? { endProperty, termMonths } : null };
}

function businessOf(mode: BusinessMode, isSet: boolean, facts: ModeFacts, lacksEnds: boolean): Business {
  return {
    mode,
    is_set: isSet,
    buyers: facts.buyers,
    repeat_buyers: facts.repeatBuyers,
    won_deals: facts.wonDeals,
    recurring_deals: facts.recurringDeals,
    lacks_ends: lacksEnds,
  };
}

export async function readOutcome(
  portal: PortalStore,
  portfolio: ReadContext['portfolio'],
  choice: OutcomeChoice,
  options: { tables?: DerivedPrefix } = {},
): Promise<Outcome> {
  switch (choice.kind) {
    case 'no-order': {
      const { contracts } = choice;
      return {
        kind: 'no-order',
        terms: contracts === null ? null : await readTerms(portal, portfolio, contracts, options),
      };
    }
    case 'no-renewal': {
      const { graceDays, contracts } = choice;
      return { kind: 'no-renewal', graceDays, terms: await readTerms(portal, portfolio, contracts, options) };
    }
    case 'churn-date':
      return { kind: 'churn-date', churnDays: await readChurnDates(portal, portfolio, choice, options) };
    case 'none':
      return { kind: 'none' };
  }
}

/** Days after the horizon until it is known what became of a customer. */
export function waitDays(outcome: Outcome): number {
  return outcome.kind === 'no-renewal' ? outcome.graceDays : 0;
}

/** Positions of the customers whose outcome is asked about at the rhythm's cut-off, ascending; each has bought. */
export function atStake({ horizonDays, outcome }: OutcomeEvents, rhythms: Rhythm): Int32Array {
  const { cutOffDay, purchases } = rhythms;
  switch (outcome.kind) {
    case 'no-order': {
      const eligible = eligibleCustomers(rhythms, horizonDays);
      if (outcome.terms === null) return eligible;
      const covered = coveredUntil(outcome.terms, cutOffDay);
      return eligible.filter((i) => covered[i]! <= cutOffDay);
    }
    case 'no-renewal':
      return dueCustomers(outcome.terms, cutOffDay, horizonDays).filter((i) => purchases[i]! > 0);
    case 'churn-date':
      return Int32Array.from(purchases.keys()).filter(
        (i) => purchases[i]! > 0 && !hasChurned(outcome.churnDays, cutOffDay, i),
      );
    case 'none':
      return new Int32Array(0);
  }
}

/** 1 where the customer left in (cut-off, cut-off + H], 0 where it did not. */
export function leftWithin(
  { history, horizonDays, outcome }: OutcomeEvents,
  cutOffDay: number,
  customers: Int32Array,
): Uint8Array {
  switch (outcome.kind) {
    case 'no-order':
      return noOrderLabels(history, cutOffDay, horizonDays, customers);
    case 'no-renewal':
      return notRenewedLabels(outcome.terms, cutOffDay, outcome.graceDays, customers);
    case 'churn-date':
      return churnedLabels(outcome.churnDays, cutOffDay, horizonDays, customers);
    case 'none':
      return new Uint8Array(customers.length);
  }
}

/** Of a customer whose outcome is not asked about: it left, is bound by a contract for longer, or has not begun. */
export function standingOutside(
  { horizonDays, outcome }: OutcomeEvents,
  rhythms: Rhythm,
): (i: number) => 'lapsed' | 'too-new' | 'under-contract' {
  const covers = outcome.kind === 'no-renewal' || outcome.kind === 'no-order' ? outcome.terms : null;
  const covered = covers === null ? null : coveredUntil(covers, rhythms.cutOffDay);
  const grace = waitDays(outcome);
  return (i) => {
    if (rhythms.purchases[i] === 0) return 'too-new';
    if (covered !== null && covered[i]! + grace > rhythms.cutOffDay) return 'under-contract';
    if (outcome.kind !== 'none') return 'lapsed';
    return standingOf(rhythms, i, horizonDays) === 'too-new' ? 'too-new' : 'lapsed';
  };
}

/** How many times it was seen whether a customer comes back: gaps between purchases, contracts that ended, or dated customers. */
export function seenReturns({ history, outcome }: OutcomeEvents, rhythms: Rhythm): number {
  if (outcome.kind === 'no-renewal') {
    return renewalsBetween(outcome.terms, Number.NEGATIVE_INFINITY, rhythms.cutOffDay, outcome.graceDays).ended;
  }
  return outcome.kind === 'churn-date' ? history.customerIds.length : rhythms.gaps;
}
