import { type BoughtProduct, readBoughtProducts } from '../features/baskets.ts';
import { type ProductSequences, readProductSequences } from '../features/product-sequences.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { begunSequences } from '../models/begun-sequences.ts';
import { type NextStep, nextSteps, withoutLongerBeginnings } from '../models/next-steps.ts';
import { prefixSpan } from '../models/prefix-span.ts';
import { type Drafted, defineAnalysis } from './analysis.ts';
import { presentSequences } from './sequences-report.ts';
import { type SequencesSummary, sequencesSummarySchema, type UsualStep } from './sequences-summary.ts';

interface SequencesInput extends ProductSequences {
  readonly products: readonly BoughtProduct[];
  /** Days since 1970-01-01 in the portal's zone. */
  readonly today: number;
  readonly minimumSupport: number | null;
  readonly minimumConfidence: number | null;
}

/** Support at least 2 % of the customers and 5 customers, unless asked otherwise. */
const LEAST_SUPPORT = 0.02;
const LEAST_CUSTOMERS = 5;
/** Whatever is asked for, one customer is no pattern. */
const LEAST_ASKED = 2;
const LEAST_LIFT = 1.2;
const LEAST_CONFIDENCE = 0.1;
/** Of the steps called usual, at most this share is expected to be chance. */
const FALSE_DISCOVERY_RATE = 0.05;
/** What comes later than this is not told as a next step. */
const LONGEST_GAP_DAYS = 365;
const LONGEST_SEQUENCE = 3;
const MOST_SEQUENCES = 20_000;
/** The summary keeps this many, so that a person can ask for a product's. */
const KEPT_STEPS = 200;

const GAPS = { minimumGap: 1, maximumGap: LONGEST_GAP_DAYS } as const;

function compute(input: SequencesInput): Drafted<SequencesSummary> {
  const { customerIds, offsets, days, products, today } = input;
  const customers = customerIds.length;
  const askedCount =
    input.minimumSupport === null
      ? Math.max(LEAST_CUSTOMERS, Math.ceil(LEAST_SUPPORT * customers - 1e-9))
      : Math.max(LEAST_ASKED, Math.ceil(input.minimumSupport * customers - 1e-9));
  const patterns = prefixSpan(input, {
    ...GAPS,
    minimumCount: askedCount,
    maximumLength: LONGEST_SEQUENCE,
    maximumSequences: MOST_SEQUENCES,
  });
  const least = input.minimumConfidence ?? LEAST_CONFIDENCE;
  const all = nextSteps(input, patterns, { ...GAPS, asOfDay: today, minimumFollowers: patterns.minimumCount });
  const usual = all.filter(
    ({ adjustedP, lift, confidence }) =>
      adjustedP <= FALSE_DISCOVERY_RATE && lift >= LEAST_LIFT - 1e-12 && confidence >= least - 1e-12,
  );
  const steps = withoutLongerBeginnings(usual).sort(
    (a, b) =>
      b.lift - a.lift || b.followers - a.followers || a.next - b.next || (a.after.join() < b.after.join() ? -1 : 1),
  );
  let returning = 0;
  for (let c = 0; c < customers; c++) if (days[offsets[c + 1]! - 1] !== days[offsets[c]!]) returning++;
  const scores = usualSteps(input, steps);
  const name = (item: number): string => products[item]!.name;
  return {
    summary: {
      customers,
      products: products.length,
      returning,
      minimumCount: patterns.minimumCount,
      askedCount,
      maximumGapDays: LONGEST_GAP_DAYS,
      longestSequence: LONGEST_SEQUENCE,
      minimumLift: LEAST_LIFT,
      sequences: patterns.count.length,
      found: steps.length,
      late: scores.band.filter((band) => band === 'late').length,
      steps: steps.slice(0, KEPT_STEPS).map((step) => ({
        after: step.after.map(name),
        next: name(step.next),
        starters: step.starters,
        followers: step.followers,
        support: step.followers / customers,
        confidence: step.confidence,
        lift: step.lift,
        delay: step.delay,
        adjustedP: step.adjustedP,
      })),
    },
    model: null,
    scores,
    matrix: null,
  };
}

/**
 * Each customer's usual next step: `late` after three quarters of those who took it had, `due` before that. Whoever has
 * waited longer than anybody who took it is not told of it any more. The value is the step's confidence.
 */
function usualSteps(input: SequencesInput, steps: readonly NextStep[]): NonNullable<Drafted<unknown>['scores']> {
  const { customerIds, offsets, items, products, today } = input;
  const customers = customerIds.length;
  const told = new Int32Array(customers).fill(-1);
  const waitedDays = new Int32Array(customers);
  const detailsOf = (c: number): UsualStep => {
    const { next, after, starters, followers, confidence, delay } = steps[told[c]!]!;
    const product = products[next]!;
    return {
      productId: product.id,
      product: product.name,
      after: after.map((one) => products[one]!.name),
      waited: waitedDays[c]!,
      starters,
      followers,
      confidence,
      delay,
    };
  };
  const scores = {
    value: new Float64Array(customers).fill(Number.NaN),
    label: new Array<string>(customers).fill(''),
    band: new Array<string>(customers).fill(''),
    evidence: new Uint8Array(customers),
    details: (c: number): string => (told[c] === -1 ? '{"step":null}' : JSON.stringify({ step: detailsOf(c) })),
  };
  const begun = begunSequences(
    input,
    steps.map(({ after }) => after),
    GAPS,
  );
  const ownedBy = new Int32Array(products.length).fill(-1);
  for (let c = 0; c < customers; c++) {
    for (let row = offsets[c]!; row < offsets[c + 1]!; row++) ownedBy[items[row]!] = c;
    let [best, bestWaited, isBestLate] = [-1, 0, false];
    begun(c, (k, started) => {
      const { next, confidence, delay } = steps[k]!;
      const waited = today - started;
      if (ownedBy[next] === c || waited > delay.longest) return;
      const isLate = waited > delay.q3;
      const known = best === -1 ? 0 : steps[best]!.confidence;
      const isSurer = confidence > known || (confidence === known && k < best);
      if (best === -1 || (isLate === isBestLate ? isSurer : isLate))
        [best, bestWaited, isBestLate] = [k, waited, isLate];
    });
    if (best === -1) continue;
    const { confidence, next } = steps[best]!;
    scores.value[c] = confidence;
    scores.label[c] = products[next]!.name;
    scores.band[c] = isBestLate ? 'late' : 'due';
    told[c] = best;
    waitedDays[c] = bestWaited;
  }
  return scores;
}

/** What customers usually buy next, after how long, and who is late with it. */
export const sequences = defineAnalysis<SequencesInput, SequencesSummary>({
  name: 'sequences',
  title: { en: 'What comes next', zh: '后续购买' },
  summary: sequencesSummarySchema,
  async read({ portal, portfolio, settings }) {
    const { products } = await readBoughtProducts(portal);
    return {
      ...(await readProductSequences(portal)),
      products,
      today: zonedDay(portfolio.asOf, portfolio.timeZone),
      minimumSupport: settings.minimumSupport,
      minimumConfidence: settings.minimumConfidence,
    };
  },
  compute,
  present: presentSequences,
  properties: [],
});
