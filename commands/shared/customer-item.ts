import type { Language } from '../../src/lib/text.ts';
import type { CustomerRow } from '../../src/privacy/privacy-reader.ts';
import type { ReportItem } from '../../src/report/report.ts';
import { type Explained, whyButton } from './why-button.ts';

/** A customer in a list, with the button that explains its result. Nobody is mentioned by an answer to somebody's question. */
export function customerItem(language: Language, analysis: Explained, row: CustomerRow, text: string): ReportItem {
  return {
    kind: 'item',
    title: row.name,
    text,
    ...(row.owner === null ? {} : { owner: { ...row.owner, mention: false } }),
    ...(row.link === '' ? {} : { link: row.link }),
    actions: [whyButton(language, analysis, row.customerId)],
  };
}
