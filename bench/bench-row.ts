/** One measured piece of work beside what it is measured against. */
export interface BenchRow {
  /** What was done, with the sizes that were run. */
  readonly work: string;
  readonly peer: string;
  readonly ours_s: number;
  readonly theirs_s: number;
  /** Ours over theirs, so that below 1 is faster; where `isShare`, the share of the peer's pace that is reached. */
  readonly ratio: number;
  /** What the ratio may be at the most; where `isShare`, at the least. Null where it is told and nothing is asked of it. */
  readonly reach: number | null;
  readonly same_result: boolean;
  readonly ok: boolean;
  readonly note: string;
  /** The peer is a limit that ours comes near to and cannot pass. */
  readonly isShare?: boolean;
  /** Nothing was measured: the peer or its data are not on this machine. */
  readonly isSkipped?: boolean;
}

export interface BenchOptions {
  /** How large the work is; each kind of work has its own size unless given. */
  readonly records: number | null;
  /** Whether growth is measured up to a million customers and whole runs up to 100,000, which takes most of two hours. */
  readonly isToMillion: boolean;
}

export type Bench = (options: BenchOptions) => Promise<readonly BenchRow[]>;
