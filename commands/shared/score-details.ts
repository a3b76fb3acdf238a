import { z } from 'zod';
import type { PresentedRow } from '../../src/analyses/analysis.ts';
import { loyaltyDetailsSchema } from '../../src/analyses/loyalty-summary.ts';
import { trustLine } from '../../src/analyses/trust-line.ts';
import { type CustomerForecast, customerForecastSchema } from '../../src/analyses/value-summary.ts';
import type { Run } from '../../src/domain/results.ts';
import { type Language, say, type Text } from '../../src/lib/text.ts';
import { formatCount, formatDay, formatMoney, formatNumber, formatPercent } from '../../src/report/format.ts';
import type { Report } from '../../src/report/report.ts';
import { segmentName, valueClassName } from './class-names.ts';
import { type GivenTier, nextQuarterFact, nextTierFact, overrideFact } from './tier-facts.ts';
import type { Explained } from './why-button.ts';

type Fact = readonly [Text, string];

const DAY_MS = 24 * 60 * 60 * 1000;

/** Why a customer is in its segment, value class or tier: the numbers that decided. */
export function scoreDetails(
  language: Language,
  analysis: Exclude<Explained, 'churn-risk'>,
  row: PresentedRow,
  run: Run,
  tier: GivenTier,
): Report {
  const { headline, facts, rule, quality } = EXPLANATIONS[analysis](language, row, run, tier);
  return {
    language,
    headline: language === 'zh' ? `${row.name}：${say(language, headline)}` : `${row.name}: ${say(language, headline)}`,
    parts: [
      { kind: 'facts', facts: facts.map(([label, value]) => ({ label: say(language, label), value })) },
      { kind: 'text', text: say(language, rule) },
    ],
    trust: trustLine(language, run, row.evidence, quality ?? { en: 'facts, no prediction', zh: '事实，非预测' }),
  };
}

interface Explanation {
  readonly headline: Text;
  readonly facts: readonly Fact[];
  readonly rule: Text;
  /** For the line of trust, where there is more than facts. */
  readonly quality?: Text;
}

const segmentDetailsSchema = z.object({ recencyDays: z.number(), purchases: z.number(), value: z.number() });
const valueDetailsSchema = z.object({
  purchases: z.number(),
  money: z.number(),
  tenureDays: z.number(),
  recencyDays: z.number(),
  rfm: z.object({ r: z.number(), f: z.number(), m: z.number() }).nullable(),
  forecast: customerForecastSchema.optional(),
});

const NEVER_BOUGHT: Explanation = {
  headline: { en: 'has not bought anything yet', zh: '尚未购买' },
  facts: [],
  rule: { en: 'Groups, classes and tiers are for customers who have bought.', zh: '分群与等级只针对已购买的客户。' },
};

const EXPLANATIONS: Readonly<
  Record<
    Exclude<Explained, 'churn-risk'>,
    (language: Language, row: PresentedRow, run: Run, tier: GivenTier) => Explanation
  >
> = { segments: explainSegment, value: explainValue, loyalty: explainLoyalty };

function explainSegment(language: Language, row: PresentedRow, run: Run): Explanation {
  const details = segmentDetailsSchema.safeParse(row.details).data;
  if (details === undefined) return NEVER_BOUGHT;
  const name = segmentName(language, row);
  return {
    headline: { en: `in segment “${name}”`, zh: `属于分群“${name}”` },
    facts: [
      [{ en: 'Days since the last purchase', zh: '距最近购买天数' }, formatCount(language, details.recencyDays)],
      [{ en: 'Purchases', zh: '购买次数' }, formatCount(language, details.purchases)],
      [{ en: 'Value so far', zh: '累计价值' }, formatMoney(language, details.value, run.portfolio.currency)],
    ],
    rule: {
      en: 'The segment is the one whose typical customer is nearest in how recently, how often, how regularly, for how much and how widely it buys.',
      zh: '按最近购买时间、频率、规律性、金额和品类广度，归入典型客户最接近的分群。',
    },
  };
}

function explainValue(language: Language, row: PresentedRow, run: Run): Explanation {
  const details = valueDetailsSchema.safeParse(row.details).data;
  if (details === undefined || row.value === null) return NEVER_BOUGHT;
  const { currency } = run.portfolio;
  const perYear = formatMoney(language, row.value, currency);
  const name = valueClassName(language, row.label);
  const rfm: Fact[] =
    details.rfm === null
      ? []
      : [
          [
            { en: 'RFM (1 to 5 each)', zh: 'RFM（各 1 至 5 分）' },
            `${details.rfm.r} ${details.rfm.f} ${details.rfm.m}`,
          ],
        ];
  return {
    headline: {
      en: `${perYear} a year${name === '' ? '' : ` (${name})`}`,
      zh: `每年 ${perYear}${name === '' ? '' : `（${name}）`}`,
    },
    facts: [
      [{ en: 'Purchases', zh: '购买次数' }, formatCount(language, details.purchases)],
      [{ en: 'Value so far', zh: '累计价值' }, formatMoney(language, details.money, currency)],
      [{ en: 'Days as a customer', zh: '成为客户的天数' }, formatCount(language, details.tenureDays)],
      [{ en: 'Days since the last purchase', zh: '距最近购买天数' }, formatCount(language, details.recencyDays)],
      ...rfm,
      ...forecastFacts(language, details.forecast, currency),
    ],
    rule: {
      en: 'Value per year is the mean amount per purchase times purchases, refunds taken off, divided by the years as a customer (at least one expected gap and 180 days).',
      zh: '年价值 = 平均单次金额 × 购买次数（扣除退款）÷ 客户年限（不少于一个预期间隔和 180 天）。',
    },
    ...(details.forecast?.method === 'predicted' ? { quality: PREDICTED } : {}),
  };
}

