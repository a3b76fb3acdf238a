/** Rows of an insert that are text already, one to a line. */
export class EncodedRows {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** How the client turns what it is handed into text: rows that are text already go as they are. */
export const JSON_TEXT = {
  parse: <Value>(text: string): Value => JSON.parse(text) as Value,
  stringify: (value: unknown): string => (value instanceof EncodedRows ? value.text : JSON.stringify(value)),
} as const;

/** Each row a JSON array of its columns' values, and a line feed: what `insertLines` takes. */
export function linesOf(rows: readonly (readonly unknown[])[]): string {
  let lines = '';
  for (const row of rows) lines += `${JSON.stringify(row)}\n`;
  return lines;
}
