import { type ChurnSummary, churnDetailsSchema, churnSummarySchema } from '../src/analyses/churn-summary.ts';
import { churnWhy } from '../src/analyses/churn-why.ts';
import { outcomeWords } from '../src/analyses/churn-words.ts';
import { dueDay, dueText, outOfSeasonText } from '../src/analyses/likely-due.ts';
import { loyaltyDetailsSchema } from '../src/analyses/loyalty-summary.ts';
import { recommendDetailsSchema } from '../src/analyses/recommend-summary.ts';
import { evidenceText } from '../src/analyses/recommend-words.ts';
import { trustLine } from '../src/analyses/trust-line.ts';
import type { Run } from '../src/domain/results.ts';
import { KithError } from '../src/lib/errors.ts';
import { type Language, say } from '../src/lib/text.ts';
import type { CustomerCard, FoundCustomer } from '../src/privacy/privacy-reader.ts';
import { formatCount, formatDay, formatMoney, formatPercent, plural } from '../src/report/format.ts';
import type { Report, ReportPart } from '../src/report/report.ts';
import type { CommandContext, KithCommand } from './context.ts';
import { segmentName, valueClassName } from './shared/class-names.ts';
import { customerOffer } from './shared/customer-offer.ts';
import { findCustomer, unknownCustomer } from './shared/find-customer.ts';
import { needResult } from './shared/need-result.ts';
import { nextStep } from './shared/next-step.ts';
import { purchasesChart } from './shared/purchases-chart.ts';
import { readArgument } from './shared/read-argument.ts';
import { type GivenTier, givenTier, nextQuarterFact, nextTierFact, overrideFact } from './shared/tier-facts.ts';
import { whyButton } from './shared/why-button.ts';

const LAST_PURCHASES = 5;

export const customer: KithCommand = {
  name: 'customer',
  summary: {
    en: 'Everything about one customer: risk, value, tier, purchases, next step',
    zh: '查看单个客户：流失风险、价值、等级、购买记录与下一步建议',
  },
  usage: 'NAME',
  onlyReads: () => true,
  async run(context, text) {
    const { language, reader } = context;
    const wanted = readArgument(language, text);
    if (wanted === '') {
      throw new KithError(
        'usage',
        say(language, { en: 'Which customer? For example `/customer Acme`', zh: '请指明客户，例如 `/customer Acme`' }),
      );
    }
    const { run } = await needResult(context, 'portfolio');
    const found = await findCustomer(context, wanted);
    const only = found.length === 1 ? found[0] : undefined;
    if (only === undefined) return choices(language, run, wanted, found);
    const card = await reader.customer(run, only.customerId);
    if (card === null) throw await unknownCustomer(context, wanted);
    const churn = await reader.result('churn-risk');
    const loyalty = await reader.result('loyalty');
    const standing = await context.playbooks.standing(card.customerId);
    return cardReport(
      context,
      run,
      card,
      churn === null ? null : churnSummarySchema.parse(churn.summary),
      tierFacts(language, card, await givenTier(context, card.customerId, loyalty?.summary)),
      customerOffer(context, card.scores, standing),
    );
  },
};

function choices(language: Language, run: Run, wanted: string, found: readonly FoundCustomer[]): Report {
  const count = plural(language, found.length, { one: 'customer', other: 'customers' }, '个客户');
  return {
    language,
    headline: say(language, {
      en: `“${wanted}” may mean ${count}: which one?`,
      zh: `“${wanted}”可能指以下${count}：请选择`,
    }),
    parts: found.map(({ customerId, name }) => ({
      kind: 'item',
      title: name,
      text: `/customer ${customerId}`,
      actions: [whyButton(language, 'churn-risk', customerId)],
    })),
    trust: trustLine(language, run, 0, { en: 'names and ids only', zh: '仅名称与编号' }),
  };
}

