import { describe, expect, it } from 'vitest';
import { MAPPINGS } from '../../../integrations/hubspot/mapping.ts';
import { analyses } from '../../../src/analyses/index.ts';
import { CHURN_FEATURES, churnFeatures, type Family, noOrderLabels } from '../../../src/features/churn-features.ts';
import { rhythm } from '../../../src/features/expected-gap.ts';
import { ownAndNorm, usualValues } from '../../../src/features/family-values.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { type Event, engagementsOf, historyOf, noEngagements, type Touch, ticketsOf } from './history-fixture.ts';

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
  const touches = events.map(() =>
    Array.from({ length: 12 }, () => Math.floor(random() * 500))
      .sort((a, b) => a - b)
      .map(
        (day): Touch => [day, Math.floor(random() * 5), random() < 0.5 ? 1 : 0, random() < 0.3 ? 1 : 0, random() * 10],
      ),
  );
  return {
    history: historyOf(events.map((own) => own.filter(([day]) => day <= until))),
    // A ticket that closes after the cut-off is not deleted: only what is known of it then may be used.
    tickets: ticketsOf(tickets.map((own) => own.filter(([opened]) => opened <= until))),
    engagements: engagementsOf(touches.map((own) => own.filter(([day]) => day <= until))),
  };
}

function matrixUntil(until: number): Float64Array {
  const events = portal(until);
  const { history } = events;
  const rhythms = rhythm(history, CUT_OFF);
  const buyers = Int32Array.from([...rhythms.purchases.keys()].filter((i) => rhythms.purchases[i]! > 0));
  return churnFeatures(events, rhythms, 60, buyers);
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
      const events = { history, tickets, engagements: noEngagements(history) };
      const values = churnFeatures(events, rhythm(history, cutOff), 60, Int32Array.of(0));
      const read = (name: string) => values[CHURN_FEATURES.findIndex((feature) => feature.name === name)]!;
      return [Math.round(Math.expm1(read('log_open_tickets'))), read('satisfaction')];
    };
    expect(at(100)).toEqual([1, Number.NaN]);
    expect(at(120)).toEqual([0, 2]);
  });

  it('tell in the customer’s own numbers what was heard of it and what it asked, now and before', () => {
    const history = historyOf([[0, 100, 200, 300, 400].map((day): Event => [day, day === 400 ? 10 : 40])]);
    const tickets = ticketsOf([
      [
        [335, 350, 2],
        [360, 370, 3],
        [385, -1, Number.NaN],
      ],
    ]);
    const engagements = engagementsOf([
      [
        [250, 0, 1],
        [310, 1, 0, 1],
        [320, 0, 0, 0],
        [340, 4, 0, 0, 3],
        [375, 3],
        [395, 2, 1],
      ],
    ]);
    const values = churnFeatures({ history, tickets, engagements }, rhythm(history, 400), 60, Int32Array.of(0));
    const usual = usualValues(values);
    const told = (family: Family) => {
      const { own, norm } = ownAndNorm(family, values, 0, usual);
      return [own, norm];
    };
    expect(told('order-trend')).toEqual([1, 1]);
    expect(told('amount-trend')).toEqual([-0.25, null]);
    expect(told('same-season')).toEqual([0, 0]);
    expect(told('season')).toEqual([null, null]);
    expect(told('tickets')).toEqual([3, 3]);
    expect(told('ticket-trend')).toEqual([2, 1]);
    expect(told('repeat-tickets')).toEqual([1, 1]);
    expect(told('time-to-close')).toEqual([12.5, 12.5]);
    expect(told('touches')).toEqual([2, 2]);
    expect(told('touch-trend')).toEqual([1, 2]);
    expect(told('last-touch')).toEqual([5, 5]);
    expect(told('inbound')).toEqual([1, 1]);
    expect(told('missed')).toEqual([0.33, 0.33]);
    expect(told('page-views')).toEqual([1, 1]);
    expect(told('feedback')).toEqual([3, 3]);
  });

  it('know whose season comes next, and whose is over', () => {
    const history = historyOf([
      [
        [0, 10],
        [365, 10],
      ],
    ]);
    const events = { history, tickets: ticketsOf([[]]), engagements: noEngagements(history) };
    const due = (cutOff: number) => {
      const values = churnFeatures(events, rhythm(history, cutOff), 60, Int32Array.of(0));
      return ownAndNorm('season', values, 0, usualValues(values)).own;
    };
    expect([due(600), due(730), due(760)]).toEqual([130, 0, -30]);
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

  it('cannot be made of the CRM’s roll-ups, which are not copied at all', () => {
    const banned = [
      'num_associated_deals',
      'total_revenue',
      'recent_deal_amount',
      'lifecyclestage',
      'notes_last_contacted',
      'hs_lastmodifieddate',
    ];
    const copied = Object.values(MAPPINGS).flatMap(({ properties }) => properties);
    expect(copied).toContain('closedate');
    expect(copied.filter((name) => banned.includes(name) || name.startsWith('kith_'))).toEqual([]);
  });
});
