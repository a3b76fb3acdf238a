import { type Language, say } from '../lib/text.ts';
import { formatCount, formatNumber, formatPercent, plural } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { Presentation } from './analysis.ts';
import { opportunityParts, rankedOpportunities } from './basket-opportunity-report.ts';
import type { BasketSummary } from './basket-summary.ts';
import { trustLine } from './trust-line.ts';

type Rule = BasketSummary['rules'][number];

const SHOWN = 10;

export function presentBasket(summary: BasketSummary, presentation: Presentation): Report {
  const { language, filter } = presentation;
  const matching = filter === '' ? summary.rules : summary.rules.filter((rule) => names(rule, filter));
  const rules = onePerSet(matching).slice(0, SHOWN);
  const best = rules[0];
  const trust = trustLine(language, presentation.run, 0, {
    en: 'rules tested by Fisher’s exact test, false discoveries held to 5%',
    zh: '规则经 Fisher 精确检验，错误发现率控制在 5%',
  });
  const offers = opportunityParts(presentation, rankedOpportunities(presentation.rows, filter));
  if (best === undefined) {
    const parts = [...about(language, summary), ...offers];
    return { language, headline: nothing(language, summary, filter), parts, trust };
  }
  const customers = summary.per === 'customer';
  const headline = say(language, {
    en: `Of ${customers ? 'customers' : 'orders'} with ${list('en', best.if)}, ${formatPercent('en', best.confidence)} also have ${list('en', best.then)} (${formatPercent('en', best.baseRate, 1)} of all do)`,
    zh: `购买${list('zh', best.if)}的${customers ? '客户' : '订单'}中，${formatPercent('zh', best.confidence)} 也购买了${list('zh', best.then)}（总体为 ${formatPercent('zh', best.baseRate, 1)}）`,
  });
  return {
    language,
    headline,
    parts: [...about(language, summary), table(language, summary, rules), chart(language, rules), ...offers],
    trust,
  };
}

function names(rule: Rule, filter: string): boolean {
  const wanted = filter.toLowerCase();
  return [...rule.if, ...rule.then].some((name) => name.toLowerCase().includes(wanted));
}

/** A set of products says the same thing in each of its directions: the most certain one is shown. */
function onePerSet(rules: readonly Rule[]): Rule[] {
  const best = new Map<string, Rule>();
  for (const rule of rules) {
    const key = JSON.stringify([...rule.if, ...rule.then].sort());
    const other = best.get(key);
    if (other === undefined || rule.confidence > other.confidence) best.set(key, rule);
  }
  return [...best.values()].sort((a, b) => b.lift - a.lift || b.baskets - a.baskets);
}

function nothing(language: Language, summary: BasketSummary, filter: string): string {
  if (summary.baskets === 0) {
    return say(language, {
      en: 'Nothing to compare: no won deal has products on it',
      zh: '无法分析：成交订单中没有产品明细',
    });
  }
  if (summary.products === 1) {
    return say(language, {
      en: 'Nothing to compare: only one product has been bought',
      zh: '无法分析：只售出过一种产品',
    });
  }
  if (summary.baskets < summary.minimumCount) {
    const all = plural(language, summary.baskets, { one: 'basket', other: 'baskets' }, '');
    return say(language, {
      en: `Too little to compare: there ${summary.baskets === 1 ? 'is' : 'are'} ${all}, and a rule needs ${formatCount('en', summary.minimumCount)}`,
      zh: `数据太少：只有 ${all} 个购物篮，而一条规则至少需要 ${formatCount('zh', summary.minimumCount)} 个`,
    });
  }
  if (filter !== '' && summary.rules.length > 0) {
    return say(language, {
      en: `No rule among the ${formatCount('en', summary.rules.length)} found names “${filter}”`,
      zh: `已发现的 ${formatCount('zh', summary.rules.length)} 条规则中没有涉及“${filter}”的`,
    });
  }
  if (summary.everybodyBuysEverything) {
    const size = formatNumber(language, summary.meanSize, 1);
    return say(language, {
      en: `No products go together here: the average ${summary.per === 'customer' ? 'customer has bought' : 'order holds'} ${size} of the ${summary.products} products`,
      zh: `没有可言的关联：平均每${summary.per === 'customer' ? '位客户购买了' : '个订单包含'} ${summary.products} 种产品中的 ${size} 种`,
    });
  }
  return say(language, {
    en: `No products go together more often than chance in ${plural('en', summary.baskets, { one: 'basket', other: 'baskets' }, '')}`,
    zh: `在 ${formatCount('zh', summary.baskets)} 个购物篮中，没有产品组合的出现超过随机水平`,
  });
}

