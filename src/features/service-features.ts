import type { TicketHistory } from './ticket-history.ts';

/** What a customer's support tickets say of it. NaN where there is no value. */
export const SERVICE_FEATURES = [
  { name: 'log_recent_tickets', family: 'tickets' },
  { name: 'log_tickets_30', family: 'tickets' },
  { name: 'log_open_tickets', family: 'tickets' },
  { name: 'ticket_trend', family: 'ticket-trend' },
  { name: 'log_horizon_tickets', family: 'ticket-trend' },
  { name: 'log_severe_tickets', family: 'severe-tickets' },
  { name: 'log_repeat_tickets', family: 'repeat-tickets' },
  { name: 'log_days_to_close', family: 'time-to-close' },
  { name: 'satisfaction', family: 'satisfaction' },
] as const;

/** Tickets count as recent for this many days; answers, closing times and repetitions for a year. */
const RECENT_DAYS = 90;
const MONTH_DAYS = 30;
const YEAR = 365;
/** A ticket opened so soon after the one before was closed says that it was not solved. */
const REPEAT_DAYS = 14;

/**
 * Writes customer i's values at `at`, with nothing of a ticket's end before it closed:
 * - `ticket_trend`: log of (1 + tickets in the last H days) ÷ (1 + tickets in the H days before);
 * - `log_repeat_tickets`: tickets of the last year opened within 14 days after the customer's ticket before was closed;
 * - `log_days_to_close`: mean days from opening to closing of those closed in the last year;
 * - `satisfaction`: mean answer to those.
 */
export function writeServiceFeatures(
  matrix: Float64Array,
  at: number,
  tickets: TicketHistory,
  cutOff: number,
  horizonDays: number,
  i: number,
): void {
  let recent = 0;
  let month = 0;
  let open = 0;
  let inHorizon = 0;
  let before = 0;
  let severe = 0;
  let repeated = 0;
  let closedTickets = 0;
  let closingDays = 0;
  let answers = 0;
  let sum = 0;
  let lastClosed = -1;
  for (let k = tickets.offsets[i]!; k < tickets.offsets[i + 1]! && tickets.openedDay[k]! <= cutOff; k++) {
    const opened = tickets.openedDay[k]!;
    const closed = tickets.closedDay[k]!;
    if (opened > cutOff - RECENT_DAYS) {
      recent++;
      if (tickets.priority[k]! >= 3) severe++;
    }
    if (opened > cutOff - MONTH_DAYS) month++;
    if (opened > cutOff - horizonDays) inHorizon++;
    else if (opened > cutOff - 2 * horizonDays) before++;
    if (opened > cutOff - YEAR && lastClosed !== -1 && opened >= lastClosed && opened <= lastClosed + REPEAT_DAYS) {
      repeated++;
    }
    lastClosed = closed;
    if (closed === -1 || closed > cutOff) {
      open++;
    } else if (closed > cutOff - YEAR) {
      closedTickets++;
      closingDays += closed - opened;
      const score = tickets.satisfaction[k]!;
      if (!Number.isNaN(score)) {
        answers++;
        sum += score;
      }
    }
  }
  matrix[at] = Math.log1p(recent);
  matrix[at + 1] = Math.log1p(month);
  matrix[at + 2] = Math.log1p(open);
  matrix[at + 3] = Math.log((1 + inHorizon) / (1 + before));
  matrix[at + 4] = Math.log1p(inHorizon);
  matrix[at + 5] = Math.log1p(severe);
  matrix[at + 6] = Math.log1p(repeated);
  matrix[at + 7] = closedTickets === 0 ? Number.NaN : Math.log1p(Math.max(0, closingDays / closedTickets));
  matrix[at + 8] = answers === 0 ? Number.NaN : sum / answers;
}
