import type { Viewer } from '../domain/people.ts';
import type { Run, Score } from '../domain/results.ts';
import type { Text } from '../lib/text.ts';
import type { AnalysisSummary, ScoreQuery } from '../store/portal-store.ts';

/** A customer whose name, id or address fits what somebody typed. */
export interface FoundCustomer {
  readonly customerId: string;
  readonly name: string;
}

/** A customer as a viewer may see it. */
export interface CustomerRow extends Score {
  readonly name: string;
  readonly link: string;
  readonly owner: { readonly id: string; readonly name: string; readonly email: string } | null;
}

export interface Rows {
  readonly rows: readonly CustomerRow[];
  /** Why rows are missing, when policy says so; null otherwise. */
  readonly withheld: Text | null;
}

/** A record that a finding points at, as a viewer may see it. */
export interface NamedRecord {
  readonly type: 'companies' | 'contacts' | 'deals';
  readonly id: string;
  /** '' for a deal: its name may be a person's. */
  readonly name: string;
  readonly link: string;
  readonly owner: CustomerRow['owner'];
}

export interface CustomerCard {
  readonly customerId: string;
  readonly name: string;
  readonly link: string;
  readonly owner: CustomerRow['owner'];
  readonly industry: string;
  readonly country: string;
  /** 'off' for a contact of whom no profile is made, as they asked. */
  readonly profiling: 'on' | 'off';
  /** Of the newest run: by analysis name. */
  readonly scores: Readonly<Record<string, Score>>;
  /** Newest first: day (YYYY-MM-DD), amount as decimal text in the portal's currency. */
  readonly purchases: readonly { readonly day: string; readonly amount: string }[];
  readonly purchasesInAll: number;
  readonly openTickets: number;
}

/** What portfolio-wide shares of a product are made of: no customer can be told from it. */
export interface ProductTotals {
  /** Customers with an order whose products are known. */
  readonly customers: number;
  /** Those orders, and how many of them hold the product. */
  readonly orders: number;
  readonly held: number;
  /** Σ orders² over customers. */
  readonly squaredOrders: number;
  /** Σ orders × (own share − share of all)² over customers. */
  readonly spread: number;
}

/** How a contract's end is known: a deal property, or a usual length in months. */
export interface ContractChoice {
  readonly endProperty: string | null;
  readonly termMonths: number | null;
}

/** When a contract ends and what it was worth, in the portal's currency. */
export interface Renewal {
  /** YYYY-MM-DD, the last day that is covered. */
  readonly day: string;
  readonly amount: number;
}

/** The only way from rows to a person: everything it returns is already filtered and masked for its viewer. */
export interface PrivacyReader {
  readonly viewer: Viewer;
  /** Aggregates of an analysis, of the newest run or of a kept one: no rows, nothing to mask. */
  result(analysis: string, runId?: string): Promise<AnalysisSummary | null>;
  rows(run: Run, analysis: string, query?: ScoreQuery): Promise<Rows>;
  /** By name, domain, e-mail or id, the best matches first; only customers that the viewer may see. */
  find(text: string, limit: number): Promise<readonly FoundCustomer[]>;
  customer(run: Run, customerId: string): Promise<CustomerCard | null>;
  /** Companies or deals by id, in that order; those that are gone or not the viewer's are left out. */
  records(
    run: Run,
    type: 'companies' | 'deals',
    ids: readonly string[],
  ): Promise<{ readonly records: readonly NamedRecord[]; readonly withheld: Text | null }>;
  /** Groups of contacts that share an e-mail, or a phone number under different e-mails. */
  sharers(
    what: 'email' | 'phone',
    limit: number,
  ): Promise<{ readonly groups: readonly (readonly NamedRecord[])[]; readonly withheld: Text | null }>;
  /** Products in won orders up to the run's as-of, by name; nothing about who bought them. */
  products(run: Run): Promise<readonly { readonly id: string; readonly name: string }[]>;
  productTotals(run: Run, productId: string): Promise<ProductTotals>;
  /** Of these customers, as far as the viewer may see them: orders whose products are known, and those with the product. */
  productOrders(
    run: Run,
    productId: string,
    customerIds: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly orders: number; readonly held: number }>>;
  /** Of these customers, as far as the viewer may see them: the contracts that end last. */
  renewals(run: Run, contracts: ContractChoice, customerIds: readonly string[]): Promise<ReadonlyMap<string, Renewal>>;
  /** CRM owners whose name or e-mail matches, for `/churn-risk anna`. */
  findOwners(text: string): Promise<readonly { id: string; name: string }[]>;
}
