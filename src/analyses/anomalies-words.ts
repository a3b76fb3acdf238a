import type { Language, Text } from '../lib/text.ts';
import { formatCalendarDay, formatCount, formatMoney, formatNumber, formatPercent } from '../report/format.ts';
import type { Anomaly, AnomalyKind } from './anomalies-summary.ts';

export const KIND_NAMES: Readonly<Record<AnomalyKind, Text>> = {
  'weekly-revenue': { en: 'Revenue', zh: '收入' },
  'weekly-win-rate': { en: 'Win rate', zh: '赢单率' },
  'weekly-tickets': { en: 'Tickets', zh: '工单' },
  'mix-product': { en: 'Product mix', zh: '产品结构' },
  'mix-country': { en: 'Country mix', zh: '国家结构' },
  'mix-segment': { en: 'Segment mix', zh: '分群结构' },
  'customer-spend': { en: 'Purchase amount', zh: '购买金额' },
  'customer-gap': { en: 'Gone quiet', zh: '突然沉寂' },
  'customer-tickets': { en: 'Ticket burst', zh: '工单激增' },
  'customer-odd': { en: 'Unlike any other', zh: '与众不同' },
};

const COLUMN_NAMES: Readonly<Record<string, Text>> = {
  recency: { en: 'days since the last purchase', zh: '距上次购买天数' },
  purchases: { en: 'number of purchases', zh: '购买次数' },
  amount: { en: 'mean purchase', zh: '平均单笔金额' },
  breadth: { en: 'number of products', zh: '产品数' },
  tickets: { en: 'tickets', zh: '工单数' },
};

/** What was seen, beside what is usual. */
export function anomalySentence(anomaly: Anomaly, currency: string): Text {
  return { en: sentence('en', anomaly, currency), zh: sentence('zh', anomaly, currency) };
}

function sentence(language: Language, anomaly: Anomaly, currency: string): string {
  const isZh = language === 'zh';
  const { observed, usual, low, high, block_days: days } = anomaly;
  const day = formatCalendarDay(language, anomaly.day);
  const money = (value: number) => formatMoney(language, value, currency);
  const span = isZh ? `截至 ${day} 的 ${days} 天` : `the ${days} days to ${day}`;
  const difference = `${anomaly.money < 0 ? '−' : '+'}${money(Math.abs(anomaly.money))}`;
  switch (anomaly.kind) {
    case 'weekly-revenue':
      return isZh
        ? `${span}收入 ${money(observed)}，通常为 ${money(usual)}（${money(low)} 至 ${money(high)}）：${difference}`
        : `Revenue of ${span} was ${money(observed)}, usually ${money(usual)} (${money(low)} to ${money(high)}): ${difference}`;
    case 'weekly-win-rate': {
      const share = (value: number) => formatPercent(language, value);
      return isZh
        ? `${span}赢单率 ${share(observed)}，通常为 ${share(usual)}（${share(low)} 至 ${share(high)}）`
        : `Of the deals closed in ${span}, ${share(observed)} were won, usually ${share(usual)} (${share(low)} to ${share(high)})`;
    }
    case 'weekly-tickets': {
      const count = (value: number) => formatCount(language, value);
      return isZh
        ? `${span}新增工单 ${count(observed)} 个，通常为 ${count(usual)} 个（${count(low)} 至 ${count(high)}）`
        : `${count(observed)} tickets were opened in ${span}, usually ${count(usual)} (${count(low)} to ${count(high)})`;
    }
    case 'mix-product':
    case 'mix-country':
    case 'mix-segment': {
      const share = (value: number) => formatPercent(language, value, 1);
      return isZh
        ? `${span}在购买中占 ${share(observed)}，通常为 ${share(usual)}；金额变化 ${difference}`
        : `${share(observed)} of purchases in ${span}, usually ${share(usual)}; ${difference} against its usual share of the money`;
    }
    case 'customer-spend':
      return isZh
        ? `${day} 购买 ${money(observed)}，通常为 ${money(usual)}（${money(low)} 至 ${money(high)}）：${difference}`
        : `Bought for ${money(observed)} on ${day}, usually ${money(usual)} (${money(low)} to ${money(high)}): ${difference}`;
    case 'customer-gap':
      return isZh
        ? `已 ${formatCount(language, observed)} 天没有购买，通常间隔 ${formatCount(language, usual)} 天；约少了 ${money(-anomaly.money)}`
        : `No purchase for ${formatCount(language, observed)} days, usual gap ${formatCount(language, usual)}; about ${money(-anomaly.money)} did not come`;
    case 'customer-tickets':
      return isZh
        ? `${span}提交 ${formatCount(language, observed)} 个工单，通常为 ${formatNumber(language, usual, 1)} 个`
        : `${formatCount(language, observed)} tickets in ${span}, usually ${formatNumber(language, usual, 1)}`;
    case 'customer-odd': {
      const columns = anomaly.columns.map(({ name, z }) => {
        const text = COLUMN_NAMES[name]?.[language] ?? name;
        const size = `${z < 0 ? '−' : '+'}${formatNumber(language, Math.abs(z), 1)}`;
        return isZh ? `${text}（${size} 个标准差）` : `${text} (${size} spreads)`;
      });
      return isZh
        ? `综合多项指标与其他客户都不同：${columns.join('、')}；累计 ${money(anomaly.money)}`
        : `Its figures together are like no other customer’s: ${columns.join(', ')}; ${money(anomaly.money)} in all`;
    }
  }
}
