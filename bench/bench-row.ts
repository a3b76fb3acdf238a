/** One measured piece of work beside what it is measured against. */
export interface BenchRow {
  /** What was done, with the sizes that were run. */
  readonly work: string;
  readonly peer: string;
  readonly ours_s: number;
  readonly theirs_s: number;
  /** Theirs over ours: at 1 they are even, above it ours is better. */
  readonly ratio: number;
  /** The ratio that has to be reached. */
  readonly reach: number;
  readonly same_result: boolean;
  readonly ok: boolean;
  readonly note: string;
}

export interface BenchOptions {
  /** How large the work is; each kind of work has its own size unless given. */
  readonly records: number | null;
}

export type Bench = (options: BenchOptions) => Promise<readonly BenchRow[]>;
