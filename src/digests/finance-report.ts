import type { Anomaly } from '../analyses/anomalies-summary.ts';
import { anomalySentence, KIND_NAMES } from '../analyses/anomalies-words.ts';
import type { Finding } from '../ledger/findings.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCalendarMonth, formatCount, formatMoney, formatPercent, moneyFormat, plural } from '../report/format.ts';
import type { ReportPart } from '../report/report.ts';
import { type FinanceFigures, type FinanceMemory, type JudgedMonth, moveOfRisk } from './finance-figures.ts';
import { BAND_TEXTS, signed } from './finance-words.ts';

/** What weighs most of what is new: a month that is over, then what moved. */
export function financeHeadline(
  language: Language,
  figures: FinanceFigures,
  news: {
    readonly memory: FinanceMemory | null;
    readonly changes: { readonly risk: boolean; readonly forecast: boolean };
    readonly judged: readonly JudgedMonth[];
    /** How many anomalies are told. */
    readonly unusual: number;
  },
): string {
  const { currency } = figures.run.portfolio;
  const said: Text[] = [];
  const judged = news.judged.at(-1);
  if (judged !== undefined) {
    const band = BAND_TEXTS[judged.band];
    const [en, zh] = (['en', 'zh'] as const).map((one) => formatMoney(one, judged.amount, currency));
    said.push({
      en: `${formatCalendarMonth('en', judged.month)} brought ${en}, ${band.en}`,
      zh: `${formatCalendarMonth('zh', judged.month)}收入 ${zh}，${band.zh}`,
    });
  }
  const { revenue, days } = figures.risk;
  if (news.changes.risk && revenue !== null) {
    const change = news.memory === null ? null : (moveOfRisk(news.memory.risk, figures.risk)?.change ?? null);
    const of = (one: Language): string => {
      const money = moneyFormat(one, currency, [revenue]);
      return change === null ? money(revenue) : `${money(revenue)} (${signed(change, money)})`;
    };
    said.push({
      en: `${of('en')} at risk in the next ${days} days`,
      zh: `未来 ${days} 天风险收入 ${of('zh')}`,
    });
  }
  const first = figures.forecast?.months[0];
  if (news.changes.forecast && first !== undefined) {
    const [en, zh] = (['en', 'zh'] as const).map((one) => formatMoney(one, first.expected, currency));
    said.push({
      en: `${en} of won revenue expected in ${formatCalendarMonth('en', first.month)}`,
      zh: `${formatCalendarMonth('zh', first.month)}预计成交收入 ${zh}`,
    });
  }
  if (said.length === 0) {
    said.push(
      news.unusual > 0
        ? {
            en: `${plural('en', news.unusual, { one: 'thing is', other: 'things are' }, '')} unusual in the revenue`,
            zh: `收入中有 ${formatCount('zh', news.unusual)} 项异常`,
          }
        : { en: 'Revenue at risk and the forecast are as they were', zh: '风险收入与预测均无变化' },
    );
  }
  return said
    .slice(0, 2)
    .map((text) => say(language, text))
    .join(language === 'zh' ? '；' : '; ');
}

/** Why the edition after a change of currency tells everything anew. */
export function anotherCurrency(language: Language, before: string, now: string): ReportPart {
  const text = {
    en: `Amounts are in ${now} now, and were in ${before} in the last edition: nothing is compared with it.`,
    zh: `金额现以 ${now} 计，上一期以 ${before} 计，因此不与上一期比较。`,
  };
  return { kind: 'text', text: say(language, text) };
}

/** What somebody should look at. */
export function financeActions(
  language: Language,
  { run, forecast }: FinanceFigures,
  unusual: readonly { readonly anomaly: Anomaly; readonly finding: Finding }[],
  late: Finding | null,
): ReportPart[] {
  const { currency } = run.portfolio;
  const parts: ReportPart[] = [];
  const pipeline = forecast?.pipeline ?? null;
  if (late !== null && pipeline !== null) {
    const money = formatMoney(language, pipeline.late, currency);
    parts.push({
      kind: 'item',
      finding: late.key,
      title: say(language, {
        en: `${plural('en', pipeline.late_deals, { one: 'open deal', other: 'open deals' }, '')} past the close date`,
        zh: `${formatCount('zh', pipeline.late_deals)} 个未结商机已过预计日期`,
      }),
      text: say(language, {
        en: `${money} by value × win rate is counted in no month: have their owners give them a date or close them`,
        zh: `按金额 × 赢单率为 ${money}，未计入任何月份：请负责人更新日期或结束商机`,
      }),
    });
  }
  for (const { anomaly, finding } of unusual) {
    const kind = say(language, KIND_NAMES[anomaly.kind]);
    parts.push({
      kind: 'item',
      finding: finding.key,
      title: anomaly.subject === '' ? kind : `${anomaly.subject} · ${kind}`,
      text: `${say(language, anomalySentence(anomaly, currency))}\n${say(language, {
        en: `Of findings this sure at most ${formatPercent('en', anomaly.adjusted_p, 2)} are expected to be chance; /anomalies says what it is made of`,
        zh: `同等把握的发现中，预计至多 ${formatPercent('zh', anomaly.adjusted_p, 2)} 为偶然；用 /anomalies 查看构成`,
      })}`,
    });
  }
  if (parts.length === 0) return [];
  return [{ kind: 'heading', text: say(language, { en: 'What to look at', zh: '需要关注' }) }, ...parts];
}
