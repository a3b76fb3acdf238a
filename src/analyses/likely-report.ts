import type { ChartSpec } from '../charts/chart-spec.ts';
import type { Run } from '../domain/results.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, formatNumber, formatPercent, plural } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { Presentation, PresentedRow } from './analysis.ts';
import { MODEL_NAMES } from './churn-note.ts';
import { type ChurnDetails, type ChurnSummary, churnDetailsSchema, churnSummarySchema } from './churn-summary.ts';
import { dueDay, dueText, isDue } from './likely-due.ts';
import { type LikelyBasis, likelyBasis, likelySentence } from './likely-words.ts';
import { type SharePrior, shrunkenShare } from './shrunken-share.ts';
import { trustLine } from './trust-line.ts';

/** How many customers are listed. */
export const LISTED = 10;

/** What was asked beside the customers. */
export interface LikelyFacts {
  readonly product: LikelyProduct | null;
  /** By customer, in a business of contracts: the day (YYYY-MM-DD) on which the cover ends, and what it was worth. */
  readonly renewals: ReadonlyMap<string, { readonly day: string; readonly amount: number }>;
}

export interface LikelyProduct {
  readonly name: string;
  readonly prior: SharePrior;
  /** By customer: orders whose products are known, and those that hold the product. */
  readonly orders: ReadonlyMap<string, { readonly orders: number; readonly held: number }>;
}

/** A customer in the list, with what it is ranked by. */
export interface LikelyLine {
  readonly row: PresentedRow;
  readonly details: ChurnDetails;
  /** Of an order (or a renewal) in the horizon; null where there is no probability. */
  readonly chance: number | null;
  /** With a product: that an order holds it. */
  readonly share: number | null;
  readonly amount: number;
  /** Days since 1970-01-01. */
  readonly day: number | null;
  /** What the list is ranked by. */
  readonly weight: number;
}

interface View {
  readonly language: Language;
  readonly run: Run;
  readonly summary: ChurnSummary;
  readonly basis: LikelyBasis;
  readonly filter: string;
  readonly facts: LikelyFacts;
  readonly lines: readonly LikelyLine[];
}

/** `/likely`: who is likely to buy in the next H days, when and for how much; or who is due, where there is no probability. */
export function presentLikely(storedSummary: unknown, presentation: Presentation, facts: LikelyFacts): Report {
  const { language, run, withheld, filter } = presentation;
  const summary = churnSummarySchema.parse(storedSummary);
  const basis = likelyBasis(summary);
  const lines = likelyLines(summary, run, presentation.rows, facts).slice(0, LISTED);
  const view: View = { language, run, summary, basis, filter, facts, lines };
  const parts: ReportPart[] = [];
  if (basis.kind !== 'chance') parts.push({ kind: 'text', text: say(language, basis.why) });
  if (withheld !== null) parts.push({ kind: 'text', text: say(language, withheld) });
  for (const line of lines) parts.push(itemOf(view, line));
  const chart = chartOf(view);
  if (chart !== null) parts.push({ kind: 'chart', chart });
  parts.push(countsOf(view));
  if (lines.length > 0) parts.push({ kind: 'text', text: say(language, rankText(view)) });
  return {
    language,
    headline: headlineOf(view, withheld !== null),
    parts,
    trust: trustLine(language, run, summary.evidence_level, { en: quality('en', view), zh: quality('zh', view) }),
  };
}

/** These customers, the most likely first. */
export function likelyLines(
  summary: ChurnSummary,
  run: Run,
  rows: readonly PresentedRow[],
  facts: LikelyFacts,
): LikelyLine[] {
  const basis = likelyBasis(summary);
  return rows
    .map((row) => lineOf(run, basis, row, facts))
    .sort((a, b) => b.weight - a.weight || (a.row.customerId < b.row.customerId ? -1 : 1));
}

