import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { chooseEts } from '../../src/models/choose-ets.ts';
import { type EtsModel, etsName, fitEts, forecastEts } from '../../src/models/ets.ts';
import { type EtsForm, passEts } from '../../src/models/ets-states.ts';
import { forecastAccuracy, seasonalScale } from '../../src/models/forecast-accuracy.ts';
import { fitHoltWinters, forecastHoltWinters } from '../../src/models/holt-winters.ts';
import { fitSmoothedStates, forecastSmoothedStates } from '../../src/models/holt-winters-states.ts';
import { naive, naiveWithDrift, seasonalNaive } from '../../src/models/naive-forecasts.ts';
import { decompose, lineThrough } from '../../src/models/seasonal-decomposition.ts';
import { fitTheta, forecastTheta } from '../../src/models/theta.ts';

const DATA = join(process.env.KITH_REFERENCE ?? '../shared', 'data');
const isHere = existsSync(`${DATA}/reference.json`);
const why = isHere ? '' : ' (skipped: the reference data is not on this machine)';

interface Entry {
  readonly dataset: string;
  readonly task: string;
  readonly settings: Readonly<Record<string, string & number>>;
  readonly metric: string;
  readonly value: number | readonly number[] | Readonly<Record<string, number>>;
  readonly tolerance?: number;
  readonly source: string;
}

const entries: readonly Entry[] = isHere
  ? (JSON.parse(readFileSync(`${DATA}/reference.json`, 'utf8')) as Entry[]).filter(({ task }) => task === 'forecasting')
  : [];
const PERIODS: Readonly<Record<string, number>> = { austourists: 4, airpassengers: 12, co2: 12, a10: 12, fancy: 12 };
const ANN: EtsForm = { error: 'A', trend: 'N', season: 'N' };
const AAN: EtsForm = { error: 'A', trend: 'A', season: 'N' };
const AADN: EtsForm = { error: 'A', trend: 'Ad', season: 'N' };

function load(name: string, from = 0, to = 9999): number[] {
  const lines = readFileSync(`${DATA}/timeseries/${name}.csv`, 'utf8').trim().split('\n').slice(1);
  return lines
    .map((line) => line.split(',').map(Number))
    .filter(([year]) => year! >= from && year! <= to)
    .map(([, , value]) => value!);
}

const nameOf = ({ dataset }: Entry) => dataset.replace('timeseries/', '');
/** What an entry was fitted on. */
function seriesOf(entry: Entry): number[] {
  const years = /(\d{4}) to (\d{4})/.exec(String(entry.settings.series ?? ''));
  const all = load(nameOf(entry), Number(years?.[1] ?? 0), Number(years?.[2] ?? 9999));
  const holdout = Number(entry.settings.holdout ?? 0);
  return holdout > 0 ? all.slice(0, -holdout) : all;
}

const title = (entry: Entry) => {
  const missed = MISSED[keyOf(entry)];
  const said = `${nameOf(entry)}: ${Object.values(entry.settings).join(', ')}: ${entry.metric} (${entry.source})`;
  return `${missed === undefined ? '' : `KNOWN MISS, ${missed.why}: `}${said.slice(0, 170)}`;
};
const of = (pattern: RegExp, metric?: RegExp) =>
  entries.filter(
    (e) => e.dataset !== 'm3' && pattern.test(String(e.settings.model)) && (metric?.test(e.metric) ?? true),
  );

interface Figure {
  readonly name: string;
  readonly found: number;
  readonly wanted: number;
  readonly tolerance: number;
}

const keyOf = (entry: Entry) =>
  [nameOf(entry), entry.settings.model, entry.settings.seasonal ?? '', entry.metric, entry.source].join(' | ');

/**
 * Entries that we do not meet within their stated tolerance: which of their figures, what ours are, and why. Nobody should read
 * them as met: the tests below fail when one of them is missed no longer, or by more.
 */
