/** Rows of an insert that are text already, one to a line. */
export class EncodedRows {
  readonly text: string;

  constructor(rows: readonly unknown[][]) {
    this.text = rows.map((row) => JSON.stringify(row)).join('\n');
  }
}

/** How the client turns what it is handed into text: rows that are text already go as they are. */
export const JSON_TEXT = {
  parse: <Value>(text: string): Value => JSON.parse(text) as Value,
  stringify: (value: unknown): string => (value instanceof EncodedRows ? value.text : JSON.stringify(value)),
} as const;