function lineOf(run: Run, basis: LikelyBasis, row: PresentedRow, { product, renewals }: LikelyFacts): LikelyLine {
  const details = churnDetailsSchema.parse(row.details);
  const renewal = renewals.get(row.customerId);
  const hasChance = basis.hasChance && row.evidence >= 2 && row.value !== null;
  const chance = hasChance ? 1 - (row.value ?? 0) : null;
  const bought = product?.orders.get(row.customerId) ?? { orders: 0, held: 0 };
  const share = product === null ? null : shrunkenShare(product.prior, bought.held, bought.orders);
  const amount = renewal?.amount ?? details.order_size ?? 0;
  const day =
    renewal === undefined ? dueDay(run, details) : Math.round(Date.parse(`${renewal.day}T00:00:00Z`) / 86_400_000);
  // Without a probability, renewals go by their date and orders by their amount.
  const weight =
    share !== null
      ? (chance ?? 1) * share
      : chance !== null
        ? chance * amount
        : basis.kind === 'renewal'
          ? -(day ?? Number.MAX_SAFE_INTEGER)
          : amount;
  return { row, details, chance, share, amount, day, weight };
}

function headlineOf({ language, run, summary, basis, filter, facts, lines }: View, isWithheld: boolean): string {
  const days = run.portfolio.horizonDays;
  const [first] = lines;
  const of: Text = filter === '' ? { en: '', zh: '' } : { en: ` (${filter})`, zh: `（${filter}）` };
  const { product } = facts;
  if (first === undefined) {
    if (isWithheld) return say(language, { en: 'The customers are not shown here', zh: '此处不显示客户' });
    const none: Readonly<Record<LikelyBasis['kind'], Text>> = {
      chance: { en: `Nobody is active who could order${of.en}`, zh: `没有可能下单的活跃客户${of.zh}` },
      rhythm: { en: `Nobody is due by their rhythm now${of.en}`, zh: `目前没有按节奏应当下单的客户${of.zh}` },
      renewal: {
        en: `No contract ends in the next ${days} days${of.en}`,
        zh: `未来 ${days} 天没有到期的合同${of.zh}`,
      },
      projects: {
        en: `A business of projects: nobody is expected to order again by a date`,
        zh: '项目型业务：无法预计客户何时再次下单',
      },
    };
    return say(language, none[basis.kind]);
  }
  const count = plural(language, lines.length, { one: 'customer', other: 'customers' }, '位客户');
  const chance = first.chance === null ? '' : formatPercent(language, first.chance * (first.share ?? 1));
  if (product !== null) {
    const { name } = product;
    return first.chance === null
      ? say(language, {
          en: `${first.row.name} is due and the most given to ${name}${of.en}`,
          zh: `${first.row.name} 按节奏应当下单，且最常购买 ${name}${of.zh}`,
        })
      : say(language, {
          en: `${first.row.name} is the likeliest to buy ${name} in the next ${days} days (${chance})${of.en}`,
          zh: `未来 ${days} 天最可能购买 ${name} 的是 ${first.row.name}（${chance}）${of.zh}`,
        });
  }
  const total = formatMoney(
    language,
    lines.reduce((sum, line) => sum + (line.chance ?? 1) * line.amount, 0),
    summary.currency,
  );
  if (basis.kind === 'renewal') {
    return say(language, {
      en: `Renewals of the next ${days} days: ${count} listed${first.chance === null ? ', worth' : ', expected to bring'} ${total}${of.en}`,
      zh: `未来 ${days} 天的续约：列出${count}，${first.chance === null ? '合计' : '预计带来'} ${total}${of.zh}`,
    });
  }
  if (first.chance === null) {
    return say(language, {
      en: `${count} due by their own rhythm, usually ${total} in all${of.en}`,
      zh: `按自身节奏应当下单：${count}，通常合计 ${total}${of.zh}`,
    });
  }
  return say(language, {
    en: `${total} expected from one order each of ${count} in the next ${days} days; first ${first.row.name} (${chance})${of.en}`,
    zh: `未来 ${days} 天，${count}各下一单预计带来 ${total}；首位是 ${first.row.name}（${chance}）${of.zh}`,
  });
}

