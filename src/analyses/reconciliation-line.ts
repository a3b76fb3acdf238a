import type { Reconciliation } from '../features/reconciliation.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatInstant, formatMoney } from '../report/format.ts';
import { CAUSES } from './portfolio-warnings.ts';

/** Our won revenue against the CRM's, and the difference explained by cause, to the cent. */
export function reconciliationLine(revenue: Reconciliation, timeZone: string): Text {
  const { ours, crm, crm_at: at, currency, differences } = revenue;
  const money = (language: Language, amount: string): string =>
    formatMoney(language, amount, currency, { exact: true });
  if (crm === null) {
    return {
      en: `Won revenue ${money('en', ours)}; the CRM’s own sum is not known`,
      zh: `成交收入 ${money('zh', ours)}；CRM 自身合计未知`,
    };
  }
  const told = differences.filter(({ amount }) => Number(amount) !== 0);
  if (told.length === 0) {
    return {
      en: `Won revenue ${money('en', ours)}, the same as the CRM’s`,
      zh: `成交收入 ${money('zh', ours)}，与 CRM 一致`,
    };
  }
  const causes = (language: Language): string =>
    told
      .map(({ cause, count, amount }) => {
        const name = say(language, CAUSES[cause] ?? { en: cause, zh: cause });
        if (cause === 'unexplained') return `${money(language, amount)} ${name}`;
        return say(language, {
          en: `${money('en', amount)} of ${formatCount('en', count)} ${name}`,
          zh: `${formatCount('zh', count)} 笔${name} ${money('zh', amount)}`,
        });
      })
      .join(language === 'zh' ? '、' : ', ');
  const summed: Text =
    at === null
      ? { en: '', zh: '' }
      : {
          en: ` (summed ${formatInstant('en', at, timeZone)})`,
          zh: `（${formatInstant('zh', at, timeZone)} 合计）`,
        };
  return {
    en: `Won revenue ${money('en', ours)}; the CRM’s is ${money('en', crm)}${summed.en}, and the difference is ${causes('en')}`,
    zh: `成交收入 ${money('zh', ours)}；CRM 为 ${money('zh', crm)}${summed.zh}，差额来自${causes('zh')}`,
  };
}
