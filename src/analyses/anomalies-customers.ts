import { isoDay } from '../features/calendar.ts';
import { AMOUNT_SCALE, type PurchaseHistory } from '../features/purchase-history.ts';
import type { TicketHistory } from '../features/ticket-history.ts';
import { median } from '../math/statistics.ts';
import { calibrateTail } from '../models/tail-calibration.ts';
import { countTail } from '../models/tail-probability.ts';
import { type Unusual, unusualValue } from '../models/unusual-value.ts';
import { type AnomalyTest, cents, type Driver, type TestFamily } from './anomalies-test.ts';

/** What is looked at is that new. */
export const RECENT_DAYS = 28;
/** Earlier values of a customer's own below which nothing is usual for it. */
const LEAST_OWN = 6;
const MOST_OWN = 40;
/** Earlier purchases of each customer that say how surprising the unremarkable is. */
const EXPERIENCES = 3;
/** Customers beyond this many usual gaps are lapsed, which is told elsewhere. */
const LAPSED_GAPS = 3;
/** Of log amounts: even a standing order may change by a tenth. */
const LEAST_SPEND_SPREAD = 0.1;
const LEAST_WINDOWS = 4;
const MOST_WINDOWS = 13;
/** Fewer tickets are no burst. */
const LEAST_TICKETS = 3;

interface Own {
  readonly days: Int32Array;
  /** Major units. */
  readonly amounts: Float64Array;
}

/** The newest purchase, the open gap and the newest four weeks' tickets of every customer against its own history. */
export function customerTests(
  history: PurchaseHistory,
  tickets: TicketHistory,
  lastDay: number,
  horizonDays: number,
): TestFamily[] {
  const n = history.customerIds.length;
  const spend: Judged = { customers: [], p: [] };
  const gaps: Judged = { customers: [], p: [] };
  const counts: Judged = { customers: [], p: [] };
  const usualSpend: number[] = [];
  const usualGaps: number[] = [];
  for (let i = 0; i < n; i++) {
    const own = purchasesOf(history, i, lastDay);
    const bought = own.days.length;
    if (bought > LEAST_OWN) {
      const logs = own.amounts.map(Math.log);
      for (let back = 1; back <= EXPERIENCES && bought - back > LEAST_OWN; back++) {
        const past = judge(logs, bought - 1 - back);
        if (past !== null) usualSpend.push(past.p);
      }
      const now = own.days[bought - 1]! > lastDay - RECENT_DAYS ? judge(logs, bought - 1) : null;
      if (now !== null) note(spend, i, now.p);
    }
    if (bought > LEAST_OWN + 1) {
      const open = gapAt(own.days, lastDay, horizonDays);
      if (open !== null) note(gaps, i, open.p);
      for (let back = 1; back <= EXPERIENCES; back++) {
        const past = gapAt(own.days, lastDay - back * RECENT_DAYS, horizonDays);
        if (past !== null) usualGaps.push(past.p);
      }
    }
    const burst = burstTail(ticketCounts(i, tickets, bought > 0 ? own.days[0]! : lastDay, lastDay));
    if (burst !== null) note(counts, i, burst);
  }
  const spendLevel = calibrateTail(usualSpend);
  const gapLevel = calibrateTail(usualGaps);
  return [
    family('customer-spend', spend, spendLevel, (i, p) => spendTest(i, p, history, lastDay)),
    family('customer-gap', gaps, gapLevel, (i, p) => gapTest(i, p, history, lastDay, horizonDays)),
    family(
      'customer-tickets',
      counts,
      (p) => p,
      (i, p) => {
        const own = purchasesOf(history, i, lastDay);
        return ticketTest(i, p, tickets, own.days[0] ?? lastDay, lastDay);
      },
    ),
  ];
}

/** Customers by position, and how surprising each is: two numbers a customer, of whom there may be a million. */
interface Judged {
  readonly customers: number[];
  readonly p: number[];
}

function note(judged: Judged, customer: number, p: number): void {
  judged.customers.push(customer);
  judged.p.push(p);
}

function family(
  kind: TestFamily['kind'],
  judged: Judged,
  level: (p: number) => number,
  test: (customer: number, p: number) => AnomalyTest,
): TestFamily {
  const p = Float64Array.from(judged.p, level);
  return { kind, p, test: (at) => test(judged.customers[at]!, p[at]!) };
}

function purchasesOf(history: PurchaseHistory, i: number, lastDay: number): Own {
  const days: number[] = [];
  const amounts: number[] = [];
  for (let row = history.offsets[i]!; row < history.offsets[i + 1]!; row++) {
    if (history.day[row]! > lastDay) break;
    if (history.amount[row]! <= 0) continue;
    days.push(history.day[row]!);
    amounts.push(history.amount[row]! / AMOUNT_SCALE);
  }
  return { days: Int32Array.from(days), amounts: Float64Array.from(amounts) };
}

/** The value at a position against the ones before it. */
function judge(values: Float64Array, at: number): Unusual | null {
  return unusualValue(values.subarray(Math.max(0, at - MOST_OWN), at), values[at]!, LEAST_SPEND_SPREAD);
}

