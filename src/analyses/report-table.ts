import { type Language, say, type Text } from '../lib/text.ts';
import type { ReportTable } from '../report/report.ts';

/** A table whose first column names its rows and whose others hold numbers. */
export function reportTable(
  language: Language,
  title: Text,
  heads: readonly Text[],
  rows: readonly (readonly string[])[],
): ReportTable {
  return {
    kind: 'table',
    title: say(language, title),
    columns: heads.map((label, k) => ({ label: say(language, label), align: k === 0 ? 'left' : 'right' })),
    rows,
  };
}
