import type { Run } from '../../src/domain/results.ts';
import { say, type Text } from '../../src/lib/text.ts';
import type { WholeList } from '../../src/ports/command.ts';
import type { CustomerRow } from '../../src/privacy/privacy-reader.ts';
import type { CommandContext } from '../context.ts';

/** How many customers a file holds at most. */
const MOST_ROWS = 50_000;
/** One more than that is read, so that it is known whether there were more. */
export const READ_WHOLE = MOST_ROWS + 1;

/**
 * The lines of a whole list: those that the answer ranks, which are made of the first `ranked` rows, and after them everybody else,
 * ranked alike.
 */
export function continued<Row, Line>(
  rows: readonly Row[],
  ranked: number,
  rank: (rows: readonly Row[]) => readonly Line[],
): Line[] {
  return [...rank(rows.slice(0, ranked)), ...rank(rows.slice(ranked))];
}

/** Customers by their groups, in the order in which an answer tells of these; who is in none of them is left out. */
export function inGroups<Row extends Pick<CustomerRow, 'label'>>(
  rows: readonly Row[],
  order: readonly string[],
): Row[] {
  const place = new Map(order.map((label, at) => [label, at]));
  return rows.filter(({ label }) => place.has(label)).sort((a, b) => place.get(a.label)! - place.get(b.label)!);
}

/** What a command's list says of each customer beside who it is. */
export interface ListColumn<Line> {
  readonly title: Text;
  readonly cell: (line: Line) => string | number | null | undefined;
}

/** Customers in the order of the answer, each with what the command says of it; null where there are none. */
export function wholeList<Line extends { readonly row: Omit<CustomerRow, 'details'> }>(
  { language }: Pick<CommandContext, 'language'>,
  run: Run,
  lines: readonly Line[],
  columns: readonly ListColumn<Line>[],
): WholeList | null {
  if (lines.length === 0) return null;
  const asOf = new Date(run.asOf).toISOString();
  const titles = [...WHO, ...columns.map(({ title }) => title), ...BASIS];
  return {
    columns: titles.map((title) => say(language, title)),
    rows: lines
      .slice(0, MOST_ROWS)
      .map((line) => [
        line.row.name,
        line.row.customerId,
        line.row.owner?.name ?? '',
        ...columns.map(({ cell }) => String(cell(line) ?? '')),
        String(line.row.evidence),
        asOf,
        line.row.link,
      ]),
    cutAt: lines.length > MOST_ROWS ? MOST_ROWS : null,
  };
}

const WHO: readonly Text[] = [
  { en: 'Customer', zh: '客户' },
  { en: 'Id', zh: '编号' },
  { en: 'Owner', zh: '负责人' },
];
const BASIS: readonly Text[] = [
  { en: 'Evidence level', zh: '证据级别' },
  { en: 'Data as of', zh: '数据截至' },
  { en: 'Link', zh: '链接' },
];

/** A title of a column of money, with its currency. */
export function inCurrency({ portfolio: { currency } }: Run, { en, zh }: Text): Text {
  return { en: `${en} (${currency})`, zh: `${zh}（${currency}）` };
}

/** A number as a spreadsheet computes with it, without digits that mean nothing; null where there is none. */
export function rounded(amount: number | null | undefined, decimals = 2): number | null {
  return amount === null || amount === undefined ? null : Number(amount.toFixed(decimals));
}
