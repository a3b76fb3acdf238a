import { ENGAGEMENT_TYPES } from '../domain/crm.ts';
import type { EngagementHistory } from '../features/engagement-history.ts';
import type { PurchaseHistory } from '../features/purchase-history.ts';
import type { TicketHistory } from '../features/ticket-history.ts';
import { bandOfRisk } from './churn-bands.ts';
import type { Champion } from './churn-model.ts';
import type { ChurnEvents } from './churn-panel.ts';
import { probabilitiesAt } from './churn-predict.ts';
import type { ChurnScenario } from './churn-summary.ts';

/** Customers that scenarios are worked out for at most, those worth most first. */
export const MOST_SCENARIOS = 20_000;
/** Days of silence that are tried, shortest first. */
const SILENCES = [7, 14, 30, 60] as const;
const BANDS = ['low', 'medium', 'high'] as const;

/**
 * The smallest realistic change after which each customer would be in another band: downwards the first that suffices of a
 * talk today, all open tickets solved today and an order of the usual size today; upwards the fewest days in which nothing
 * happens. What the model would say, not what the change would do.
 */
export function scenariosOf(
  champion: Champion,
  events: ChurnEvents,
  today: number,
  chosen: Int32Array,
  probabilities: Float64Array,
): ChurnScenario[][] {
  // From here on by position among them: a change is tried out on no more events than theirs.
  const customers = Int32Array.from(chosen.keys());
  const found: ChurnScenario[][] = Array.from(customers, () => []);
  const isDone = new Uint8Array(customers.length);
  const tryOut = (kind: ChurnScenario['kind'], days: number, changed: ChurnEvents, direction: 1 | -1) => {
    const then = probabilitiesAt(champion, changed, today + days, customers);
    then.forEach((probability, row) => {
      if (isDone[row]) return;
      const band = bandOfRisk(probability);
      if ((BANDS.indexOf(band) - BANDS.indexOf(bandOfRisk(probabilities[row]!))) * direction <= 0) return;
      found[row]!.push({ kind, days, band, probability: Math.round(probability * 1e4) / 1e4 });
      isDone[row] = 1;
    });
  };
  const known = knownBy(events, today, chosen);
  const { history, tickets, engagements, outcome } = known;
  tryOut('talk', 0, { ...known, engagements: withTalk(engagements, customers, today) }, -1);
  tryOut('tickets-solved', 0, { ...known, tickets: withTicketsSolved(tickets, today) }, -1);
  // A contract is not renewed by any order, nor does it lapse by silence.
  if (outcome.kind === 'no-renewal') return found;
  tryOut('order', 0, { ...known, history: withOrder(history, customers, today) }, -1);
  isDone.fill(0);
  for (const days of SILENCES) tryOut('silence', days, known, 1);
  return found;
}

/** What was known of some customers at the end of a day. */
function knownBy(events: ChurnEvents, today: number, some: Int32Array): ChurnEvents {
  const { history, tickets, engagements } = events;
  const orders = kept(history.offsets, some, (k) => history.day[k]! <= today);
  const opened = kept(tickets.offsets, some, (k) => tickets.openedDay[k]! <= today);
  const touches = kept(engagements.offsets, some, (k) => engagements.day[k]! <= today);
  return {
    ...events,
    history: {
      ...history,
      offsets: orders.offsets,
      day: Int32Array.from(orders.from, (k) => history.day[k]!),
      amount: Float64Array.from(orders.from, (k) => history.amount[k]!),
      newProducts: Int32Array.from(orders.from, (k) => history.newProducts[k]!),
    },
    tickets: {
      ...tickets,
      offsets: opened.offsets,
      openedDay: opened.from.map((k) => tickets.openedDay[k]!),
      closedDay: opened.from.map((k) => (tickets.closedDay[k]! > today ? -1 : tickets.closedDay[k]!)),
      priority: Int8Array.from(opened.from, (k) => tickets.priority[k]!),
      satisfaction: Float64Array.from(opened.from, (k) => tickets.satisfaction[k]!),
    },
    engagements: {
      ...engagements,
      offsets: touches.offsets,
      day: touches.from.map((k) => engagements.day[k]!),
      type: Int8Array.from(touches.from, (k) => engagements.type[k]!),
      isInbound: Uint8Array.from(touches.from, (k) => engagements.isInbound[k]!),
      isMissed: Uint8Array.from(touches.from, (k) => engagements.isMissed[k]!),
      score: Float64Array.from(touches.from, (k) => engagements.score[k]!),
    },
  };
}

