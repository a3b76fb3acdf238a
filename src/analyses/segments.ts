import { z } from 'zod';
import { lastCompleteDay } from '../features/calendar.ts';
import { readEngagementLoad } from '../features/engagement-load.ts';
import { rhythm } from '../features/expected-gap.ts';
import { readPurchaseHistory } from '../features/purchase-history.ts';
import { rfmValues } from '../features/rfm.ts';
import { SEGMENT_FEATURES, segmentFeatures } from '../features/segment-features.ts';
import { readTicketHistory } from '../features/ticket-history.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { seededRandom, shuffledIndices } from '../math/random.ts';
import { median } from '../math/statistics.ts';
import { type Drafted, defineAnalysis } from './analysis.ts';
import { orderEvidence } from './order-evidence.ts';
import { groupByModel, groupByRfm, type SegmentsInput } from './segment-grouping.ts';
import { segmentCustomers, segmentModelSchema } from './segment-model.ts';
import { movesOf } from './segment-moves.ts';
import { presentSegments } from './segments-report.ts';
import { type SegmentsSummary, segmentsSummarySchema } from './segments-summary.ts';
import { WEEK } from './steady-segments.ts';

/** Below this many customers who have bought, clusters would be noise: the RFM groups are the segments. */
const FEWEST_CUSTOMERS = 30;

const DAY_MS = 86_400_000;
/** The band of customers that are like nobody else. */
export const LONER = 'loner';

const rfmModelSchema = z.object({
  kind: z.literal('rfm'),
  cutPoints: z.object({ recency: z.array(z.number()), frequency: z.array(z.number()), money: z.array(z.number()) }),
});

function compute(input: SegmentsInput, seed: number): Drafted<SegmentsSummary> {
  const { history, asOfDay } = input;
  const n = input.customerIds.length;
  const { customers, values } = segmentFeatures(history, input.tickets, input.engagements, asOfDay);
  const rfm = rfmValues(history, asOfDay);
  const level = orderEvidence(history, rhythm(history, asOfDay), input.horizonDays, input.lastCompleteDay);
  const fitted = customers.length < FEWEST_CUSTOMERS ? null : segmentCustomers(values, input.previous, asOfDay, seed);
  const grouping =
    fitted === null ? groupByRfm(input, customers) : groupByModel(input, customers, fitted, values, seed);

  const named = grouping.groups.map((group) => ({ ...group, custom: input.segmentNames[group.id] ?? null }));
  const total = customers.reduce((sum, i) => sum + rfm.money[i]!, 0);
  const segments = named.map((group, g) => {
    const members = customers.filter((_, row) => grouping.groupOf[row] === g);
    const value = members.reduce((sum, i) => sum + rfm.money[i]!, 0);
    const middle = (column: Float64Array): number =>
      members.length === 0 ? 0 : median(Float64Array.from(members, (i) => column[i]!));
    return {
      id: group.id,
      name: group.name,
      custom: group.custom,
      customers: members.length,
      value: Math.round(value * 100) / 100,
      shareOfValue: total > 0 ? value / total : null,
      medianRecencyDays: middle(rfm.recency),
      medianPurchases: middle(rfm.frequency),
      medianValue: middle(rfm.money),
      profile: [...group.profile],
      playbook: group.playbook,
    };
  });

  const scores = {
    value: new Float64Array(n).fill(Number.NaN),
    label: new Array<string>(n).fill(''),
    band: new Array<string>(n).fill(''),
    evidence: new Uint8Array(n),
    details: (i: number): string => {
      if (rowOf[i] === -1) return '{}';
      const group = named[grouping.groupOf[rowOf[i]!]!]!;
      return JSON.stringify({
        segmentId: group.id,
        name: group.name,
        recencyDays: rfm.recency[i],
        purchases: rfm.frequency[i],
        value: rfm.money[i],
      });
    },
  };
  const p = SEGMENT_FEATURES.length;
  const rowOf = new Int32Array(n).fill(-1);
  customers.forEach((i, row) => {
    rowOf[i] = row;
    const group = named[grouping.groupOf[row]!]!;
    scores.value[i] = rfm.money[i]!;
    scores.label[i] = group.custom ?? group.name.en;
    scores.evidence[i] = level;
    if (grouping.loners?.isLoner[row] === 1) scores.band[i] = LONER;
  });
  const { groups: _groups, groupOf, lastWeek, loners, model, ...facts } = grouping;
  const idOf = (row: number): string => named[groupOf[row]!]!.id;
  const moved = customers.filter((i) => lastWeek[i] !== idOf(rowOf[i]!));
  const stays = Array.from(moved, (i) => ({ from: lastWeek[i]!, to: idOf(rowOf[i]!), value: rfm.money[i]! }));
  const alone = loners === null ? [] : [...customers.filter((_, row) => loners.isLoner[row] === 1)];
  return {
    summary: {
      ...facts,
      customers: customers.length,
      neverBought: n - customers.length,
      value: Math.round(total * 100) / 100,
      segments: segments.sort((a, b) => b.value - a.value || b.customers - a.customers),
      moves: movesOf(stays),
      loners:
        loners === null
          ? null
          : {
              customers: alone.length,
              value: Math.round(alone.reduce((sum, i) => sum + rfm.money[i]!, 0) * 100) / 100,
              looked: loners.looked,
            },
      drawn: drawnOf(
        customers.filter((i) => Math.round(rfm.money[i]! * 100) / 100 > 0),
        (i) => ({
          id: idOf(rowOf[i]!),
          recencyDays: rfm.recency[i]!,
          value: Math.round(rfm.money[i]! * 100) / 100,
        }),
        seed,
      ),
      evidence: level,
    },
    model,
    scores,
    matrix: {
      columns: p,
      values: (i, into) => {
        const row = rowOf[i]!;
        if (row !== -1) into.set(values.subarray(row * p, (row + 1) * p));
      },
    },
  };
}

