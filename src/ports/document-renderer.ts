import type { ReportDocument } from '../report/document.ts';

export interface DocumentRenderer {
  /** A PDF in A4; the same document gives the same bytes. */
  pdf(document: ReportDocument): Promise<Uint8Array>;
}
