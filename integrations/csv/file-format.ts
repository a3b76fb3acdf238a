import type { Association, CrmRecords, ObjectType, RecordBase } from '../../src/domain/crm.ts';
import { type Column, Unreadable } from './columns.ts';

/** One kind of file: its columns, what each must hold, and the record and associations that a row becomes. */
export interface FileFormat<T extends ObjectType> {
  readonly columns: readonly string[];
  /** The columns without which a row has no id. */
  readonly idColumns: readonly string[];
  /**
   * The record of a row, whose cells stand in the order of `columns`; its links are added to `links`. Throws nothing: what breaks the
   * format comes back as the column and what is wrong with it.
   */
  read(cells: readonly string[], extra: Extra, links: Association[]): CrmRecords[T] | BrokenCell;
}

type Extra = RecordBase['extra'];

/** The column of a cell that breaks the format, and what is wrong with it. */
export class BrokenCell {
  readonly column: string;
  readonly problem: string;

  constructor(column: string, problem: string) {
    this.column = column;
    this.problem = problem;
  }
}

type Shape = Readonly<Record<string, Column<unknown>>>;
type Row<S extends Shape> = { [Name in keyof S]: Exclude<ReturnType<S[Name]>, Unreadable> };

/** `convert` makes the whole record at once: a folder has millions of them, and copying one takes longer than making it. */
export function format<T extends ObjectType, S extends Shape>(
  type: T,
  shape: S,
  idColumns: readonly string[],
  convert: (row: Row<S>, extra: Extra) => CrmRecords[T],
): FileFormat<T> {
  const columns = Object.keys(shape);
  const readers = Object.values(shape);
  const linkColumns = (['companies', 'contacts', 'deals'] as const).flatMap((toType) => {
    const at = columns.indexOf(LINK_COLUMN[toType]);
    return at === -1 ? [] : [{ toType, at }];
  });
  // Filled anew by each row, which `convert` takes its record from at once.
  const row: Record<string, unknown> = Object.fromEntries(columns.map((column) => [column, null]));
  return {
    columns,
    idColumns,
    read(cells, extra, links) {
      for (let k = 0; k < columns.length; k++) {
        const value = readers[k]!(cells[k]!);
        if (value instanceof Unreadable) return new BrokenCell(columns[k]!, value.problem);
        row[columns[k]!] = value;
      }
      // Each value is of its column, which TypeScript cannot see.
      const record = convert(row as Row<S>, extra);
      for (const { toType, at } of linkColumns) {
        const toId = cells[at]!;
        if (toId !== '') links.push({ fromType: type, fromId: record.id, toType, toId, isPrimary: true });
      }
      return record;
    },
  };
}

const LINK_COLUMN = { companies: 'company_id', contacts: 'contact_id', deals: 'deal_id' } as const;
