import type { z } from 'zod';
import type { Portfolio, Run, Score } from '../domain/results.ts';
import type { BusinessMode } from '../features/business-mode.ts';
import type { ChurnProperty } from '../features/churn-dates.ts';
import type { TermChoice } from '../features/renewals.ts';
import type { Language, Text } from '../lib/text.ts';
import type { Report } from '../report/report.ts';
import type { AnalysisResult, PortalStore } from '../store/portal-store.ts';
import { checkAmounts } from './check-amounts.ts';
import type { PlaybookTexts } from './playbooks.ts';

/** What an analysis may be told by people, with the defaults already filled in. */
export interface AnalysisSettings {
  readonly horizonDays: number | null;
  readonly unit: 'company' | 'contact' | null;
  /** 'auto': read off the records. */
  readonly businessMode: 'auto' | BusinessMode;
  readonly contracts: TermChoice & { readonly graceDays: number };
  readonly churnProperty: ChurnProperty | null;
  readonly tierNames: readonly [string, string, string, string];
  /** Loyalty tiers (0 lowest, 3 highest) that people gave to customers, by id; `until` is the last day, `YYYY-MM-DD`. */
  readonly tierOverrides: Readonly<Record<string, { readonly tier: number; readonly until: string | null }>>;
  readonly segmentNames: Readonly<Record<string, string>>;
  readonly valueThresholds: { readonly medium: number; readonly high: number } | null;
  readonly rfmCutPoints: {
    readonly recency: readonly number[];
    readonly frequency: readonly number[];
    readonly money: readonly number[];
  } | null;
  readonly minimumSupport: number | null;
  readonly minimumConfidence: number | null;
}

/** What `read` is given. Runs on the main thread, next to the store. */
export interface ReadContext {
  readonly portal: PortalStore;
  readonly portfolio: Portfolio;
  readonly settings: AnalysisSettings;
  /**
   * This analysis' result in the run with the newest as-of before this one's: frozen cut-points, centroids, names, what moved. Two
   * runs as of the same instant have the same one, so that they say the same.
   */
  readonly previous:
    | (Pick<AnalysisResult, 'run' | 'summary' | 'model'> & {
        /** When this run began: what customers were given later, a replay must not see. */
        readonly givenBy?: number;
      })
    | null;
  /** Nothing fitted before is used again: somebody who was in it asked to be forgotten. What customers were given stays. */
  readonly refit?: boolean;
}

/** Scores by position: row i belongs to `customerIds[i]` of what `read` returned. */
export interface ComputedScores {
  readonly value: Float64Array;
  readonly label: readonly string[];
  readonly band: readonly string[];
  readonly evidence: Uint8Array;
  readonly details: readonly string[];
}

/** One row's text, asked for once a row and in their order. */
export type TextOf = (row: number) => string;
/** Writes one row at the beginning of `into`. */
export type RowOf = (row: number, into: Float64Array) => void;

/** The same before the rows are made: what takes much memory for a million customers is told how to be made, row by row. */
export interface Drafted<Summary> {
  readonly summary: Summary;
  readonly model: unknown;
  readonly scores: (Omit<ComputedScores, 'details'> & { readonly details: readonly string[] | TextOf }) | null;
  readonly matrix: { readonly columns: number; readonly values: Float64Array | RowOf } | null;
}

/** Some rows of what was computed. */
export interface ComputedRows {
  readonly scores: ComputedScores;
  readonly matrix: Computed<unknown>['matrix'];
}

export interface Computed<Summary> {
  readonly summary: Summary;
  /** Fitted models as plain JSON, kept so that the run can be replayed. */
  readonly model: unknown;
  /** Null when the analysis says something about products or the portfolio, not about customers. */
  readonly scores: ComputedScores | null;
  /** The feature matrix behind the scores, row-major, for replays. */
  readonly matrix: { readonly columns: number; readonly values: Float64Array } | null;
}

/** Rows that the privacy reader let through for a viewer. */
export interface PresentedRow extends Score {
  /** Masked as the viewer's policy says. */
  readonly name: string;
  readonly link: string;
  readonly owner: { readonly id: string; readonly name: string; readonly email: string } | null;
}

export interface Presentation {
  readonly language: Language;
  readonly run: Run;
  readonly rows: readonly PresentedRow[];
  /** Why rows are missing, when the viewer may not see them; null otherwise. */
  readonly withheld: Text | null;
  /** Of `rows`: who or what was asked for ('' for everybody). */
  readonly filter: string;
  /** Whether `filter` names a group, which may have one member, and no customer. */
  readonly isGroup?: boolean;
  /** What people decided to do with a group of customers; Kith's own suggestions where they did not. */
  readonly playbooks?: PlaybookTexts;
}

/** A CRM property that Kith writes from an analysis' scores. */
export interface AnalysisProperty {
  /** `kith_…` */
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly type: 'string' | 'number' | 'datetime' | 'enumeration';
  readonly options?: readonly { value: string; label: string }[];
  /** The value to write, or null to leave the record alone. */
  value(score: Score, run: Run): string | null;
  /** Whether `next` is near enough to `current` not to be worth a write; equality when absent. */
  isSame?(current: string, next: string): boolean;
}

