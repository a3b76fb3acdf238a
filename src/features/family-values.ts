import { median } from '../math/statistics.ts';
import { CHURN_FEATURES, type Family } from './churn-features.ts';

type FeatureName = (typeof CHURN_FEATURES)[number]['name'];

/** A family in the customer's own value and the norm it is held against, in the units that people use; null: not known. */
export interface OwnAndNorm {
  readonly own: number | null;
  readonly norm: number | null;
}

/** The usual value of each column among the rows: the median of those that have one. */
export function usualValues(raw: Float64Array): Float64Array {
  const p = CHURN_FEATURES.length;
  return Float64Array.from({ length: p }, (_, j) => {
    const known: number[] = [];
    for (let i = j; i < raw.length; i += p) if (!Number.isNaN(raw[i]!)) known.push(raw[i]!);
    return known.length === 0 ? Number.NaN : median(known);
  });
}

/** `raw`: n × CHURN_FEATURES.length, row-major; `usuals` as `usualValues` gives them. */
export function ownAndNorm(family: Family, raw: Float64Array, row: number, usuals: Float64Array): OwnAndNorm {
  const at = (name: FeatureName) => raw[row * CHURN_FEATURES.length + columnOf(name)]!;
  const usual = (name: FeatureName) => usuals[columnOf(name)]!;
  const counted = (name: FeatureName) => ({ own: whole(at(name)), norm: whole(usual(name)) });
  const scored = (name: FeatureName) => ({ own: cents(at(name)), norm: cents(usual(name)) });
  // The count now, and the count before it that the logarithm of their ratio gives away.
  const moved = (count: FeatureName, trend: FeatureName) => ({
    own: whole(at(count)),
    norm: known(Math.round(Math.exp(at(count) - at(trend))) - 1),
  });
  switch (family) {
    case 'rhythm':
      return { own: whole(at('log_recency')), norm: whole(at('log_expected_gap')) };
    case 'orders':
      return {
        own: known(Math.round(Math.exp(at('log_orders')))),
        norm: known(Math.round(Math.exp(usual('log_orders')))),
      };
    case 'recent-orders':
      return counted('log_recent_orders');
    case 'order-trend':
      return moved('log_recent_orders', 'order_trend');
    case 'regularity':
      return { own: known(at('gap_variation')), norm: known(usual('gap_variation')) };
    case 'spend':
      return { own: cents(Math.expm1(at('log_mean_spend'))), norm: cents(Math.expm1(usual('log_mean_spend'))) };
    case 'trend': {
      const mean = Math.expm1(at('log_mean_spend'));
      return { own: cents(mean * Math.exp(at('log_spend_trend'))), norm: cents(mean) };
    }
    case 'amount-trend':
      return { own: cents(Math.expm1(at('amount_trend'))), norm: null };
    case 'tenure':
      return counted('log_tenure');
    case 'breadth':
      return counted('log_products');
    case 'refunds':
      return counted('log_refund_days');
    case 'same-season':
      return counted('log_orders_year_ago');
    case 'season': {
      const due = at('season_due');
      return { own: known(Math.sign(due) * Math.round(Math.expm1(Math.abs(due)))), norm: null };
    }
    case 'tickets':
      return counted('log_recent_tickets');
    case 'ticket-trend':
      return moved('log_horizon_tickets', 'ticket_trend');
    case 'severe-tickets':
      return counted('log_severe_tickets');
    case 'repeat-tickets':
      return counted('log_repeat_tickets');
    case 'time-to-close':
      return { own: tenths(at('log_days_to_close')), norm: tenths(usual('log_days_to_close')) };
    case 'satisfaction':
      return scored('satisfaction');
    case 'touches':
      return counted('log_recent_touches');
    case 'touch-trend':
      return moved('log_horizon_touches', 'touch_trend');
    case 'last-touch':
      return counted('log_days_since_touch');
    case 'inbound':
      return counted('log_recent_inbound');
    case 'missed':
      return scored('missed_share');
    case 'page-views':
      return counted('log_recent_page_views');
    case 'feedback':
      return scored('feedback');
  }
}

const COLUMNS = new Map<FeatureName, number>(CHURN_FEATURES.map(({ name }, column) => [name, column]));

function columnOf(name: FeatureName): number {
  return COLUMNS.get(name)!;
}

/** Back from log(1 + count) to the count. */
function whole(log: number): number | null {
  return known(Math.round(Math.expm1(log)));
}

function tenths(log: number): number | null {
  return known(Math.round(Math.expm1(log) * 10) / 10);
}

function cents(value: number): number | null {
  return known(Math.round(value * 100) / 100);
}

function known(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 1e4) / 1e4 : null;
}
