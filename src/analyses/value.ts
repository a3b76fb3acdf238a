import { z } from 'zod';
import { rhythm } from '../features/expected-gap.ts';
import { type PurchaseHistory, readPurchaseHistory } from '../features/purchase-history.ts';
import {
  deriveRfmCutPoints,
  RFM_GROUPS,
  type RfmCutPoints,
  type RfmGroup,
  rfmGroup,
  rfmScore,
  rfmValues,
} from '../features/rfm.ts';
import { netMoney, valueInDays } from '../features/value-rate.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { seededRandom } from '../math/random.ts';
import { type Drafted, defineAnalysis } from './analysis.ts';
import { rhythmEvidence } from './rhythm-evidence.ts';
import { tertiles, type ValueThresholds, valueRank } from './value-classes.ts';
import { forecastYear, type ValueForecast, YEAR_DAYS } from './value-forecast.ts';
import { presentValue } from './value-report.ts';
import {
  type CustomerForecast,
  customerForecastSchema,
  cutPointsSchema,
  VALUE_CLASSES,
  type ValueSummary,
  valueSummarySchema,
} from './value-summary.ts';

interface ValueInput {
  readonly customerIds: readonly string[];
  readonly history: PurchaseHistory;
  readonly asOfDay: number;
  readonly horizonDays: number;
  readonly thresholds: ValueThresholds | null;
  /** People's own, or those frozen by an earlier run. */
  readonly cutPoints: RfmCutPoints | null;
}

const modelSchema = z.object({ cutPoints: cutPointsSchema.nullable() });

function compute(input: ValueInput, seed: number): Drafted<ValueSummary> {
  const { history, asOfDay } = input;
  const n = input.customerIds.length;
  const rhythms = rhythm(history, asOfDay);
  const money = netMoney(history, rhythms);
  const rfm = rfmValues(history, asOfDay);
  const forecast = forecastYear(history, rhythms, money, input.horizonDays, seededRandom(seed));
  const level = forecast.fallback === null ? forecast.check!.evidence : rhythmEvidence(rhythms, input.horizonDays);
  const bought = Int32Array.from([...rfm.frequency.keys()].filter((i) => rfm.frequency[i]! > 0));
  const perYear = new Float64Array(n).fill(Number.NaN);
  for (const i of bought) perYear[i] = valueInDays(rhythms, money, i, YEAR_DAYS);
  const thresholds = input.thresholds ?? tertiles(Float64Array.from(bought, (i) => perYear[i]!));
  const cutPoints = input.cutPoints ?? (bought.length === 0 ? null : deriveRfmCutPoints(rfm));

  const scores = {
    value: perYear,
    label: new Array<string>(n).fill(''),
    band: new Array<string>(n).fill(''),
    evidence: new Uint8Array(n),
    details: (i: number): string => {
      if (rfm.frequency[i] === 0) return '{}';
      const score = cutPoints === null ? null : rfmScore(rfm, i, cutPoints);
      return JSON.stringify({
        purchases: rhythms.purchases[i],
        money: money[i],
        tenureDays: asOfDay - rhythms.firstDay[i]!,
        recencyDays: asOfDay - rhythms.lastDay[i]!,
        rfm: score,
        rfmGroup: score === null ? null : rfmGroup(score),
        forecast: customerForecast(forecast, i),
      });
    },
  };
  const classes = VALUE_CLASSES.map((name) => ({ name, customers: 0, perYear: 0 }));
  const groups = new Map<RfmGroup, { customers: number; value: number }>(
    RFM_GROUPS.map((group) => [group, { customers: 0, value: 0 }]),
  );
  let total = 0;
  let forecastTotal = 0;
  for (const i of bought) {
    total += perYear[i]!;
    forecastTotal += forecast.value[i]!;
    const score = cutPoints === null ? null : rfmScore(rfm, i, cutPoints);
    const group = score === null ? null : rfmGroup(score);
    if (group !== null) {
      const found = groups.get(group)!;
      found.customers++;
      found.value += money[i]!;
    }
    if (thresholds !== null) {
      const rank = valueRank(perYear[i]!, thresholds);
      classes[rank]!.customers++;
      classes[rank]!.perYear += perYear[i]!;
      scores.label[i] = VALUE_CLASSES[rank]!;
      scores.band[i] = VALUE_CLASSES[rank]!;
    }
    scores.evidence[i] = level;
  }
  return {
    summary: {
      customers: bought.length,
      neverBought: n - bought.length,
      perYear: cents(total),
      thresholds,
      thresholdsFrom: input.thresholds !== null ? 'people' : 'tertiles',
      classes:
        thresholds === null
          ? []
          : classes.map((found) => ({
              ...found,
              perYear: cents(found.perYear),
              share: total > 0 ? found.perYear / total : null,
            })),
      cutPoints: cutPoints === null ? null : copyOf(cutPoints),
      groups: RFM_GROUPS.map((group) => ({ group, ...groups.get(group)! }))
        .filter((found) => found.customers > 0)
        .map((found) => ({ ...found, value: cents(found.value) })),
      forecast:
        bought.length === 0
          ? null
          : {
              fallback: forecast.fallback,
              total: cents(forecastTotal),
              learnedFrom: forecast.fitted?.customers ?? 0,
              isSample: forecast.isSample,
              check: forecast.check,
            },
      evidence: level,
    },
    model: { cutPoints: cutPoints === null ? null : copyOf(cutPoints), thresholds, forecast: forecast.fitted },
    scores,
    matrix: null,
  };
}

