import type { PurchaseHistory } from '../features/purchase-history.ts';
import {
  deriveRfmCutPoints,
  RFM_GROUP_NAMES,
  RFM_GROUPS,
  type RfmCutPoints,
  type RfmGroup,
  rfmGroup,
  rfmScore,
  rfmValues,
} from '../features/rfm.ts';
import { segmentFeatures } from '../features/segment-features.ts';
import type { TicketHistory } from '../features/ticket-history.ts';
import type { Text } from '../lib/text.ts';
import { type Playbook, playbookFor } from './playbooks.ts';
import { findLoners, type Loners } from './segment-loners.ts';
import {
  centreOf,
  closestSegments,
  type SegmentModel,
  scaledBy,
  type segmentCustomers,
  segmentsUnder,
} from './segment-model.ts';
import { QUIET_FROM_DAYS } from './segment-names.ts';
import type { SegmentsSummary } from './segments-summary.ts';
import { placeCustomers, WEEK } from './steady-segments.ts';

export interface SegmentsInput {
  readonly customerIds: readonly string[];
  readonly history: PurchaseHistory;
  readonly tickets: TicketHistory;
  readonly engagements: Int32Array;
  /** The same a week before the as-of. */
  readonly engagementsLastWeek: Int32Array;
  readonly asOfDay: number;
  readonly horizonDays: number;
  readonly lastCompleteDay: number;
  readonly segmentNames: Readonly<Record<string, string>>;
  readonly cutPoints: RfmCutPoints | null;
  readonly previous: SegmentModel | null;
}

interface Group {
  readonly id: string;
  readonly name: Text;
  readonly playbook: Playbook;
  readonly profile: readonly number[];
}

/** What both ways of grouping give: the groups, and each buyer's (row's) position among them. */
export interface Grouping
  extends Pick<SegmentsSummary, 'method' | 'quality' | 'fittedDay' | 'isFrozen' | 'changes' | 'closest'> {
  readonly groups: readonly Group[];
  readonly groupOf: Int32Array;
  /** The id of each customer's group a week ago, by position in the history; '' for who had not bought. */
  readonly lastWeek: readonly string[];
  readonly loners: Loners | null;
  readonly model: unknown;
}

/** The segments of a fitted model, and where each buyer belongs among them. */
export function groupByModel(
  input: SegmentsInput,
  customers: Int32Array,
  fitted: NonNullable<ReturnType<typeof segmentCustomers>>,
  values: Float64Array,
  seed: number,
): Grouping {
  const { model, isFrozen, changes } = fitted;
  const groups = model.ids.map((id, s) => {
    const { profile, recencyDays } = centreOf(model, s);
    const isQuiet = recencyDays >= QUIET_FROM_DAYS && profile[0]! >= 0.5;
    return { id, name: model.names[s]!, playbook: playbookFor(isQuiet, profile[2]!), profile };
  });
  const { previous, asOfDay } = input;
  const scaled = scaledBy(model, values);
  // What a run of a later day left says nothing about where customers were before this one.
  const before = previous?.members != null && previous.members.day <= asOfDay ? previous.members : null;
  const placed = placeCustomers(
    { ids: model.ids, centroids: model.kMeans.centroids, columns: model.keep.length },
    Array.from(customers, (i) => input.customerIds[i]!),
    scaled,
    segmentsAWeekAgo(input, model),
    before,
    previous?.ids ?? [],
    asOfDay,
  );
  const lastWeek = new Array<string>(input.customerIds.length).fill('');
  customers.forEach((i, row) => {
    lastWeek[i] = placed.lastWeek[row]!;
  });
  return {
    method: 'k-means',
    groups,
    groupOf: placed.segmentOf,
    lastWeek,
    loners: findLoners(scaled, model.keep.length, seed),
    closest: closestSegments(model),
    model: { ...model, members: placed.membership } satisfies SegmentModel,
    quality: model.quality,
    fittedDay: model.fittedDay,
    isFrozen,
    changes: [...changes],
  };
}

/** The nearest segment (position in the model's ids) of every customer who had bought a week ago, as of then. */
function segmentsAWeekAgo(input: SegmentsInput, model: SegmentModel): Map<string, number> {
  const { history, tickets, engagementsLastWeek, asOfDay } = input;
  const then = segmentFeatures(history, tickets, engagementsLastWeek, asOfDay - WEEK);
  const segmentThen = segmentsUnder(model, then.values);
  return new Map(Array.from(then.customers, (i, row) => [input.customerIds[i]!, segmentThen[row]!]));
}

const RFM_PLAYBOOKS: Readonly<Record<RfmGroup, Playbook>> = {
  champions: 'exclusive',
  loyal: 'exclusive',
  potential: 'personal',
  promising: 'personal',
  'recent-small': 'personal',
  attention: 'personal',
  sleepy: 'discount',
  'at-risk': 'win-back',
  'cannot-lose': 'win-back',
  hibernating: 'discount',
  lost: 'discount',
};

/** The RFM groups that there are: of few customers, clusters would be noise. */
export function groupByRfm(input: SegmentsInput, customers: Int32Array): Grouping {
  const rfm = rfmValues(input.history, input.asOfDay);
  const cutPoints = input.cutPoints ?? deriveRfmCutPoints(rfm);
  const groupIn = Array.from(customers, (i) => rfmGroup(rfmScore(rfm, i, cutPoints)!));
  const present = RFM_GROUPS.filter((group) => groupIn.includes(group));
  const then = rfmValues(input.history, input.asOfDay - WEEK);
  const lastWeek = input.customerIds.map((_, i) => {
    const score = rfmScore(then, i, cutPoints);
    return score === null ? '' : `rfm-${rfmGroup(score)}`;
  });
  return {
    method: customers.length === 0 ? 'none' : 'rfm',
    groups: present.map((group) => ({
      id: `rfm-${group}`,
      name: RFM_GROUP_NAMES[group],
      playbook: RFM_PLAYBOOKS[group],
      profile: [],
    })),
    groupOf: Int32Array.from(groupIn, (group) => present.indexOf(group)),
    lastWeek,
    loners: null,
    closest: null,
    model: { kind: 'rfm', cutPoints },
    quality: null,
    fittedDay: null,
    isFrozen: false,
    changes: [],
  };
}
