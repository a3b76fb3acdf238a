import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatDay, formatMoney, formatNumber, formatPercent, plural } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { Presentation, PresentedRow } from './analysis.ts';
import { customerTable } from './customer-table.ts';
import { LOYALTY_PARTS, type LoyaltyPart } from './loyalty-points.ts';
import { type LoyaltyDetails, type LoyaltySummary, loyaltyDetailsSchema } from './loyalty-summary.ts';
import { DOWN_AFTER_DAYS, KEPT_FROM, LEAST_TIER_DAYS } from './loyalty-tiers.ts';
import { trustLine } from './trust-line.ts';

const DAY_MS = 86_400_000;

const PART_NAMES: Readonly<Record<LoyaltyPart, Text>> = {
  value: { en: '12-month value', zh: '12 个月消费' },
  tenure: { en: 'tenure', zh: '客户年限' },
  breadth: { en: 'breadth of products', zh: '品类广度' },
  regularity: { en: 'regularity', zh: '购买规律性' },
  satisfaction: { en: 'satisfaction', zh: '满意度' },
};

export function presentLoyalty(summary: LoyaltySummary, presentation: Presentation): Report {
  const { language, run } = presentation;
  const { currency } = run.portfolio;
  const trust = trustLine(language, run, summary.evidence, {
    en: summary.isFrozen ? 'points are rules, thresholds frozen' : 'points are rules, thresholds derived in this run',
    zh: summary.isFrozen ? '积分按规则计算，门槛已固定' : '积分按规则计算，门槛在本次运行中确定',
  });
  if (summary.customers === 0) {
    return {
      language,
      headline: say(language, {
        en: 'No loyalty tiers yet: nobody has bought anything',
        zh: '尚无忠诚度等级：还没有客户成交',
      }),
      parts: [],
      trust,
    };
  }
  const best = [...summary.tiers].reverse();
  const counts = best.map((tier) => `${tier.name} ${formatCount(language, tier.customers)}`).join(' · ');
  const warned =
    summary.warned === 0
      ? { en: 'nobody about to drop', zh: '没有客户面临降级' }
      : {
          en: `${plural('en', summary.warned, { one: 'customer', other: 'customers' }, '')} about to drop`,
          zh: `${formatCount('zh', summary.warned)} 位客户面临降级`,
        };
  return {
    language,
    headline: `${counts} – ${say(language, warned)}`,
    parts: [
      { kind: 'text', text: rules(language, summary, currency) },
      tierTable(language, summary, currency),
      ...movements(language, summary),
      ...outlookPart(language, summary),
      ...customerTable(presentation, [
        { label: { en: 'Tier', zh: '等级' }, cell: (row) => row.label },
        {
          label: { en: 'Points', zh: '积分' },
          cell: (row) => (row.value === null ? '–' : formatNumber(language, row.value, 1)),
        },
        { label: { en: 'Made of', zh: '构成' }, cell: (row) => sum(language, row, summary) },
        { label: { en: 'Next', zh: '下一步' }, cell: (row) => outlook(presentation, row, summary) },
      ]),
      { kind: 'chart', chart: chart(language, best) },
    ],
    trust,
  };
}

/** The rules in words: what earns points, what full points take, how tiers are lost. */
function rules(language: Language, summary: LoyaltySummary, currency: string): string {
  const { weights, fullValue, fullTenureDays, fullProducts } = summary.scale;
  const parts = LOYALTY_PARTS.filter((part) => weights[part] > 0);
  const list = parts
    .map((part) => `${say(language, PART_NAMES[part])} ${formatNumber(language, weights[part], 1)}`)
    .join(language === 'zh' ? '、' : ', ');
  const money = formatMoney(language, fullValue, currency);
  const isForecast = summary.scale.basis === 'forecast';
  const basis = say(language, {
    en: isForecast
      ? ' Value is the money expected in the next 12 months: on the last stretch of the history the forecast was nearer than the past rate.'
      : ' Value is the money of the last 12 months.',
    zh: isForecast
      ? '消费指预计未来 12 个月的金额：经历史检验，预测比历史速度更接近实际。'
      : '消费指最近 12 个月的金额。',
  });
  const missing = LOYALTY_PARTS.filter((part) => weights[part] === 0).map((part) => say(language, PART_NAMES[part]));
  const absent =
    missing.length === 0
      ? ''
      : say(language, {
          en: ` No data here for ${missing.join(', ')}: those points went to the others.`,
          zh: `本账户缺少${missing.join('、')}数据，其分值已分配给其他项。`,
        });
  return say(language, {
    en: `Up to 100 points: ${list}. Full points take ${money} in 12 months, ${formatCount('en', fullTenureDays)} days as a customer and ${plural('en', fullProducts, { one: 'product', other: 'products' }, '')}.${basis}${absent} A tier is gained at once and lost one step at a time, after ${DOWN_AFTER_DAYS} days below ${formatPercent('en', KEPT_FROM)} of its threshold and ${LEAST_TIER_DAYS} days in it.`,
    zh: `满分 100 分：${list}。满分标准：12 个月消费 ${money}，成为客户 ${formatCount('zh', fullTenureDays)} 天，购买 ${formatCount('zh', fullProducts)} 种产品。${basis}${absent}达到门槛立即升级；低于门槛的 ${formatPercent('zh', KEPT_FROM)} 满 ${DOWN_AFTER_DAYS} 天且在该等级满 ${LEAST_TIER_DAYS} 天后，每次降一级。`,
  });
}