function cardReport(
  { language }: CommandContext,
  run: Run,
  card: CustomerCard,
  riskSummary: ChurnSummary | null,
  tier: readonly (readonly [string, string])[],
  { offer, note }: ReturnType<typeof customerOffer>,
): Report {
  const { currency, timeZone } = run.portfolio;
  const risk = card.scores['churn-risk'];
  const parts: ReportPart[] = [{ kind: 'facts', facts: facts(language, run, card, riskSummary, tier) }];
  let trust = trustLine(language, run, 0, { en: 'dates and totals', zh: '日期与合计' });
  if (risk !== undefined && riskSummary !== null) {
    const { name, link, owner } = card;
    const reasons = churnWhy(language, { ...risk, name, link, owner }, run, riskSummary);
    parts.push({ kind: 'heading', text: say(language, { en: 'Why this risk', zh: '风险原因' }) }, ...reasons.parts);
    trust = reasons.trust;
  }
  // The Swedish locale writes ISO dates.
  const asOfDay = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(run.asOf);
  const chart = purchasesChart(language, card.purchases, asOfDay, currency);
  if (chart !== null) parts.push({ kind: 'chart', chart }, purchasesTable(language, card, currency));
  parts.push({
    kind: 'item',
    title: say(language, { en: 'Next step', zh: '下一步' }),
    text: [say(language, nextStep(card.scores, offer)), note].filter((line) => line !== '').join('\n'),
    ...(card.owner === null ? {} : { owner: { ...card.owner, mention: false } }),
    ...(card.link === '' ? {} : { link: card.link }),
    // Where the risk may not be seen, its reasons may not either.
    actions: [whyButton(language, risk === undefined ? 'value' : 'churn-risk', card.customerId)],
  });
  return { language, headline: headline(language, run, card, riskSummary), parts, trust };
}

const BANDS = {
  low: { en: 'low', zh: '低' },
  medium: { en: 'medium', zh: '中' },
  high: { en: 'high', zh: '高' },
  lapsed: { en: 'lapsed', zh: '已流失' },
  'too-new': { en: 'too new to say', zh: '新客户，暂无法判断' },
  'under-contract': { en: 'under contract', zh: '合同期内' },
} as const;

function bandName(language: Language, band: string): string {
  return band in BANDS ? say(language, BANDS[band as keyof typeof BANDS]) : band;
}

function riskText(language: Language, run: Run, card: CustomerCard): string | null {
  const risk = card.scores['churn-risk'];
  if (risk === undefined || risk.band === '') return null;
  const outside = seasonText(language, run, card);
  if (outside !== null) return outside;
  const band = bandName(language, risk.band);
  // Below evidence level 2 a number would be read as a probability, which it is not.
  if (risk.value === null || risk.evidence < 2) return band;
  const percent = formatPercent(language, risk.value);
  return say(language, { en: `${percent} (${band})`, zh: `${percent}（${band}）` });
}

function seasonText(language: Language, run: Run, card: CustomerCard): string | null {
  const details = churnDetailsSchema.safeParse(card.scores['churn-risk']?.details).data;
  return details === undefined ? null : outOfSeasonText(language, run, details);
}

function valueText(language: Language, card: CustomerCard, currency: string): string | null {
  const value = card.scores.value;
  if (value === undefined || (value.value === null && value.label === '')) return null;
  const label = valueClassName(language, value.label);
  if (value.value === null) return label;
  const money = formatMoney(language, value.value, currency);
  if (label === '') return say(language, { en: `${money} a year`, zh: `每年 ${money}` });
  return say(language, { en: `${money} a year (${label})`, zh: `每年 ${money}（${label}）` });
}

/** A person's word about the tier, and what next quarter's points are expected to be. */
function tierFacts(language: Language, card: CustomerCard, tier: GivenTier): (readonly [string, string])[] {
  const details = loyaltyDetailsSchema.safeParse(card.scores.loyalty?.details).data;
  if (details === undefined) return [];
  const told = [overrideFact(details, tier), nextTierFact(details, tier)].flatMap((fact) =>
    fact === null ? [] : [[say(language, fact[0]), say(language, fact[1])] as const],
  );
  const expected = nextQuarterFact(language, details);
  return expected === null ? told : [...told, [say(language, expected[0]), expected[1]]];
}

function segmentText(language: Language, card: CustomerCard): string | null {
  const score = card.scores.segments;
  return score === undefined ? null : segmentName(language, score);
}

/** Of a customer who still buys: what it may buy next that it has not bought yet. */
function nextProduct(language: Language, card: CustomerCard): string | null {
  const score = card.scores.recommend;
  const details = recommendDetailsSchema.safeParse(score?.details).data;
  const first = details?.suggestions[0];
  if (score?.band !== 'open' || details === undefined || first === undefined) return null;
  const reason = say(language, evidenceText(first, details.segment)).replace(/[.。]$/, '');
  return language === 'zh' ? `${first.product}（${reason}）` : `${first.product} (${reason})`;
}

