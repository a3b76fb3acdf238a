import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, formatNumber, formatPercent } from '../report/format.ts';
import type { ChurnDetails, ChurnReason } from './churn-summary.ts';

/** One reason in the customer's own values and norms: "no order for 143 days; usual gap 48". */
export function reasonText(language: Language, reason: ChurnReason, currency: string): string {
  return say(language, wording(reason, currency));
}

/** The reason that weighs most, or the customer's rhythm where there is no model: one line for a list. */
export function mainReason(language: Language, details: ChurnDetails, currency: string): string {
  const [first] = details.up;
  return first === undefined ? rhythmText(language, details) : reasonText(language, first, currency);
}

/** Days since the last order against the usual gap: known without any model. */
export function rhythmText(language: Language, details: ChurnDetails): string {
  if (details.days_since === null) return say(language, { en: 'no order yet', zh: '尚未下单' });
  return reasonText(
    language,
    { family: 'rhythm', contribution: 0, own: details.days_since, norm: details.expected_gap },
    '',
  );
}

function wording({ family, own, norm }: ChurnReason, currency: string): Text {
  const both = (tell: (language: Language, own: string, norm: string) => string, show = formatCount): Text => {
    const one = (language: Language) =>
      tell(language, own === null ? '–' : show(language, own), norm === null ? '–' : show(language, norm));
    return { en: one('en'), zh: one('zh') };
  };
  const by =
    (en: (own: string, norm: string) => string, zh: (own: string, norm: string) => string) =>
    (language: Language, own: string, norm: string) =>
      language === 'zh' ? zh(own, norm) : en(own, norm);
  const money = (language: Language, value: number) => formatMoney(language, value, currency);
  const decimal = (language: Language, value: number) => formatNumber(language, value, 1);
  switch (family) {
    case 'rhythm':
      return norm === null
        ? both(
            by(
              (a) => `no order for ${a} ${a === '1' ? 'day' : 'days'}`,
              (a) => `${a} 天未下单`,
            ),
          )
        : both(
            by(
              (a, b) => `no order for ${a} ${a === '1' ? 'day' : 'days'}; usual gap ${b}`,
              (a, b) => `${a} 天未下单；通常间隔 ${b} 天`,
            ),
          );
    case 'orders':
      return both(
        by(
          (a, b) => `orders so far: ${a}; usual ${b}`,
          (a, b) => `累计订单 ${a} 笔；通常为 ${b} 笔`,
        ),
      );
    case 'recent-orders':
      return both(
        by(
          (a, b) => `recent orders: ${a}; usual ${b}`,
          (a, b) => `近期订单 ${a} 笔；通常为 ${b} 笔`,
        ),
      );
    case 'regularity':
      return own === null
        ? { en: 'too few orders to have a rhythm', zh: '订单太少，尚无节奏' }
        : both(
            by(
              (a, b) => `spacing of orders varies by ${a}; usual ${b}`,
              (a, b) => `下单间隔波动 ${a}；通常为 ${b}`,
            ),
            (language, value) => formatPercent(language, value),
          );
    case 'spend':
      return both(
        by(
          (a, b) => `${a} an order; usual ${b}`,
          (a, b) => `单笔 ${a}；通常为 ${b}`,
        ),
        money,
      );
    case 'trend':
      return own === null
        ? { en: 'one order so far, no trend in spend', zh: '仅有一笔订单，尚无消费趋势' }
        : both(
            by(
              (a, b) => `last order ${a}; the customer’s average ${b}`,
              (a, b) => `上一笔 ${a}；该客户平均 ${b}`,
            ),
            money,
          );
    case 'tenure':
      return both(
        by(
          (a, b) => `customer for ${a} days; usual ${b}`,
          (a, b) => `成为客户 ${a} 天；通常为 ${b} 天`,
        ),
      );
    case 'breadth':
      return both(
        by(
          (a, b) => `different products bought: ${a}; usual ${b}`,
          (a, b) => `购买过 ${a} 种产品；通常为 ${b} 种`,
        ),
      );
    case 'refunds':
      return both(
        by(
          (a, b) => `days with refunds: ${a}; usual ${b}`,
          (a, b) => `退款 ${a} 天；通常为 ${b} 天`,
        ),
      );
    case 'tickets':
      return both(
        by(
          (a, b) => `support tickets in 90 days: ${a}; usual ${b}`,
          (a, b) => `90 天内工单 ${a} 个；通常为 ${b} 个`,
        ),
      );
    case 'severe-tickets':
      return both(
        by(
          (a, b) => `urgent support tickets in 90 days: ${a}; usual ${b}`,
          (a, b) => `90 天内紧急工单 ${a} 个；通常为 ${b} 个`,
        ),
      );
    case 'satisfaction':
      return own === null
        ? { en: 'no satisfaction answer in a year', zh: '一年内没有满意度反馈' }
        : both(
            by(
              (a, b) => `satisfaction ${a}; usual ${b}`,
              (a, b) => `满意度 ${a}；通常为 ${b}`,
            ),
            decimal,
          );
    case 'order-trend':
      return own === null
        ? { en: 'too new to compare its orders with those before', zh: '时间太短，无法与此前订单比较' }
        : both(
            by(
              (a, b) => `orders lately: ${a}; in the same time before: ${b}`,
              (a, b) => `近期订单 ${a} 笔；此前同样时长 ${b} 笔`,
            ),
          );
    case 'amount-trend':
      if (own === null) return { en: 'too few orders to have a trend', zh: '订单太少，尚无趋势' };
      return both(
        own < 0
          ? by(
              (a) => `the last three orders average ${a} less than those before`,
              (a) => `最近三笔订单平均比此前少 ${a}`,
            )
          : by(
              (a) => `the last three orders average ${a} more than those before`,
              (a) => `最近三笔订单平均比此前多 ${a}`,
            ),
        (language, value) => formatPercent(language, Math.abs(value)),
      );
    case 'same-season':
      return own === null
        ? { en: 'customer for less than a year', zh: '成为客户不足一年' }
        : both(
            by(
              (a, b) => `orders in these weeks a year ago: ${a}; usual ${b}`,
              (a, b) => `去年同期订单 ${a} 笔；通常为 ${b} 笔`,
            ),
          );
    case 'season':
      if (own === null) return { en: 'does not buy once a year', zh: '并非每年购买一次' };
      return both(
        own < 0
          ? by(
              (a) => `buys once a year; its season began ${a} ${a === '1' ? 'day' : 'days'} ago`,
              (a) => `每年购买一次；采购季始于 ${a} 天前`,
            )
          : by(
              (a) => `buys once a year; its season comes in ${a} ${a === '1' ? 'day' : 'days'}`,
              (a) => `每年购买一次；距采购季还有 ${a} 天`,
            ),
        (language, value) => formatCount(language, Math.abs(value)),
      );
    case 'ticket-trend':
      return both(
        by(
          (a, b) => `support tickets lately: ${a}; in the same time before: ${b}`,
          (a, b) => `近期工单 ${a} 个；此前同样时长 ${b} 个`,
        ),
      );
    case 'repeat-tickets':
      return both(
        by(
          (a, b) => `tickets again within 14 days of one closed, in a year: ${a}; usual ${b}`,
          (a, b) => `一年内关闭后 14 天内再次提交的工单 ${a} 个；通常为 ${b} 个`,
        ),
      );
    case 'time-to-close':
      return own === null
        ? { en: 'no ticket closed in a year', zh: '一年内没有关闭的工单' }
        : both(
            by(
              (a, b) => `a ticket takes ${a} days to close; usual ${b}`,
              (a, b) => `工单平均 ${a} 天关闭；通常为 ${b} 天`,
            ),
            decimal,
          );
    case 'touches':
      return both(
        by(
          (a, b) => `calls, meetings and e-mails in 90 days: ${a}; usual ${b}`,
          (a, b) => `90 天内通话、会议与邮件 ${a} 次；通常为 ${b} 次`,
        ),
      );
    case 'touch-trend':
      return both(
        by(
          (a, b) => `calls, meetings and e-mails lately: ${a}; in the same time before: ${b}`,
          (a, b) => `近期通话、会议与邮件 ${a} 次；此前同样时长 ${b} 次`,
        ),
      );
    case 'last-touch':
      return own === null
        ? { en: 'no call, meeting or e-mail so far', zh: '尚无通话、会议或邮件' }
        : both(
            by(
              (a, b) => `last call, meeting or e-mail ${a} days ago; usual ${b}`,
              (a, b) => `上次通话、会议或邮件在 ${a} 天前；通常为 ${b} 天`,
            ),
          );
    case 'inbound':
      return both(
        by(
          (a, b) => `calls and e-mails from the customer in 90 days: ${a}; usual ${b}`,
          (a, b) => `90 天内客户来电来信 ${a} 次；通常为 ${b} 次`,
        ),
      );
    case 'missed':
      return own === null
        ? { en: 'no call or meeting in 180 days', zh: '180 天内没有通话或会议' }
        : both(
            by(
              (a, b) => `calls and meetings missed in 180 days: ${a}; usual ${b}`,
              (a, b) => `180 天内未达成的通话与会议占 ${a}；通常为 ${b}`,
            ),
            (language, value) => formatPercent(language, value),
          );
    case 'page-views':
      return both(
        by(
          (a, b) => `page views in 90 days: ${a}; usual ${b}`,
          (a, b) => `90 天内页面浏览 ${a} 次；通常为 ${b} 次`,
        ),
      );
    case 'feedback':
      return own === null
        ? { en: 'no feedback in a year', zh: '一年内没有反馈' }
        : both(
            by(
              (a, b) => `feedback score ${a}; usual ${b}`,
              (a, b) => `反馈评分 ${a}；通常为 ${b}`,
            ),
            decimal,
          );
  }
}