function spendTest(i: number, p: number, history: PurchaseHistory, lastDay: number): AnomalyTest {
  return {
    kind: 'customer-spend',
    p,
    customer: i,
    describe() {
      const own = purchasesOf(history, i, lastDay);
      const last = own.days.length - 1;
      const now = judge(own.amounts.map(Math.log), last)!;
      const observed = own.amounts[last]!;
      const usual = Math.exp(now.usual);
      const from = Math.max(0, last - 24);
      const flat = (value: number) => own.amounts.slice(from).fill(cents(Math.exp(value)));
      return {
        key: `customer-spend:${isoDay(own.days[last]!)}`,
        direction: observed >= usual ? 'up' : 'down',
        subject: '',
        unit: 'money',
        day: isoDay(own.days[last]!),
        block_days: 1,
        observed: cents(observed),
        usual: cents(usual),
        low: cents(Math.exp(now.low)),
        high: cents(Math.exp(now.high)),
        money: cents(observed - usual),
        series: {
          labels: Array.from(own.days.subarray(from), isoDay),
          values: Array.from(own.amounts.subarray(from), cents),
          low: [...flat(now.low)],
          high: [...flat(now.high)],
        },
        columns: [],
      };
    },
    drivers: noDrivers,
  };
}

interface OpenGap extends Unusual {
  readonly age: number;
  readonly gaps: Float64Array;
}

/** The open gap on a day, unless the customer is lapsed by then or has too few gaps; one-sided. */
function gapAt(days: Int32Array, on: number, horizonDays: number): OpenGap | null {
  let known = days.length;
  while (known > 0 && days[known - 1]! > on) known--;
  if (known <= LEAST_OWN + 1) return null;
  const gaps = Float64Array.from({ length: known - 1 }, (_, k) => days[k + 1]! - days[k]!).slice(-MOST_OWN);
  const age = on - days[known - 1]!;
  if (age >= Math.max(LAPSED_GAPS * median(gaps), horizonDays)) return null;
  const found = unusualValue(gaps.map(Math.log), Math.log(Math.max(1, age)), 1 / Math.max(1, median(gaps)));
  if (found === null) return null;
  return { ...found, p: found.z > 0 ? found.p / 2 : 1 - found.p / 2, age, gaps };
}

function gapTest(i: number, p: number, history: PurchaseHistory, lastDay: number, horizonDays: number): AnomalyTest {
  return {
    kind: 'customer-gap',
    p,
    customer: i,
    describe() {
      const own = purchasesOf(history, i, lastDay);
      const open = gapAt(own.days, lastDay, horizonDays)!;
      const usual = Math.exp(open.usual);
      const shown = [...open.gaps.slice(-24), open.age];
      const at = own.days.subarray(own.days.length - shown.length + 1);
      return {
        key: `customer-gap:${isoDay(own.days[own.days.length - 1]!)}`,
        direction: 'up',
        subject: '',
        unit: 'days',
        day: isoDay(lastDay),
        block_days: 1,
        observed: open.age,
        usual: Math.round(usual),
        low: Math.exp(open.low),
        high: Math.exp(open.high),
        // What the purchases that did not come would have brought.
        money: -cents(Math.max(0, open.age / usual - 1) * median(own.amounts)),
        series: {
          labels: [...Array.from(at, isoDay), isoDay(lastDay)],
          values: shown,
          low: shown.map(() => 0),
          high: shown.map(() => cents(Math.exp(open.high))),
        },
        columns: [],
      };
    },
    drivers: noDrivers,
  };
}

/** Tickets by four weeks, the newest last; null where too few weeks are known. */
function ticketCounts(i: number, tickets: TicketHistory, firstDay: number, lastDay: number): Float64Array | null {
  const from = tickets.offsets[i]!;
  const to = tickets.offsets[i + 1]!;
  if (from === to) return null;
  const start = Math.min(firstDay, tickets.openedDay[from]!);
  const windows = Math.min(MOST_WINDOWS, Math.floor((lastDay - start + 1) / RECENT_DAYS));
  if (windows <= LEAST_WINDOWS) return null;
  const counts = new Float64Array(windows);
  for (let row = from; row < to; row++) {
    const back = Math.floor((lastDay - tickets.openedDay[row]!) / RECENT_DAYS);
    if (back >= 0 && back < windows) counts[windows - 1 - back] = counts[windows - 1 - back]! + 1;
  }
  return counts;
}

/** How surprising the newest of counts is; null where there are none to tell by. */
function burstTail(counts: Float64Array | null): number | null {
  if (counts === null) return null;
  const newest = counts[counts.length - 1]!;
  return newest >= LEAST_TICKETS ? countTail(newest, counts.subarray(0, -1)) : 1;
}

function ticketTest(i: number, p: number, tickets: TicketHistory, firstDay: number, lastDay: number): AnomalyTest {
  return {
    kind: 'customer-tickets',
    p,
    customer: i,
    describe() {
      const counts = ticketCounts(i, tickets, firstDay, lastDay)!;
      const newest = counts[counts.length - 1]!;
      const earlier = counts.subarray(0, -1);
      const usual = earlier.reduce((sum, count) => sum + count, 0) / earlier.length;
      const high = cents(usual + 2 * Math.sqrt(Math.max(usual, 1)));
      return {
        key: `customer-tickets:${isoDay(lastDay)}`,
        direction: 'up',
        subject: '',
        unit: 'count',
        day: isoDay(lastDay),
        block_days: RECENT_DAYS,
        observed: newest,
        usual: cents(usual),
        low: 0,
        high,
        money: 0,
        series: {
          labels: Array.from(counts, (_, k) => isoDay(lastDay - (counts.length - 1 - k) * RECENT_DAYS)),
          values: [...counts],
          low: Array.from(counts, () => 0),
          high: Array.from(counts, () => high),
        },
        columns: [],
      };
    },
    drivers: noDrivers,
  };
}

const noDrivers = (): readonly Driver[] => [];
