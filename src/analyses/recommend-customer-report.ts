import type { Run } from '../domain/results.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, formatPercent } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { PresentedRow } from './analysis.ts';
import { nothing } from './recommend-report.ts';
import { SUGGESTED } from './recommend-suggest.ts';
import { type RecommendDetails, type RecommendSummary, recommendDetailsSchema } from './recommend-summary.ts';
import { evidenceText, methodText, suggestionText, testedText } from './recommend-words.ts';
import { taskButton } from './task-button.ts';
import { trustLine } from './trust-line.ts';

/** `/recommend NAME`: three products that the customer has not bought, what each rests on, and what it usually buys again. */
export function customerNextProducts(
  language: Language,
  run: Run,
  summary: RecommendSummary,
  row: PresentedRow,
): Report {
  const details = recommendDetailsSchema.safeParse(row.details).data;
  const trust = trustLine(language, run, row.evidence, testedText(summary));
  const { currency, horizonDays } = run.portfolio;
  const [first] = details?.suggestions ?? [];
  const again = details === undefined ? [] : againPart(language, details);
  if (details === undefined || first === undefined) {
    const none = details === undefined ? null : nothing(summary);
    return { language, headline: `${row.name}: ${say(language, none ?? boughtAll(details))}`, parts: again, trust };
  }
  const reason = evidenceText(first, details.segment);
  return {
    language,
    headline: say(language, {
      en: `${row.name}: next product ${first.product}. ${reason.en}`,
      zh: `${row.name}：下一个产品为“${first.product}”。${reason.zh}`,
    }),
    parts: [
      ...quiet(language, details),
      ...details.suggestions.map(
        (suggestion, place): ReportPart => ({
          kind: 'item',
          title: `${place + 1}. ${suggestion.product}`,
          text: say(language, suggestionText(suggestion, details.segment, currency, horizonDays)),
          // Whose customer it is and where, once.
          ...(place > 0 || row.owner === null ? {} : { owner: { ...row.owner, mention: false } }),
          ...(place > 0 || row.link === '' ? {} : { link: row.link }),
          actions: taskButton(language, {
            analysis: 'recommend',
            customerId: row.customerId,
            productId: suggestion.productId,
          }),
        }),
      ),
      ...allElse(language, details),
      ...again,
      { kind: 'text', text: say(language, methodText(summary)) },
    ],
    trust,
  };
}

/** For a customer who has bought no product yet: what most customers buy, said as such. */
export function newcomersProducts(language: Language, run: Run, summary: RecommendSummary, name: string): Report {
  const trust = trustLine(language, run, 0, { en: 'counted among all customers', zh: '按全部客户计数' });
  const none = nothing(summary);
  if (summary.popular.length === 0) {
    const why = none ?? { en: 'nothing to suggest', zh: '没有可推荐的产品' };
    return { language, headline: say(language, why), parts: [], trust };
  }
  const { currency } = run.portfolio;
  return {
    language,
    headline: say(language, {
      en: `${name} has bought no product yet: these are what most customers bought`,
      zh: `${name}尚未购买任何产品：以下为多数客户购买的产品`,
    }),
    parts: summary.popular.map(({ product, buyers, usualAmount }, place): ReportPart => {
      const usual = (of: Language): string => (usualAmount === null ? '' : formatMoney(of, usualAmount, currency));
      const text: Text = {
        en: `${formatCount('en', buyers)} of ${formatCount('en', summary.customers)} customers have bought it.${usualAmount === null ? '' : ` Usually ${usual('en')}.`}`,
        zh: `${formatCount('zh', summary.customers)} 位客户中有 ${formatCount('zh', buyers)} 位购买过。${usualAmount === null ? '' : `通常金额 ${usual('zh')}。`}`,
      };
      return { kind: 'item', title: `${place + 1}. ${product}`, text: say(language, text) };
    }),
    trust,
  };
}

function boughtAll(details: RecommendDetails | undefined): Text {
  if (details === undefined) return { en: 'no product has been bought yet', zh: '尚未购买任何产品' };
  return {
    en: `nothing new to suggest, it has bought all ${formatCount('en', details.products)} products that are sold`,
    zh: `没有可推荐的新产品，已购买全部 ${formatCount('zh', details.products)} 种在售产品`,
  };
}

function allElse(language: Language, { suggestions }: RecommendDetails): ReportPart[] {
  if (suggestions.length === SUGGESTED) return [];
  const text = {
    en: 'Everything else that is sold it has bought.',
    zh: '其余在售产品均已购买。',
  };
  return [{ kind: 'text', text: say(language, text) }];
}

function quiet(language: Language, { quietDays }: RecommendDetails): ReportPart[] {
  if (quietDays <= 365) return [];
  return [
    {
      kind: 'text',
      text: say(language, {
        en: `It bought its last product ${formatCount('en', quietDays)} days ago: how likely such customers are to buy was not tested, so no expected value is told, and nothing is written on the record.`,
        zh: `该客户上次购买产品是在 ${formatCount('zh', quietDays)} 天前：此类客户的购买可能性未经检验，因此不给出预期价值，也不写入记录。`,
      }),
    },
  ];
}

/** What it has and customers usually buy again. */
function againPart(language: Language, { again }: RecommendDetails): ReportPart[] {
  if (again.length === 0) return [];
  const listed = (of: Language): string =>
    again
      .map(({ product, again: count, buyers }) => `${product} (${formatPercent(of, count / buyers)})`)
      .join(of === 'zh' ? '、' : ', ');
  return [
    {
      kind: 'text',
      text: say(language, {
        en: `Not new, but usually bought again, with the share of buyers who did: ${listed('en')}. \`/likely ${again[0]!.product}\` says who may and when.`,
        zh: `已购买且通常会再次购买的产品（括号内为再次购买的客户比例）：${listed('zh')}。\`/likely ${again[0]!.product}\` 可查看谁可能再次购买及时间。`,
      }),
    },
  ];
}
