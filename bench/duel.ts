import { loadavg } from 'node:os';
import type { BenchRow } from './bench-row.ts';
import type { Contestant, Measured } from './contestant.ts';

export interface Duel<Ours, Theirs> {
  readonly work: string;
  readonly peer: string;
  /** The most that ours over theirs may be; null where nothing is asked. */
  readonly reach: number | null;
  readonly ours: Contestant<Ours>;
  readonly theirs: Contestant<Theirs>;
  /** Timed runs of each side, after one that warms up and is compared; 0 where that one, being long, is also the timed one. */
  readonly rounds: number;
  /** How the two results compare, in words, and whether they are the same. */
  readonly compare: (ours: Ours, theirs: Theirs) => { readonly same: boolean; readonly how: string };
}

/** Runs both sides in turn and compares the medians; closes them. */
export async function duel<Ours, Theirs>(order: Duel<Ours, Theirs>): Promise<BenchRow> {
  const { ours, theirs, reach } = order;
  try {
    const first = { ours: await ours.run(), theirs: await theirs.run() };
    const { same, how } = order.compare(first.ours.result, first.theirs.result);
    const our: Measured<Ours>[] = order.rounds === 0 ? [first.ours] : [];
    const their: Measured<Theirs>[] = order.rounds === 0 ? [first.theirs] : [];
    const [load] = loadavg();
    for (let round = 0; round < order.rounds; round++) {
      our.push(await ours.run());
      their.push(await theirs.run());
    }
    const ours_s = median(our.map(({ seconds }) => seconds));
    const theirs_s = median(their.map(({ seconds }) => seconds));
    const [ourCpu, theirCpu] = [median(our.map(cpuOf)), median(their.map(cpuOf))];
    const ratio = ours_s / theirs_s;
    return {
      work: order.work,
      peer: order.peer,
      ours_s,
      theirs_s,
      ratio,
      reach,
      same_result: same,
      ok: same && (reach === null || ratio <= reach),
      note: `${how}; of processor time ${ourCpu.toFixed(3)} and ${theirCpu.toFixed(3)} s, ratio ${(ourCpu / theirCpu).toFixed(2)}; ${our.length === 1 ? 'one run' : `${our.length} runs`} each, in turn; load ${(load ?? 0).toFixed(1)}`,
    };
  } finally {
    ours.close();
    theirs.close();
  }
}

function cpuOf(run: Measured<unknown>): number {
  return run.cpuSeconds;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
