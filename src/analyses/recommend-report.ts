import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, formatNumber, formatPercent } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { Presentation } from './analysis.ts';
import { aboutSuggestions } from './recommend-about.ts';
import { nextProductParts, rankedNextProducts } from './recommend-list-report.ts';
import type { RecommendSummary } from './recommend-summary.ts';
import { METHOD_NAMES, methodName, methodSentence, testedText } from './recommend-words.ts';
import { trustLine } from './trust-line.ts';

/** `/recommend`: how the next product is told and how well, what is suggested most, and whom to offer it to first. */
export function presentRecommend(summary: RecommendSummary, presentation: Presentation): Report {
  const { language, run, rows } = presentation;
  const trust = trustLine(language, run, summary.evidence, testedText(summary));
  const none = nothing(summary);
  const offers = nextProductParts(presentation, rankedNextProducts(rows));
  if (none !== null) return { language, headline: say(language, none), parts: offers, trust };
  return {
    language,
    headline: say(language, methodSentence(summary)),
    parts: [
      { kind: 'text', text: say(language, HOW_TO_ASK) },
      { kind: 'text', text: aboutSuggestions(language, summary) },
      ...chart(language, summary),
      ...board(language, summary),
      ...mostSuggested(language, summary, run.portfolio.currency),
      ...offers,
    ],
    trust,
  };
}

const HOW_TO_ASK: Text = {
  en: '`/recommend NAME` gives a customer’s three, each with what it rests on; `/recommend me` lists your customers.',
  zh: '`/recommend 客户名称` 给出该客户的三项推荐及其依据；`/recommend 我` 列出您的客户。',
};

/** Why there is nothing to suggest to anybody; null where there is. */
export function nothing(summary: RecommendSummary): Text | null {
  if (summary.products === 0) {
    return { en: 'Nothing to suggest: no won deal has products on it', zh: '无法推荐：成交订单中没有产品明细' };
  }
  if (summary.products === 1) {
    return { en: 'Nothing to suggest: only one product has been bought', zh: '无法推荐：只售出过一种产品' };
  }
  if (summary.productsSuggested === 0) {
    return {
      en: 'Nothing to suggest: no product was bought by three customers and by anybody in the last year',
      zh: '无法推荐：没有产品同时满足至少三位客户购买且最近一年有成交',
    };
  }
  if (summary.suggested > 0) return null;
  if (summary.active === 0) {
    return { en: 'Nothing to suggest: nobody bought anything in the last year', zh: '无法推荐：最近一年没有客户购买' };
  }
  const count = (language: Language): string => formatCount(language, summary.active);
  return {
    en: `Nothing new to suggest: ${summary.active === 1 ? 'the one active customer has' : `all ${count('en')} active customers have`} bought everything that is sold; \`/likely\` says who buys again and when`,
    zh: `没有可推荐的新产品：${count('zh')} 位活跃客户已购买全部在售产品；\`/likely\` 可查看谁会再次购买`,
  };
}

function chart(language: Language, { backTest, method }: RecommendSummary): ReportPart[] {
  const { board } = backTest;
  if (board.length === 0) return [];
  const share = (value: number): string => formatPercent(language, value, 1);
  return [
    {
      kind: 'chart',
      chart: {
        kind: 'horizontal-bar',
        title: say(language, { en: 'How often one of three suggestions was right', zh: '三项推荐命中的比例' }),
        alt: board
          .map((row) => `${methodName(language, row.method)}: ${share(row.hitRate)}`)
          .join(language === 'zh' ? '；' : '; '),
        format: { kind: 'percent' },
        labels: board.map(
          (row) =>
            `${methodName(language, row.method)}${row.method === method ? say(language, { en: ' (used)', zh: '（使用中）' }) : ''}`,
        ),
        series: [
          {
            name: say(language, { en: 'Customers with a right suggestion', zh: '命中的客户' }),
            values: board.map((row) => row.hitRate),
          },
        ],
      },
    },
  ];
}

function board(language: Language, { backTest, method, segmentsBy }: RecommendSummary): ReportPart[] {
  if (backTest.board.length === 0) return [];
  const column = (label: Text, align: 'left' | 'right' = 'right') => ({ label: say(language, label), align });
  const points = (value: number): string => `${value > 0 ? '+' : ''}${formatNumber(language, 100 * value, 1)}`;
  return [
    {
      kind: 'table',
      title: say(language, { en: 'Ways of suggesting, from simple to complex', zh: '推荐方法，从简单到复杂' }),
      columns: [
        column({ en: 'Way', zh: '方法' }, 'left'),
        column({ en: 'Right (of 3)', zh: '命中率（3 项）' }),
        column({ en: 'NDCG', zh: 'NDCG' }),
        column({ en: 'Gain in points ± error', zh: '提升百分点 ± 误差' }),
        column({ en: 'Against', zh: '对照' }, 'left'),
        column({ en: 'Used', zh: '使用' }),
      ],
      rows: backTest.board.map((row) => [
        row.method === 'segment-popularity'
          ? say(language, segmentsBy === 'industry' ? IN_INDUSTRY : IN_RFM)
          : methodName(language, row.method),
        formatPercent(language, row.hitRate, 1),
        formatNumber(language, row.ndcg, 3),
        row.gain === null || row.standardError === null
          ? '–'
          : `${points(row.gain)} ± ${formatNumber(language, 100 * row.standardError, 1)}`,
        row.against === null ? '–' : say(language, METHOD_NAMES[row.against]),
        row.method === method ? '✓' : '',
      ]),
    },
  ];
}

const IN_INDUSTRY: Text = { en: 'Popularity in the industry', zh: '行业内热门程度' };
const IN_RFM: Text = { en: 'Popularity in the RFM group', zh: 'RFM 分组内热门程度' };

function mostSuggested(language: Language, { most }: RecommendSummary, currency: string): ReportPart[] {
  if (most.length === 0) return [];
  const column = (label: Text, align: 'left' | 'right' = 'right') => ({ label: say(language, label), align });
  const money = (amount: number | null): string => (amount === null ? '–' : formatMoney(language, amount, currency));
  const hasChance = most.some(({ expected }) => expected !== null);
  return [
    {
      kind: 'table',
      title: say(language, { en: 'First suggestions of active customers', zh: '活跃客户的首选推荐' }),
      columns: [
        column({ en: 'Product', zh: '产品' }, 'left'),
        column({ en: 'Customers', zh: '客户数' }),
        column({ en: 'Usual amount', zh: '通常金额' }),
        ...(hasChance ? [column({ en: 'Expected value', zh: '预期价值' })] : []),
      ],
      rows: most.map((one) => [
        one.product,
        formatCount(language, one.customers),
        money(one.usualAmount),
        ...(hasChance ? [money(one.expected)] : []),
      ]),
    },
  ];
}
