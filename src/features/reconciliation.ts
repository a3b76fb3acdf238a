import type { DecimalText } from '../domain/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { WON_DEALS } from './customer-unit.ts';

/** The CRM's own won revenue, as the second pass over its raw answers summed it (see RawRevenue of the CRM port). */
export interface RevenueOfCrm {
  readonly currency: string;
  readonly amount: DecimalText;
  readonly deals: number;
  readonly unconverted: readonly { currency: string; deals: number; amount: DecimalText }[];
}

export interface RevenueDifference {
  /** A `cause` of won-deals.ts, `converted_here`, or `unexplained`. */
  readonly cause: string;
  readonly count: number;
  /** Its part of `crm` − `ours`, decimal text in the portal's currency. */
  readonly amount: DecimalText;
}

export interface Reconciliation {
  readonly ours: DecimalText;
  /** Null when the CRM's sum is not known. */
  readonly crm: DecimalText | null;
  readonly currency: string;
  readonly differences: readonly RevenueDifference[];
}

/**
 * Our won revenue (the amounts of attributed deals up to the as-of of `buildWonDeals`) against the CRM's, with the difference
 * crm − ours explained by cause. Deals without an amount or a rate are in neither sum: they are counted, with 0. Deals that
 * only we converted lower the difference. Whatever is left is `unexplained`, and shown only then.
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
  if (rawRevenue === null) return { ours: fromMillionths(ours), crm: null, currency, differences };
  const crm = toMillionths(rawRevenue.amount);
  if (crm !== inCrm) {
    const known = rows.filter((row) => row.converted === 0 && row.cause !== 'no_amount' && row.cause !== 'no_rate');
    const count = Math.abs(rawRevenue.deals - known.reduce((sum, row) => sum + Number(row.deals), 0));
    differences.push({ cause: 'unexplained', count, amount: fromMillionths(crm - inCrm) });
  }
  return { ours: fromMillionths(ours), crm: fromMillionths(crm), currency, differences };
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
