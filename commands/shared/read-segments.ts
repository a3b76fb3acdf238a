import { type SegmentsSummary, segmentsSummarySchema } from '../../src/analyses/segments-summary.ts';
import { say } from '../../src/lib/text.ts';
import type { CommandContext } from '../context.ts';

export interface NamedSegment {
  readonly segment: SegmentsSummary['segments'][number];
  /** The label of its customers' scores. */
  readonly label: string;
  /** What people may call it. */
  readonly names: readonly string[];
  /** Its name for this reader. */
  readonly shown: string;
}

/** The segments of the newest run; none before the first. */
export async function readSegments({
  reader,
  language,
}: Pick<CommandContext, 'reader' | 'language'>): Promise<NamedSegment[]> {
  const result = await reader.result('segments');
  if (result === null) return [];
  return segmentsSummarySchema.parse(result.summary).segments.map((segment) => ({
    segment,
    label: segment.custom ?? segment.name.en,
    names: [segment.custom ?? say(language, segment.name), segment.name.en, segment.name.zh],
    shown: segment.custom ?? say(language, segment.name),
  }));
}
