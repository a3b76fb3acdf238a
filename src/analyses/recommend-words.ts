import { RFM_GROUP_NAMES, type RfmGroup } from '../features/rfm.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import type { RecommenderName } from '../models/recommender.ts';
import { capitalised, formatCount, formatMoney, formatPercent } from '../report/format.ts';
import type { ProductSuggestion, RecommendDetails, RecommendSummary } from './recommend-summary.ts';

export const METHOD_NAMES: Readonly<Record<RecommenderName, Text>> = {
  popularity: { en: 'popularity', zh: '热门程度' },
  'segment-popularity': { en: 'popularity in the segment', zh: '分群内热门程度' },
  content: { en: 'resemblance of products', zh: '产品相似度' },
  'item-item': { en: 'products with the same buyers', zh: '共同买家的产品' },
  'user-user': { en: 'similar customers', zh: '相似客户' },
  factors: { en: 'shared tastes (matrix factorisation)', zh: '共同偏好（矩阵分解）' },
};

/** What a method suggests, after "suggesting". */
const SUGGESTS: Readonly<Record<RecommenderName, Text>> = {
  popularity: { en: 'what most customers buy', zh: '多数客户购买的产品' },
  'segment-popularity': { en: 'what most customers of the same segment buy', zh: '同一分群多数客户购买的产品' },
  content: { en: 'what resembles the products a customer has', zh: '与客户已购产品相似的产品' },
  'item-item': { en: 'what buyers of the same products also bought', zh: '购买相同产品的客户还购买的产品' },
  'user-user': { en: 'what customers with the most similar purchases bought', zh: '购买记录最相似的客户所购买的产品' },
  factors: {
    en: 'what fits tastes that customers share (matrix factorisation)',
    zh: '符合客户共同偏好的产品（矩阵分解）',
  },
};

type BoardRow = RecommendSummary['backTest']['board'][number];

export function boardRow({ backTest }: RecommendSummary, method: RecommenderName): BoardRow | undefined {
  return backTest.board.find((row) => row.method === method);
}

/** Which way of suggesting is used, and what the back-test says of it beside popularity alone; no full stop. */
export function methodSentence(summary: RecommendSummary): Text {
  const { method, backTest } = summary;
  const used = boardRow(summary, method);
  const base = boardRow(summary, 'popularity');
  const count = (language: Language, value: number) => formatCount(language, value);
  if (used === undefined || base === undefined) {
    return {
      en: `The most bought products are suggested, untested: ${count('en', backTest.judged)} customers bought something new in the last ${backTest.horizonDays} days with more than three products to choose from, and 30 are needed to compare ways of suggesting`,
      zh: `未经回测，按热门程度推荐：最近 ${backTest.horizonDays} 天内有 ${count('zh', backTest.judged)} 位客户在三种以上可选产品中购买了新产品，比较推荐方法至少需要 30 位`,
    };
  }
  const share = (language: Language, row: BoardRow) => formatPercent(language, row.hitRate, row.hitRate < 0.1 ? 1 : 0);
  if (method === 'popularity') {
    return {
      en: `Suggesting ${SUGGESTS.popularity.en} was right for ${share('en', used)} of the ${count('en', backTest.judged)} customers who bought something new, and no other way did clearly better`,
      zh: `推荐${SUGGESTS.popularity.zh}在 ${count('zh', backTest.judged)} 位购买了新产品的客户中命中 ${share('zh', used)}，没有其他方法明显更好`,
    };
  }
  return {
    en: `Suggesting ${SUGGESTS[method].en} was right for ${share('en', used)} of the ${count('en', backTest.judged)} customers who bought something new; popularity alone for ${share('en', base)}`,
    zh: `推荐${SUGGESTS[method].zh}在 ${count('zh', backTest.judged)} 位购买了新产品的客户中命中 ${share('zh', used)}；仅按热门程度为 ${share('zh', base)}`,
  };
}

/** The same with what being right means, for an answer that does not explain the back-test. */
export function methodText(summary: RecommendSummary): Text {
  const { en, zh } = methodSentence(summary);
  if (summary.backTest.board.length === 0) return { en: `${en}.`, zh: `${zh}。` };
  const days = summary.backTest.horizonDays;
  return {
    en: `${en}: one of three suggestions was among what they bought for the first time in the ${days} days after.`,
    zh: `${zh}（命中：三项推荐之一在之后 ${days} 天内被首次购买）。`,
  };
}

