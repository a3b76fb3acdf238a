import { describe, expect, it } from 'vitest';
import { expectedYear, forecastYear } from '../../../src/analyses/value-forecast.ts';
import { rhythm } from '../../../src/features/expected-gap.ts';
import { netMoney } from '../../../src/features/value-rate.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { madeUpPurchases } from './made-up-purchases.ts';
import { AS_OF_DAY, historyOf } from './make-history.ts';

describe('expectedYear', () => {
  it('is the money of the whole forecast, of more customers than models are compared on', () => {
    const history = madeUpPurchases(1_600, 1_100, 0, seededRandom(3));
    const rhythms = rhythm(history, AS_OF_DAY);
    const whole = forecastYear(history, rhythms, netMoney(history, rhythms), 90, seededRandom(7));
    expect(whole.fallback).toBeNull();
    expect(whole.check!.models[0]!.customers).toBe(1_000);
    expect(expectedYear(history, rhythms, 90, seededRandom(7))).toEqual(whole.value);
  });

  it('is not there where the forecast falls back', () => {
    const history = historyOf({ a: [[AS_OF_DAY - 100, 50]], b: [[AS_OF_DAY - 10, 20]] });
    const rhythms = rhythm(history, AS_OF_DAY);
    expect(forecastYear(history, rhythms, netMoney(history, rhythms), 90, seededRandom(1)).fallback).toBe('too-little');
    expect(expectedYear(history, rhythms, 90, seededRandom(1))).toBeNull();
  });
});