function tierTable(language: Language, summary: LoyaltySummary, currency: string): ReportPart {
  return {
    kind: 'table',
    title: say(language, { en: 'Tiers', zh: '等级' }),
    columns: [
      { label: say(language, { en: 'Tier', zh: '等级' }), align: 'left' },
      { label: say(language, { en: 'From points', zh: '起始积分' }), align: 'right' },
      { label: say(language, { en: 'Customers', zh: '客户数' }), align: 'right' },
      { label: say(language, { en: 'Last 12 months', zh: '近 12 个月消费' }), align: 'right' },
      { label: say(language, { en: 'About to drop', zh: '面临降级' }), align: 'right' },
    ],
    rows: [...summary.tiers]
      .reverse()
      .map((tier) => [
        tier.name,
        formatNumber(language, tier.from, 0),
        formatCount(language, tier.customers),
        formatMoney(language, tier.yearMoney, currency),
        formatCount(language, tier.warned),
      ]),
  };
}

const MODEL_NAMES: Readonly<Record<'boosting' | 'ridge' | 'same', Text>> = {
  boosting: { en: 'gradient boosting', zh: '梯度提升' },
  ridge: { en: 'ridge regression', zh: '岭回归' },
  same: { en: '“same as now”', zh: '“与现在相同”' },
};

/** How well next quarter's points can be told, and whom that concerns. */
function outlookPart(language: Language, { outlook, expected, overridden }: LoyaltySummary): ReportPart[] {
  const texts: Text[] = [];
  if (outlook !== null) {
    const figures = (at: Language): string =>
      (['boosting', 'ridge', 'same'] as const)
        .map((model) => {
          const share = outlook.rSquared[model];
          return `${say(at, MODEL_NAMES[model])} ${share === null ? '–' : formatNumber(at, share)}`;
        })
        .join(at === 'zh' ? '、' : ', ');
    const won = outlook.winner === 'gradient-boosting' ? 'boosting' : outlook.winner;
    const inUse: Text =
      won === 'same'
        ? {
            en: 'Nothing learned is nearer than “same as now”, so no warning uses it.',
            zh: '没有模型优于“与现在相同”，因此预警不使用预测。',
          }
        : {
            en: `By ${MODEL_NAMES[won].en}, ${plural('en', expected, { one: 'more customer is', other: 'more customers are' }, '')} expected to have too few points for the tier in a quarter.`,
            zh: `据${MODEL_NAMES[won].zh}，另有 ${formatCount('zh', expected)} 位客户一个季度后积分可能不足。`,
          };
    texts.push({
      en: `Points of the newest quarter as they would have been told at its beginning (${formatCount('en', outlook.checkedOn)} customers), R²: ${figures('en')}. ${inUse.en}`,
      zh: `在最近一个季度之初预测该季度积分（${formatCount('zh', outlook.checkedOn)} 位客户）的 R²：${figures('zh')}。${inUse.zh}`,
    });
  }
  if (overridden > 0) {
    texts.push({
      en: `${plural('en', overridden, { one: 'customer is', other: 'customers are' }, '')} in a tier that a person gave: \`/loyalty overrides\` lists them.`,
      zh: `${formatCount('zh', overridden)} 位客户的等级由人工指定，名单见 \`/loyalty overrides\`。`,
    });
  }
  return texts.map((text) => ({ kind: 'text', text: say(language, text) }));
}

