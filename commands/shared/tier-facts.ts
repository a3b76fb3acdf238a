import { type LoyaltyDetails, loyaltySummarySchema } from '../../src/analyses/loyalty-summary.ts';
import type { Language, Text } from '../../src/lib/text.ts';
import { formatDay, formatNumber } from '../../src/report/format.ts';
import type { CommandContext } from '../context.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What a person decided about one customer's tier, beside what the run says of it. */
export interface GivenTier {
  /** Lowest first. */
  readonly names: readonly string[];
  /** What holds from the next analysis on; null when nobody gave one. */
  readonly given: { readonly tier: number; readonly until: string | null; readonly by: string } | null;
}

/** `summary` is the loyalty analysis's; without it there are no names of tiers. */
export async function givenTier(
  { loyalty, namesOf }: CommandContext,
  customerId: string,
  summary: unknown,
): Promise<GivenTier> {
  const given = loyalty.list().find((override) => override.customerId === customerId);
  const known = loyaltySummarySchema.safeParse(summary).data;
  const names = known?.tiers.map(({ name }) => name) ?? [];
  if (given === undefined) return { names, given: null };
  return { names, given: { ...given, by: (await namesOf([given.by]))(given.by) } };
}

/** Where the run's tier is a person's word: whose, until when, and what the points alone would make it. */
export function overrideFact({ override }: LoyaltyDetails, { names, given }: GivenTier): readonly [Text, Text] | null {
  if (override === null) return null;
  const earned = names[override.earned] ?? String(override.earned);
  const tier = names[override.tier] ?? String(override.tier);
  // The run keeps what was given; who gave it is known while that is what stands.
  const by = given !== null && isSame(given, override) ? given.by : null;
  return [
    { en: 'Tier given by a person', zh: '人工指定等级' },
    {
      en: `${tier}${by === null ? '' : ` by ${by}`}, ${ending('en', override.until)}; by its points ${earned}`,
      zh: `${tier}${by === null ? '' : `（${by} 指定）`}，${ending('zh', override.until)}；按积分为${earned}`,
    },
  ];
}

/** What a person decided since the run, which the next analysis takes up. */
export function nextTierFact({ override }: LoyaltyDetails, { names, given }: GivenTier): readonly [Text, Text] | null {
  const label: Text = { en: 'Tier from the next analysis on', zh: '下次分析起的等级' };
  if (given === null) {
    if (override === null) return null;
    const earned = names[override.earned] ?? String(override.earned);
    return [label, { en: `by its points, ${earned} as they are now`, zh: `按积分计算，目前为${earned}` }];
  }
  if (override !== null && isSame(given, override)) return null;
  const name = names[given.tier] ?? String(given.tier);
  const until = dayOf(given.until);
  return [
    label,
    {
      en: `${name}, given by ${given.by}, ${ending('en', until)}`,
      zh: `${name}（${given.by} 指定，${ending('zh', until)}）`,
    },
  ];
}

/** Points in a quarter, where the analysis tells them better than "the same as now" does. */
export function nextQuarterFact(language: Language, { nextQuarter }: LoyaltyDetails): readonly [Text, string] | null {
  if (nextQuarter === null) return null;
  const label: Text = { en: 'Points expected next quarter', zh: '预计下季度积分' };
  return [label, formatNumber(language, nextQuarter, 1)];
}

function isSame(
  given: { readonly tier: number; readonly until: string | null },
  override: { readonly tier: number; readonly until: number | null },
): boolean {
  return given.tier === override.tier && dayOf(given.until) === override.until;
}

/** Days since 1970-01-01. */
function dayOf(day: string | null): number | null {
  return day === null ? null : Date.parse(day) / DAY_MS;
}

function ending(language: Language, until: number | null): string {
  if (until === null) return language === 'en' ? 'until somebody removes it' : '直到有人取消';
  const day = formatDay(language, until * DAY_MS, 'UTC');
  return language === 'en' ? `until ${day}` : `有效期至 ${day}`;
}