/** When the next order is expected and how large it usually is; null without a rhythm, or where nobody is asked about it. */
function nextOrder(language: Language, run: Run, card: CustomerCard): string | null {
  const risk = card.scores['churn-risk'];
  const details = churnDetailsSchema.safeParse(risk?.details).data;
  if (risk?.label !== 'eligible' || details === undefined) return null;
  const day = dueDay(run, details);
  if (day === null) return null;
  const due = dueText(language, run, day, details.is_yearly ? 'season' : 'order');
  if (details.order_size === null) return due;
  const usual = formatMoney(language, details.order_size, run.portfolio.currency);
  return say(language, { en: `${due}; usually ${usual}`, zh: `${due}；通常 ${usual}` });
}

function headline(language: Language, run: Run, card: CustomerCard, summary: ChurnSummary | null): string {
  const risk = riskText(language, run, card);
  const outside = seasonText(language, run, card);
  const { short } = outcomeWords(summary?.outcome ?? { kind: 'none' }, run.portfolio.horizonDays);
  const value = valueText(language, card, run.portfolio.currency);
  const parts = [
    outside ??
      (risk === null
        ? null
        : say(language, { en: `${short.en.replace(' ', '-')} risk ${risk}`, zh: `${short.zh}风险${risk}` })),
    value,
    card.scores.loyalty?.label ?? null,
    segmentText(language, card),
  ].filter((part) => part !== null && part !== '');
  const none =
    card.profiling === 'off'
      ? say(language, {
          en: 'opted out of profiling, so that nothing is scored',
          zh: '已选择不进行画像分析，因此没有评分',
        })
      : say(language, { en: 'no scores in the last run', zh: '上次分析没有该客户的评分' });
  const list = parts.length === 0 ? none : parts.join(language === 'zh' ? '，' : ', ');
  return language === 'zh' ? `${card.name}：${list}` : `${card.name}: ${list}`;
}

function facts(
  language: Language,
  run: Run,
  card: CustomerCard,
  summary: ChurnSummary | null,
  tier: readonly (readonly [string, string])[],
): { label: string; value: string }[] {
  const { currency, horizonDays } = run.portfolio;
  const { leaving } = outcomeWords(summary?.outcome ?? { kind: 'none' }, horizonDays);
  const last = card.purchases[0];
  const all: (readonly [string, string | null | undefined])[] = [
    [say(language, { en: `Risk of ${leaving.en}`, zh: `${leaving.zh}的风险` }), riskText(language, run, card)],
    [say(language, { en: 'Value', zh: '价值' }), valueText(language, card, currency)],
    [say(language, { en: 'Loyalty tier', zh: '忠诚度等级' }), card.scores.loyalty?.label],
    ...tier,
    [say(language, { en: 'Segment', zh: '客户分群' }), segmentText(language, card)],
    [say(language, { en: 'Next product', zh: '下一个产品' }), nextProduct(language, card)],
    [say(language, { en: 'Purchases', zh: '购买次数' }), formatCount(language, card.purchasesInAll)],
    [say(language, { en: 'Last purchase', zh: '最近购买' }), last === undefined ? null : dayText(language, last.day)],
    [say(language, { en: 'Next order', zh: '下次订单' }), nextOrder(language, run, card)],
    [say(language, { en: 'Open tickets', zh: '未结工单' }), formatCount(language, card.openTickets)],
    [say(language, { en: 'Owner', zh: '负责人' }), card.owner?.name],
    [say(language, { en: 'Industry', zh: '行业' }), inWords(card.industry ?? '')],
    [say(language, { en: 'Country', zh: '国家/地区' }), card.country],
  ];
  return all.flatMap(([label, value]) =>
    value === null || value === undefined || value === '' ? [] : [{ label, value }],
  );
}

/** HubSpot's own industries are written LOGISTICS_AND_SUPPLY_CHAIN; what people wrote stays as it is. */
function inWords(value: string): string {
  if (!/^[A-Z][A-Z0-9_]{3,}$/.test(value)) return value;
  return value.charAt(0) + value.slice(1).toLowerCase().replaceAll('_', ' ');
}

function purchasesTable(language: Language, card: CustomerCard, currency: string): ReportPart {
  return {
    kind: 'table',
    title: say(language, { en: 'Last purchases', zh: '最近的购买记录' }),
    columns: [
      { label: say(language, { en: 'Day', zh: '日期' }), align: 'left' },
      { label: say(language, { en: 'Amount', zh: '金额' }), align: 'right' },
    ],
    rows: card.purchases
      .slice(0, LAST_PURCHASES)
      .map(({ day, amount }) => [dayText(language, day), formatMoney(language, amount, currency, { exact: true })]),
  };
}

// The day is already one of the portal's zone.
function dayText(language: Language, day: string): string {
  return formatDay(language, Date.parse(`${day}T00:00:00Z`), 'UTC');
}
