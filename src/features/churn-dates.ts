import type { Portfolio } from '../domain/results.ts';
import { KithError } from '../lib/errors.ts';
import { numberColumn } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';
import type { DerivedPrefix } from './derived-table.ts';
import { someCustomers } from './purchase-history.ts';
import { textDate } from './renewals.ts';

/** The dated property of the portal's own that says when a customer has churned. */
export interface ChurnProperty {
  readonly object: 'companies' | 'contacts';
  readonly property: string;
}

/**
 * The day (since 1970-01-01, in the portal's zone) on which each customer churned by the portal's own property, in the order of
 * the purchase history; NaN where the property is empty, holds no date, or one after the as-of. Throws 'usage' when the
 * property is not one of the portal's customers.
 */
export async function readChurnDates(
  portal: PortalStore,
  portfolio: Portfolio,
  { object, property }: ChurnProperty,
  options: { customerIds?: readonly string[]; tables?: DerivedPrefix } = {},
): Promise<Float64Array> {
  const customers = portfolio.unit === 'company' ? 'companies' : 'contacts';
  if (object !== customers) {
    throw new KithError('usage', {
      en: `The churn date is the ${object} property ${property}, yet customers are ${customers} here; name a property of ${customers}`,
      zh: `流失日期是 ${object} 的属性 ${property}，但这里的客户是 ${customers}；请指定 ${customers} 的属性`,
    });
  }
  const { sql: some, parameters } = someCustomers(options.customerIds);
  const { tables = '' } = options;
  const rows = await portal.arrow(
    `SELECT toInt32(c.idx) AS idx, ${textDate('r.churned')} AS churned,
       if(isNull(churned) OR churned > toDate32(toTimeZone(fromUnixTimestamp64Milli({asOf:Int64}, 'UTC'), {zone:String})),
         nan, toFloat64(toInt32(assumeNotNull(churned)))) AS day
     FROM {db:Identifier}.${tables}customers AS c
     LEFT JOIN (SELECT id, extra[{property:String}] AS churned FROM {db:Identifier}.${customers} FINAL) AS r ON r.id = c.id
     WHERE ${some.replace('id IN', 'c.id IN')} ORDER BY idx`,
    { property, asOf: portfolio.asOf, zone: portfolio.timeZone, ...parameters },
  );
  return numberColumn(rows, 'day', Float64Array);
}

/** 1 where the customer churned in (cut-off, cut-off + H] by its date, 0 where it did not. */
export function churnedLabels(
  churnDays: Float64Array,
  cutOffDay: number,
  horizonDays: number,
  customers: Int32Array,
): Uint8Array {
  return Uint8Array.from(customers, (i) => {
    const day = churnDays[i]!;
    return day > cutOffDay && day <= cutOffDay + horizonDays ? 1 : 0;
  });
}

/** Whether the customer had churned by the end of the cut-off day: then there is nothing left to say of it. */
export function hasChurned(churnDays: Float64Array, cutOffDay: number, i: number): boolean {
  return churnDays[i]! <= cutOffDay;
}