function movements(language: Language, summary: LoyaltySummary): ReportPart[] {
  if (!summary.isFrozen) return [];
  const text = say(language, {
    en: `Since the last run ${formatCount('en', summary.up)} went up and ${formatCount('en', summary.down)} went down.`,
    zh: `与上次运行相比，${formatCount('zh', summary.up)} 位升级，${formatCount('zh', summary.down)} 位降级。`,
  });
  return [{ kind: 'text', text }];
}

/** `38.2 = 20.1 + 10 + …`, in the order of the rules. */
function sum(language: Language, row: PresentedRow, summary: LoyaltySummary): string {
  const details = detailsOf(row);
  if (details === null) return '–';
  return LOYALTY_PARTS.filter((part) => summary.scale.weights[part] > 0)
    .map((part) => formatNumber(language, details.parts[part], 1))
    .join(' + ');
}

/** The warning with what is missing, else the way to the next tier. */
export function outlook({ language, run }: Presentation, row: PresentedRow, summary: LoyaltySummary): string {
  const details = detailsOf(row);
  if (details === null) return '–';
  if (details.override !== null) {
    const { until, earned } = details.override;
    const own = summary.tiers[earned]?.name ?? '';
    const end = until === null ? '' : formatDay(language, until * DAY_MS, 'UTC');
    return say(language, {
      en: `given by a person${end === '' ? '' : ` until ${end}`}; by points ${own}`,
      zh: `人工指定${end === '' ? '' : `，至 ${end}`}；按积分为${own}`,
    });
  }
  const kept = KEPT_FROM * (summary.tiers[details.tier]?.from ?? 0);
  if (details.warning === null && details.nextQuarter !== null && details.nextQuarter < kept) {
    const points = formatNumber(language, details.nextQuarter, 1);
    const least = formatNumber(language, kept, 1);
    return say(language, {
      en: `${points} points expected in a quarter, ${least} keep the tier`,
      zh: `预计一个季度后 ${points} 分，保级需 ${least} 分`,
    });
  }
  if (details.warning !== null) {
    const { amount, points, downOn } = details.warning;
    const lower = summary.tiers[details.tier - 1]?.name ?? '';
    // A day count is already in the portal's zone; reading it as UTC keeps it.
    const day = formatDay(language, downOn * DAY_MS, 'UTC');
    const lacking = formatNumber(language, points, 1);
    const money = amount === null ? null : formatMoney(language, amount, run.portfolio.currency);
    return say(language, {
      en: `${lower} from ${day} unless ${money === null ? `${lacking} points` : `${money} (${lacking} points)`} more`,
      zh: `若不再增加 ${money === null ? `${lacking} 分` : `${money}（${lacking} 分）`}，${day}起降为${lower}`,
    });
  }
  if (details.next === null) return say(language, { en: 'top tier', zh: '最高等级' });
  const name = summary.tiers[details.next.tier]?.name ?? '';
  const points = formatNumber(language, Math.max(0, details.next.points), 1);
  return say(language, { en: `${points} points to ${name}`, zh: `距${name}还差 ${points} 分` });
}

export function detailsOf(row: PresentedRow): LoyaltyDetails | null {
  const details = loyaltyDetailsSchema.safeParse(row.details);
  return details.success ? details.data : null;
}

function chart(language: Language, best: readonly LoyaltySummary['tiers'][number][]) {
  return {
    kind: 'bar' as const,
    title: say(language, { en: 'Customers by loyalty tier', zh: '各忠诚度等级的客户数' }),
    alt: best
      .map(
        (tier) =>
          `${tier.name}: ${plural(language, tier.customers, { one: 'customer', other: 'customers' }, ' 位客户')}`,
      )
      .join(language === 'zh' ? '；' : '; '),
    format: { kind: 'count' as const },
    labels: best.map((tier) => tier.name),
    series: [
      { name: say(language, { en: 'Customers', zh: '客户数' }), values: best.map((tier) => tier.customers) },
      // A row of zeros is nothing to look at.
      ...(best.every((tier) => tier.warned === 0)
        ? []
        : [{ name: say(language, { en: 'About to drop', zh: '面临降级' }), values: best.map((tier) => tier.warned) }]),
    ],
  };
}