/** More points than these make a cloud in which nobody sees a shape. */
const MOST_DRAWN = 300;

function drawnOf(
  shown: Int32Array,
  told: (i: number) => SegmentsSummary['drawn'][number],
  seed: number,
): SegmentsSummary['drawn'] {
  const rows = shuffledIndices(shown.length, seededRandom(seed)).subarray(0, MOST_DRAWN).sort();
  return Array.from(rows, (row) => told(shown[row]!));
}

/** Which customers are alike, what they have in common, and what they are worth. */
export const segments = defineAnalysis<SegmentsInput, SegmentsSummary>({
  name: 'segments',
  title: { en: 'Customer segments', zh: '客户分群' },
  summary: segmentsSummarySchema,
  async read({ portal, portfolio, settings, previous, refit = false }) {
    const history = await readPurchaseHistory(portal);
    // One array of ids, so that it crosses to the worker once.
    const tickets = { ...(await readTicketHistory(portal, portfolio)), customerIds: history.customerIds };
    const engagements = await readEngagementLoad(portal, portfolio);
    const weekAgo = { ...portfolio, asOf: portfolio.asOf - WEEK * DAY_MS };
    const engagementsLastWeek = await readEngagementLoad(portal, weekAgo);
    const old = segmentModelSchema.safeParse(previous?.model);
    const oldRfm = rfmModelSchema.safeParse(previous?.model);
    return {
      customerIds: history.customerIds,
      history,
      tickets,
      engagements,
      engagementsLastWeek,
      asOfDay: zonedDay(portfolio.asOf, portfolio.timeZone),
      horizonDays: portfolio.horizonDays,
      lastCompleteDay: lastCompleteDay(portfolio.asOf, portfolio.timeZone),
      segmentNames: settings.segmentNames,
      cutPoints: settings.rfmCutPoints ?? (oldRfm.success && !refit ? oldRfm.data.cutPoints : null),
      // Too old to be used as it is, and still what the new segments are called after.
      previous: old.success ? { ...old.data, ...(refit ? { fittedDay: Number.NEGATIVE_INFINITY } : {}) } : null,
    };
  },
  compute,
  present: presentSegments,
  properties: [
    {
      name: 'kith_segment',
      label: 'Kith segment',
      description: 'The group of similar customers that this customer belongs to',
      type: 'string',
      value: (score) => (score.label === '' ? null : score.label),
    },
  ],
});