const MISSED: Readonly<Record<string, { readonly why: string; readonly ours: Readonly<Record<string, number>> }>> = {
  'airpassengers | Holt-Winters (classical) | additive | parameters | published': {
    why: 'its optimiser stopped before the last printed digit',
    ours: { alpha: 0.2479618, beta: 0.0345187 },
  },
  'airpassengers | Holt-Winters (classical) | multiplicative | parameters | published': {
    why: 'its optimiser stopped before the last printed digit',
    ours: { alpha: 0.2756035, beta: 0.0326774, gamma: 0.8707616 },
  },
  'co2 | Holt-Winters (classical) | additive | parameters | published': {
    why: 'its optimiser stopped before the last printed digit',
    ours: { alpha: 0.512674, beta: 0.0094583, gamma: 0.4729048 },
  },
  'fancy | naive |  | hold-out accuracy | computed': {
    why: 'printed to ten digits, coarser than its tolerance',
    ours: { RMSE: 56099.073953, MAE: 54490.114167 },
  },
  'fancy | drift |  | hold-out accuracy | computed': {
    why: 'printed to ten digits, coarser than its tolerance',
    ours: { RMSE: 61670.186977, MAE: 59500.762758 },
  },
  'livestock | ses / holt / holt damped |  | cross-validated MSE | published': {
    why: 'ours has no fit at the first origins, of six years or fewer (starting those from their first values gives 171, 177 and 166)',
    ours: { ses: 185.28, holt: 183.23, holt_damped: 177.45 },
  },
  'livestock | ses / holt / holt damped |  | cross-validated MSE | computed': {
    why: 'ours has no fit at the first origins, of six years or fewer (starting those from their first values gives 171, 177 and 166)',
    ours: { ses: 185.28, holt: 183.23, holt_damped: 177.45 },
  },
};

/** Each figure within its tolerance; of an entry that is known to be missed, those that are not are the known ones. */
function expectMet(entry: Entry, figures: readonly Figure[]): void {
  const missed = figures.filter(({ found, wanted, tolerance }) => !(Math.abs(found - wanted) <= tolerance));
  const known = MISSED[keyOf(entry)]?.ours ?? {};
  expect(missed.map(({ name, found }) => [name, found, name in known])).toEqual(
    Object.keys(known).map((name) => [name, expect.closeTo(known[name]!, digitsOf(known[name]!)), true]),
  );
}

function digitsOf(value: number): number {
  return String(value).split('.')[1]?.length ?? 0;
}

function asFigures(found: ArrayLike<number>, wanted: readonly number[], tolerance: number): Figure[] {
  return wanted.map((value, k) => ({ name: String(k), found: found[k]!, wanted: value, tolerance }));
}

/** Entries that state no tolerance: printed to 10 digits by an optimiser that stops at about the sixth. */
const shareOf = (values: readonly number[]) => 0.005 * Math.max(...values.map(Math.abs));

