import { type LimitPolicy, rateLimited } from './problems.ts';

export interface StandInLimits {
  readonly perTenSeconds: number;
  readonly searchPerSecond: number;
  readonly daily: number;
}

const WINDOW = 10_000;

/** HubSpot's three pools: calls in any ten seconds, searches in a second, calls in a day of the account's own zone. */
export class RateLimits {
  readonly #limits: StandInLimits;
  readonly #now: () => number;
  readonly #day: Intl.DateTimeFormat;
  /** Instants of the calls in the window, oldest first, in a ring. */
  readonly #calls: Float64Array;
  #first = 0;
  #count = 0;
  #today = '';
  #usedToday = 0;
  #second = 0;
  #searches = 0;
  #sendsRetryAfter = true;

  constructor(limits: StandInLimits, timeZone: string, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#calls = new Float64Array(Math.min(limits.perTenSeconds, 1_000_000));
    this.#day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  }

  get usedToday(): number {
    this.#turnDay();
    return this.#usedToday;
  }

  get daily(): number {
    return this.#limits.daily;
  }

  /** Takes one call from its pools, or throws the refusal; answers the headers that go with the call. */
  take(pool: 'general' | 'search' | 'exempt'): Record<string, string> {
    const now = this.#now();
    this.#turnDay();
    if (this.#usedToday >= this.#limits.daily) throw this.#refuse('DAILY', null, pool);
    if (pool === 'search') {
      const second = Math.floor(now / 1000);
      if (second !== this.#second) {
        this.#second = second;
        this.#searches = 0;
      }
      if (this.#searches >= this.#limits.searchPerSecond) throw this.#refuse('SECONDLY', 1, pool);
      this.#searches += 1;
    }
    if (pool === 'general') {
      while (this.#count > 0 && this.#calls[this.#first]! <= now - WINDOW) {
        this.#first = (this.#first + 1) % this.#calls.length;
        this.#count -= 1;
      }
      if (this.#count >= this.#calls.length) {
        const wait = Math.ceil((this.#calls[this.#first]! + WINDOW - now) / 1000);
        throw this.#refuse('TEN_SECONDLY_ROLLING', wait, pool);
      }
      this.#calls[(this.#first + this.#count) % this.#calls.length] = now;
      this.#count += 1;
    }
    this.#usedToday += 1;
    return this.#headers(pool);
  }

  /** Every second refusal leaves `Retry-After` out, as HubSpot sometimes does. */
  #refuse(policy: LimitPolicy, retryAfter: number | null, pool: 'general' | 'search' | 'exempt') {
    this.#sendsRetryAfter = !this.#sendsRetryAfter;
    const retry = retryAfter !== null && !this.#sendsRetryAfter ? { 'Retry-After': String(retryAfter) } : {};
    return rateLimited(policy, { ...this.#headers(pool), ...retry });
  }

  /** Search answers carry none. */
  #headers(pool: 'general' | 'search' | 'exempt'): Record<string, string> {
    if (pool === 'search') return {};
    const daily = {
      'X-HubSpot-RateLimit-Daily': String(this.#limits.daily),
      'X-HubSpot-RateLimit-Daily-Remaining': String(this.#limits.daily - this.#usedToday),
    };
    if (pool === 'exempt') return daily;
    return {
      ...daily,
      'X-HubSpot-RateLimit-Max': String(this.#limits.perTenSeconds),
      'X-HubSpot-RateLimit-Remaining': String(this.#limits.perTenSeconds - this.#count),
      'X-HubSpot-RateLimit-Interval-Milliseconds': String(WINDOW),
      'X-HubSpot-RateLimit-Secondly': String(Math.ceil(this.#limits.perTenSeconds / 10)),
      'X-HubSpot-RateLimit-Secondly-Remaining': String(Math.ceil(this.#limits.perTenSeconds / 10)),
    };
  }

  #dayCheckedAt = Number.NaN;

  /** Days turn at the account's midnight; formatting a date is slow, so it happens once a second at most. */
  #turnDay(): void {
    const second = Math.floor(this.#now() / 1000);
    if (second === this.#dayCheckedAt) return;
    this.#dayCheckedAt = second;
    const today = this.#day.format(second * 1000);
    if (today === this.#today) return;
    this.#today = today;
    this.#usedToday = 0;
  }
}
