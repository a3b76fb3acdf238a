import { type RandomSource, seededRandom } from '../../src/math/random.ts';
import { type Answer, gatewayPage, Refusal, rateLimited, refusalAnswer } from './problems.ts';

/**
 * What can go wrong on the way. `429-…` come with and (`-bare`) without `Retry-After`; `429-html` is a gateway's page;
 * `done-500` does what was asked and then answers 500; `hang` never answers; `reset` cuts the connection.
 */
export const FAULTS = [
  '429-ten-secondly',
  '429-ten-secondly-bare',
  '429-secondly',
  '429-daily',
  '429-html',
  '423',
  '477',
  '500',
  '502',
  '503',
  '504',
  '524',
  'done-500',
  'done-reset',
  'hang',
  'reset',
] as const;
export type Fault = (typeof FAULTS)[number];

export type FaultPlan =
  /** By the number of the call since the plan was set, the first being 1, and only on calls whose line has `on`. */
  | { readonly calls: Readonly<Record<number, Fault>>; readonly on?: string }
  /** On a seeded share of the calls, at most `most` times in all. */
  | {
      readonly seed: number;
      readonly share: number;
      readonly kinds: readonly Fault[];
      readonly most?: number;
      readonly on?: string;
    };

export type FaultAnswer =
  | 'hang'
  | 'reset'
  | { readonly isDone: boolean; answer(correlationId: string): Answer | 'reset' };

export interface Faults {
  set(plan: FaultPlan | null): void;
  /** The fault of a call given by its line (`GET /crm/…`), or null. */
  next(line: string): FaultAnswer | null;
}

export function createFaults(): Faults {
  let plan: FaultPlan | null = null;
  let random: RandomSource = () => 1;
  let seen = 0;
  let made = 0;
  return {
    set(next) {
      plan = next;
      seen = 0;
      made = 0;
      if (next !== null && 'seed' in next) random = seededRandom(next.seed);
    },
    next(line) {
      if (plan === null || (plan.on !== undefined && !line.includes(plan.on))) return null;
      seen += 1;
      if ('calls' in plan) return plan.calls[seen] === undefined ? null : faultAnswer(plan.calls[seen]!);
      if (random() >= plan.share || made >= (plan.most ?? Number.POSITIVE_INFINITY)) return null;
      made += 1;
      return faultAnswer(plan.kinds[Math.floor(random() * plan.kinds.length)]!);
    },
  };
}

function faultAnswer(fault: Fault): FaultAnswer {
  if (fault === 'hang' || fault === 'reset') return fault;
  const isDone = fault.startsWith('done-');
  return {
    isDone,
    answer(correlationId) {
      if (fault === 'done-reset') return 'reset';
      if (fault === '429-html') return { ...gatewayPage(502), status: 429 };
      if (fault === '502' || fault === '504' || fault === '524') return gatewayPage(Number(fault));
      return refusalAnswer(refusalOf(fault), correlationId);
    },
  };
}

function refusalOf(fault: Fault): Refusal {
  switch (fault) {
    case '429-ten-secondly':
      return rateLimited('TEN_SECONDLY_ROLLING', { 'Retry-After': '1' });
    case '429-ten-secondly-bare':
      return rateLimited('TEN_SECONDLY_ROLLING');
    case '429-secondly':
      return rateLimited('SECONDLY', { 'Retry-After': '1' });
    case '429-daily':
      return rateLimited('DAILY');
    case '423':
      return new Refusal(423, 'LOCKED', 'The resource is locked by another request; wait two seconds and try again');
    case '477':
      return new Refusal(
        477,
        'MIGRATION_IN_PROGRESS',
        'This account is moving between data centres',
        {},
        { 'Retry-After': '2' },
      );
    case '503':
      return new Refusal(503, '', 'Service temporarily unavailable');
    default:
      return new Refusal(500, '', 'internal error');
  }
}