describe.skipIf(!isHere)(`forecasting against R and statsmodels${why}`, () => {
  it('knows every entry', () => {
    const by = (name: string) => entries.filter(({ dataset }) => dataset.endsWith(name)).length;
    expect(['a10', 'airpassengers', 'ausair', 'austourists', 'co2', 'fancy', 'livestock', 'oil', 'm3'].map(by)).toEqual(
      [35, 57, 7, 24, 16, 45, 5, 12, 76],
    );
  });

  const simple = of(
    /^(seasonal naive|naive|drift|Theta|ETS, chosen by AICc|Holt|Holt damped|Holt-Winters .*)$/,
    /hold-out/,
  );
  it.each(simple.map((e) => [title(e), e] as const))('%s', (_, entry) => {
    const series = seriesOf(entry);
    const period = PERIODS[nameOf(entry)]!;
    const horizon = Number(entry.settings.holdout);
    const forecast = forecasterOf(String(entry.settings.model), series, period, horizon);
    if (entry.metric === 'hold-out forecast') {
      const wanted = entry.value as readonly number[];
      expectMet(entry, asFigures(forecast, wanted, entry.tolerance ?? shareOf(wanted)));
      return;
    }
    const actual = load(nameOf(entry)).slice(-horizon);
    const { rmse, mae, mape, smape, mase } = forecastAccuracy(actual, forecast, seasonalScale(series, period));
    const found: Record<string, number> = { RMSE: rmse, MAE: mae, MAPE: mape, sMAPE: smape, MASE: mase };
    expectMet(
      entry,
      Object.entries(entry.value).map(([name, value]) => ({
        name,
        found: found[name]!,
        wanted: value,
        tolerance: entry.tolerance ?? 0.02 * value,
      })),
    );
  });

  const classical = of(/classical/);
  it.each(classical.map((e) => [title(e), e] as const))('%s', (_, entry) => {
    const series = seriesOf(entry);
    const model = fitHoltWinters(series, { period: 12, season: String(entry.settings.seasonal) as 'additive' })!;
    if (entry.metric === 'SSE') {
      expectMet(entry, asFigures([model.squares], [Number(entry.value)], entry.tolerance!));
    } else if (entry.metric === 'parameters') {
      const wanted = entry.value as { alpha: number; beta: number; gamma: number };
      const names = ['alpha', 'beta', 'gamma'] as const;
      const tolerance = entry.tolerance!;
      expectMet(
        entry,
        names.map((name) => ({ name, found: model[name], wanted: wanted[name], tolerance })),
      );
      // Where ours are others, they are no worse by what both look for.
      expect(model.squares).toBeLessThanOrEqual(squaresAt(series, model.season, wanted) * (1 + 1e-12));
    } else {
      const wanted = entry.value as number[];
      expectMet(entry, asFigures(forecastHoltWinters(model, 24), wanted, entry.tolerance ?? shareOf(wanted)));
    }
  });

  it.each(of(/^Holt-Winters$/, /SSE/).map((e) => [title(e), e] as const))('%s, or less', (_, entry) => {
    const model = smoothed(entry, seriesOf(entry));
    expect(model.squares).toBeLessThanOrEqual(Number(entry.value) + entry.tolerance!);
  });

  it.each(of(/^Holt-Winters$/, /hold-out/).map((e) => [title(e), e] as const))('%s, of the same size', (_, entry) => {
    // Several optima: another one may be nearer to or further from what came.
    const horizon = Number(entry.settings.holdout);
    const forecast = forecastSmoothedStates(smoothed(entry, seriesOf(entry)), horizon);
    const measures = forecastAccuracy(load(nameOf(entry)).slice(-horizon), forecast, 1);
    expect(measures.rmse).toBeLessThan(2 * (entry.value as Record<string, number>).RMSE!);
  });

  const fitted = of(/^ETS|state-space|^Holt linear|^Holt damped trend|^simple/, /^(parameters|AIC|training|forecast)/);
  it.each(
    fitted
      .filter((e) => e.settings.start !== 'first observation' && !/first value/.test(String(e.settings.start)))
      .map((e) => [title(e), e] as const),
  )('%s', (_, entry) => {
    const model = modelOf(entry);
    const wanted = entry.value;
    if (entry.metric === 'parameters') {
      const { alpha, beta, gamma, phi, level: l, slope: b } = model.parameters;
      const found: Record<string, number> = { alpha, beta, gamma, phi, l, b };
      model.season
        .slice(1)
        .reverse()
        .forEach((value, k) => {
          found[`s${k}`] = value;
        });
      expectMet(
        entry,
        Object.entries(wanted).map(([name, value]) => ({
          name,
          found: found[name]!,
          wanted: value,
          tolerance: entry.tolerance ?? 0.005 * Math.max(1, Math.abs(value)),
        })),
      );
    } else if (entry.metric.startsWith('AIC')) {
      const { aic: AIC, aicc: AICc, bic: BIC } = model;
      const found: Record<string, number> = { AIC, AICc, BIC };
      expectMet(
        entry,
        Object.entries(wanted).map(([name, value]) => ({
          name,
          found: found[name]!,
          wanted: value,
          tolerance: entry.tolerance!,
        })),
      );
    } else if (entry.metric.startsWith('training')) {
      const found = entry.metric.endsWith('RMSE') ? Math.sqrt(model.mse) : model.mse;
      expectMet(entry, asFigures([found], [Number(wanted)], entry.tolerance!));
    } else {
      const values = typeof wanted === 'number' ? [wanted] : (wanted as readonly number[]);
      expectMet(entry, asFigures(forecastEts(model, values.length), values, entry.tolerance ?? shareOf(values)));
    }
    if (entry.settings.chosen !== undefined) expect(etsName(model.form)).toBe(entry.settings.chosen);
  });

  it.each(entries.filter(({ metric }) => metric === '95% upper').map((e) => [title(e), e] as const))(
    '%s',
    (_, entry) => {
      const wanted = entry.value as readonly number[];
      expectMet(entry, asFigures(upperOf(modelOf(entry), seriesOf(entry), wanted.length), wanted, shareOf(wanted)));
    },
  );

  const given = entries.filter((e) => /first observation|first value/.test(String(e.settings.start)));
  it.each(given.map((e) => [title(e), e] as const))('%s', (_, entry) => {
    const series = seriesOf(entry);
    const { alpha, beta_star: star } = entry.settings;
    const isHolt = star !== undefined;
    const slope = isHolt ? series[1]! - series[0]! : 0;
    const parameters = {
      alpha: Number(alpha),
      beta: isHolt ? alpha! * star : 0,
      gamma: 0,
      phi: 1,
      level: series[0]!,
      slope,
    };
    const pass = passEts(series, isHolt ? AAN : ANN, parameters, new Float64Array(0));
    const wanted = [entry.value].flat() as number[];
    const ahead = wanted.map((_value, h) => pass.level + (h + 1) * pass.slope);
    expectMet(entry, asFigures(entry.metric === 'SSE' ? [pass.squares] : ahead, wanted, entry.tolerance!));
  });

  it.each(of(/^ses \/ holt/).map((e) => [title(e), e] as const))('%s', (_, entry) => {
    const series = seriesOf(entry);
    const forms = { ses: ANN, holt: AAN, holt_damped: AADN };
    const figures = Object.entries(entry.value).map(([name, value]) => {
      const squares: number[] = [];
      for (let known = 1; known < series.length; known++) {
        const model = fitEts(series.slice(0, known), forms[name as 'ses'], { period: 1, criterion: 'squared-errors' });
        if (model !== null) squares.push((series[known]! - forecastEts(model, 1)[0]!) ** 2);
      }
      const mean = squares.reduce((sum, one) => sum + one, 0) / squares.length;
      return { name, found: mean, wanted: value, tolerance: entry.tolerance ?? 0.005 * value };
    });
    expectMet(entry, figures);
  });
});

