import type { PurchaseHistory } from './purchase-history.ts';
import type { TicketHistory } from './ticket-history.ts';

/** The purchases of the customers at `positions` (m, ascending) alone, as customers 0 to m − 1; the same object where that is everybody. */
export function somePurchases(history: PurchaseHistory, positions: Int32Array): PurchaseHistory {
  if (positions.length === history.customerIds.length) return history;
  const { customerIds, offsets, rows } = someRows(history, positions);
  return {
    customerIds,
    offsets,
    day: rows.map((row) => history.day[row]!),
    amount: Float64Array.from(rows, (row) => history.amount[row]!),
    newProducts: rows.map((row) => history.newProducts[row]!),
  };
}

/** The same of tickets. */
export function someTickets(history: TicketHistory, positions: Int32Array): TicketHistory {
  if (positions.length === history.customerIds.length) return history;
  const { customerIds, offsets, rows } = someRows(history, positions);
  return {
    customerIds,
    offsets,
    openedDay: rows.map((row) => history.openedDay[row]!),
    closedDay: rows.map((row) => history.closedDay[row]!),
    priority: Int8Array.from(rows, (row) => history.priority[row]!),
    satisfaction: Float64Array.from(rows, (row) => history.satisfaction[row]!),
  };
}

function someRows(
  { customerIds, offsets }: { readonly customerIds: readonly string[]; readonly offsets: Int32Array },
  positions: Int32Array,
) {
  const starts = new Int32Array(positions.length + 1);
  positions.forEach((i, k) => {
    starts[k + 1] = starts[k]! + offsets[i + 1]! - offsets[i]!;
  });
  const rows = new Int32Array(starts[positions.length]!);
  positions.forEach((i, k) => {
    for (let at = starts[k]!; at < starts[k + 1]!; at++) rows[at] = offsets[i]! + at - starts[k]!;
  });
  return { customerIds: Array.from(positions, (i) => customerIds[i]!), offsets: starts, rows };
}
