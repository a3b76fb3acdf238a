import { type Language, say, type Text } from '../lib/text.ts';
import type { ReportPart } from '../report/report.ts';
import type { Presentation, PresentedRow } from './analysis.ts';

/** How many customers a table names. */
const SHOWN = 10;

/** A table of the rows that the viewer may see, or the reason why there is none. */
export function customerTable(
  presentation: Presentation,
  columns: readonly { readonly label: Text; readonly cell: (row: PresentedRow) => string }[],
): ReportPart[] {
  const { language, rows, withheld, filter } = presentation;
  if (rows.length === 0) return withheld === null ? [] : [{ kind: 'text', text: say(language, withheld) }];
  const shown = rows.slice(0, SHOWN);
  const title = filter === '' ? titleFor(language, shown.length) : `${filter} · ${titleFor(language, shown.length)}`;
  return [
    {
      kind: 'table',
      title,
      columns: [
        { label: say(language, { en: 'Customer', zh: '客户' }), align: 'left' },
        ...columns.map(({ label }) => ({ label: say(language, label), align: 'right' as const })),
        { label: say(language, { en: 'Owner', zh: '负责人' }), align: 'left' },
      ],
      rows: shown.map((row) => [row.name, ...columns.map(({ cell }) => cell(row)), row.owner?.name ?? '–']),
    },
  ];
}

function titleFor(language: Language, count: number): string {
  return say(language, {
    en: count === 1 ? 'One customer' : `${count} customers`,
    zh: `${count} 位客户`,
  });
}
