import { z } from 'zod';
import { lastCompleteDay } from '../features/calendar.ts';
import { type Rhythm, rhythm } from '../features/expected-gap.ts';
import { type PurchaseHistory, readPurchaseHistory } from '../features/purchase-history.ts';
import { readTicketHistory, type TicketHistory } from '../features/ticket-history.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { seededRandom } from '../math/random.ts';
import { type Drafted, defineAnalysis } from './analysis.ts';
import { loyaltyOutlook } from './loyalty-outlook.ts';
import {
  amountMissing,
  derivePointScale,
  fullValue,
  LOYALTY_PARTS,
  type LoyaltyFacts,
  loyaltyFacts,
  loyaltyPoints,
  type PointScale,
  pointScaleSchema,
} from './loyalty-points.ts';
import { presentLoyalty } from './loyalty-report.ts';
import { type LoyaltyDetails, type LoyaltySummary, loyaltySummarySchema } from './loyalty-summary.ts';
import {
  deriveThresholds,
  downOn,
  KEPT_FROM,
  nextTier,
  type TierState,
  type TierThresholds,
  thresholdsSchema,
} from './loyalty-tiers.ts';
import { orderEvidence } from './order-evidence.ts';
import { expectedYear } from './value-forecast.ts';

/** Everything that has to outlive a run; columns by position, to be small for many customers. */
const modelSchema = z.object({
  scale: pointScaleSchema,
  thresholds: thresholdsSchema,
  /** The day of the run, since 1970-01-01. */
  day: z.number(),
  customerIds: z.array(z.string()),
  tier: z.array(z.number()),
  since: z.array(z.number()),
  belowSince: z.array(z.number().nullable()),
  belowDays: z.array(z.number()),
  /** The tier that people saw, where a person gave another than the earned one. */
  shown: z.array(z.number()).default([]),
});
type LoyaltyModel = z.infer<typeof modelSchema>;

interface LoyaltyInput {
  readonly customerIds: readonly string[];
  readonly history: PurchaseHistory;
  readonly tickets: TicketHistory;
  readonly asOfDay: number;
  readonly horizonDays: number;
  readonly lastCompleteDay: number;
  /** Tiers that people gave, by customer id; `until` is the last day on which one holds. */
  readonly overrides: Readonly<Record<string, { readonly tier: number; readonly until: number | null }>>;
  readonly tierNames: readonly [string, string, string, string];
  readonly previous: LoyaltyModel | null;
  /** Scale and thresholds are derived again; the tiers that customers have had stay. */
  readonly refit?: boolean;
}

const DAY_MS = 86_400_000;
/** The tiers' values on CRM records, whatever they are called: a property's options must not change with a setting. */
const TIER_VALUES = ['bronze', 'silver', 'gold', 'platinum'] as const;
/** Below this many buyers nothing is frozen: a later run with more of them derives scale and thresholds again. */
const FEWEST_TO_FREEZE = 20;

