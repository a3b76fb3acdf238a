import { describe, expect, it } from 'vitest';
import { analyses } from '../../../src/analyses/index.ts';
import { CHURN_FEATURES, churnFeatures, noOrderLabels } from '../../../src/features/churn-features.ts';
import { rhythm } from '../../../src/features/expected-gap.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { type Event, historyOf, ticketsOf } from './history-fixture.ts';

const CUT_OFF = 300;

function portal(until: number) {
  const random = seededRandom(3);
  const events = Array.from({ length: 40 }, () => {
    const days = new Set(Array.from({ length: 2 + Math.floor(random() * 12) }, () => Math.floor(random() * 500)));
    return [...days].sort((a, b) => a - b).map((day): Event => [day, random() < 0.15 ? -3 : 10 + random() * 90, 1]);
  });
  const tickets = events.map(() =>
    Array.from({ length: 3 }, () => Math.floor(random() * 480))
      .sort((a, b) => a - b)
      .map((opened) => [opened, opened + 15, 1 + Math.floor(random() * 5)] as const),
  );
  return {
    history: historyOf(events.map((own) => own.filter(([day]) => day <= until))),
    // A ticket that closes after the cut-off is not deleted: only what is known of it then may be used.
    tickets: ticketsOf(tickets.map((own) => own.filter(([opened]) => opened <= until))),
  };
}

function matrixUntil(until: number): Float64Array {
  const { history, tickets } = portal(until);
  const rhythms = rhythm(history, CUT_OFF);
  const buyers = Int32Array.from([...rhythms.purchases.keys()].filter((i) => rhythms.purchases[i]! > 0));
  return churnFeatures(history, tickets, rhythms, 60, buyers);
}

describe('churn features', () => {
  it('are byte-identical when every event after the cut-off is deleted', () => {
    const whole = matrixUntil(500);
    const cut = matrixUntil(CUT_OFF);
    expect(whole.length).toBeGreaterThan(30 * CHURN_FEATURES.length);
    expect(Buffer.from(cut.buffer).equals(Buffer.from(whole.buffer))).toBe(true);
  });

  it('know a ticket as open, and its satisfaction not at all, until the day it closed', () => {
    const history = historyOf([
      [
        [0, 1],
        [90, 1],
      ],
    ]);
    const tickets = ticketsOf([[[95, 120, 2]]]);
    const at = (cutOff: number) => {
      const values = churnFeatures(history, tickets, rhythm(history, cutOff), 60, Int32Array.of(0));
      const read = (name: string) => values[CHURN_FEATURES.findIndex((feature) => feature.name === name)]!;
      return [Math.round(Math.expm1(read('log_open_tickets'))), read('satisfaction')];
    };
    expect(at(100)).toEqual([1, Number.NaN]);
    expect(at(120)).toEqual([0, 2]);
  });

  it('label the horizon after the cut-off and nothing else; a refund is no order', () => {
    const history = historyOf([
      [
        [0, 1],
        [101, 1],
      ],
      [
        [0, 1],
        [160, 1],
      ],
      [
        [0, 1],
        [161, 1],
      ],
      [
        [0, 1],
        [130, -1],
      ],
    ]);
    expect([...noOrderLabels(history, 100, 60, Int32Array.of(0, 1, 2, 3))]).toEqual([0, 0, 1, 1]);
  });

  it('hold none of the properties that Kith writes back', () => {
    const written = analyses.flatMap(({ properties }) => properties.map(({ name }) => name));
    expect(written).toContain('kith_no_order_risk');
    for (const { name } of CHURN_FEATURES) {
      expect(name.startsWith('kith_')).toBe(false);
      expect(written).not.toContain(name);
    }
  });
});
