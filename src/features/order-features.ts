import type { Rhythm } from './expected-gap.ts';
import { AMOUNT_SCALE, type PurchaseHistory } from './purchase-history.ts';

/** What a customer's purchases say of it. NaN where there is no value. */
export const ORDER_FEATURES = [
  { name: 'log_recency', family: 'rhythm' },
  { name: 'log_off_rhythm', family: 'rhythm' },
  { name: 'log_expected_gap', family: 'rhythm' },
  { name: 'log_own_gap', family: 'rhythm' },
  { name: 'log_orders', family: 'orders' },
  { name: 'log_recent_orders', family: 'recent-orders' },
  { name: 'order_trend', family: 'order-trend' },
  { name: 'gap_variation', family: 'regularity' },
  { name: 'log_mean_spend', family: 'spend' },
  { name: 'log_spend_trend', family: 'trend' },
  { name: 'amount_trend', family: 'amount-trend' },
  { name: 'log_tenure', family: 'tenure' },
  { name: 'log_products', family: 'breadth' },
  { name: 'log_refund_days', family: 'refunds' },
  { name: 'log_orders_year_ago', family: 'same-season' },
  { name: 'season_due', family: 'season' },
] as const;

const YEAR = 365;
/** How many of the newest orders are held against the ones before. */
const NEWEST = 3;

/**
 * Writes customer i's values at `at`:
 * - `order_trend`: log of (1 + orders in the last H days) ÷ (1 + orders in the H days before); NaN for who is newer than 2 H;
 * - `amount_trend`: log of the mean of the last three orders ÷ the mean of all before; NaN below four;
 * - `log_orders_year_ago`: orders in the window that the horizon is, a year earlier; NaN for who is newer than a year;
 * - `season_due`: of once-a-year buyers, days until the next season (below zero when it is over), as sign · log(1 + |days|).
 */
export function writeOrderFeatures(
  matrix: Float64Array,
  at: number,
  history: PurchaseHistory,
  rhythms: Rhythm,
  horizonDays: number,
  i: number,
): void {
  const cutOff = rhythms.cutOffDay;
  const purchases = rhythms.purchases[i]!;
  const tenure = cutOff - rhythms.firstDay[i]!;
  let seen = 0;
  let recent = 0;
  let before = 0;
  let yearAgo = 0;
  let spend = 0;
  let lastSpend = 0;
  let newestSpend = 0;
  let products = 0;
  let refundDays = 0;
  let last = Number.NaN;
  let gaps = 0;
  let sum = 0;
  let squares = 0;
  for (let k = history.offsets[i]!; k < history.offsets[i + 1]! && history.day[k]! <= cutOff; k++) {
    const day = history.day[k]!;
    const amount = history.amount[k]!;
    products += history.newProducts[k]!;
    if (amount <= 0) {
      if (amount < 0) refundDays++;
      continue;
    }
    if (!Number.isNaN(last)) {
      gaps++;
      sum += day - last;
      squares += (day - last) ** 2;
    }
    if (day > cutOff - horizonDays) recent++;
    else if (day > cutOff - 2 * horizonDays) before++;
    if (day > cutOff - YEAR && day <= cutOff - YEAR + horizonDays) yearAgo++;
    spend += amount;
    lastSpend = amount;
    seen++;
    if (seen > purchases - NEWEST) newestSpend += amount;
    last = day;
  }
  const mean = spend / purchases;
  const variance = Math.max(0, squares / gaps - (sum / gaps) ** 2);
  const due = rhythms.lastDay[i]! + rhythms.expectedGap[i]! - cutOff;
  let column = at;
  const put = (value: number) => {
    matrix[column++] = value;
  };
  put(Math.log1p(cutOff - rhythms.lastDay[i]!));
  put(Math.log1p(rhythms.offRhythm[i]!));
  put(Math.log1p(rhythms.expectedGap[i]!));
  put(Math.log1p(rhythms.ownMedianGap[i]!));
  put(Math.log(purchases));
  put(Math.log1p(recent));
  put(tenure < 2 * horizonDays ? Number.NaN : Math.log((1 + recent) / (1 + before)));
  put(gaps < 2 ? Number.NaN : Math.sqrt(variance) / (sum / gaps));
  put(Math.log1p(mean / AMOUNT_SCALE));
  put(purchases > 1 ? Math.log(lastSpend / mean) : Number.NaN);
  put(
    purchases <= NEWEST ? Number.NaN : Math.log(newestSpend / NEWEST / ((spend - newestSpend) / (purchases - NEWEST))),
  );
  put(Math.log1p(tenure));
  put(Math.log1p(products));
  put(Math.log1p(refundDays));
  put(tenure < YEAR ? Number.NaN : Math.log1p(yearAgo));
  put(rhythms.isYearly[i] === 1 ? Math.sign(due) * Math.log1p(Math.abs(due)) : Number.NaN);
}
