import { z } from 'zod';
import { rhythm } from '../features/expected-gap.ts';
import { type PurchaseHistory, readPurchaseHistory } from '../features/purchase-history.ts';
import { readTicketHistory, type TicketHistory } from '../features/ticket-history.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { type Computed, defineAnalysis } from './analysis.ts';
import {
  amountMissing,
  derivePointScale,
  LOYALTY_PARTS,
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
import { rhythmEvidence } from './rhythm-evidence.ts';

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
});
type LoyaltyModel = z.infer<typeof modelSchema>;

interface LoyaltyInput {
  readonly customerIds: readonly string[];
  readonly history: PurchaseHistory;
  readonly tickets: TicketHistory;
  readonly asOfDay: number;
  readonly horizonDays: number;
  readonly tierNames: readonly [string, string, string, string];
  readonly previous: LoyaltyModel | null;
}

/** The tiers' values on CRM records, whatever they are called: a property's options must not change with a setting. */
const TIER_VALUES = ['bronze', 'silver', 'gold', 'platinum'] as const;
/** Below this many buyers nothing is frozen: a later run with more of them derives scale and thresholds again. */
const FEWEST_TO_FREEZE = 20;

function compute(input: LoyaltyInput): Computed<LoyaltySummary> {
  const { history, asOfDay, previous } = input;
  const n = input.customerIds.length;
  const facts = loyaltyFacts(history, input.tickets, asOfDay);
  const isFrozen = previous !== null && previous.customerIds.length >= FEWEST_TO_FREEZE;
  const scale: PointScale = isFrozen ? previous.scale : derivePointScale(facts);
  const points = new Float64Array(n).fill(Number.NaN);
  const parts = Array.from(facts.bought, (i) => {
    const earned = loyaltyPoints(facts, i, scale);
    // Parts are whole tenths: their sum is too, apart from rounding.
    points[i] = Math.round(LOYALTY_PARTS.reduce((sum, part) => sum + earned[part], 0) * 10) / 10;
    return earned;
  });
  const thresholds: TierThresholds = isFrozen
    ? previous.thresholds
    : deriveThresholds(Float64Array.from(facts.bought, (i) => points[i]!));
  const level = rhythmEvidence(rhythm(history, asOfDay), input.horizonDays);
  const before = new Map<string, TierState>(
    isFrozen
      ? previous.customerIds.map((id, k) => [
          id,
          {
            tier: previous.tier[k]!,
            since: previous.since[k]!,
            belowSince: previous.belowSince[k]!,
            belowDays: previous.belowDays[k]!,
          },
        ])
      : [],
  );

  const scores = {
    value: points,
    label: new Array<string>(n).fill(''),
    band: new Array<string>(n).fill(''),
    evidence: new Uint8Array(n),
    details: new Array<string>(n).fill('{}'),
  };
  const tiers = input.tierNames.map((name, tier) => ({
    name,
    from: tier === 0 ? 0 : thresholds[tier - 1]!,
    customers: 0,
    yearMoney: 0,
    warned: 0,
  }));
  const states: TierState[] = [];
  let up = 0;
  let down = 0;
  for (const [row, i] of facts.bought.entries()) {
    const old = before.get(input.customerIds[i]!) ?? null;
    const state = nextTier(old, points[i]!, thresholds, asOfDay, previous?.day ?? asOfDay);
    states.push(state);
    if (old !== null && state.tier > old.tier) up++;
    if (old !== null && state.tier < old.tier) down++;
    const tier = tiers[state.tier]!;
    tier.customers++;
    tier.yearMoney += facts.yearMoney[i]!;
    const kept = KEPT_FROM * tier.from;
    let warning: LoyaltyDetails['warning'] = null;
    if (state.belowSince !== null) {
      tier.warned++;
      const missing = Math.max(0.1, Math.round((kept - points[i]!) * 10) / 10);
      warning = {
        points: missing,
        amount: amountMissing(facts.yearMoney[i]!, missing, scale),
        downOn: downOn(state, asOfDay),
      };
    }
    const details: LoyaltyDetails = {
      tier: state.tier,
      since: state.since,
      belowSince: state.belowSince,
      parts: parts[row]!,
      yearMoney: facts.yearMoney[i]!,
      change: old === null ? 0 : state.tier - old.tier,
      next:
        state.tier === 3
          ? null
          : { tier: state.tier + 1, points: Math.round((thresholds[state.tier]! - points[i]!) * 10) / 10 },
      warning,
    };
    scores.label[i] = tier.name;
    scores.evidence[i] = level;
    scores.details[i] = JSON.stringify(details);
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
    } satisfies LoyaltyModel,
    scores,
    matrix: null,
  };
}

/** Who is in which loyalty tier, who moved, and who is about to drop. */
export const loyalty = defineAnalysis<LoyaltyInput, LoyaltySummary>({
  name: 'loyalty',
  title: { en: 'Loyalty tiers', zh: '忠诚度等级' },
  summary: loyaltySummarySchema,
  async read({ portal, portfolio, settings, previous }) {
    const history = await readPurchaseHistory(portal, portfolio);
    const old = modelSchema.safeParse(previous?.model);
    return {
      customerIds: history.customerIds,
      history,
      tickets: await readTicketHistory(portal, portfolio),
      asOfDay: zonedDay(portfolio.asOf, portfolio.timeZone),
      horizonDays: portfolio.horizonDays,
      tierNames: settings.tierNames,
      previous: old.success ? old.data : null,
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