/** What a suggestion rests on, in a sentence. */
export function evidenceText({ by, have, of, owned }: ProductSuggestion, segment: RecommendDetails['segment']): Text {
  const [en, zh] = [
    { have: formatCount('en', have), of: formatCount('en', of) },
    { have: formatCount('zh', have), of: formatCount('zh', of) },
  ];
  if (owned !== null && of > 0) {
    return {
      en: `${en.have} of ${en.of} other customers with ${owned} have bought it too.`,
      zh: `购买过“${owned}”的其他 ${zh.of} 位客户中有 ${zh.have} 位也购买了它。`,
    };
  }
  if (owned !== null) {
    return { en: `It resembles ${owned}, which this customer has.`, zh: `与该客户已购买的“${owned}”相似。` };
  }
  if (of === 0) return { en: 'It fits what this customer has bought.', zh: '符合该客户的购买记录。' };
  if (by === 'user-user') {
    return {
      en: `${en.have} of the ${en.of} most similar customers have bought it.`,
      zh: `最相似的 ${zh.of} 位客户中有 ${zh.have} 位购买过。`,
    };
  }
  if (by === 'segment-popularity' && segment !== null) {
    const name = segmentName(segment);
    return {
      en: `${en.have} of ${en.of} customers in “${name.en}” have bought it.`,
      zh: `“${name.zh}”的 ${zh.of} 位客户中有 ${zh.have} 位购买过。`,
    };
  }
  return {
    en: `${en.have} of ${en.of} customers have bought it.`,
    zh: `${zh.of} 位客户中有 ${zh.have} 位购买过。`,
  };
}

function segmentName({ by, name }: NonNullable<RecommendDetails['segment']>): Text {
  if (by === 'rfm' && name in RFM_GROUP_NAMES) return RFM_GROUP_NAMES[name as RfmGroup];
  return { en: name, zh: name };
}

/** The usual amount, and with a chance what is to be expected; '' where no line has an amount. */
export function worthText({ usualAmount, chance, expected }: ProductSuggestion, currency: string, days: number): Text {
  if (usualAmount === null) return { en: '', zh: '' };
  const money = (language: Language, amount: number): string => formatMoney(language, amount, currency);
  if (chance === null || expected === null) {
    return { en: `Usually ${money('en', usualAmount)}.`, zh: `通常金额 ${money('zh', usualAmount)}。` };
  }
  const percent = (language: Language): string => formatPercent(language, chance, chance < 0.1 ? 1 : 0);
  return {
    en: `Usually ${money('en', usualAmount)}; expected value ${money('en', expected)} (${percent('en')} of such suggestions were bought within ${days} days).`,
    zh: `通常金额 ${money('zh', usualAmount)}；预期价值 ${money('zh', expected)}（此类推荐有 ${percent('zh')} 在 ${days} 天内成交）。`,
  };
}

/** Evidence and worth on one line. */
export function suggestionText(
  suggestion: ProductSuggestion,
  segment: RecommendDetails['segment'],
  currency: string,
  days: number,
): Text {
  const evidence = evidenceText(suggestion, segment);
  const worth = worthText(suggestion, currency, days);
  return {
    en: [evidence.en, worth.en].filter((text) => text !== '').join(' '),
    zh: `${evidence.zh}${worth.zh}`,
  };
}

/** For the line of trust: what the method was tested on. */
export function testedText(summary: RecommendSummary): Text {
  const name = METHOD_NAMES[summary.method];
  if (summary.backTest.board.length === 0) {
    return { en: `${name.en}, not back-tested`, zh: `${name.zh}，未经回测` };
  }
  return {
    en: `${name.en}, back-tested on ${formatCount('en', summary.backTest.judged)} customers`,
    zh: `${name.zh}，已在 ${formatCount('zh', summary.backTest.judged)} 位客户上回测`,
  };
}

export function methodName(language: Language, method: RecommenderName): string {
  return capitalised(say(language, METHOD_NAMES[method]));
}
