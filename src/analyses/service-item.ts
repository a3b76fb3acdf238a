import type { Run } from '../domain/results.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatMoney, formatPercent } from '../report/format.ts';
import type { ReportItem } from '../report/report.ts';
import { outcomeWords } from './churn-words.ts';
import { outOfSeasonText } from './likely-due.ts';
import type { ServedCustomer, ServiceQueue } from './service-queue.ts';
import { answerText, openText, patternText } from './service-words.ts';

const BANDS: Readonly<Record<string, Text>> = {
  high: { en: 'high', zh: '高' },
  medium: { en: 'medium', zh: '中' },
  low: { en: 'low', zh: '低' },
};
const STANDINGS: Readonly<Record<string, Text>> = {
  lapsed: { en: 'lapsed', zh: '已流失' },
  'under-contract': { en: 'under contract', zh: '合同期内' },
};
const CLASSES: Readonly<Record<string, Text>> = {
  high: { en: ' (high value)', zh: '（高价值）' },
  medium: { en: ' (medium value)', zh: '（中价值）' },
  low: { en: ' (low value)', zh: '（低价值）' },
};

export interface ItemView {
  readonly language: Language;
  readonly run: Run;
  readonly currency: string;
  readonly horizonDays: number;
  readonly churn: ServiceQueue['churn'];
}

/** "41% risk of no order in the next 90 days (medium)", or where the customer stands, also in its year; '' where nothing is known. */
export function riskText({ language, run, horizonDays, churn }: ItemView, { risk }: ServedCustomer): string {
  if (risk === null) return '';
  const standing = STANDINGS[risk.band];
  if (standing !== undefined) return say(language, standing);
  const outside = outOfSeasonText(language, run, risk.details);
  if (outside !== null) return outside;
  const band = BANDS[risk.band];
  if (band === undefined) return '';
  const { leaving } = outcomeWords(churn?.outcome ?? { kind: 'none' }, horizonDays);
  const { probability } = risk;
  return probability === null
    ? say(language, { en: `${band.en} risk of ${leaving.en}`, zh: `${leaving.zh}的风险：${band.zh}` })
    : say(language, {
        en: `${formatPercent('en', probability)} risk of ${leaving.en} (${band.en})`,
        zh: `${leaving.zh}的风险为 ${formatPercent('zh', probability)}（${band.zh}）`,
      });
}

/** "£12,340 a year (high value)"; "has not bought yet". */
export function valueText({ language, currency }: ItemView, { value, valueClass }: ServedCustomer): string {
  if (value === null) return say(language, { en: 'has not bought yet', zh: '尚未购买' });
  const money = formatMoney(language, value, currency);
  const name = CLASSES[valueClass] ?? { en: '', zh: '' };
  return say(language, { en: `${money} a year${name.en}`, zh: `每年 ${money}${name.zh}` });
}

/** The tickets, the risk and the value, the answer and what of it precedes leaving: one line each. */
export function servedText(view: ItemView, customer: ServedCustomer): string {
  const { language, horizonDays } = view;
  const { details } = customer;
  const shown = details.patterns.map((name) => say(language, patternText(name, horizonDays)));
  const list = shown.join(language === 'zh' ? '；' : '; ');
  return [
    openText(language, details),
    [riskText(view, customer), valueText(view, customer)].filter((text) => text !== '').join(' · '),
    answerText(language, details),
    list === '' ? '' : say(language, { en: `precedes leaving here: ${list}`, zh: `此处流失前常见：${list}` }),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** A customer with the button that explains its risk; its value where there is none. */
export function servedItem(
  language: Language,
  { row, risk }: ServedCustomer,
  { text, mention }: { readonly text: string; readonly mention: boolean },
): ReportItem {
  const explained = risk === null ? 'value' : 'churn-risk';
  return {
    kind: 'item',
    title: row.name,
    text,
    ...(row.owner === null ? {} : { owner: { ...row.owner, mention } }),
    ...(row.link === '' ? {} : { link: row.link }),
    actions: [
      { action: 'why', label: say(language, { en: 'Why?', zh: '为什么？' }), value: `${explained}:${row.customerId}` },
    ],
  };
}
