import type { ChartSpec } from '../charts/chart-spec.ts';
import type { Run } from '../domain/results.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, formatNumber, formatPercent } from '../report/format.ts';
import type { ReportPart } from '../report/report.ts';
import type { ChurnSummary } from './churn-summary.ts';
import { dueText, isDue } from './likely-due.ts';
import type { LikelyFacts, LikelyLine, LikelyProduct } from './likely-lines.ts';
import type { LikelyBasis } from './likely-words.ts';
import { shrunkenShare } from './shrunken-share.ts';

/** One list, as it is told. */
export interface LikelyView {
  readonly language: Language;
  readonly run: Run;
  readonly summary: ChurnSummary;
  readonly basis: LikelyBasis;
  readonly filter: string;
  readonly facts: LikelyFacts;
  readonly lines: readonly LikelyLine[];
}

/** One customer: how likely, when, how much, and Why?. */
export function itemOf({ language, run, summary, basis, facts }: LikelyView, line: LikelyLine): ReportPart {
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

/** What the list is ranked by, in a sentence. */
export function rankText({ basis, run, facts }: LikelyView): Text {
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
export function chartOf({ language, summary, basis, facts, lines }: LikelyView): ChartSpec | null {
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

/** Who was looked at, and who was left out. */
export function countsOf({ language, summary }: LikelyView): ReportPart {
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
