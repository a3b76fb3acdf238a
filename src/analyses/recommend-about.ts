import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatDay, formatPercent } from '../report/format.ts';
import { MOST_PRODUCTS } from './recommend-purchases.ts';
import type { RecommendSummary } from './recommend-summary.ts';
import { METHOD_NAMES } from './recommend-words.ts';

/** What was tried on whom, in words. */
export function aboutSuggestions(language: Language, summary: RecommendSummary): string {
  const { backTest } = summary;
  const day = (of: Language): string => formatDay(of, Date.parse(`${backTest.cutOff}T00:00:00Z`), 'UTC');
  const count = (of: Language, value: number): string => formatCount(of, value);
  const texts: Text[] = [];
  if (backTest.board.length > 0) {
    const isDrawn = backTest.learnt < backTest.known;
    const learnt = isDrawn
      ? {
          en: `${count('en', backTest.learnt)} customers, drawn at random from ${count('en', backTest.known)}, had`,
          zh: `从 ${count('zh', backTest.known)} 位客户中随机抽取的 ${count('zh', backTest.learnt)} 位`,
        }
      : { en: 'had been', zh: '' };
    texts.push({
      en: `Back-test: from what ${learnt.en} bought by ${day('en')}, three products were suggested to each customer active then; ${count('en', backTest.boughtNew)} of ${count('en', backTest.active)} bought something new to them in the ${backTest.horizonDays} days after, and a suggestion was right when it was among that.`,
      zh: `回测：根据${learnt.zh}截至${day('zh')}的购买记录，为当时的每位活跃客户推荐三种产品；${count('zh', backTest.active)} 位中有 ${count('zh', backTest.boughtNew)} 位在之后 ${backTest.horizonDays} 天内购买了新产品，其中包含所推荐产品即为命中。`,
    });
    if (backTest.choosing < backTest.boughtNew) {
      texts.push({
        en: `${count('en', backTest.boughtNew - backTest.choosing)} of them had three products or fewer left to buy and are not judged: any suggestion would have been right.`,
        zh: `其中 ${count('zh', backTest.boughtNew - backTest.choosing)} 位可选的新产品不超过三种，任何推荐都会命中，因此不参与评估。`,
      });
    }
    if (backTest.judged < backTest.choosing) {
      texts.push({
        en: `${count('en', backTest.judged)} of them were drawn at random and judged.`,
        zh: `随机抽取了其中 ${count('zh', backTest.judged)} 位进行评估。`,
      });
    }
    texts.push({
      en: 'A way of suggesting replaces a simpler one only where it gains more than one standard error.',
      zh: '只有命中率的提升超过一个标准误，才会取代更简单的方法。',
    });
    const { taken } = backTest;
    if (taken !== null) {
      const share = (of: Language): string => formatPercent(of, taken.share, 1);
      texts.push({
        en: `Of all who were active, whether they bought anything new or not, ${share('en')} bought their first suggestion within the ${backTest.horizonDays} days.`,
        zh: `在全部活跃客户中（无论是否购买新产品），${share('zh')} 在 ${backTest.horizonDays} 天内购买了第一项推荐。`,
      });
    }
  }
  if (backTest.aside.length > 0) {
    const names = (of: Language): string =>
      backTest.aside.map((name) => METHOD_NAMES[name][of]).join(of === 'zh' ? '、' : ' and ');
    texts.push({
      en: `Not tried, since it would take too long with so many customers: ${names('en')}.`,
      zh: `客户数量过多、耗时过长而未尝试：${names('zh')}。`,
    });
  }
  if (summary.products > summary.productsLookedAt) {
    texts.push({
      en: `Of ${count('en', summary.products)} products, the ${count('en', MOST_PRODUCTS)} with most buyers were looked at.`,
      zh: `${count('zh', summary.products)} 种产品中，只考察了买家最多的 ${count('zh', MOST_PRODUCTS)} 种。`,
    });
  }
  texts.push({
    en: `Never suggested: what a customer has, and what fewer than three customers bought or nobody in the last year (${count('en', summary.products - summary.productsSuggested)} of ${count('en', summary.products)} products).`,
    zh: `不会推荐：客户已购买的产品，以及购买客户不足三位或最近一年无人购买的产品（${count('zh', summary.products)} 种中的 ${count('zh', summary.products - summary.productsSuggested)} 种）。`,
  });
  if (summary.boughtAll > 0) {
    const one = summary.boughtAll === 1;
    texts.push({
      en: `${count('en', summary.boughtAll)} of ${count('en', summary.active)} active customers ${one ? 'has' : 'have'} bought everything else and ${one ? 'gets' : 'get'} no suggestion.`,
      zh: `${count('zh', summary.active)} 位活跃客户中有 ${count('zh', summary.boughtAll)} 位已购买其余全部产品，没有推荐。`,
    });
  }
  return texts.map((text) => say(language, text)).join(language === 'zh' ? '' : ' ');
}