function itemOf({ language, run, summary, basis, facts }: View, line: LikelyLine): ReportPart {
  const { row, details, chance, share, amount } = line;
  const money = formatMoney(language, amount, summary.currency);
  const expected = chance === null ? null : formatMoney(language, chance * amount, summary.currency);
  const percent = chance === null ? null : formatPercent(language, chance);
  const said: string[] = [];
  const isRenewal = basis.kind === 'renewal';
  if (share !== null) said.push(productText(language, facts.product!, row.customerId, percent, isRenewal));
  said.push(dueText(language, run, line.day, isRenewal ? 'renewal' : details.is_yearly ? 'season' : 'order'));
  if (details.order_size !== null || isRenewal) {
    said.push(
      isRenewal
        ? say(language, { en: `worth ${money}`, zh: `合同金额 ${money}` })
        : say(language, { en: `usually ${money} an order`, zh: `通常每单 ${money}` }),
    );
  }
  if (expected !== null && share === null)
    said.push(say(language, { en: `${expected} expected`, zh: `预计 ${expected}` }));
  const mark = isDue(run, line.day);
  const shown = chance === null ? null : formatPercent(language, chance * (share ?? 1));
  const title = [
    row.name,
    ...(shown === null ? [] : [shown]),
    ...(mark === null || isRenewal ? [] : [say(language, MARKS[mark])]),
  ];
  return {
    kind: 'item',
    title: title.join(' · '),
    text: said.join(' · '),
    ...(row.owner === null ? {} : { owner: { ...row.owner, mention: false } }),
    ...(row.link === '' ? {} : { link: row.link }),
    actions: [
      { action: 'why', label: say(language, { en: 'Why?', zh: '为什么？' }), value: `churn-risk:${row.customerId}` },
    ],
  };
}

const MARKS = {
  now: { en: 'due now', zh: '现在应下单' },
  soon: { en: 'due soon', zh: '即将下单' },
} as const;

/** "80% to order × 45% that it holds Desk (3 of its 6 orders did)". */
function productText(
  language: Language,
  { name, prior, orders }: LikelyProduct,
  customerId: string,
  percent: string | null,
  isRenewal: boolean,
): string {
  const bought = orders.get(customerId) ?? { orders: 0, held: 0 };
  const share = formatPercent(language, shrunkenShare(prior, bought.held, bought.orders));
  const [held, all] = [formatCount(language, bought.held), formatCount(language, bought.orders)];
  const own: Text =
    bought.orders === 0
      ? { en: 'no order with known products yet', zh: '尚无已知产品的订单' }
      : { en: `${held} of its ${all} orders did`, zh: `其 ${all} 笔订单中有 ${held} 笔` };
  if (percent === null) {
    return say(language, {
      en: `${share} of its orders hold ${name} (${own.en})`,
      zh: `${share} 的订单含 ${name}（${own.zh}）`,
    });
  }
  return say(language, {
    en: `${percent} to ${isRenewal ? 'renew' : 'order'} × ${share} that it holds ${name} (${own.en})`,
    zh: `${isRenewal ? '续约' : '下单'}概率 ${percent} × 订单含 ${name} 的概率 ${share}（${own.zh}）`,
  });
}

function rankText({ basis, run, facts }: View): Text {
  const days = run.portfolio.horizonDays;
  const { product } = facts;
  if (product !== null) {
    const share = formatPercent('en', product.prior.share, 1);
    const weight = formatNumber('en', product.prior.weight, 1);
    const chance: Text = basis.hasChance
      ? { en: `chance of an order in ${days} days × `, zh: `${days} 天内下单的概率 × ` }
      : { en: '', zh: '' };
    return {
      en: `Ranked by ${chance.en}the customer’s own share of orders with ${product.name}, drawn towards everybody’s (${share}), which counts for ${weight} orders beside its own. Orders up to the as-of date whose products are known are counted.`,
      zh: `排序：${chance.zh}该客户含 ${product.name} 的订单占比，并向全体占比（${share}）收缩，全体占比相当于 ${weight} 笔订单。只计截至数据日期且产品已知的订单。`,
    };
  }
  if (basis.kind === 'renewal') {
    return basis.hasChance
      ? { en: 'Ranked by chance of a renewal × what the contract is worth.', zh: '按续约概率 × 合同金额排序。' }
      : { en: 'Ranked by the date on which the contract ends.', zh: '按合同到期日排序。' };
  }
  return basis.hasChance
    ? {
        en: `Ranked by chance of an order in ${days} days × the usual amount of one order.`,
        zh: `按 ${days} 天内下单的概率 × 通常的单笔金额排序。`,
      }
    : { en: 'Ranked by the usual amount of one order.', zh: '按通常的单笔金额排序。' };
}