/** What a basket is and what a rule had to be, in words. */
function about(language: Language, summary: BasketSummary): ReportPart[] {
  if (summary.baskets === 0) return [];
  const baskets = formatCount(language, summary.baskets);
  const unit =
    summary.per === 'deal'
      ? {
          en: `Each of ${baskets} won deals is a basket.`,
          zh: `以 ${baskets} 个成交订单为购物篮。`,
        }
      : {
          en: `${summary.dealsOfSeveral === 0 ? 'None' : `Only ${formatCount('en', summary.dealsOfSeveral)}`} of ${formatCount('en', summary.deals)} won deals holds more than one product, so a basket is everything one customer has bought (${baskets} customers).`,
          zh: `${formatCount('zh', summary.deals)} 个成交订单中${summary.dealsOfSeveral === 0 ? '没有一个' : `只有 ${formatCount('zh', summary.dealsOfSeveral)} 个`}包含多种产品，因此以每位客户购买过的全部产品为购物篮（${baskets} 位客户）。`,
        };
  const rule = {
    en: `A rule needs ${formatCount('en', summary.minimumCount)} baskets (${formatPercent('en', summary.minimumSupport, 1)}), at least ${formatPercent('en', summary.minimumConfidence)} confidence and lift ${formatNumber('en', summary.minimumLift, 1)}; ${plural('en', summary.found, { one: 'rule does', other: 'rules do' }, '')}.`,
    zh: `规则须出现在至少 ${formatCount('zh', summary.minimumCount)} 个购物篮中（${formatPercent('zh', summary.minimumSupport, 1)}），置信度不低于 ${formatPercent('zh', summary.minimumConfidence)}，提升度不低于 ${formatNumber('zh', summary.minimumLift, 1)}；共有 ${formatCount('zh', summary.found)} 条。`,
  };
  const longest = {
    en: ` Sets of up to ${summary.longestSet} products were looked at.`,
    zh: `最多考察 ${summary.longestSet} 种产品的组合。`,
  };
  const raised =
    summary.minimumCount > summary.askedCount
      ? {
          en: ` The minimum was raised from ${formatCount('en', summary.askedCount)} baskets because there were too many combinations to go through (the largest basket holds ${formatCount('en', summary.largestBasket)} products): rarer rules were not looked for.`,
          zh: `由于组合过多（最大的购物篮包含 ${formatCount('zh', summary.largestBasket)} 种产品），最低次数由 ${formatCount('zh', summary.askedCount)} 提高，更少见的规则未作考察。`,
        }
      : { en: '', zh: '' };
  return [
    {
      kind: 'text',
      text: say(language, {
        en: `${unit.en} ${rule.en}${longest.en}${raised.en}`,
        zh: `${unit.zh}${rule.zh}${longest.zh}${raised.zh}`,
      }),
    },
    ...mapped(language, summary),
    ...offersNote(language, summary),
  ];
}

/** Where too many combinations left rarer offers out. */
function offersNote(language: Language, { offersFrom, opportunities }: BasketSummary): ReportPart[] {
  if (opportunities === 0 || offersFrom === null || offersFrom.minimumCount <= offersFrom.askedCount) return [];
  const [used, asked] = [formatCount(language, offersFrom.minimumCount), formatCount(language, offersFrom.askedCount)];
  return [
    {
      kind: 'text',
      text: say(language, {
        en: `Offers rest on products that at least ${used} customers share, raised from ${asked} because there were too many combinations: rarer ones were not looked for.`,
        zh: `追加销售建议只考察至少 ${used} 位客户共同购买的产品；由于组合过多，该数由 ${asked} 提高，更少见的组合未作考察。`,
      }),
    },
  ];
}

