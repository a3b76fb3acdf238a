import { deriveRfmCutPoints, RFM_GROUPS, rfmGroup, rfmScore, rfmValues } from '../features/rfm.ts';
import type { RecommendInput } from './recommend-input.ts';

/** Groups of customers as they were known on a day. */
export interface SegmentsAt {
  readonly by: 'industry' | 'rfm';
  /** An industry as the CRM has it, or the key of an RFM group. */
  readonly names: readonly string[];
  /** By position in the input's customers; −1 for none. */
  readonly segmentOf: Int32Array;
}

/** Industries are the segments where at least this share of the customers have one. */
const KNOWN_SHARE = 0.5;

/** RFM groups by what had been bought up to and on `day`, with the cut-points of that day. */
export function rfmGroupsAt({ history, customerIds }: RecommendInput, day: number): Int32Array {
  const values = rfmValues(history, day);
  const points = deriveRfmCutPoints(values);
  const positions = new Map(history.customerIds.map((id, i) => [id, i]));
  return Int32Array.from(customerIds, (id) => {
    const position = positions.get(id);
    const score = position === undefined ? null : rfmScore(values, position, points);
    return score === null ? -1 : RFM_GROUPS.indexOf(rfmGroup(score));
  });
}

/** Industries where most customers have one, for a taste in products goes by trade rather than by rhythm; else RFM groups. */
export function segmentsAt(input: RecommendInput, rfmGroups: Int32Array): SegmentsAt {
  const { industries } = input;
  const names = [...new Set(industries)].filter((industry) => industry !== '').sort();
  const known = industries.filter((industry) => industry !== '').length;
  if (names.length < 2 || known < KNOWN_SHARE * industries.length) {
    return { by: 'rfm', names: RFM_GROUPS, segmentOf: rfmGroups };
  }
  const positions = new Map(names.map((name, i) => [name, i]));
  const segmentOf = Int32Array.from(industries, (industry) => positions.get(industry) ?? -1);
  return { by: 'industry', names, segmentOf };
}
