import type { Language } from '../lib/text.ts';
import type { Report } from './report.ts';

/** Several answers put together to be read away from the screen: the monthly report. Texts are already in `language`. */
export interface ReportDocument {
  readonly title: string;
  readonly subtitle: string;
  readonly language: Language;
  /** In the order in which they are read; a heading of '' leaves the section to its report's headline. */
  readonly sections: readonly { readonly heading: string; readonly report: Report }[];
}
