import type { Table } from 'apache-arrow';
import { numberColumn, textColumn } from '../store/arrow-columns.ts';
import type { PortalStore, QueryParameters } from '../store/portal-store.ts';
import type { DerivedPrefix } from './derived-table.ts';
import { offsetsOf, someCustomers } from './purchase-history.ts';

export interface SomeCustomers {
  readonly customerIds?: readonly string[];
  readonly tables?: DerivedPrefix;
}

/** Customers in the order of the purchase history, and rows of theirs beside them. */
export interface CustomerRows {
  readonly customerIds: readonly string[];
  /** n + 1 positions: customer i owns the rows `offsets[i]` to `offsets[i + 1] - 1`. */
  readonly offsets: Int32Array;
  readonly rows: Table;
}

/**
 * Reads rows that carry a customer's `idx`, ascending. `sqlOf` is given the customers' table and the condition on its alias `c` that
 * keeps the wanted ones.
 */
export async function readCustomerRows(
  portal: PortalStore,
  { customerIds, tables = '' }: SomeCustomers,
  sqlOf: (tables: DerivedPrefix, isWanted: string) => string,
  parameters: QueryParameters,
): Promise<CustomerRows> {
  const some = someCustomers(customerIds);
  const customers = await portal.arrow(
    `SELECT idx, id FROM {db:Identifier}.${tables}customers WHERE ${some.sql} ORDER BY idx`,
    some.parameters,
  );
  const rows = await portal.arrow(sqlOf(tables, some.sql.replace('id IN', 'c.id IN')), {
    ...parameters,
    ...some.parameters,
  });
  return {
    customerIds: await textColumn(customers, 'id'),
    offsets: offsetsOf(numberColumn(customers, 'idx', Int32Array), numberColumn(rows, 'idx', Int32Array)),
    rows,
  };
}
