import { lastCompleteDay } from '../features/calendar.ts';
import { readEngagementHistory } from '../features/engagement-history.ts';
import { readPurchaseHistory } from '../features/purchase-history.ts';
import { readTicketHistory } from '../features/ticket-history.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { type AnalysisProperty, defineAnalysis } from './analysis.ts';
import { CHURN_ROUNDS, type ChurnPart, churnPart, computeChurn } from './churn-compute.ts';
import type { ChurnInput } from './churn-input.ts';
import { readLastRisk, readLastRun } from './churn-last-run.ts';
import { chooseOutcome, readOutcome } from './churn-outcome.ts';
import { mainReason, reasonText } from './churn-reasons.ts';
import { presentChurn } from './churn-report.ts';
import { type ChurnSummary, churnDetailsSchema, churnSummarySchema } from './churn-summary.ts';

const NAME = 'churn-risk';

/** Which customers may not order in the next H days, and what each of them has in common with those who did not. */
export const churnRisk = defineAnalysis<ChurnInput, ChurnSummary, ChurnPart>({
  name: NAME,
  title: { en: 'No-order risk', zh: '不下单风险' },
  summary: churnSummarySchema,
  async read(context) {
    const { portal, portfolio, previous } = context;
    const history = await readPurchaseHistory(portal);
    const tickets = await readTicketHistory(portal, portfolio);
    const engagements = await readEngagementHistory(portal, portfolio);
    const { customerIds } = history;
    const { choice, business } = await chooseOutcome(context);
    return {
      customerIds,
      history,
      // One array of ids, so that it crosses to the worker once.
      tickets: { ...tickets, customerIds },
      engagements: { ...engagements, customerIds },
      horizonDays: portfolio.horizonDays,
      asOfDay: zonedDay(portfolio.asOf, portfolio.timeZone),
      lastCompleteDay: lastCompleteDay(portfolio.asOf, portfolio.timeZone),
      currency: portfolio.currency,
      choice,
      business,
      outcome: await readOutcome(portal, portfolio, choice),
      lastRisk:
        previous === null
          ? new Float64Array(customerIds.length).fill(Number.NaN)
          : await readLastRisk(portal, previous.run.id, customerIds, undefined, previous.givenBy),
      lastRun: previous === null ? null : await readLastRun(portal, previous, customerIds.length),
    };
  },
  parts: { rounds: CHURN_ROUNDS, compute: churnPart },
  compute: computeChurn,
  present: presentChurn,
  properties: properties(),
});

function properties(): readonly AnalysisProperty[] {
  return [
    {
      name: 'kith_no_order_risk',
      label: 'No-order risk (%)',
      description:
        'Probability of no order within the horizon, in percent; not written where the evidence carries no probability, nor for once-a-year buyers outside their season; an older value stays',
      type: 'number',
      value: ({ value, evidence, label, details }) =>
        value === null || evidence < 2 || label !== 'eligible' || churnDetailsSchema.parse(details).out_of_season
          ? null
          : String(Math.round(value * 100)),
      isSame: within(5),
    },
    {
      name: 'kith_risk_band',
      label: 'No-order risk band',
      description:
        'Low below 30 %, high from 60 %; by buying rhythm where there is no probability; lapsed customers leave scoring',
      type: 'enumeration',
      options: [
        { value: 'low', label: 'Low' },
        { value: 'medium', label: 'Medium' },
        { value: 'high', label: 'High' },
        { value: 'lapsed', label: 'Lapsed' },
      ],
      value: ({ band }) => (['low', 'medium', 'high', 'lapsed'].includes(band) ? band : null),
    },
    {
      name: 'kith_off_rhythm',
      label: 'Off rhythm',
      description: 'Days since the last order ÷ expected gap: from 1.5 late, from 3 lapsed',
      type: 'number',
      value: (score) => {
        const ratio = churnDetailsSchema.parse(score.details).off_rhythm;
        return ratio === null ? null : ratio.toFixed(1);
      },
      isSame: within(0.2),
    },
    {
      name: 'kith_reasons',
      label: 'Reasons of the risk',
      description: 'What the risk is associated with, strongest first',
      type: 'string',
      value: (score, run) => {
        const details = churnDetailsSchema.parse(score.details);
        if (details.standing !== 'eligible') return null;
        const { currency } = run.portfolio;
        const reasons = details.up.map((reason) => reasonText('en', reason, currency));
        return reasons.length === 0 ? mainReason('en', details, currency) : reasons.join('; ');
      },
    },
    {
      name: 'kith_evidence_level',
      label: 'Evidence level',
      description: '0 facts, 1 rhythm, 2 shrunken probabilities, 3 full',
      type: 'number',
      value: ({ evidence, label }) => (label === 'eligible' ? String(evidence) : null),
    },
  ];
}

/** Numbers that differ by less than `band` are not worth a write. */
function within(band: number): (current: string, next: string) => boolean {
  return (current, next) => current !== '' && Math.abs(Number(current) - Number(next)) < band;
}