/** Classical Holt-Winters squared one-step errors at given weights, written out again from its equations. */
function squaresAt(
  series: readonly number[],
  season: 'additive' | 'multiplicative',
  { alpha, beta, gamma }: { alpha: number; beta: number; gamma: number },
): number {
  const isMultiplicative = season === 'multiplicative';
  const { trend, figure } = decompose(series.slice(0, 24), 12, isMultiplicative);
  const line = lineThrough(
    trend.filter((value) => !Number.isNaN(value)),
    1,
  );
  const seasons = [...figure];
  let [level, slope, squares] = [line.intercept, line.slope, 0];
  for (const [k, y] of series.slice(12).entries()) {
    const old = seasons[k]!;
    squares += (y - (isMultiplicative ? (level + slope) * old : level + slope + old)) ** 2;
    const next = alpha * (isMultiplicative ? y / old : y - old) + (1 - alpha) * (level + slope);
    slope = beta * (next - level) + (1 - beta) * slope;
    level = next;
    seasons.push(gamma * (isMultiplicative ? y / level : y - level) + (1 - gamma) * old);
  }
  return squares;
}

type Matrix = readonly (readonly number[])[];
const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
const plus = (...all: readonly Matrix[]): Matrix =>
  all[0]!.map((row, i) => row.map((_, j) => all.reduce((sum, one) => sum + one[i]![j]!, 0)));
const scaled = (a: Matrix, by: number): Matrix => a.map((row) => row.map((value) => value * by));
const turned = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!));
const kronecker = (a: Matrix, b: Matrix): Matrix =>
  a.flatMap((row) => b.map((other) => row.flatMap((x) => other.map((y) => x * y))));

/**
 * The 97.5 % quantile of each of the next values by the model's own moments, written out from Hyndman, Koehler, Ord and Snyder
 * (2008): equation 6.13 for additive errors (class 1), the recursion of appendix 6.C for a multiplicative error and season
 * (class 3). The residual variance is over n less the number of parameters, as R has it.
 */