/**
 * One business question: what it reads (SQL over the store, on the main thread), what computes the answer (pure, in a
 * worker, from what `read` returned and a seed), and how the answer is presented. `Input` is structured-cloneable.
 */
export interface Analysis<Input extends { readonly customerIds: readonly string[] }, Summary, Part = never> {
  readonly name: string;
  readonly title: Text;
  /** Checks a summary that comes back from the store. */
  readonly summary: z.ZodType<Summary>;
  read(context: ReadContext): Promise<Input>;
  /**
   * Long work that `compute` begins with, in rounds of so many parts: those of a round need nothing of one another, each may have a
   * thread of its own, and is given what the rounds `before` gave. Parts are counted through all rounds. What a part gives is
   * structured-cloneable.
   */
  readonly parts?: {
    readonly rounds: readonly number[];
    compute(input: Input, part: number, seed: number, before: readonly Part[]): Part;
  };
  compute(input: Input, seed: number, parts: readonly Part[]): Drafted<Summary>;
  present(summary: Summary, presentation: Presentation): Report;
  readonly properties: readonly AnalysisProperty[];
}

/**
 * The same with its own types closed over, which is what registries and jobs hold: `defineAnalysis` is the one place that
 * knows that a registered analysis only ever gets its own input and its own summary back.
 */
export interface RegisteredAnalysis {
  readonly name: string;
  readonly title: Text;
  read(context: ReadContext): Promise<{ readonly customerIds: readonly string[] }>;
  /** All at once. */
  compute(input: unknown, seed: number): Computed<unknown>;
  /** How many parts of its work may be computed beside one another, round after round, before the rest. */
  readonly rounds: readonly number[];
  part(input: unknown, part: number, seed: number, before: readonly unknown[]): unknown;
  /** With rows that are still to be made; `parts` are computed here where they are not given. */
  draft(input: unknown, seed: number, parts?: readonly unknown[]): Drafted<unknown>;
  /** Checks the stored summary with the analysis' schema, then presents it. */
  present(storedSummary: unknown, presentation: Presentation): Report;
  readonly properties: readonly AnalysisProperty[];
}

export function defineAnalysis<Input extends { readonly customerIds: readonly string[] }, Summary, Part = never>(
  analysis: Analysis<Input, Summary, Part>,
): RegisteredAnalysis & { readonly summary: z.ZodType<Summary> } {
  const rounds = analysis.parts?.rounds ?? [];
  const part = (input: unknown, k: number, seed: number, before: readonly unknown[]): Part => {
    checkAmounts(analysis.name, input);
    return analysis.parts!.compute(input as Input, k, seed, before as readonly Part[]);
  };
  const allParts = (input: unknown, seed: number): Part[] => {
    const found: Part[] = [];
    for (const count of rounds) {
      const before = [...found];
      for (let k = 0; k < count; k++) found.push(part(input, found.length, seed, before));
    }
    return found;
  };
  const draft = (input: unknown, seed: number, given?: readonly unknown[]): Drafted<Summary> => {
    checkAmounts(analysis.name, input);
    const parts = given ?? allParts(input, seed);
    return analysis.compute(input as Input, seed, parts as readonly Part[]);
  };
  return {
    name: analysis.name,
    title: analysis.title,
    summary: analysis.summary,
    properties: analysis.properties,
    read: (context) => analysis.read(context),
    compute: (input, seed) => whole(draft(input, seed)),
    rounds,
    part,
    draft,
    present: (stored, presentation) => analysis.present(analysis.summary.parse(stored), presentation),
  };
}

/** What was drafted, with every row made. */
export function whole<Summary>(drafted: Drafted<Summary>): Computed<Summary> {
  const { summary, model, scores } = drafted;
  const rows = rowsOf(drafted, 0, scores?.value.length ?? 0);
  return { summary, model, scores: rows?.scores ?? null, matrix: rows?.matrix ?? null };
}

/** Some rows of what was drafted; null where it has none. */
export function rowsOf({ scores, matrix }: Drafted<unknown>, from: number, to: number): ComputedRows | null {
  if (scores === null) return null;
  const { details } = scores;
  return {
    scores: {
      value: scores.value.slice(from, to),
      label: scores.label.slice(from, to),
      band: scores.band.slice(from, to),
      evidence: scores.evidence.slice(from, to),
      details:
        typeof details === 'function'
          ? Array.from({ length: to - from }, (_, k) => details(from + k))
          : details.slice(from, to),
    },
    matrix: matrix === null ? null : { columns: matrix.columns, values: matrixRows(matrix, from, to) },
  };
}

function matrixRows(
  { columns, values }: NonNullable<Drafted<unknown>['matrix']>,
  from: number,
  to: number,
): Float64Array {
  if (typeof values !== 'function') return values.slice(from * columns, to * columns);
  const rows = new Float64Array((to - from) * columns);
  for (let i = from; i < to; i++) values(i, rows.subarray((i - from) * columns));
  return rows;
}
