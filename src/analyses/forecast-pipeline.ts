import { z } from 'zod';
import { monthOfDay } from '../features/calendar-month.ts';
import type { ClosedDeals, OpenDeals } from '../features/open-deals.ts';
import { AMOUNT_SCALE } from '../features/purchase-history.ts';
import type { PipelineSummary } from './forecast-summary.ts';

/** What earlier runs saw of the pipeline, kept in the analysis' model. */
export const pipelineMemorySchema = z.object({
  /** Deals that were open at the last run: every stage they were seen in. */
  open: z.record(z.string(), z.array(z.string())),
  /** By stage, of deals that were seen in it and closed since. */
  closed: z.record(z.string(), z.object({ won: z.number(), lost: z.number() })),
});
export type PipelineMemory = z.infer<typeof pipelineMemorySchema>;

/** Below this many closed deals a rate is a guess. */
const LEAST_CLOSED = 10;
/** A stage's own deals count against so many of its pipeline. */
const PRIOR = 10;
/** Deals whose way is followed between runs. */
const MOST_FOLLOWED = 5_000;
const TOP = 3;

/** The memory after this run: deals that closed since the last one are counted once, in every stage they were seen in. */
export function nextMemory(
  memory: PipelineMemory,
  open: OpenDeals,
  fates: { readonly won: readonly string[]; readonly lost: readonly string[] },
): PipelineMemory {
  const closed: Record<string, { won: number; lost: number }> = structuredClone(memory.closed);
  for (const fate of ['won', 'lost'] as const) {
    for (const id of fates[fate]) {
      for (const stage of memory.open[id] ?? []) {
        closed[stage] ??= { won: 0, lost: 0 };
        closed[stage][fate]++;
      }
    }
  }
  const next: Record<string, string[]> = {};
  for (let k = 0; k < Math.min(open.ids.length, MOST_FOLLOWED); k++) {
    const id = open.ids[k]!;
    next[id] = [...new Set([...(memory.open[id] ?? []), open.stage[k]!])];
  }
  return { open: next, closed };
}

/**
 * What the open deals are worth by the portal's own rates: value × share won, by the month in which they should close.
 * `months` are those of the forecast, `expected` its figures. A stage's rate is that of deals which were seen in it at an
 * earlier run, shrunken to its pipeline's share won of closed deals by ten of them. Null where nothing is open or fewer than
 * ten deals were ever closed.
 */
export function weighPipeline(
  deals: {
    readonly open: OpenDeals;
    readonly closed: readonly ClosedDeals[];
    readonly stageLabels: Readonly<Record<string, string>>;
  },
  memory: PipelineMemory,
  months: readonly number[],
  expected: readonly number[],
): PipelineSummary | null {
  const { open, closed } = deals;
  const won = closed.reduce((sum, one) => sum + one.won, 0);
  const all = closed.reduce((sum, one) => sum + one.won + one.lost, 0);
  if (open.ids.length === 0 || all < LEAST_CLOSED || months.length === 0) return null;
  const overall = won / all;
  const rateOf = (stage: string): { rate: number; seen: number } => {
    const pipeline = closed.find((one) => stage.startsWith(`${one.pipelineId}/`));
    const count = pipeline === undefined ? 0 : pipeline.won + pipeline.lost;
    const base = pipeline !== undefined && count >= LEAST_CLOSED ? pipeline.won / count : overall;
    const own = memory.closed[stage] ?? { won: 0, lost: 0 };
    const seen = own.won + own.lost;
    return { rate: (own.won + PRIOR * base) / (seen + PRIOR), seen };
  };
  const stages = new Map<string, { stage: string; open: number; value: number; rate: number; seen: number }>();
  const byMonth = new Array<number>(months.length).fill(0);
  const counted: number[] = [];
  const aside = { late: 0, undated: 0, beyond: 0, lateDeals: 0, undatedDeals: 0, beyondDeals: 0, withoutAmount: 0 };
  const first = months[0]!;
  for (let k = 0; k < open.ids.length; k++) {
    const stage = open.stage[k]!;
    const found = stages.get(stage) ?? { stage, open: 0, value: 0, ...rateOf(stage) };
    stages.set(stage, found);
    found.open++;
    if (open.isPriced[k] !== 1) {
      aside.withoutAmount++;
      continue;
    }
    const value = open.amount[k]! / AMOUNT_SCALE;
    found.value += value;
    const weighted = value * found.rate;
    if (open.expectedDay[k] === -1) {
      aside.undated += weighted;
      aside.undatedDeals++;
      continue;
    }
    const position = monthOfDay(open.expectedDay[k]!) - first;
    if (position < 0) {
      aside.late += weighted;
      aside.lateDeals++;
    } else if (position >= months.length) {
      aside.beyond += weighted;
      aside.beyondDeals++;
    } else {
      byMonth[position] = byMonth[position]! + weighted;
      counted.push(weighted);
    }
  }
  const weighted = byMonth.reduce((sum, value) => sum + value, 0);
  const runRate = expected.reduce((sum, value) => sum + value, 0);
  const top = counted
    .sort((a, b) => b - a)
    .slice(0, TOP)
    .reduce((sum, value) => sum + value, 0);
  const cents = (value: number): number => Math.round(value * 100) / 100;
  return {
    open: open.ids.length,
    without_amount: aside.withoutAmount,
    closed: all,
    won,
    seen_closed: Object.values(memory.closed).reduce((sum, one) => sum + one.won + one.lost, 0),
    stages: [...stages.values()]
      .sort((a, b) => b.value * b.rate - a.value * a.rate || (a.stage < b.stage ? -1 : 1))
      .map((one) => ({ ...one, stage: deals.stageLabels[one.stage] ?? one.stage, value: cents(one.value) })),
    by_month: byMonth.map(cents),
    run_rate: cents(runRate),
    weighted: cents(weighted),
    late_deals: aside.lateDeals,
    late: cents(aside.late),
    undated_deals: aside.undatedDeals,
    undated: cents(aside.undated),
    beyond_deals: aside.beyondDeals,
    beyond: cents(aside.beyond),
    not_entered: cents(runRate - weighted - aside.late - aside.undated),
    top_share: weighted > 0 ? top / weighted : 0,
    counted_deals: counted.length,
  };
}
