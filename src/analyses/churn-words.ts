import type { Text } from '../lib/text.ts';
import { formatCount } from '../report/format.ts';
import type { OutcomeChoice } from './churn-outcome.ts';

/** How people call what counts as leaving. */
export interface OutcomeWords {
  /** After "risk of": "no order in the next 90 days". */
  readonly leaving: Text;
  /** The same as short as a column's head. */
  readonly short: Text;
  /** "29 did not order". */
  readonly left: Text;
  /** "61 ordered". */
  readonly stayed: Text;
}

export function outcomeWords({ kind }: OutcomeChoice, days: number): OutcomeWords {
  switch (kind) {
    case 'no-renewal':
      return {
        leaving: { en: `no renewal of what ends in the next ${days} days`, zh: `未来 ${days} 天内到期的合同不续约` },
        short: { en: 'no renewal', zh: '不续约' },
        left: { en: 'did not renew', zh: '未续约' },
        stayed: { en: 'renewed', zh: '已续约' },
      };
    case 'churn-date':
      return {
        leaving: { en: `leaving in the next ${days} days`, zh: `未来 ${days} 天内流失` },
        short: { en: 'leaving', zh: '流失' },
        left: { en: 'left', zh: '流失' },
        stayed: { en: 'stayed', zh: '留存' },
      };
    default:
      return {
        leaving: { en: `no order in the next ${days} days`, zh: `未来 ${days} 天不下单` },
        short: { en: 'no order', zh: '不下单' },
        left: { en: 'did not order', zh: '未下单' },
        stayed: { en: 'ordered', zh: '下单' },
      };
  }
}

/** "12 of 40 won deals recur" and the like: what the kind of business was read off. */
export function businessNote({
  mode,
  is_set: isSet,
  buyers,
  repeat_buyers: repeats,
  won_deals: deals,
  recurring_deals: recurring,
  lacks_ends: lacksEnds,
}: {
  readonly mode: string;
  readonly is_set: boolean;
  readonly buyers: number;
  readonly repeat_buyers: number;
  readonly won_deals: number;
  readonly recurring_deals: number;
  readonly lacks_ends: boolean;
}): Text {
  const names: Readonly<Record<string, Text>> = {
    transactional: { en: 'repeat purchases', zh: '重复购买型' },
    contract: { en: 'contracts', zh: '合同型' },
    project: { en: 'projects', zh: '项目型' },
    mixed: { en: 'contracts and repeat purchases', zh: '合同与重复购买混合型' },
  };
  const name = names[mode] ?? { en: mode, zh: mode };
  // Both languages group digits alike.
  const count = (of: number): string => formatCount('en', of);
  if (lacksEnds) {
    return {
      en: `A business of contracts (${count(recurring)} of ${count(deals)} won deals recur), but no deal says when its contract ends: orders are looked at instead of renewals; name the property that holds the end, or the usual term, in the settings`,
      zh: `合同型业务（${count(deals)} 笔赢单中 ${count(recurring)} 笔为周期性），但没有交易注明合同到期日：改为分析下单而非续约；请在设置中指定到期日属性或通常期限`,
    };
  }
  if (isSet) return { en: `A business of ${name.en} (as set)`, zh: `业务类型：${name.zh}（手动设置）` };
  return {
    en: `A business of ${name.en}: ${count(recurring)} of ${count(deals)} won deals recur, ${count(repeats)} of ${count(buyers)} buyers bought twice`,
    zh: `业务类型：${name.zh}：${count(deals)} 笔赢单中 ${count(recurring)} 笔为周期性，${count(buyers)} 位买家中 ${count(repeats)} 位购买过两次`,
  };
}
