/** What a generated portal holds on purpose, for tests to look for. Money is decimal text in the named currency. */
export interface PlantedTruths {
  readonly seed: number;
  /** ISO 8601; nothing has happened after it. */
  readonly asOf: string;
  readonly startedOn: string;
  readonly currency: string;
  readonly leaving: {
    /** Chance of leaving after a run of urgent tickets. */
    readonly chanceAfterTrouble: number;
    /** Rate of leaving without one, a year. */
    readonly otherwisePerYear: number;
    readonly left: readonly { readonly companyId: string; readonly on: string; readonly cause: 'trouble' | 'other' }[];
    /** Companies that went through trouble and stayed. */
    readonly stayedAfterTrouble: readonly string[];
  };
  /** Once-a-year buyers and their month (1 to 12). */
  readonly seasonal: readonly { readonly companyId: string; readonly month: number }[];
  readonly rule: {
    /** Ids of the products that, bought together, bring the one on the right with them. */
    readonly left: readonly string[];
    readonly right: string;
    readonly leftNames: readonly string[];
    readonly rightName: string;
    readonly confidence: number;
  };
  readonly duplicates: {
    readonly contactsByEmail: readonly (readonly [string, string])[];
    readonly contactsByPhone: readonly (readonly [string, string])[];
    readonly companies: readonly (readonly [string, string])[];
  };
  /** Won deals in a currency for which nobody has entered a rate. */
  readonly currencyGap: { readonly currency: string; readonly deals: number; readonly amount: string };
  readonly severalCompanies: {
    readonly withPrimary: readonly string[];
    /** No link of these deals is marked; the oldest company is theirs. */
    readonly withoutPrimary: readonly { readonly dealId: string; readonly companyId: string }[];
  };
  readonly refunds: { readonly deals: number; readonly amount: string };
  readonly wonStages: readonly string[];
  /** What the CRM sums as won, what belongs to customers, and why they differ. */
  readonly reconciliation: {
    readonly crm: string;
    readonly ours: string;
    readonly differences: readonly {
      readonly cause: 'no-customer' | 'no-close-date';
      readonly deals: number;
      readonly amount: string;
    }[];
    /** Won deals that carry no amount at all. */
    readonly withoutAmount: number;
  };
}
