import { loyaltySummarySchema } from '../analyses/loyalty-summary.ts';
import { CLASS_PLAYBOOKS, PLAYBOOKS, TIER_PLAYBOOKS } from '../analyses/playbooks.ts';
import { segmentsSummarySchema } from '../analyses/segments-summary.ts';
import { valueSummarySchema } from '../analyses/value-summary.ts';
import type { Run } from '../domain/results.ts';
import type { Text } from '../lib/text.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** A group of customers that has a playbook, as the newest run knows it. */
export interface TargetGroup {
  readonly target: string;
  readonly name: Text;
  /** What people may call it, besides the target itself. */
  readonly aliases: readonly string[];
  readonly customers: number;
  /** What is done with it unless people say otherwise. */
  readonly otherwise: Text;
  /** Whose scores bear it, and under which label. */
  readonly run: Run;
  readonly analysis: 'value' | 'loyalty' | 'segments';
  readonly label: string;
}

const CLASS_NAMES = {
  low: { en: 'low value', zh: '低价值' },
  medium: { en: 'medium value', zh: '中价值' },
  high: { en: 'high value', zh: '高价值' },
} as const;

/** Every value class, tier and segment of the newest run; none before the first. */
export async function readTargets(portal: PortalStore): Promise<TargetGroup[]> {
  const groups: TargetGroup[] = [];
  const { results } = portal;
  const [value, loyalty, segments] = await Promise.all([
    results.summary('value'),
    results.summary('loyalty'),
    results.summary('segments'),
  ]);
  if (value !== null) {
    for (const { name, customers } of valueSummarySchema.parse(value.summary).classes.toReversed()) {
      const shown = CLASS_NAMES[name];
      groups.push({
        target: `value:${name}`,
        name: shown,
        aliases: [name, shown.en, shown.zh],
        customers,
        otherwise: PLAYBOOKS[CLASS_PLAYBOOKS[name]],
        run: value.run,
        analysis: 'value',
        label: name,
      });
    }
  }
  if (loyalty !== null) {
    const tiers = loyaltySummarySchema.parse(loyalty.summary).tiers.map(
      ({ name, customers }, place): TargetGroup => ({
        target: `tier:${name}`,
        name: { en: name, zh: name },
        aliases: [name],
        customers,
        otherwise: PLAYBOOKS[TIER_PLAYBOOKS[place] ?? 'exclusive'],
        run: loyalty.run,
        analysis: 'loyalty',
        label: name,
      }),
    );
    groups.push(...tiers.reverse());
  }
  if (segments !== null) {
    for (const { id, name, custom, customers, playbook } of segmentsSummarySchema.parse(segments.summary).segments) {
      groups.push({
        target: `segment:${id}`,
        name: custom === null ? name : { en: custom, zh: custom },
        aliases: [...(custom === null ? [] : [custom]), name.en, name.zh],
        customers,
        otherwise: PLAYBOOKS[playbook],
        run: segments.run,
        analysis: 'segments',
        label: custom ?? name.en,
      });
    }
  }
  return groups;
}
