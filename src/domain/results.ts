import type { CustomerUnit, Instant } from './crm.ts';

/** One run of the analyses; its results are never overwritten. */
export interface Run {
  /** Sortable: later runs have greater ids. */
  readonly id: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
  readonly status: 'running' | 'done' | 'failed';
  /** The cut-off of everything in the run. */
  readonly asOf: Instant;
  /** Hash of the data that the run read. */
  readonly fingerprint: string;
  readonly portfolio: Portfolio;
}

/**
 * What a run was made for. `current`: the portal as it is, which everybody is shown; `replay`: the past, for whoever asked, and
 * never anybody's newest result.
 */
export type RunKind = 'current' | 'replay';

/** A run with what is needed to make it again. */
export interface KeptRun extends Run {
  readonly kind: RunKind;
  /** The kept run at whose as-of a replay looked; null without one. */
  readonly replayOf: string | null;
  /** What people had decided, as JSON; null where an older Kith did not keep it. */
  readonly settings: unknown;
}

/** What every analysis of a run shares. */
export interface Portfolio {
  readonly unit: CustomerUnit;
  readonly timeZone: string;
  readonly currency: string;
  readonly asOf: Instant;
  /** Horizon H in days; see design of the churn analysis. */
  readonly horizonDays: number;
  readonly seed: number;
}

/**
 * The evidence level: 0 facts, 1 rhythm (bands), 2 shrunken (probabilities with an interval), 3 full (every model competes).
 */
export type EvidenceLevel = 0 | 1 | 2 | 3;

/** One customer's result in one analysis. */
export interface Score {
  readonly customerId: string;
  /** The analysis' own number (a probability, money per year, points); null when the evidence does not carry one. */
  readonly value: number | null;
  /** The class that people read: a segment, a tier, a value class; '' when there is none. */
  readonly label: string;
  /** 'low' | 'medium' | 'high' | 'lapsed' | 'too-new' | '' */
  readonly band: string;
  readonly evidence: EvidenceLevel;
  /** The analysis' own details, JSON: reasons, parts of the score. */
  readonly details: unknown;
}