function upperOf(model: EtsModel, series: readonly number[], horizon: number): number[] {
  const { form, parameters, period, last } = model;
  const { alpha, beta, gamma, phi } = parameters;
  const isRelative = form.error === 'M';
  const pass = passEts(series, form, parameters, Float64Array.from(model.season));
  const free = 2 + 2 * Number(form.trend !== 'N') + Number(form.trend === 'Ad') + period;
  const variance = (isRelative ? pass.errorSquares : pass.squares) / (series.length - free);
  const quantile = 1.959963984540054;
  if (!isRelative) {
    let [sum, damping, power] = [1, 0, 1];
    return [...forecastEts(model, horizon)].map((mean, h) => {
      const upper = mean + quantile * Math.sqrt(variance * sum);
      power *= phi;
      damping += power;
      sum += (alpha + beta * damping + ((h + 1) % period === 0 ? gamma : 0)) ** 2;
      return upper;
    });
  }
  const eye = (i: number, j: number) => (i === j ? 1 : 0);
  const h1: Matrix = [[1, phi]];
  const f1: Matrix = [
    [1, phi],
    [0, phi],
  ];
  const g1: Matrix = [
    [alpha, alpha * phi],
    [beta, beta * phi],
  ];
  // The season as a column of `period` states, that of the next value last.
  const h2: Matrix = [Array.from({ length: period }, (_, j) => eye(j, period - 1))];
  const f2: Matrix = Array.from({ length: period }, (_, i) =>
    Array.from({ length: period }, (_unused, j) => eye(j, (i + period - 1) % period)),
  );
  const g2: Matrix = f2.map((row, i) => row.map((_, j) => (i === 0 && j === period - 1 ? gamma : 0)));
  const [h21, f21, g21] = [kronecker(h2, h1), kronecker(f2, f1), kronecker(g2, g1)];
  const k = plus(kronecker(g2, f1), kronecker(f2, g1));
  let m = times([[last.level], [last.slope]], [[...last.season].reverse()]);
  let v: Matrix = f21.map((row) => row.map(() => 0));
  return Array.from({ length: horizon }, () => {
    const mean = times(times(h1, m), turned(h2))[0]![0]!;
    const spread = (1 + variance) * times(times(h21, v), turned(h21))[0]![0]! + variance * mean ** 2;
    const column = turned([turned(m).flat()]);
    const square = times(column, turned(column));
    v = plus(
      times(times(f21, v), turned(f21)),
      scaled(
        plus(
          times(times(f21, v), turned(g21)),
          times(times(g21, v), turned(f21)),
          times(times(k, plus(v, square)), turned(k)),
          scaled(times(times(g21, plus(scaled(v, 3), scaled(square, 2))), turned(g21)), variance),
        ),
        variance,
      ),
    );
    m = plus(times(times(f1, m), turned(f2)), scaled(times(times(g1, m), turned(g2)), variance));
    return mean + quantile * Math.sqrt(spread);
  });
}

function forecasterOf(model: string, series: number[], period: number, horizon: number): Float64Array {
  const bySquares = (form: EtsForm) =>
    forecastEts(fitEts(series, form, { period, criterion: 'squared-errors' })!, horizon);
  switch (model) {
    case 'seasonal naive':
      return seasonalNaive(series, horizon, period);
    case 'naive':
      return naive(series, horizon);
    case 'drift':
      return naiveWithDrift(series, horizon);
    case 'Theta':
      return forecastTheta(fitTheta(series, { period })!, horizon);
    case 'Holt':
      return bySquares(AAN);
    case 'Holt damped':
      return bySquares(AADN);
    case 'Holt-Winters additive (state-space fit)':
      return bySquares({ error: 'A', trend: 'A', season: 'A' });
    case 'Holt-Winters multiplicative (state-space fit)':
      return bySquares({ error: 'M', trend: 'A', season: 'M' });
    case 'Holt-Winters multiplicative, damped':
      return bySquares({ error: 'M', trend: 'Ad', season: 'M' });
    default:
      return forecastEts(chooseEts(series, { period })!, horizon);
  }
}

function modelOf(entry: Entry): EtsModel {
  const series = seriesOf(entry);
  const period = PERIODS[nameOf(entry)] ?? 1;
  const model = String(entry.settings.model);
  const squares = { period, criterion: 'squared-errors' } as const;
  if (model.startsWith('simple')) return fitEts(series, ANN, squares)!;
  if (model.startsWith('Holt linear')) return fitEts(series, AAN, squares)!;
  if (model.startsWith('Holt damped')) return fitEts(series, AADN, squares)!;
  if (model.includes('additive')) return fitEts(series, { error: 'A', trend: 'A', season: 'A' }, squares)!;
  if (model.includes('multiplicative')) return fitEts(series, { error: 'M', trend: 'A', season: 'M' }, squares)!;
  const form = /^ETS\((\w),(\w+),(\w)\)$/.exec(model);
  if (form === null) return chooseEts(series, { period })!;
  return fitEts(series, { error: form[1], trend: form[2], season: form[3] } as EtsForm, { period })!;
}

