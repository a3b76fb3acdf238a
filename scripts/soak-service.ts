import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MemorySample, memoryCsv, memoryGrowth, quantile } from '../test/soak/memory-curve.ts';

/** Of the resident memory, from the first minutes on. */
const MOST_GROWTH = 0.05;
/** The caches have filled by then, and every analysis has run. */
const WARM_S = 300;
/** Whole cycles of the analyses. */
const WINDOW_S = 240;

/** Runs the whole service under load, says how it goes as it goes, and holds its memory against what it was after five minutes. */
export async function soakService(options: {
  readonly seed: number;
  readonly minutes: number;
  readonly commandsPerSecond: number;
  readonly customers: number;
  readonly people: number;
  /** The memory's curve is written here, as CSV, while it is measured. */
  readonly curve?: string;
}): Promise<{ readonly line: string; readonly isWell: boolean }> {
  const { curve, ...load } = options;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  // Before the service's own files are looked for: it runs as it is installed, as JavaScript.
  const compiled = await mkdtemp(join(tmpdir(), 'kith-compiled-'));
  process.env.KITH_TEST_COMPILED ??= compiled;
  const { runService } = await import('../test/soak/service.ts');
  const seen: MemorySample[] = [];
  try {
    const { heard, samples, changes, jobs, errors, exitCode } = await runService({
      ...load,
      say: (line) => process.stderr.write(`${new Date().toISOString()} ${line}\n`),
      sampled(sample) {
        seen.push(sample);
        if (curve !== undefined) writeFileSync(curve, memoryCsv(seen));
      },
    });
    const tell = (what: string, times: ReadonlyMap<string, number>): void => {
      for (const [name, count] of times) process.stderr.write(`${what}: ${count} × ${name}\n`);
    };
    tell('job', jobs);
    tell('failure', heard.failures);
    tell('error in the log', errors);
    const growth = memoryGrowth(samples, { fromS: WARM_S, windowS: WINDOW_S });
    const ms = (values: readonly number[], share: number): string => `${Math.round(quantile(values, share))} ms`;
    const memory =
      growth === null
        ? `memory ${samples.at(-1)?.residentMb.toFixed(0)} MB, too short a run to say whether it grows`
        : `memory ${growth.fromMb.toFixed(0)} → ${growth.toMb.toFixed(0)} MB (${growth.share < 0 ? '−' : '+'}${Math.abs(growth.share * 100).toFixed(1)} %, ${growth.mbPerHour.toFixed(0)} MB an hour by the line through all)`;
    const said = [
      `service: ${heard.acts} commands, ${heard.failed} failed, ${heard.refused} refused, ${heard.answered} answered`,
      `acknowledged after ${ms(heard.ackMs, 0.5)} at the median, ${ms(heard.ackMs, 0.99)} at the 99th percentile, ${ms(heard.ackMs, 1)} at the most`,
      `answered after ${ms(heard.answerMs, 0.5)} at the median, ${ms(heard.answerMs, 0.99)} at the 99th percentile`,
      `${changes} changes in the CRM`,
      memory,
      `ended with ${exitCode}`,
    ];
    const isWell = heard.failed === 0 && exitCode === 0 && (growth === null || growth.share <= MOST_GROWTH);
    return { line: said.join('; '), isWell };
  } finally {
    await rm(compiled, { recursive: true, force: true });
  }
}
