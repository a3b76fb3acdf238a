import { readFile } from 'node:fs/promises';

/** What a process held at one moment. */
export interface MemorySample {
  /** Seconds since the measuring began. */
  readonly atS: number;
  /** Resident, in MB. */
  readonly residentMb: number;
  /** The part that is no file's: heaps, the engine's memory, stacks. */
  readonly anonymousMb: number;
  readonly threads: number;
  /** Processor time since the process began. */
  readonly processorS: number;
}

export interface MemoryGrowth {
  readonly fromMb: number;
  readonly toMb: number;
  /** 0.05: it grew by 5 %. */
  readonly share: number;
  /** By the line through all samples from the first window on, over an hour. */
  readonly mbPerHour: number;
}

const MB = 1024;

/** Linux counts processor time in these, on every machine. */
const TICKS_A_SECOND = 100;

/** Linux's own account of a process; null where it has ended, or where there is no such account. */
export async function readMemory(pid: number, atS: number): Promise<MemorySample | null> {
  const files = ['status', 'stat'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8'));
  const [status, stat] = await Promise.all(files).catch(() => []);
  if (status === undefined || stat === undefined) return null;
  // After the name, which is in parentheses and may hold anything: the fields from the third on.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const processorS = (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? Number.NaN);
  const [residentMb, anonymousMb] = [of('VmRSS') / MB, of('RssAnon') / MB];
  return Number.isNaN(residentMb) ? null : { atS, residentMb, anonymousMb, threads: of('Threads'), processorS };
}

/**
 * How much more a process holds at the end than after its first minutes: the median of the last `windowS` seconds over the median of
 * the `windowS` seconds from `fromS` on. Null when the samples do not reach so far.
 *
 * 1. Medians, because an analysis makes a peak that is given back: a mean moves with how many peaks fall into a window, a maximum with
 *    the highest of them. For the same reason a window is to hold whole cycles of the analyses.
 * 2. The two windows do not overlap, so that a run needs `fromS` + 2 · `windowS`.
 * 3. The slope is Theil and Sen's (Sen, Journal of the American Statistical Association 63, 1968): the median of the slopes of all pairs.
 *    A few peaks do not move it, and it uses what lies between the windows. It is told beside the growth and decides nothing.
 *
 * O(n²) in the samples, for the slope.
 */
export function memoryGrowth(
  samples: readonly MemorySample[],
  { fromS, windowS }: { readonly fromS: number; readonly windowS: number },
): MemoryGrowth | null {
  const end = samples.at(-1)?.atS ?? 0;
  if (end < fromS + 2 * windowS) return null;
  const within = (from: number, to: number): number[] =>
    samples.filter(({ atS }) => atS >= from && atS <= to).map(({ residentMb }) => residentMb);
  const [fromMb, toMb] = [median(within(fromS, fromS + windowS)), median(within(end - windowS, end))];
  const settled = samples.filter(({ atS }) => atS >= fromS);
  const slopes = settled.flatMap((one, i) =>
    settled.slice(i + 1).map((other) => (other.residentMb - one.residentMb) / (other.atS - one.atS)),
  );
  return { fromMb, toMb, share: toMb / fromMb - 1, mbPerHour: median(slopes) * 3600 };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share of the values lies; the nearest rank. NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** The samples as CSV, for a chart. */
export function memoryCsv(samples: readonly MemorySample[]): string {
  const lines = samples.map(({ atS, residentMb, anonymousMb, threads, processorS }) =>
    [atS.toFixed(1), residentMb.toFixed(1), anonymousMb.toFixed(1), threads, processorS.toFixed(1)].join(','),
  );
  return `${['seconds,resident_mb,anonymous_mb,threads,processor_s', ...lines].join('\n')}\n`;
}
