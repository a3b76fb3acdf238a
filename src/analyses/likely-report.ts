import { type Language, say, type Text } from '../lib/text.ts';
import { formatMoney, formatNumber, formatPercent, plural } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { Presentation } from './analysis.ts';
import { MODEL_NAMES } from './churn-note.ts';
import { churnSummarySchema } from './churn-summary.ts';
import { type LikelyFacts, likelyLines } from './likely-lines.ts';
import { chartOf, countsOf, itemOf, type LikelyView, rankText } from './likely-list-report.ts';
import { type LikelyBasis, likelyBasis, likelySentence } from './likely-words.ts';
import { trustLine } from './trust-line.ts';

/** How many customers are listed. */
export const LISTED = 10;

/** `/likely`: who is likely to buy in the next H days, when and for how much; or who is due, where there is no probability. */
export function presentLikely(storedSummary: unknown, presentation: Presentation, facts: LikelyFacts): Report {
  const { language, run, withheld, filter } = presentation;
  const summary = churnSummarySchema.parse(storedSummary);
  const basis = likelyBasis(summary);
  const lines = likelyLines(summary, run, presentation.rows, facts).slice(0, LISTED);
  const view: LikelyView = { language, run, summary, basis, filter, facts, lines };
  const parts: ReportPart[] = [];
  if (basis.kind !== 'chance') parts.push({ kind: 'text', text: say(language, basis.why) });
  if (withheld !== null) parts.push({ kind: 'text', text: say(language, withheld) });
  for (const line of lines) parts.push(itemOf(view, line));
  const chart = chartOf(view);
  if (chart !== null) parts.push({ kind: 'chart', chart });
  parts.push(countsOf(view));
  if (lines.length > 0) parts.push({ kind: 'text', text: say(language, rankText(view)) });
  return {
    language,
    headline: headlineOf(view, withheld !== null),
    parts,
    trust: trustLine(language, run, summary.evidence_level, { en: quality('en', view), zh: quality('zh', view) }),
  };
}

function headlineOf({ language, run, summary, basis, filter, facts, lines }: LikelyView, isWithheld: boolean): string {
  const days = run.portfolio.horizonDays;
  const [first] = lines;
  const of: Text = filter === '' ? { en: '', zh: '' } : { en: ` (${filter})`, zh: `（${filter}）` };
  const { product } = facts;
  if (first === undefined) {
    if (isWithheld) return say(language, { en: 'The customers are not shown here', zh: '此处不显示客户' });
    const none: Readonly<Record<LikelyBasis['kind'], Text>> = {
      chance: { en: `Nobody is active who could order${of.en}`, zh: `没有可能下单的活跃客户${of.zh}` },
      rhythm: { en: `Nobody is due by their rhythm now${of.en}`, zh: `目前没有按节奏应当下单的客户${of.zh}` },
      renewal: {
        en: `No contract ends in the next ${days} days${of.en}`,
        zh: `未来 ${days} 天没有到期的合同${of.zh}`,
      },
      projects: {
        en: `A business of projects: nobody is expected to order again by a date`,
        zh: '项目型业务：无法预计客户何时再次下单',
      },
    };
    return say(language, none[basis.kind]);
  }
  const count = plural(language, lines.length, { one: 'customer', other: 'customers' }, '位客户');
  const chance = first.chance === null ? '' : formatPercent(language, first.chance * (first.share ?? 1));
  if (product !== null) {
    const { name } = product;
    return first.chance === null
      ? say(language, {
          en: `${first.row.name} is due and the most given to ${name}${of.en}`,
          zh: `${first.row.name} 按节奏应当下单，且最常购买 ${name}${of.zh}`,
        })
      : say(language, {
          en: `${first.row.name} is the likeliest to buy ${name} in the next ${days} days (${chance})${of.en}`,
          zh: `未来 ${days} 天最可能购买 ${name} 的是 ${first.row.name}（${chance}）${of.zh}`,
        });
  }
  const total = formatMoney(
    language,
    lines.reduce((sum, line) => sum + (line.chance ?? 1) * line.amount, 0),
    summary.currency,
  );
  if (basis.kind === 'renewal') {
    return say(language, {
      en: `Renewals of the next ${days} days: ${count} listed${first.chance === null ? ', worth' : ', expected to bring'} ${total}${of.en}`,
      zh: `未来 ${days} 天的续约：列出${count}，${first.chance === null ? '合计' : '预计带来'} ${total}${of.zh}`,
    });
  }
  if (first.chance === null) {
    return say(language, {
      en: `${count} due by their own rhythm, usually ${total} in all${of.en}`,
      zh: `按自身节奏应当下单：${count}，通常合计 ${total}${of.zh}`,
    });
  }
  return say(language, {
    en: `${total} expected from one order each of ${count} in the next ${days} days; first ${first.row.name} (${chance})${of.en}`,
    zh: `未来 ${days} 天，${count}各下一单预计带来 ${total}；首位是 ${first.row.name}（${chance}）${of.zh}`,
  });
}

function quality(language: Language, { summary, basis }: LikelyView): string {
  if (!basis.hasChance || summary.model === null) {
    return say(language, { en: 'rhythm and dates, no probability', zh: '节奏与日期，无概率' });
  }
  const name = say(language, MODEL_NAMES[summary.model]);
  if (summary.model === 'base-rate') return name;
  const auc = `AUC ${formatNumber(language, summary.auc ?? Number.NaN, 2)}`;
  const sentence = likelySentence(language, summary);
  return [name, auc, ...(sentence === '' ? [] : [sentence])].join(language === 'zh' ? '，' : ', ');
}