function copyOf(points: RfmCutPoints): ValueSummary['cutPoints'] {
  return { recency: [...points.recency], frequency: [...points.frequency], money: [...points.money] };
}

function customerForecast(forecast: ValueForecast, i: number): CustomerForecast {
  const known = (value: number, digits: number): number | null =>
    Number.isNaN(value) ? null : Math.round(value * 10 ** digits) / 10 ** digits;
  return {
    method: forecast.fallback === null ? 'predicted' : 'historic',
    value: cents(forecast.value[i]!),
    low: known(forecast.low[i]!, 2),
    high: known(forecast.high[i]!, 2),
    alive: known(forecast.alive[i]!, 4),
    purchases: known(forecast.purchases[i]!, 2),
  };
}

function cents(value: number): number {
  return Math.round(value * 100) / 100;
}

/** A written value stays while the new one is within this share of it. */
const DEAD_BAND = 0.1;

function isWithinDeadBand(current: string, next: string): boolean {
  const now = Number(current);
  return current !== '' && Number.isFinite(now) && Math.abs(Number(next) - now) <= DEAD_BAND * Math.abs(now);
}

/** What each customer is worth a year and in the next twelve months, in three classes with a playbook each, and its RFM group. */
export const value = defineAnalysis<ValueInput, ValueSummary>({
  name: 'value',
  title: { en: 'Customer value', zh: '客户价值' },
  summary: valueSummarySchema,
  async read({ portal, portfolio, settings, previous, refit = false }) {
    const history = await readPurchaseHistory(portal);
    const old = modelSchema.safeParse(previous?.model);
    return {
      customerIds: history.customerIds,
      history,
      asOfDay: zonedDay(portfolio.asOf, portfolio.timeZone),
      horizonDays: portfolio.horizonDays,
      thresholds: settings.valueThresholds,
      cutPoints: settings.rfmCutPoints ?? (old.success && !refit ? old.data.cutPoints : null),
    };
  },
  compute,
  present: presentValue,
  properties: [
    {
      name: 'kith_value_class',
      label: 'Kith value class',
      description: 'Low, medium or high by what the customer brings a year',
      type: 'enumeration',
      options: [
        { value: 'low', label: 'Low' },
        { value: 'medium', label: 'Medium' },
        { value: 'high', label: 'High' },
      ],
      value: (score) => (score.label === '' ? null : score.label),
    },
    {
      name: 'kith_value_per_year',
      label: 'Kith value per year',
      description: 'Net won amount per year as a customer, in the portal currency',
      type: 'number',
      value: (score) => (score.value === null ? null : score.value.toFixed(2)),
      isSame: isWithinDeadBand,
    },
    {
      name: 'kith_value_12m',
      label: 'Kith 12-month value',
      description:
        'Amount expected in the next 12 months, in the portal currency; the historic rate where that was the better forecast',
      type: 'number',
      value(score) {
        const details = z.object({ forecast: customerForecastSchema }).safeParse(score.details);
        return details.success ? details.data.forecast.value.toFixed(2) : null;
      },
      isSame: isWithinDeadBand,
    },
  ],
});
