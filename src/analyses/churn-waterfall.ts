import type { WaterfallChart } from '../charts/chart-spec.ts';
import { type Language, say } from '../lib/text.ts';
import { sigmoid } from '../math/logistic.ts';
import { capitalised, formatPercent } from '../report/format.ts';
import { reasonText } from './churn-reasons.ts';
import type { ChurnDetails, ChurnMove } from './churn-summary.ts';

/** Points that a step is worth drawing from. */
const WORTH_DRAWING = 0.0005;

/**
 * How an average customer's risk becomes this one's. Reasons add up in log-odds; a risk is their logistic curve, so each is given its
 * share of the difference between both risks in proportion to its log-odds: the mean of the curve's slope on the straight way from
 * one to the other, which belongs to no order of the reasons (Aumann and Shapley, 1974, Values of Non-Atomic Games). Null where
 * there is no model, and where nothing was worth a step.
 */
export function reasonsChart(
  language: Language,
  name: string,
  details: ChurnDetails,
  currency: string,
): WaterfallChart | null {
  const { baseline, log_odds: logOdds, up, down, other } = details;
  if (baseline === null || logOdds === null) return null;
  const [usual, own] = [sigmoid(baseline), sigmoid(logOdds)];
  const way = logOdds - baseline;
  const slope = Math.abs(way) < 1e-9 ? usual * (1 - usual) : (own - usual) / way;
  const told = [...up, ...down].map((reason) => ({
    name: capitalised(reasonText(language, reason, currency)),
    change: reason.contribution * slope,
  }));
  const rest = { name: say(language, { en: 'Everything else', zh: '其他' }), change: other * slope };
  const worth = [...told, ...(Math.abs(rest.change) < WORTH_DRAWING ? [] : [rest])];
  if (!told.some(({ change }) => Math.abs(change) >= WORTH_DRAWING)) return null;
  const steps = withinBounds(usual, worth);
  if (steps === null) return null;
  const [first] = [...told].sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
  const from = formatPercent(language, usual);
  const to = formatPercent(language, own);
  return {
    kind: 'waterfall',
    title: say(language, { en: `${name}: what makes up the risk`, zh: `${name}：风险由什么组成` }),
    subtitle: say(language, {
      en: 'From the average customer’s risk to this one’s; associations, not causes',
      zh: '从平均客户的风险到该客户的风险；均为相关，而非因果',
    }),
    alt: say(language, {
      en: `From ${from} for the average customer to ${to}; most is associated with: ${first?.name ?? ''}`,
      zh: `从平均客户的 ${from} 到 ${to}；相关最大的是：${first?.name ?? ''}`,
    }),
    format: { kind: 'percent' },
    from: { name: say(language, { en: 'Average customer', zh: '平均客户' }), value: usual },
    steps,
    to: { name: say(language, { en: 'This customer', zh: '该客户' }), value: own },
  };
}

/** How the last run's risk became today's. */
export function movedChart(language: Language, moved: ChurnMove, now: number): WaterfallChart {
  const from = formatPercent(language, moved.from);
  const to = formatPercent(language, now);
  return {
    kind: 'waterfall',
    title: say(language, { en: 'What moved the risk since the last run', zh: '与上次分析相比，风险的变化' }),
    alt: say(language, {
      en: `The risk went from ${from} to ${to}`,
      zh: `风险从 ${from} 变为 ${to}`,
    }),
    format: { kind: 'percent' },
    from: { name: say(language, { en: 'Last run', zh: '上次分析' }), value: moved.from },
    steps: [
      { name: say(language, { en: 'The customer changed', zh: '客户变化' }), change: moved.customer },
      { name: say(language, { en: 'The model changed', zh: '模型变化' }), change: moved.model },
    ],
    to: { name: say(language, { en: 'Now', zh: '现在' }), value: now },
  };
}

interface Step {
  readonly name: string;
  readonly change: number;
}

/** The steps in an order in which no sum on the way leaves 0 to 1, what goes up first if that is possible; null if none does. */
function withinBounds(from: number, steps: readonly Step[]): Step[] | null {
  const ups = steps.filter(({ change }) => change >= 0);
  const downs = steps.filter(({ change }) => change < 0);
  for (const order of [
    [...ups, ...downs],
    [...downs, ...ups],
  ]) {
    let at = from;
    const isPossible = order.every(({ change }) => {
      at += change;
      return at > -1e-9 && at < 1 + 1e-9;
    });
    if (isPossible) return order;
  }
  return null;
}