function compute(input: LoyaltyInput, seed: number): Drafted<LoyaltySummary> {
  const { history, asOfDay, previous } = input;
  const n = input.customerIds.length;
  const isFrozen = previous !== null && previous.customerIds.length >= FEWEST_TO_FREEZE;
  const rhythms = rhythm(history, asOfDay);
  const { facts, scale } = measure(input, rhythms, isFrozen && input.refit !== true ? previous.scale : null, seed);
  const outlook = loyaltyOutlook(history, input.tickets, facts, scale, asOfDay, seededRandom(seed));
  const points = new Float64Array(n).fill(Number.NaN);
  for (const i of facts.bought) {
    const earned = loyaltyPoints(facts, i, scale);
    // Parts are whole tenths: their sum is too, apart from rounding.
    points[i] = Math.round(LOYALTY_PARTS.reduce((sum, part) => sum + earned[part], 0) * 10) / 10;
  }
  const thresholds: TierThresholds =
    isFrozen && input.refit !== true
      ? previous.thresholds
      : deriveThresholds(Float64Array.from(facts.bought, (i) => points[i]!));
  const level = orderEvidence(history, rhythms, input.horizonDays, input.lastCompleteDay);
  const known = new Map(isFrozen ? previous.customerIds.map((id, k) => [id, k]) : []);
  const stateBefore = (id: string): TierState | null => {
    const k = known.get(id);
    if (previous === null || k === undefined) return null;
    const [tier, since] = [previous.tier[k]!, previous.since[k]!];
    return { tier, since, belowSince: previous.belowSince[k]!, belowDays: previous.belowDays[k]! };
  };
  const shownBefore = (id: string): number | null => {
    const k = known.get(id);
    return previous === null || k === undefined ? null : (previous.shown[k] ?? previous.tier[k]!);
  };

  const scores = {
    value: points,
    label: new Array<string>(n).fill(''),
    band: new Array<string>(n).fill(''),
    evidence: new Uint8Array(n),
    details: (i: number): string => {
      const row = rowOf[i]!;
      return row === -1 ? '{}' : JSON.stringify(detailsOf(i, states[row]!, shown[row]!));
    },
  };
  const rowOf = new Int32Array(n).fill(-1);
  facts.bought.forEach((i, row) => {
    rowOf[i] = row;
  });
  const overrideOf = (i: number) => {
    const given = input.overrides[input.customerIds[i]!];
    return given !== undefined && (given.until === null || given.until >= asOfDay) ? given : null;
  };
  const keptFrom = (tier: number): number => KEPT_FROM * tiers[tier]!.from;
  const detailsOf = (i: number, state: TierState, current: number): LoyaltyDetails => {
    const override = overrideOf(i);
    const missing = Math.max(0.1, Math.round((keptFrom(current) - points[i]!) * 10) / 10);
    return {
      tier: current,
      since: state.since,
      belowSince: state.belowSince,
      parts: loyaltyPoints(facts, i, scale),
      yearMoney: facts.yearMoney[i]!,
      value: Math.round(facts.value[i]! * 100) / 100,
      override: override === null ? null : { ...override, earned: state.tier },
      nextQuarter: outlook?.points?.[i] ?? null,
      change: current - (shownBefore(input.customerIds[i]!) ?? current),
      next:
        current === 3 ? null : { tier: current + 1, points: Math.round((thresholds[current]! - points[i]!) * 10) / 10 },
      warning:
        override !== null || state.belowSince === null
          ? null
          : { points: missing, amount: amountMissing(facts.value[i]!, missing, scale), downOn: downOn(state, asOfDay) },
    };
  };
  const tiers = input.tierNames.map((name, tier) => ({
    name,
    from: tier === 0 ? 0 : thresholds[tier - 1]!,
    customers: 0,
    yearMoney: 0,
    warned: 0,
    expected: 0,
  }));
  const states: TierState[] = [];
  const shown: number[] = [];
  let up = 0;
  let down = 0;
  let overridden = 0;
  for (const i of facts.bought) {
    const id = input.customerIds[i]!;
    const state = nextTier(stateBefore(id), points[i]!, thresholds, asOfDay, previous?.day ?? asOfDay);
    states.push(state);
    const override = overrideOf(i);
    const current = override?.tier ?? state.tier;
    shown.push(current);
    const old = shownBefore(id) ?? current;
    if (current > old) up++;
    if (current < old) down++;
    const tier = tiers[current]!;
    tier.customers++;
    tier.yearMoney += facts.yearMoney[i]!;
    const next = outlook?.points?.[i];
    if (override !== null) overridden++;
    else if (state.belowSince !== null) tier.warned++;
    else if (next !== undefined && next < keptFrom(current)) tier.expected++;
    scores.label[i] = tier.name;
    scores.evidence[i] = level;
  }
  return {
    summary: {
      customers: facts.bought.length,
      neverBought: n - facts.bought.length,
      tiers: tiers.map((tier) => ({ ...tier, yearMoney: Math.round(tier.yearMoney * 100) / 100 })),
      scale,
      isFrozen,
      up,
      down,
      warned: tiers.reduce((sum, tier) => sum + tier.warned, 0),
      expected: tiers.reduce((sum, tier) => sum + tier.expected, 0),
      overridden,
      outlook: outlook?.check ?? null,
      evidence: level,
    },
    model: {
      scale,
      thresholds,
      day: asOfDay,
      customerIds: Array.from(facts.bought, (i) => input.customerIds[i]!),
      tier: states.map((state) => state.tier),
      since: states.map((state) => state.since),
      belowSince: states.map((state) => state.belowSince),
      belowDays: states.map((state) => state.belowDays),
      shown,
    } satisfies LoyaltyModel,
    scores,
    matrix: null,
  };
}

