import type { Text } from '../lib/text.ts';
import { formatNumber } from '../report/format.ts';
import type { BoardRow, Trial } from './churn-board.ts';
import type { EntrantName } from './churn-model.ts';
import type { Business, OutcomeChoice } from './churn-outcome.ts';
import { FEWEST_OF_EACH, type Leak } from './churn-panel.ts';
import { businessNote, outcomeWords } from './churn-words.ts';
import type { Evidence } from './evidence-level.ts';
import { featureName } from './family-names.ts';

/** Model names as people read them. */
export const MODEL_NAMES: Record<EntrantName, Text> = {
  'base-rate': { en: 'base rate', zh: '基准比率' },
  'overdue-ratio': { en: 'overdue ratio (a rule)', zh: '逾期比（规则）' },
  'ridge-logistic': { en: 'ridge logistic regression', zh: '岭逻辑回归' },
  'mbg-nbd': { en: 'buying-rhythm model (MBG/NBD)', zh: '购买节奏模型（MBG/NBD）' },
  'textbook-logistic': { en: 'textbook logistic regression', zh: '教科书逻辑回归' },
  'decision-tree': { en: 'decision tree', zh: '决策树' },
  'random-forest': { en: 'random forest', zh: '随机森林' },
  'gradient-boosting': { en: 'gradient boosting', zh: '梯度提升' },
  'linear-svm': { en: 'linear support vector machine', zh: '线性支持向量机' },
  'neural-net': { en: 'small neural net', zh: '小型神经网络' },
};

/** One sentence on how the answer was reached, or on why there is none. */
export function churnNote(
  evidence: Evidence,
  trials: readonly Trial[],
  decision: { champion: EntrantName; board: readonly BoardRow[] } | null,
  input: {
    readonly horizonDays: number;
    readonly choice: OutcomeChoice;
    readonly business: Business;
    /** What everybody is given where the base rate wins. */
    readonly baseRate: number;
    readonly leak: Leak | null;
  },
): Text {
  if (decision === null) return withoutModel(evidence, input);
  const only: Text =
    trials.length > 1
      ? { en: 'on two disjoint complete cut-offs', zh: '在两个互不重叠的完整截止点上' }
      : { en: 'on the only complete cut-off there is', zh: '仅在现有的唯一完整截止点上' };
  if (decision.champion === 'base-rate') {
    const rate = Math.round(input.baseRate * 100);
    return {
      en: `No model told customers apart better than the base rate ${only.en}: everybody eligible is given the same risk, about ${rate}%`,
      zh: `${only.zh}，没有模型比基准比率更能区分客户：所有可评分客户的风险相同，约 ${rate}%`,
    };
  }
  const name = MODEL_NAMES[decision.champion];
  return {
    en: `The ${name.en} won the model board ${only.en}`,
    zh: `${only.zh}，${name.zh}在模型比较中胜出`,
  };
}

function withoutModel(
  evidence: Evidence,
  {
    horizonDays,
    choice,
    business,
    leak,
  }: {
    readonly horizonDays: number;
    readonly choice: OutcomeChoice;
    readonly business: Business;
    readonly leak: Leak | null;
  },
): Text {
  const { eligible, gaps, stopped, ordered, level } = evidence;
  if (choice.kind === 'none') {
    const { en, zh } = businessNote(business);
    return {
      en: `No score: ${en.charAt(0).toLowerCase()}${en.slice(1)}, so an order that does not come says nothing; customers to win back are listed instead`,
      zh: `不评分：${zh}，没有下单并不说明问题；改为列出可挽回的客户`,
    };
  }
  const words = outcomeWords(choice, horizonDays);
  const isRhythm = choice.kind === 'no-order';
  const bands: Text = isRhythm
    ? { en: 'bands come from buying rhythm alone', zh: '等级仅根据购买节奏得出' }
    : { en: 'only facts are shown', zh: '仅展示事实' };
  if (leak !== null) {
    const name = featureName(leak.feature);
    const auc = formatNumber('en', leak.auc, 3);
    return {
      en: `No probability: “${name.en}” alone tells who stops apart almost perfectly (AUC ${auc}), so it probably knows what came afterwards; check the dates of the records behind it; ${bands.en}`,
      zh: `不给出概率：仅凭“${name.zh}”就几乎能完全区分谁会流失（AUC ${auc}），它很可能包含事后信息；请检查相关记录的日期；${bands.zh}`,
    };
  }
  if (level === 0) {
    const seenBefore: Text = isRhythm
      ? { en: '10 repeat gaps', zh: '10 次复购间隔' }
      : { en: '10 contracts that ended or customers with a date', zh: '10 份已到期的合同或有日期的客户' };
    return {
      en: `No score: it takes 20 eligible customers and ${seenBefore.en}, and there are ${eligible} and ${gaps}; only facts are shown`,
      zh: `不评分：至少需要 20 位可评分客户和 ${seenBefore.zh}，目前为 ${eligible} 和 ${gaps}；仅展示事实`,
    };
  }
  const seen = stopped + ordered;
  if (seen === 0) {
    return {
      en: `No probability: no cut-off has ${horizonDays} days after it yet; ${bands.en}`,
      zh: `不给出概率：还没有任何截止点之后满 ${horizonDays} 天；${bands.zh}`,
    };
  }
  if (stopped < FEWEST_OF_EACH) {
    const many: Text =
      stopped === 0
        ? { en: `all ${seen} eligible customers ${words.stayed.en}`, zh: `${seen} 位可评分客户全部${words.stayed.zh}` }
        : {
            en: `${ordered} of ${seen} eligible customers ${words.stayed.en}`,
            zh: `${seen} 位可评分客户中有 ${ordered} 位${words.stayed.zh}`,
          };
    return {
      en: `No probability: in the last ${horizonDays} complete days ${many.en}, so there is nothing to learn about stopping; ${bands.en}`,
      zh: `不给出概率：在最近完整的 ${horizonDays} 天内，${many.zh}，没有流失可供学习；${bands.zh}`,
    };
  }
  if (ordered < FEWEST_OF_EACH) {
    return {
      en: `No probability: in the last ${horizonDays} complete days only ${ordered} of ${seen} eligible customers ${words.stayed.en}, too few to learn from; ${bands.en}`,
      zh: `不给出概率：在最近完整的 ${horizonDays} 天内，${seen} 位可评分客户中只有 ${ordered} 位${words.stayed.zh}，数量不足以学习；${bands.zh}`,
    };
  }
  if (eligible < 50) {
    return {
      en: `No probability: it takes 50 eligible customers and there are ${eligible}; ${bands.en}`,
      zh: `不给出概率：至少需要 50 位可评分客户，目前为 ${eligible} 位；${bands.zh}`,
    };
  }
  return {
    en: `No probability: before the newest complete cut-off there is too little history to learn from; ${bands.en}`,
    zh: `不给出概率：最近完整截止点之前的历史不足以学习；${bands.zh}`,
  };
}
