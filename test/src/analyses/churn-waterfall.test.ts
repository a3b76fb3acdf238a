import { describe, expect, it } from 'vitest';
import type { ChurnDetails } from '../../../src/analyses/churn-summary.ts';
import { movedChart, reasonsChart } from '../../../src/analyses/churn-waterfall.ts';
import { sigmoid } from '../../../src/math/logistic.ts';

const reason = (contribution: number) => ({ family: 'rhythm' as const, contribution, own: 143, norm: 48 });

function detailsOf(baseline: number, up: number[], down: number[], other: number): ChurnDetails {
  const all = [...up, ...down, other].reduce((sum, value) => sum + value, 0);
  const own = { baseline, log_odds: baseline + all, up: up.map(reason), down: down.map(reason), other };
  return { ...({} as ChurnDetails), ...own };
}

describe('what makes up a risk', () => {
  it.each(['en', 'zh'] as const)(
    'goes step by step from the average customer’s risk to this one’s (%s)',
    (language) => {
      const chart = reasonsChart(language, 'Acme', detailsOf(-1, [1.4, 0.6], [-0.5], 0.1), 'EUR')!;
      const sum = chart.steps.reduce((total, { change }) => total + change, chart.from.value);
      expect(chart.from.value).toBeCloseTo(sigmoid(-1), 12);
      expect(chart.to.value).toBeCloseTo(sigmoid(0.6), 12);
      expect(sum).toBeCloseTo(chart.to.value, 12);
      expect(chart.steps[0]!.change / chart.steps[1]!.change).toBeCloseTo(1.4 / 0.6, 9);
      expect(chart.alt).toContain('143');
    },
  );

  it('never passes through a risk below nothing or above certainty, and says nothing where it would have to', () => {
    const high = reasonsChart('en', 'Acme', detailsOf(3, [4], [-3.9], 0), 'EUR');
    let at = high?.from.value ?? 0;
    for (const { change } of high?.steps ?? []) {
      at += change;
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThanOrEqual(1);
    }
    expect(reasonsChart('en', 'Acme', detailsOf(0, [9], [-9], 0), 'EUR')).toBeNull();
    expect(reasonsChart('en', 'Acme', detailsOf(0, [], [], 0), 'EUR')).toBeNull();
  });

  it('splits a move into the customer and the model', () => {
    const chart = movedChart('en', { from: 0.31, customer: 0.2, model: 0.03, drivers: [] }, 0.54);
    expect(chart.steps.map(({ change }) => change)).toEqual([0.2, 0.03]);
    expect(chart.to.value).toBe(0.54);
  });
});
