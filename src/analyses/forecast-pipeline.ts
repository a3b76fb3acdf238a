import { z } from 'zod';
import { monthOfDay } from '../features/calendar-month.ts';
import type { ClosedDeals, OpenDeals, StageFacts } from '../features/open-deals.ts';
import { AMOUNT_SCALE } from '../features/purchase-history.ts';
import type { PipelineSummary, RateBasis } from './forecast-summary.ts';

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

interface StageRate {
  readonly rate: number;
  readonly seen: number;
  readonly basis: RateBasis;
  readonly basis_closed: number;
}

/**
 * What the open deals are worth by the portal's own rates: value × share won, by the month in which they should close.
 * `months` are those of the forecast, the running one first, `expected` its figures; deals whose day is before `today` are late,
 * and in no month. A stage's rate is that of deals which were seen in it at an earlier run, shrunken by ten deals to the share won
 * of its pipeline's closed deals; of all closed deals where the pipeline has fewer than ten; to the CRM's probability of the stage
 * where the portal has. Null where nothing is open or no stage of the open deals has a rate.
 */
export function weighPipeline(
  deals: {
    readonly open: OpenDeals;
    readonly closed: readonly ClosedDeals[];
    readonly stages: StageFacts;
  },
  memory: PipelineMemory,
  months: readonly number[],
  expected: readonly number[],
  today: number,
): PipelineSummary | null {
  const { open, closed } = deals;
  const won = closed.reduce((sum, one) => sum + one.won, 0);
  const all = closed.reduce((sum, one) => sum + one.won + one.lost, 0);
  if (open.ids.length === 0 || months.length === 0) return null;
  const baseOf = (stage: string): { base: number; basis: RateBasis; count: number } | null => {
    const pipeline = closed.find((one) => stage.startsWith(`${one.pipelineId}/`));
    const count = pipeline === undefined ? 0 : pipeline.won + pipeline.lost;
    if (pipeline !== undefined && count >= LEAST_CLOSED)
      return { base: pipeline.won / count, basis: 'pipeline', count };
    if (all >= LEAST_CLOSED) return { base: won / all, basis: 'portal', count: all };
    const probability = deals.stages[stage]?.probability ?? null;
    return probability === null ? null : { base: probability, basis: 'crm', count: 0 };
  };
  const rateOf = (stage: string): StageRate | null => {
    const found = baseOf(stage);
    if (found === null) return null;
    const own = memory.closed[stage] ?? { won: 0, lost: 0 };
    const seen = own.won + own.lost;
    const rate = (own.won + PRIOR * found.base) / (seen + PRIOR);
    return { rate, seen, basis: found.basis, basis_closed: found.count };
  };
  const stages = new Map<string, { stage: string; open: number; value: number } & StageRate>();
  const byMonth = new Array<number>(months.length).fill(0);
  const counted: number[] = [];
  const aside = {
    late: 0,
    undated: 0,
    beyond: 0,
    lateDeals: 0,
    undatedDeals: 0,
    beyondDeals: 0,
    withoutAmount: 0,
    withoutRate: 0,
  };
  const first = months[0]!;
  for (let k = 0; k < open.ids.length; k++) {
    const stage = open.stage[k]!;
    const rate = stages.get(stage) ?? rateOf(stage);
    if (rate === null) {
      aside.withoutRate++;
      continue;
    }
    const found = stages.get(stage) ?? { stage, open: 0, value: 0, ...rate };
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
    if (open.expectedDay[k]! < today) {
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
  if (stages.size === 0) return null;
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
    without_rate: aside.withoutRate,
    closed: all,
    won,
    seen_closed: Object.values(memory.closed).reduce((sum, one) => sum + one.won + one.lost, 0),
    stages: [...stages.values()]
      .sort((a, b) => b.value * b.rate - a.value * a.rate || (a.stage < b.stage ? -1 : 1))
      .map((one) => ({ ...one, stage: deals.stages[one.stage]?.label ?? one.stage, value: cents(one.value) })),
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
