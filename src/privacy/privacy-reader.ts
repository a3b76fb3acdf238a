import type { Viewer } from '../domain/people.ts';
import type { Run, Score } from '../domain/results.ts';
import type { Text } from '../lib/text.ts';
import type { AnalysisResult, ScoreQuery } from '../store/portal-store.ts';

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

export interface CustomerCard {
  readonly customerId: string;
  readonly name: string;
  readonly link: string;
  readonly owner: CustomerRow['owner'];
  readonly industry: string;
  readonly country: string;
  /** Of the newest run: by analysis name. */
  readonly scores: Readonly<Record<string, Score>>;
  /** Newest first: day (YYYY-MM-DD), amount as decimal text in the portal's currency. */
  readonly purchases: readonly { readonly day: string; readonly amount: string }[];
  readonly purchasesInAll: number;
  readonly openTickets: number;
}

/** The only way from rows to a person: everything it returns is already filtered and masked for its viewer. */
export interface PrivacyReader {
  readonly viewer: Viewer;
  /** Aggregates of an analysis: no rows, nothing to mask. */
  result(analysis: string): Promise<AnalysisResult | null>;
  rows(run: Run, analysis: string, query?: ScoreQuery): Promise<Rows>;
  /** By name, domain, e-mail or id, the best matches first; only customers that the viewer may see. */
  find(text: string, limit: number): Promise<readonly { customerId: string; name: string }[]>;
  customer(run: Run, customerId: string): Promise<CustomerCard | null>;
  /** CRM owners whose name or e-mail matches, for `/churn-risk anna`. */
  findOwners(text: string): Promise<readonly { id: string; name: string }[]>;
}
