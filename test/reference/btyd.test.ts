import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/math/random.ts';
import { mean } from '../../src/math/statistics.ts';
import { bgNbdExpected, fitBgNbd } from '../../src/models/bg-nbd.ts';
import { outlook } from '../../src/models/future-purchases.ts';
import { fitGammaGamma, gammaGammaExpected } from '../../src/models/gamma-gamma.ts';
import { fitMbgNbd } from '../../src/models/mbg-nbd.ts';
import { fitParetoNbd } from '../../src/models/pareto-nbd.ts';
import { cdnowSample, columnsOf, dayOf, onlineRetail, type Summarised, summarise } from './btyd-data.ts';

const folder = join(process.env.KITH_REFERENCE ?? '../shared', 'data');
const isHere = existsSync(join(folder, 'reference.json'));
const skipped = isHere ? '' : ` (skipped: no reference data in ${folder})`;

interface Entry {
  dataset: string;
  task: string;
  settings: { model?: string; customer?: { x: number; t_x: number; T: number }; t?: number[]; rule?: string };
  metric: string;
  value: unknown;
  tolerance: number;
}

const entries: Entry[] = isHere
  ? JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')).filter((e: Entry) => e.task === 'clv')
  : [];
const options = () => ({ penalty: 0, random: seededRandom(1) });

/** Every entry is compared with `ours`, which answers by metric and model; one that is not answered fails. */
function compare(dataset: string, answers: (entry: Entry) => unknown): void {
  const compared = entries.filter((entry) => entry.dataset === dataset);
  for (const entry of compared) {
    const name = `${entry.metric}, ${entry.settings.model} on ${dataset}`;
    const answer = answers(entry);
    expect(answer, name).toBeDefined();
    near(answer, entry.value, entry.tolerance, name);
  }
  expect(compared.length).toBe(dataset === 'cdnow' ? 31 : 12);
}

function near(answer: unknown, value: unknown, tolerance: number, name: string): void {
  if (typeof value === 'number') {
    expect(answer, name).toBeTypeOf('number');
    expect(Math.abs((answer as number) - value), `${name}: ${answer} for ${value}`).toBeLessThanOrEqual(tolerance);
    return;
  }
  const expected = value as Record<string, unknown>;
  for (const key of Object.keys(expected)) {
    near((answer as Record<string, unknown>)[key], expected[key], tolerance, `${name}, ${key}`);
  }
}

function holdOut({ frequency, later }: Summarised, expected: Float64Array, alive: Float64Array) {
  const n = frequency.length;
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const errors = expected.map((value, i) => value - later[i]!);
  const centred = (values: Float64Array): Float64Array => values.map((value) => value - mean(values));
  const product = (a: Float64Array, b: Float64Array): number => a.reduce((total, value, i) => total + value * b[i]!, 0);
  const [a, b] = [centred(expected), centred(later)];
  const groups = Object.fromEntries(
    Array.from({ length: 8 }, (_, x) => {
      const members = [...frequency.keys()].filter((i) => Math.min(7, frequency[i]!) === x);
      return [x, [members.length, mean(members.map((i) => expected[i]!)), mean(members.map((i) => later[i]!))]];
    }),
  );
  return {
    'expected repeat purchases, total': sum(expected),
    'actual repeat purchases, total': sum(later),
    'mean absolute error per customer': sum(errors.map(Math.abs)) / n,
    'root mean squared error per customer': Math.sqrt(sum(errors.map((error) => error ** 2)) / n),
    'correlation expected/actual': product(a, b) / Math.sqrt(product(a, a) * product(b, b)),
    'sum of P(alive)': sum(alive),
    'by calibration frequency 0..6,7+: [customers, mean expected, mean actual]': groups,
  };
}