const PREDICTED: Text = {
  en: 'next 12 months predicted (MBG/NBD, Gamma-Gamma)',
  zh: '未来 12 个月为预测值（MBG/NBD、Gamma-Gamma）',
};

/** What the next 12 months are expected to bring; the facts above already are the historic rate. */
function forecastFacts(language: Language, forecast: CustomerForecast | undefined, currency: string): Fact[] {
  if (forecast === undefined || forecast.method === 'historic') return [];
  const money = (amount: number): string => formatMoney(language, amount, currency);
  const { value, low, high, alive, purchases } = forecast;
  const facts: Fact[] = [[{ en: 'Expected in the next 12 months', zh: '未来 12 个月预期金额' }, money(value)]];
  if (low !== null && high !== null) {
    facts.push([{ en: 'With a chance of 80 %, between', zh: '80% 的可能介于' }, `${money(low)} – ${money(high)}`]);
  }
  if (purchases !== null) {
    facts.push([{ en: 'Purchases expected', zh: '预期购买次数' }, formatNumber(language, purchases, 1)]);
  }
  if (alive !== null)
    facts.push([{ en: 'Chance of being active still', zh: '仍活跃的可能性' }, formatPercent(language, alive)]);
  return facts;
}

const POINTS: Readonly<Record<string, Text>> = {
  value: { en: 'Points for 12-month value', zh: '近 12 个月消费得分' },
  tenure: { en: 'Points for tenure', zh: '客户年限得分' },
  breadth: { en: 'Points for breadth', zh: '品类广度得分' },
  regularity: { en: 'Points for regularity', zh: '购买规律得分' },
  satisfaction: { en: 'Points for satisfaction', zh: '满意度得分' },
};

function explainLoyalty(language: Language, row: PresentedRow, run: Run, tier: GivenTier): Explanation {
  const details = loyaltyDetailsSchema.safeParse(row.details).data;
  if (details === undefined || row.value === null) return NEVER_BOUGHT;
  const { currency } = run.portfolio;
  const points = formatNumber(language, row.value, 1);
  const facts: Fact[] = Object.entries(details.parts).map(([part, earned]) => [
    POINTS[part] ?? { en: part, zh: part },
    formatNumber(language, earned, 1),
  ]);
  facts.push([{ en: '12-month value', zh: '近 12 个月消费' }, formatMoney(language, details.yearMoney, currency)]);
  const { override } = details;
  const given = overrideFact(details, tier);
  if (given !== null) facts.push([given[0], say(language, given[1])]);
  // Days count for the tier that the points earned, whatever a person gave.
  const since: Text =
    override === null
      ? { en: 'In this tier since', zh: '进入该等级的日期' }
      : { en: 'In the tier of its points since', zh: '进入积分对应等级的日期' };
  facts.push([since, day(language, details.since)]);
  const coming = nextTierFact(details, tier);
  if (coming !== null) facts.push([coming[0], say(language, coming[1])]);
  const expected = nextQuarterFact(language, details);
  if (expected !== null) facts.push(expected);
  if (details.next !== null) {
    facts.push([
      { en: 'Points missing for the next tier', zh: '距下一等级还差（分）' },
      formatNumber(language, details.next.points, 1),
    ]);
  }
  const { warning } = details;
  if (warning !== null) {
    const missing = formatNumber(language, warning.points, 1);
    const amount = warning.amount === null ? '' : ` (${formatMoney(language, warning.amount, currency)})`;
    facts.push([{ en: 'Points missing to stay in this tier', zh: '保住该等级还差（分）' }, `${missing}${amount}`]);
    facts.push([{ en: 'First day of a step down', zh: '最早降级日期' }, day(language, warning.downOn)]);
  }
  return {
    headline:
      override === null
        ? { en: `${row.label} with ${points} points`, zh: `${row.label}，${points} 分` }
        : { en: `${row.label}, given by a person; ${points} points`, zh: `${row.label}（人工指定），${points} 分` },
    facts,
    rule:
      override === null
        ? {
            en: 'Up at once; down only after 28 days too low and 90 days in the tier, one tier at a time.',
            zh: '达标立即升级；低于标准满 28 天且在该等级满 90 天后才降级，每次降一级。',
          }
        : {
            en: 'A tier that a person gave wins over the points for as long as it holds.',
            zh: '人工指定的等级在有效期内优先于积分。',
          },
  };
}

function day(language: Language, daysSinceEpoch: number): string {
  return formatDay(language, daysSinceEpoch * DAY_MS, 'UTC');
}