function smoothed(entry: Entry, series: number[]) {
  const season = entry.settings.seasonal === ('mul' as string) ? 'multiplicative' : 'additive';
  const isDamped = String(entry.settings.trend).includes('damped');
  return fitSmoothedStates(series, { period: PERIODS[nameOf(entry)]!, season, isDamped })!;
}

interface M3Series {
  readonly period: string;
  readonly frequency: number;
  readonly h: number;
  readonly train: readonly number[];
  readonly test: readonly number[];
}

describe.skipIf(!isHere)(`forecasting the M3 competition's series${why}`, () => {
  const all: readonly M3Series[] = isHere
    ? gunzipSync(readFileSync(`${DATA}/m3/m3.jsonl.gz`))
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  const seen = new Map<string, number>();
  const subset = all.filter(({ period }) => {
    const place = seen.get(period) ?? 0;
    seen.set(period, place + 1);
    return place % (period === 'MONTHLY' ? 20 : 5) === 0;
  });
  const m3 = entries.filter(({ dataset }) => dataset === 'm3');
  const published = (model: string, metric: string, series: string) =>
    m3.find((e) => e.settings.model === model && e.metric === metric && e.settings.series === series)!.value as Record<
      string,
      number
    >;

  function means(series: readonly M3Series[], forecast: (one: M3Series) => ArrayLike<number>) {
    const sums: Record<string, { n: number; smape: number; mase: number; mape: number }> = {};
    for (const one of series) {
      const measures = forecastAccuracy(one.test, forecast(one), seasonalScale(one.train, one.frequency));
      for (const group of [one.period, 'ALL']) {
        sums[group] ??= { n: 0, smape: 0, mase: 0, mape: 0 };
        const sum = sums[group];
        sum.n++;
        sum.smape += measures.smape;
        sum.mase += measures.mase;
        sum.mape += measures.mape;
      }
    }
    return Object.fromEntries(
      Object.entries(sums).map(([group, { n, smape, mase, mape }]) => [
        group,
        { 'mean sMAPE': smape / n, 'mean MASE': mase / n, 'mean MAPE': mape / n },
      ]),
    );
  }

  it('takes the same subset of 388', () => {
    expect(subset).toHaveLength(388);
  });

  it.each(['all 3003', 'the fixed subset'])('gives the naive forecasts’ exact errors on %s', (which) => {
    const series = which === 'all 3003' ? all : subset;
    const models = { 'seasonal naive': seasonalNaive, naive } as const;
    for (const [model, forecaster] of Object.entries(models)) {
      const found = means(series, ({ train, h, frequency }) => forecaster(train, h, frequency));
      for (const entry of m3.filter((e) => e.settings.model === model && e.settings.series === which)) {
        expectMet(
          entry,
          Object.entries(entry.value).map(([group, value]) => ({
            name: group,
            found: found[group]![entry.metric as 'mean sMAPE'],
            wanted: value,
            tolerance: entry.tolerance!,
          })),
        );
      }
    }
  });

  it('by Theta is as close as the published one', () => {
    const found = means(subset, ({ train, h, frequency }) => forecastTheta(fitTheta(train, { period: frequency })!, h));
    for (const [group, value] of Object.entries(published('Theta', 'mean sMAPE', 'the fixed subset'))) {
      expect(found[group]!['mean sMAPE']).toBeLessThanOrEqual(1.03 * value);
    }
  });

  it('by ETS is as close as the published one', { timeout: 120_000 }, () => {
    const found = means(subset, ({ train, h, frequency }) => forecastEts(chooseEts(train, { period: frequency })!, h));
    for (const [group, value] of Object.entries(published('ETS, chosen by AICc', 'mean sMAPE', 'the fixed subset'))) {
      expect(found[group]!['mean sMAPE']).toBeLessThanOrEqual(1.03 * value);
    }
  });
});