describe.skipIf(!isHere)(`models of repeat buying on published data${skipped}`, () => {
  it('meets every figure for CDNOW', () => {
    const columns = columnsOf(join(folder, 'cdnow/summary_with_money.csv'));
    const history = {
      frequency: Float64Array.from(columns.frequency!),
      recency: Float64Array.from(columns.recency!),
      age: Float64Array.from(columns.T!),
    };
    const spending = { frequency: history.frequency, meanValue: Float64Array.from(columns.monetary_value!) };
    const bg = fitBgNbd(history, options());
    const counts = {
      'BG/NBD': bg,
      'MBG/NBD': fitMbgNbd(history, options()),
      'Pareto/NBD': fitParetoNbd(history, { ...options(), starts: 1 }),
      'Gamma-Gamma': fitGammaGamma(spending, options()),
    };
    const calibration = summarise(cdnowSample(folder), dayOf('1997-09-30'), dayOf('1998-06-30'), 7);
    const { frequency, recency, age } = calibration;
    const later = holdOut(
      calibration,
      bgNbdExpected(bg, frequency, recency, age, 39),
      frequency.map((x, i) => outlook(bg, 0, x, recency[i]!, age[i]!).alive),
    );
    const spend = gammaGammaExpected(counts['Gamma-Gamma'], spending.frequency, spending.meanValue);
    const worth = discounted(bg, history, spend);
    compare('cdnow', ({ metric, settings }) => {
      const { model, customer, t } = settings;
      const fitted = counts[model as keyof typeof counts];
      if (metric === 'parameters') return fitted;
      if (metric === 'log_likelihood') return fitted.logLikelihood;
      if (metric === 'conditional expected purchases') {
        return bgNbdExpected(bg, [customer!.x], [customer!.t_x], [customer!.T], 39)[0];
      }
      if (metric === 'P(alive)') return outlook(bg, 0, customer!.x, customer!.t_x, customer!.T).alive;
      if (metric.startsWith('expected purchases of a new')) {
        return t!.map((time) => bgNbdExpected(bg, [0], [0], [0], time)[0]);
      }
      if (metric.startsWith('expected average spend')) return [...spend.slice(0, 10)];
      if (metric === 'total CLV') return worth.reduce((total, one) => total + one, 0);
      if (metric.startsWith('CLV of customers')) return [...worth.slice(0, 10)];
      return later[metric as keyof typeof later];
    });
  });

  it('meets every figure for Online Retail, where customers do not seem to leave and b cannot be told', () => {
    const end = dayOf('2011-06-30');
    const calibration = summarise(onlineRetail(folder), end, end + 162, 1);
    const { frequency, recency, age, meanRepeat } = calibration;
    const bg = fitBgNbd({ frequency, recency, age }, options());
    expect(bg.a / (bg.a + bg.b)).toBeLessThan(1e-6);
    const money = fitGammaGamma({ frequency, meanValue: meanRepeat }, options());
    const later = holdOut(
      calibration,
      bgNbdExpected(bg, frequency, recency, age, 162),
      frequency.map((x, i) => outlook(bg, 0, x, recency[i]!, age[i]!).alive),
    );
    compare('online-retail', ({ metric, settings, value }) => {
      const fitted = settings.model === 'Gamma-Gamma' ? money : bg;
      // Nobody leaves, so every b is as likely as any other: the references have 5.5 and 13,094.
      if (metric === 'parameters') return 'b' in fitted ? { ...fitted, b: (value as { b: number }).b } : fitted;
      return metric === 'log_likelihood' ? fitted.logLikelihood : later[metric as keyof typeof later];
    });
  });

  it('summarises CDNOW’s orders into the published frequency, recency and age', () => {
    const { frequency, recency, age } = summarise(cdnowSample(folder), dayOf('1997-09-30'), dayOf('1998-06-30'), 7);
    const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
    const all: Entry[] = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'));
    const { value, tolerance } = all.find((e) => e.dataset === 'cdnow' && e.task === 'rfm summary')!;
    const ours = [frequency.length, sum(frequency), frequency.filter((x) => x === 0).length, sum(recency), sum(age)];
    near(ours, value, tolerance, 'rfm summary');
  });
});

/** The reference's rule: months of 4.345 weeks, a discount of 1 % a month. */
function discounted(
  bg: ReturnType<typeof fitBgNbd>,
  history: { frequency: Float64Array; recency: Float64Array; age: Float64Array },
  spend: Float64Array,
): Float64Array {
  const worth = new Float64Array(spend.length);
  let before = new Float64Array(spend.length);
  for (let month = 1; month <= 12; month++) {
    const upTo = Float64Array.from(bgNbdExpected(bg, history.frequency, history.recency, history.age, 4.345 * month));
    for (let i = 0; i < spend.length; i++) {
      worth[i] = worth[i]! + ((upTo[i]! - before[i]!) * spend[i]!) / 1.01 ** month;
    }
    before = upTo;
  }
  return worth;
}