/** One more purchase today, of the mean size, for each customer who has none today. */
function withOrder(history: PurchaseHistory, customers: Int32Array, today: number): PurchaseHistory {
  const means = new Map<number, number>();
  for (const i of customers) {
    let [sum, count, last] = [0, 0, -1];
    for (let k = history.offsets[i]!; k < history.offsets[i + 1]!; k++) {
      last = history.day[k]!;
      if (history.amount[k]! <= 0) continue;
      sum += history.amount[k]!;
      count++;
    }
    if (count > 0 && last < today) means.set(i, sum / count);
  }
  const { offsets, from } = appended(history.offsets, (i) => means.has(i));
  return {
    ...history,
    offsets,
    day: Int32Array.from(from, (k) => (k < 0 ? today : history.day[k]!)),
    amount: Float64Array.from(from, (k) => (k < 0 ? means.get(-k - 1)! : history.amount[k]!)),
    newProducts: Int32Array.from(from, (k) => (k < 0 ? 0 : history.newProducts[k]!)),
  };
}

/** One more call today, in which somebody was reached. */
function withTalk(engagements: EngagementHistory, customers: Int32Array, today: number): EngagementHistory {
  const some = new Set(customers);
  const { offsets, from } = appended(engagements.offsets, (i) => some.has(i));
  const call = ENGAGEMENT_TYPES.indexOf('call');
  return {
    ...engagements,
    offsets,
    day: Int32Array.from(from, (k) => (k < 0 ? today : engagements.day[k]!)),
    type: Int8Array.from(from, (k) => (k < 0 ? call : engagements.type[k]!)),
    isInbound: Uint8Array.from(from, (k) => (k < 0 ? 0 : engagements.isInbound[k]!)),
    isMissed: Uint8Array.from(from, (k) => (k < 0 ? 0 : engagements.isMissed[k]!)),
    score: Float64Array.from(from, (k) => (k < 0 ? Number.NaN : engagements.score[k]!)),
  };
}

function withTicketsSolved(tickets: TicketHistory, today: number): TicketHistory {
  return { ...tickets, closedDay: tickets.closedDay.map((day) => (day === -1 ? today : day)) };
}

/** Where each row of some customers' lists comes from, those left out that are not to be kept. */
function kept(
  offsets: Int32Array,
  some: Int32Array,
  isKept: (k: number) => boolean,
): { offsets: Int32Array; from: Int32Array } {
  const n = some.length;
  const next = new Int32Array(n + 1);
  const from = new Int32Array(some.reduce((sum, i) => sum + offsets[i + 1]! - offsets[i]!, 0));
  let at = 0;
  for (let c = 0; c < n; c++) {
    const i = some[c]!;
    next[c] = at;
    for (let k = offsets[i]!; k < offsets[i + 1]!; k++) if (isKept(k)) from[at++] = k;
  }
  next[n] = at;
  return { offsets: next, from: from.subarray(0, at) };
}

/** Where each row of lists with one more row at the end of some customers' comes from; −(customer + 1) for a new one. */
function appended(offsets: Int32Array, gets: (i: number) => boolean): { offsets: Int32Array; from: Int32Array } {
  const n = offsets.length - 1;
  const next = new Int32Array(n + 1);
  const from = new Int32Array(offsets[n]! + n);
  let at = 0;
  for (let i = 0; i < n; i++) {
    next[i] = at;
    for (let k = offsets[i]!; k < offsets[i + 1]!; k++) from[at++] = k;
    if (gets(i)) from[at++] = -(i + 1);
  }
  next[n] = at;
  return { offsets: next, from: from.subarray(0, at) };
}
