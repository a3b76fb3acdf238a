import { lastCompleteDay } from '../features/calendar.ts';
import { readPurchaseHistory } from '../features/purchase-history.ts';
import { readTicketHistory } from '../features/ticket-history.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { type AnalysisProperty, defineAnalysis, type ReadContext } from './analysis.ts';
import { type ChurnInput, computeChurn } from './churn-compute.ts';
import { mainReason, reasonText } from './churn-reasons.ts';
import { presentChurn } from './churn-report.ts';
import { type ChurnSummary, churnDetailsSchema, churnSummarySchema } from './churn-summary.ts';

export { churnReasons } from './churn-reasons.ts';

const NAME = 'churn-risk';

/** Which customers may not order in the next H days, and what each of them has in common with those who did not. */
export const churnRisk = defineAnalysis<ChurnInput, ChurnSummary>({
  name: NAME,
  title: { en: 'No-order risk', zh: '不下单风险' },
  summary: churnSummarySchema,
  async read(context) {
    const { portal, portfolio } = context;
    const history = await readPurchaseHistory(portal, portfolio);
    const tickets = await readTicketHistory(portal, portfolio);
    const { customerIds } = history;
    return {
      customerIds,
      history,
      // One array of ids, so that it crosses to the worker once.
      tickets: { ...tickets, customerIds },
      horizonDays: portfolio.horizonDays,
      asOfDay: zonedDay(portfolio.asOf, portfolio.timeZone),
      lastCompleteDay: lastCompleteDay(portfolio.asOf, portfolio.timeZone),
      currency: portfolio.currency,
      lastRisk: await readLastRisk(context, customerIds),
    };
  },
  compute: computeChurn,
  present: presentChurn,
  properties: properties(),
});

/** What each customer was last given, by the newest finished run or by its model since then: lapsed ones keep it. */
async function readLastRisk({ portal, previous }: ReadContext, customerIds: readonly string[]): Promise<Float64Array> {
  const risks = new Float64Array(customerIds.length).fill(Number.NaN);
  if (previous === null) return risks;
  const latest = await portal.results.latest(NAME);
  if (latest === null) return risks;
  const rows = await portal.arrow(
    `SELECT c.idx AS idx, argMax(s.risk, s.seq) AS value FROM (
       SELECT customer_id, assumeNotNull(value) AS risk, toUInt64(0) AS seq FROM {db:Identifier}.scores
       WHERE run_id = {run:String} AND analysis = {analysis:String} AND isNotNull(value)
       UNION ALL
       SELECT customer_id, assumeNotNull(value) AS risk, seq FROM {db:Identifier}.rescored
       WHERE run_id = {run:String} AND analysis = {analysis:String} AND isNotNull(value)) AS s
     INNER JOIN {db:Identifier}.customers AS c ON c.id = s.customer_id
     GROUP BY idx ORDER BY idx`,
    { run: latest.run.id, analysis: NAME },
  );
  const positions = rows.getChild('idx');
  const values = rows.getChild('value');
  for (let k = 0; k < rows.numRows; k++) risks[Number(positions?.get(k))] = Number(values?.get(k));
  return risks;
}

function properties(): readonly AnalysisProperty[] {
  return [
    {
      name: 'kith_no_order_risk',
      label: 'No-order risk (%)',
      description:
        'Probability of no order within the horizon, in percent; empty where the evidence carries no probability',
      type: 'number',
      value: ({ value, evidence, label }) =>
        value === null || evidence < 2 || label !== 'eligible' ? null : String(Math.round(value * 100)),
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
