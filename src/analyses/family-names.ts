import { CHURN_FEATURES, type Family } from '../features/churn-features.ts';
import type { Text } from '../lib/text.ts';

/** What a family of features is about, as people say it. */
const FAMILY_NAMES: Readonly<Record<Family, Text>> = {
  rhythm: { en: 'days since the last order against the usual gap', zh: '距上次下单天数与通常间隔' },
  orders: { en: 'number of orders', zh: '订单数' },
  'recent-orders': { en: 'recent orders', zh: '近期订单' },
  'order-trend': { en: 'orders lately against before', zh: '订单变化趋势' },
  regularity: { en: 'regularity of orders', zh: '下单规律性' },
  spend: { en: 'amount of an order', zh: '单笔金额' },
  trend: { en: 'last order against the average', zh: '上一笔与平均金额之比' },
  'amount-trend': { en: 'last three orders against before', zh: '最近三笔订单金额趋势' },
  tenure: { en: 'time as a customer', zh: '客户年限' },
  breadth: { en: 'number of products bought', zh: '购买产品种类数' },
  refunds: { en: 'refunds', zh: '退款' },
  'same-season': { en: 'orders in the same weeks a year ago', zh: '去年同期订单' },
  season: { en: 'season of once-a-year buyers', zh: '每年一次采购的季节' },
  tickets: { en: 'support tickets', zh: '工单' },
  'ticket-trend': { en: 'support tickets lately against before', zh: '工单变化趋势' },
  'severe-tickets': { en: 'urgent support tickets', zh: '紧急工单' },
  'repeat-tickets': { en: 'tickets that came back', zh: '重复工单' },
  'time-to-close': { en: 'days until a ticket is closed', zh: '工单关闭时长' },
  satisfaction: { en: 'satisfaction with support', zh: '服务满意度' },
  touches: { en: 'calls, meetings and e-mails', zh: '通话、会议与邮件' },
  'touch-trend': { en: 'calls, meetings and e-mails lately against before', zh: '沟通变化趋势' },
  'last-touch': { en: 'days since the last call, meeting or e-mail', zh: '距上次沟通天数' },
  inbound: { en: 'calls and e-mails from the customer', zh: '客户来电来信' },
  missed: { en: 'missed calls and meetings', zh: '未达成的通话与会议' },
  'page-views': { en: 'page views', zh: '页面浏览' },
  feedback: { en: 'feedback scores', zh: '反馈评分' },
};

const FLAG = '_is_missing';

/** What a column of the models is about; a name that this version does not know is told as it is. */
export function featureName(feature: string): Text {
  if (feature.endsWith(FLAG)) {
    const { en, zh } = featureName(feature.slice(0, -FLAG.length));
    return { en: `${en} (not known)`, zh: `${zh}（未知）` };
  }
  const family = CHURN_FEATURES.find(({ name }) => name === feature)?.family;
  if (family !== undefined) return FAMILY_NAMES[family];
  return feature === 'expected_silence'
    ? { en: 'what the buying rhythm lets expect', zh: '购买节奏模型的预期' }
    : { en: feature, zh: feature };
}
