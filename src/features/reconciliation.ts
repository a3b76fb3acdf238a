import type { DecimalText, Instant } from '../domain/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { WON_DEALS } from './customer-unit.ts';

/** The CRM's own won revenue, as the second pass over its raw answers summed it (see RawRevenue of the CRM port). */
export interface RevenueOfCrm {
  readonly currency: string;
  readonly amount: DecimalText;
  readonly deals: number;
  readonly unconverted: readonly { currency: string; deals: number; amount: DecimalText }[];
  /** When it was summed, and what the store's own deals came to then: later changes are no difference between the two. */
  readonly taken?: { readonly at: Instant; readonly inStore: DecimalText; readonly deals: number } | undefined;
}

export interface RevenueDifference {
  /** A `cause` of won-deals.ts, `converted_here`, `changed_since` the CRM's sum was made, or `unexplained`. */
  readonly cause: string;
  readonly count: number;
  /** Its part of `crm` − `ours`, decimal text in the portal's currency. */
  readonly amount: DecimalText;
}

export interface Reconciliation {
  readonly ours: DecimalText;
  /** Null when the CRM's sum is not known. */
  readonly crm: DecimalText | null;
  /** When the CRM's sum was made; null when that is not known. */
  readonly crm_at: Instant | null;
  readonly currency: string;
  readonly differences: readonly RevenueDifference[];
}

/**
 * Our won revenue (the amounts of attributed deals up to the as-of of `buildWonDeals`) against the CRM's, with the difference
 * crm − ours explained by cause. Deals without an amount or a rate are in neither sum: they are counted, with 0. Deals that
 * only we converted lower the difference. What deals changed since the CRM's sum was made, or shortly before it, when the copy
 * may not have had them yet, is told as such; whatever is left is `unexplained`, and shown only then.
 */
export async function reconcile(
  portal: PortalStore,
  rawRevenue: RevenueOfCrm | null,
  currency: string,
): Promise<Reconciliation> {
  const rows = await portal.query<{ cause: string; converted: number; deals: string; amount: string }>(
    `SELECT cause, toUInt8(source = 'rate') AS converted, toString(count()) AS deals, toString(sum(ifNull(amount, 0))) AS amount
     FROM {db:Identifier}.won_deals GROUP BY cause, converted ORDER BY cause, converted`,
  );
  let ours = 0n;
  let inCrm = 0n;
  let converted = 0n;
  let convertedDeals = 0;
  const causes = new Map<string, { count: number; amount: bigint }>();
  for (const row of rows) {
    const amount = toMillionths(row.amount);
    const deals = Number(row.deals);
    if (row.cause === '') ours += amount;
    else {
      const entry = causes.get(row.cause) ?? { count: 0, amount: 0n };
      causes.set(row.cause, { count: entry.count + deals, amount: entry.amount + (row.converted === 1 ? 0n : amount) });
    }
    if (row.converted === 1) {
      // The CRM's sum has no deal that it did not convert itself.
      if (row.cause === '') {
        converted += amount;
        convertedDeals += deals;
      }
    } else inCrm += amount;
  }
  const differences: RevenueDifference[] = [...causes].map(([cause, { count, amount }]) => ({
    cause,
    count,
    amount: fromMillionths(amount),
  }));
  if (convertedDeals > 0) {
    differences.push({ cause: 'converted_here', count: convertedDeals, amount: fromMillionths(-converted) });
  }
  if (rawRevenue === null) return { ours: fromMillionths(ours), crm: null, crm_at: null, currency, differences };
  const crm = toMillionths(rawRevenue.amount);
  const known = rows.filter((row) => row.converted === 0 && row.cause !== 'no_amount' && row.cause !== 'no_rate');
  const { taken } = rawRevenue;
  // Both sums as they were at one time; without that, the store's present one.
  const then =
    taken === undefined
      ? { inStore: inCrm, deals: known.reduce((sum, row) => sum + Number(row.deals), 0) }
      : { inStore: toMillionths(taken.inStore), deals: taken.deals };
  let [unexplained, since] = crm === inCrm ? [0n, 0n] : [crm - then.inStore, then.inStore - inCrm];
  if (taken !== undefined && crm !== inCrm) {
    const changed = await changedDeals(portal, taken.at);
    if (changed.justBefore > 0) [unexplained, since] = [0n, crm - inCrm];
    if (since !== 0n) differences.push({ cause: 'changed_since', count: changed.all, amount: fromMillionths(since) });
  }
  if (unexplained !== 0n) {
    const count = Math.abs(rawRevenue.deals - then.deals);
    differences.push({ cause: 'unexplained', count, amount: fromMillionths(unexplained) });
  }
  const crm_at = taken?.at ?? null;
  return { ours: fromMillionths(ours), crm: fromMillionths(crm), crm_at, currency, differences };
}

/** By how much a copy may be behind. */
const BEHIND_MS = 60 * 60_000;

/** Deals that changed or went since shortly before an instant, and those of them that changed before it. */
async function changedDeals(portal: PortalStore, at: Instant): Promise<{ all: number; justBefore: number }> {
  const [row] = await portal.query<{ all: string; before: string }>(
    `SELECT count() AS all, countIf(changed <= fromUnixTimestamp64Milli({at:Int64}, 'UTC')) AS before FROM (
       SELECT updated_at AS changed FROM {db:Identifier}.deals FINAL
       UNION ALL
       SELECT at AS changed FROM {db:Identifier}.removals FINAL WHERE object_type = 'deals' AND reason != '')
     WHERE changed > fromUnixTimestamp64Milli({from:Int64}, 'UTC')`,
    { at, from: at - BEHIND_MS },
  );
  return { all: Number(row?.all ?? 0), justBefore: Number(row?.before ?? 0) };
}

/** Decimal text with up to six places as a whole number of millionths. */
export function toMillionths(text: DecimalText): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d*)\.?(\d{0,6})/.exec(text) ?? [];
  const value = BigInt(`${whole === undefined || whole === '' ? '0' : whole}${fraction.padEnd(6, '0')}`);
  return sign === '-' ? -value : value;
}

/** Decimal text with at least two places and no further zeros. */
export function fromMillionths(value: bigint): DecimalText {
  const digits = (value < 0n ? -value : value).toString().padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0{1,4}$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -6)}.${fraction}`;
}

/**
 * Σ of all won deals that are in the store, attributed or not and whenever they close, counted as the CRM counts its own: in
 * its conversion, or already in the portal's currency. Equal to the CRM's sum when the copy is whole.
 */
export async function storedRevenue(
  portal: PortalStore,
  ofCrm: RevenueOfCrm,
): Promise<{ inCrm: DecimalText; inStore: DecimalText; difference: DecimalText; deals: number }> {
  const [row] = await portal.query<{ amount: string; deals: string }>(
    `SELECT toString(sum(counted)) AS amount, toString(count(counted)) AS deals FROM (
       SELECT multiIf(isNotNull(home_amount), home_amount, currency IN ('', {currency:String}), amount, NULL) AS counted
       FROM (${WON_DEALS}))`,
    { currency: ofCrm.currency },
  );
  const inStore = toMillionths(row?.amount ?? '0');
  const inCrm = toMillionths(ofCrm.amount);
  return {
    inCrm: fromMillionths(inCrm),
    inStore: fromMillionths(inStore),
    difference: fromMillionths(inCrm - inStore),
    deals: Number(row?.deals ?? 0),
  };
}