/** How products were found on lines that do not name them by id; nothing where all do. */
function mapped(language: Language, { mapping }: BasketSummary): ReportPart[] {
  if (mapping === null) return [];
  const { id, sku, name, own } = mapping;
  const lines = id + sku + name + own;
  if (id === lines) return [];
  const share = (count: number): string => formatPercent(language, count / lines, 1);
  return [
    {
      kind: 'text',
      text: say(language, {
        en: `Of ${formatCount('en', lines)} product lines, ${share(id)} name a product of the CRM; ${share(sku)} were matched to one by SKU and ${share(name)} by name; ${share(own)} match none and stand for a product of their own name.`,
        zh: `${formatCount('zh', lines)} 条产品明细中，${share(id)} 直接指明了 CRM 产品，${share(sku)} 按 SKU 匹配，${share(name)} 按名称匹配，${share(own)} 未能匹配，按其自身名称视为单独的产品。`,
      }),
    },
  ];
}

function table(language: Language, summary: BasketSummary, rules: readonly Rule[]): ReportPart {
  return {
    kind: 'table',
    title: say(language, { en: 'What goes together', zh: '关联购买' }),
    columns: [
      { label: say(language, { en: 'With', zh: '购买' }), align: 'left' },
      { label: say(language, { en: 'also', zh: '同时购买' }), align: 'left' },
      { label: say(language, { en: 'Confidence', zh: '置信度' }), align: 'right' },
      { label: say(language, { en: 'Lift', zh: '提升度' }), align: 'right' },
      { label: say(language, { en: 'Support', zh: '支持度' }), align: 'right' },
      {
        label: say(
          language,
          summary.per === 'deal' ? { en: 'Deals', zh: '订单数' } : { en: 'Customers', zh: '客户数' },
        ),
        align: 'right',
      },
    ],
    rows: rules.map((rule) => [
      list(language, rule.if),
      list(language, rule.then),
      formatPercent(language, rule.confidence),
      formatNumber(language, rule.lift, 1),
      formatPercent(language, rule.support, 1),
      formatCount(language, rule.baskets),
    ]),
  };
}

/** The rules as arrows from product to product. */
function chart(language: Language, rules: readonly Rule[]): ReportPart {
  return {
    kind: 'chart',
    chart: {
      kind: 'flow',
      title: say(language, { en: 'What goes together', zh: '哪些产品一起购买' }),
      subtitle: say(language, {
        en: 'The thicker the arrow, the greater the lift; on it, the lift and how often the second is bought too',
        zh: '箭头越粗，提升度越高；数字为提升度和同时购买的比例',
      }),
      alt: rules
        .map((rule) =>
          say(language, {
            en: `${list('en', rule.if)} → ${list('en', rule.then)}: lift ${formatNumber('en', rule.lift, 1)}, ${formatPercent('en', rule.confidence)} against ${formatPercent('en', rule.baseRate, 1)} of all`,
            zh: `${list('zh', rule.if)} → ${list('zh', rule.then)}：提升度 ${formatNumber('zh', rule.lift, 1)}，${formatPercent('zh', rule.confidence)}，总体为 ${formatPercent('zh', rule.baseRate, 1)}`,
          }),
        )
        .join(language === 'zh' ? '；' : '; '),
      format: { kind: 'times' },
      fromTitle: say(language, { en: 'With', zh: '购买' }),
      toTitle: say(language, { en: 'also', zh: '同时购买' }),
      valueTitle: say(language, { en: 'Lift', zh: '提升度' }),
      noteTitle: say(language, { en: 'Confidence', zh: '置信度' }),
      arrows: rules.map((rule) => ({
        from: rule.if.join(language === 'zh' ? '、' : ' + '),
        to: rule.then.join(language === 'zh' ? '、' : ' + '),
        value: rule.lift,
        note: formatPercent(language, rule.confidence),
      })),
    },
  };
}

function list(language: Language, products: readonly string[]): string {
  return products.map((name) => (language === 'zh' ? `“${name}”` : name)).join(language === 'zh' ? '、' : ' + ');
}
