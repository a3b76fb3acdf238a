import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount } from '../report/format.ts';
import type { ChurnSummary } from './churn-summary.ts';
import { outcomeWords } from './churn-words.ts';

/** What a list of likely buyers stands on. */
export interface LikelyBasis {
  /** Chance of an order; the customers' own rhythm; contracts that end; nothing, in a business of projects. */
  readonly kind: 'chance' | 'rhythm' | 'renewal' | 'projects';
  readonly hasChance: boolean;
  /** In a sentence; not said where there are chances of orders. */
  readonly why: Text;
}

const NOTHING: Text = { en: '', zh: '' };

/** 1 − risk is the chance of an order only where the risk is that of no order. */
export function likelyBasis({ outcome, evidence_level: level, model, note, note_zh }: ChurnSummary): LikelyBasis {
  const hasModel = level >= 2 && model !== null;
  const noted: Text = { en: `${note}.`, zh: `${note_zh}。` };
  switch (outcome.kind) {
    case 'none':
      return {
        kind: 'projects',
        hasChance: false,
        why: {
          en: `${noted.en} See them with /churn-risk lapsed.`,
          zh: `${noted.zh}用 /churn-risk lapsed 查看可挽回的客户。`,
        },
      };
    case 'no-renewal':
      return {
        kind: 'renewal',
        hasChance: hasModel,
        why: hasModel
          ? {
              en: 'A business of contracts: listed are the renewals that come up, with the chance of each.',
              zh: '合同型业务：列出即将到期的续约及其续约概率。',
            }
          : {
              en: `A business of contracts: listed are the renewals that come up, by date. ${noted.en}`,
              zh: `合同型业务：按日期列出即将到期的续约。${noted.zh}`,
            },
      };
    case 'churn-date':
      return {
        kind: 'rhythm',
        hasChance: false,
        why: {
          en: 'The CRM’s own date says here who has left, so the model tells who stays and not who orders: listed is who is due by their own rhythm, without a probability.',
          zh: '此处由 CRM 中的日期判断流失，模型预测的是留存而非下单：按客户自身节奏列出应当下单的客户，不给出概率。',
        },
      };
    default:
      return hasModel
        ? { kind: 'chance', hasChance: true, why: NOTHING }
        : {
            kind: 'rhythm',
            hasChance: false,
            why: {
              en: `Listed is who is due by their own rhythm. ${noted.en}`,
              zh: `按客户自身节奏列出应当下单的客户。${noted.zh}`,
            },
          };
  }
}

/** "of 42 customers we put at 80–100% to order, 36 ordered": the surest band with 30 customers or more, else the fullest. */
export function likelySentence(language: Language, summary: ChurnSummary): string {
  const band =
    summary.calibration.find(({ customers }) => customers >= 30) ??
    summary.calibration.toSorted((a, b) => b.customers - a.customers)[0];
  if (band === undefined) return '';
  const { stayed } = outcomeWords(summary.outcome, summary.horizon_days);
  const range = `${Math.round((1 - band.to) * 100)}–${Math.round((1 - band.from) * 100)}%`;
  const [all, bought] = [band.customers, band.customers - band.stopped].map((count) => formatCount(language, count));
  return say(language, {
    en: `of ${all} customers we put at ${range}, ${bought} ${stayed.en}`,
    zh: `在我们评为 ${range} 的 ${all} 位客户中，${bought} 位${stayed.zh}`,
  });
}
