import type { RandomSource } from '../../src/math/random.ts';
import type { CustomerLife } from './customer-life.ts';
import { between, chance, exponential, pick, weighted } from './draws.ts';
import { DAY } from './made-up-company.ts';

export interface MadeUpTicket {
  readonly createdAt: number;
  readonly closedAt: number | null;
  readonly subject: string;
  readonly priority: string;
  /** 1 to 5. */
  readonly satisfaction: number | null;
}

export interface MadeUpEngagement {
  readonly at: number;
  readonly type: 'call' | 'meeting' | 'email' | 'feedback';
  readonly direction: string;
  readonly outcome: string;
  readonly score: number | null;
}

const ORDINARY = [
  'Invoice copy needed',
  'Question about delivery date',
  'How to mount the bracket?',
  'New contact person',
  'Datasheet request',
  'Password reset',
];
const BAD = [
  'Unit dead on arrival',
  'Line down again since this morning',
  'Third replacement still faulty',
  'No answer for a week',
  'Wrong parts delivered',
  'Firmware update broke the gateway',
];

/** Ordinary questions now and then; in a trouble, three to five urgent tickets within weeks, solved late and marked badly. */
export function ticketsOf(random: RandomSource, life: CustomerLife, start: number, days: number): MadeUpTicket[] {
  const tickets: MadeUpTicket[] = [];
  const end = start + days * DAY;
  const add = (at: number, isBad: boolean): void => {
    if (at >= end) return;
    const closedAt = at + Math.round((isBad ? exponential(random, 9) + 3 : exponential(random, 1.6)) * DAY);
    const mark = isBad ? between(random, 1, 2) : [3, 4, 4, 5, 5, 5][between(random, 0, 5)]!;
    tickets.push({
      createdAt: at,
      closedAt: closedAt < end ? closedAt : null,
      subject: pick(random, isBad ? BAD : ORDINARY),
      priority: isBad
        ? ['HIGH', 'URGENT'][between(random, 0, 1)]!
        : ['LOW', 'MEDIUM', 'MEDIUM'][between(random, 0, 2)]!,
      satisfaction: closedAt < end && chance(random, isBad ? 0.7 : 0.5) ? mark : null,
    });
  };
  const last = life.leftOn ?? days;
  if (life.kind !== 'prospect') {
    for (let day = life.firstDay + exponential(random, 420); day < last; day += exponential(random, 420)) {
      add(start + Math.floor(day * DAY), false);
    }
  }
  for (const trouble of life.troubles) {
    const count = between(random, 3, 5);
    for (let n = 0; n < count; n++) add(start + Math.floor((trouble + random() * 34) * DAY), true);
  }
  return tickets.sort((a, b) => a.createdAt - b.createdAt);
}

/** Calls, meetings, e-mails and survey answers; in the last quarter before leaving, fewer meetings take place. */
export function engagementsOf(
  random: RandomSource,
  life: CustomerLife,
  start: number,
  days: number,
): MadeUpEngagement[] {
  const found: MadeUpEngagement[] = [];
  const last = Math.min(days, (life.leftOn ?? days) + 30);
  const mean = life.kind === 'regular' ? 90 : 240;
  for (let day = life.firstDay + exponential(random, mean); day < last; day += exponential(random, mean)) {
    const at = start + Math.floor(day * DAY);
    const isLeaving = life.leftOn !== null && day > life.leftOn - 90;
    const kind = weighted(random, [4, isLeaving ? 0.7 : 2.2, 4, 1.2]);
    const base = { at, direction: '', score: null };
    if (kind === 0) {
      found.push({
        ...base,
        type: 'call',
        direction: chance(random, 0.7) ? 'OUTBOUND' : 'INBOUND',
        outcome: chance(random, isLeaving ? 0.35 : 0.75) ? 'COMPLETED' : 'NO_ANSWER',
      });
    } else if (kind === 1) {
      found.push({
        ...base,
        type: 'meeting',
        outcome: chance(random, isLeaving ? 0.4 : 0.9) ? 'COMPLETED' : 'NO_SHOW',
      });
    } else if (kind === 2) {
      found.push({
        ...base,
        type: 'email',
        direction: chance(random, 0.6) ? 'EMAIL' : 'INCOMING_EMAIL',
        outcome: 'SENT',
      });
    } else {
      const score = isLeaving ? between(random, 1, 6) : between(random, 5, 10);
      const outcome = score >= 9 ? 'positive' : score >= 7 ? 'neutral' : 'negative';
      found.push({ ...base, type: 'feedback', outcome, score });
    }
  }
  return found;
}