/** What each customer listed is expected to bring, or what it usually orders; with a product, how likely it is bought. */
function chartOf({ language, summary, basis, facts, lines }: View): ChartSpec | null {
  if (lines.length < 2) return null;
  const { product } = facts;
  const hasChance = lines.some(({ chance }) => chance !== null);
  const values = lines.map(({ chance, share, amount }) =>
    share === null ? (chance ?? 1) * amount : (chance ?? 1) * share,
  );
  if (values.every((value) => value === 0)) return null;
  const title: Text =
    product !== null
      ? hasChance
        ? { en: `Chance of buying ${product.name}`, zh: `购买 ${product.name} 的概率` }
        : { en: `Share of orders with ${product.name}`, zh: `含 ${product.name} 的订单占比` }
      : hasChance
        ? { en: 'Expected amount', zh: '预计金额' }
        : basis.kind === 'renewal'
          ? { en: 'Worth of the contracts', zh: '合同金额' }
          : { en: 'Usual amount of an order', zh: '通常的单笔金额' };
  const show = (value: number): string =>
    product === null ? formatMoney(language, value, summary.currency) : formatPercent(language, value);
  const listed = lines
    .slice(0, 3)
    .map(({ row }, i) => `${row.name} ${show(values[i]!)}`)
    .join(language === 'zh' ? '、' : ', ');
  const more = lines.length - 3;
  return {
    kind: 'horizontal-bar',
    title: say(language, title),
    subtitle: say(language, { en: 'by customer', zh: '按客户' }),
    alt: say(language, {
      en: `Bars of ${title.en.charAt(0).toLowerCase()}${title.en.slice(1)} by customer: ${listed}${more > 0 ? ` and ${more} more` : ''}.`,
      zh: `条形图，${title.zh}，按客户：${listed}${more > 0 ? `，另有 ${more} 位` : ''}。`,
    }),
    format: product === null ? { kind: 'money', currency: summary.currency } : { kind: 'percent' },
    labels: lines.map(({ row }) => row.name),
    series: [{ name: say(language, title), values }],
  };
}

function countsOf({ language, summary }: View): ReportPart {
  const { customers } = summary;
  const facts: [Text, number][] = [
    [{ en: 'Looked at (active)', zh: '参与分析（活跃）' }, customers.eligible],
    [{ en: 'Lapsed, left out', zh: '已流失，未列入' }, customers.lapsed],
    [{ en: 'Not bought yet, left out', zh: '尚未购买，未列入' }, customers.too_new],
  ];
  if (customers.under_contract > 0) {
    facts.push([{ en: 'Under contract for longer, left out', zh: '合同尚未到期，未列入' }, customers.under_contract]);
  }
  if (summary.yearly > 0) {
    facts.push([{ en: 'Once-a-year buyers, in their own season', zh: '每年购买一次，按其采购季' }, summary.yearly]);
  }
  return {
    kind: 'facts',
    facts: facts.map(([label, count]) => ({ label: say(language, label), value: formatCount(language, count) })),
  };
}

function quality(language: Language, { summary, basis }: View): string {
  if (!basis.hasChance || summary.model === null) {
    return say(language, { en: 'rhythm and dates, no probability', zh: '节奏与日期，无概率' });
  }
  const name = say(language, MODEL_NAMES[summary.model]);
  if (summary.model === 'base-rate') return name;
  const auc = `AUC ${formatNumber(language, summary.auc ?? Number.NaN, 2)}`;
  const sentence = likelySentence(language, summary);
  return [name, auc, ...(sentence === '' ? [] : [sentence])].join(language === 'zh' ? '，' : ', ');
}
