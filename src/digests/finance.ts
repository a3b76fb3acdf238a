import { trustLine } from '../analyses/trust-line.ts';
import { type Finding, isWorthTelling } from '../ledger/findings.ts';
import type { ReportPart } from '../report/report.ts';
import { type Digest, type Edition, MAX_FINDINGS } from './digest.ts';
import { introduction } from './edition-parts.ts';
import {
  type FinanceFigures,
  type FinanceMemory,
  financeMemorySchema,
  hasMoved,
  judgeMonths,
  nextPromises,
  readFinanceFigures,
} from './finance-figures.ts';
import { financeFan, financeForecast, financeOutcomes, financeQuality } from './finance-forecast-report.ts';
import { anotherCurrency, financeActions, financeHeadline } from './finance-report.ts';
import { financeCohorts, financeRisk } from './finance-risk-report.ts';

const LATE_DEALS = 'pipeline:late';

/**
 * Revenue at risk, value by first purchase, what to expect beside the pipeline, and what is unusual: how they moved since the
 * last edition, and whether months that are over fell inside the band they were promised. No customer is named.
 */
export const finance: Digest = {
  name: 'finance',
  department: 'finance',
  title: { en: 'Revenue at risk and to come', zh: '风险收入与预期收入' },
  schedule: 'financeDigest',
  period: 'week',
  async build(context) {
    const { language, now, timeZone } = context;
    const figures = await readFinanceFigures(context.reader);
    const { currency } = figures.run.portfolio;
    const stored = financeMemorySchema.safeParse(context.memory).data ?? null;
    // Currencies are never compared with one another.
    const memory = stored?.currency === currency ? stored : null;
    const last = new Map(context.findings.map((finding) => [finding.key, finding]));
    const isNew = (finding: Finding): boolean => isWorthTelling(finding, last.get(finding.key), now);

    const changes = changesSince(memory, figures);
    const judged = judgeMonths(memory?.promised ?? {}, figures.forecast);
    const late = lateFinding(figures);
    const isLateNew = late !== null && isNew(late);
    const unusual = figures.anomalies
      .map((anomaly) => ({ anomaly, finding: findingOf(anomaly) }))
      .filter(({ finding }) => isNew(finding))
      .slice(0, isLateNew ? MAX_FINDINGS - 1 : MAX_FINDINGS);
    const isLateGone = memory !== null && memory.lateDeals > 0 && late === null;
    const isNews = isLateNew || isLateGone || unusual.length > 0 || judged.length > 0;
    if (memory !== null && !isNews && !Object.values(changes).some(Boolean)) return null;

    const counted = judged.filter(({ promise }) => promise.isBefore);
    const record = {
      judged: (memory?.record.judged ?? 0) + counted.length,
      inside: (memory?.record.inside ?? 0) + counted.filter(({ band }) => band === 'narrow').length,
    };
    const toldBefore = last.get(LATE_DEALS);
    return {
      report: {
        language,
        headline: financeHeadline(language, figures, { memory, changes, judged, unusual: unusual.length }),
        parts: [
          ...(stored === null ? [introduction(language, finance)] : []),
          ...(stored === null || memory !== null ? [] : [anotherCurrency(language, stored.currency, currency)]),
          ...(changes.risk ? financeRisk(language, figures, memory) : []),
          ...(changes.cohorts ? financeCohorts(language, figures, memory) : []),
          ...(changes.forecast ? financeForecast(language, figures, memory) : []),
          ...financeActions(language, figures, unusual, isLateNew ? late : null),
          ...(memory === null ? [] : financeOutcomes(language, figures, { memory, judged, record })),
          ...financeFan(language, figures),
        ] satisfies ReportPart[],
        trust: trustLine(language, figures.run, figures.evidence, financeQuality(figures)),
      },
      told: [...(isLateNew ? [late] : []), ...unusual.map(({ finding }) => finding)],
      resolved:
        isLateGone && toldBefore !== undefined && toldBefore.state !== 'resolved'
          ? [{ finding: toldBefore, note: 'no open deal is past its close date' }]
          : [],
      memory: {
        currency,
        risk: figures.risk,
        period: figures.period,
        cohorts: [...figures.cohorts],
        months: (figures.forecast?.months ?? []).map(({ month, expected }) => ({ month, expected })),
        weighted: figures.forecast?.pipeline?.weighted ?? null,
        lateDeals: figures.forecast?.pipeline?.late_deals ?? 0,
        late: figures.forecast?.pipeline?.late ?? 0,
        promised: nextPromises(memory?.promised ?? {}, figures.forecast, dayOf(now, timeZone)),
        record,
      } satisfies FinanceMemory,
    } satisfies Edition;
  },
};

/** Which parts of the last edition are not as they were; all of them are news the first time. */
function changesSince(
  memory: FinanceMemory | null,
  { risk, period, cohorts, forecast }: FinanceFigures,
): { readonly risk: boolean; readonly cohorts: boolean; readonly forecast: boolean } {
  if (memory === null) return { risk: true, cohorts: true, forecast: true };
  const before = new Map(memory.cohorts.map((cohort) => [cohort.start, cohort]));
  const months = new Map(memory.months.map(({ month, expected }) => [month, expected]));
  return {
    risk: memory.risk.days !== risk.days || hasMoved(memory.risk.revenue, risk.revenue),
    cohorts:
      memory.period !== period ||
      cohorts.some(({ start, customers, revenue }) => {
        const old = before.get(start);
        return old === undefined || old.customers !== customers || hasMoved(old.revenue, revenue);
      }),
    forecast:
      hasMoved(memory.weighted, forecast?.pipeline?.weighted ?? null) ||
      memory.months.length !== (forecast?.months ?? []).length ||
      (forecast?.months ?? []).some(({ month, expected }) => hasMoved(months.get(month) ?? null, expected)),
  };
}

function lateFinding({ forecast }: FinanceFigures): Finding | null {
  const pipeline = forecast?.pipeline ?? null;
  if (pipeline === null || pipeline.late_deals === 0) return null;
  return { key: LATE_DEALS, customerId: '', band: 'late', money: pipeline.late.toFixed(2) };
}

// The band is the direction, so that what turns is news at once.
function findingOf({ key, direction, money }: FinanceFigures['anomalies'][number]): Finding {
  return { key: `anomaly:${key}`, customerId: '', band: direction, money: Math.abs(money).toFixed(2) };
}

// The Swedish locale writes ISO dates.
function dayOf(instant: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(instant);
}