/**
 * What points are counted on, and the scale: 12-month value is the money expected in the next 12 months where the value forecast
 * holds, else that of the last 12. A frozen scale keeps its basis, and gets another mark for full value points only
 * when its forecast no longer holds.
 */
function measure(
  input: LoyaltyInput,
  rhythms: Rhythm,
  frozen: PointScale | null,
  seed: number,
): { facts: LoyaltyFacts; scale: PointScale } {
  const { history, tickets } = input;
  const facts = loyaltyFacts(history, tickets, rhythms);
  if (frozen?.basis === 'last-12-months') return { facts, scale: frozen };
  const money = expectedYear(history, rhythms, input.horizonDays, seededRandom(seed));
  if (money === null) {
    const scale = frozen === null ? derivePointScale(facts) : { ...frozen, basis: 'last-12-months' as const };
    return { facts, scale: frozen === null ? scale : { ...scale, fullValue: fullValue(facts) } };
  }
  const expected = { ...facts, value: money.map((value) => (Number.isNaN(value) ? 0 : value)) };
  return { facts: expected, scale: frozen ?? derivePointScale(expected, 'forecast') };
}

/** Who is in which loyalty tier, who moved, and who is about to drop. */
export const loyalty = defineAnalysis<LoyaltyInput, LoyaltySummary>({
  name: 'loyalty',
  title: { en: 'Loyalty tiers', zh: '忠诚度等级' },
  summary: loyaltySummarySchema,
  async read({ portal, portfolio, settings, previous, refit = false }) {
    const history = await readPurchaseHistory(portal);
    const old = modelSchema.safeParse(previous?.model);
    return {
      customerIds: history.customerIds,
      history,
      // One array of ids, so that it crosses to the worker once.
      tickets: { ...(await readTicketHistory(portal, portfolio)), customerIds: history.customerIds },
      asOfDay: zonedDay(portfolio.asOf, portfolio.timeZone),
      horizonDays: portfolio.horizonDays,
      lastCompleteDay: lastCompleteDay(portfolio.asOf, portfolio.timeZone),
      overrides: Object.fromEntries(
        Object.entries(settings.tierOverrides).map(([id, { tier, until }]) => [
          id,
          { tier, until: until === null ? null : Date.parse(until) / DAY_MS },
        ]),
      ),
      tierNames: settings.tierNames,
      previous: old.success ? old.data : null,
      refit,
    };
  },
  compute,
  present: presentLoyalty,
  properties: [
    {
      name: 'kith_loyalty_tier',
      label: 'Kith loyalty tier',
      description: 'Loyalty tier from 12-month value, tenure, breadth, regularity and satisfaction',
      type: 'enumeration',
      options: TIER_VALUES.map((tier) => ({ value: tier, label: `${tier.charAt(0).toUpperCase()}${tier.slice(1)}` })),
      value(score) {
        const details = z.object({ tier: z.number().int().min(0).max(3) }).safeParse(score.details);
        return score.label === '' || !details.success ? null : TIER_VALUES[details.data.tier]!;
      },
    },
  ],
});
