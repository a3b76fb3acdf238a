import type { ChartSpec } from '../charts/chart-spec.ts';
import type { Language } from '../lib/text.ts';

/**
 * An answer, independent of where it is shown: a slash command's, a digest's, `kith report`'s. Texts are plain (no mark-up),
 * already in `language`, already masked for the viewer.
 */
export interface Report {
  readonly language: Language;
  /** One line: the answer itself, with its number. It is also the notification text. */
  readonly headline: string;
  readonly parts: readonly ReportPart[];
  /** The line of trust that ends every answer: data as of, evidence level, model quality. '' for help and the like. */
  readonly trust: string;
  /** Buttons for the answer as a whole, below everything: share it, take it away as a file. */
  readonly actions?: readonly ReportAction[];
}

export type ReportPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly { label: string; value: string }[] }
  | ReportTable
  | { readonly kind: 'chart'; readonly chart: ChartSpec }
  | ReportItem;

export interface ReportTable {
  readonly kind: 'table';
  readonly title: string;
  readonly columns: readonly { label: string; align: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
}

/** One thing to look at or to act on: a customer, a finding, a rule. */
export interface ReportItem {
  readonly kind: 'item';
  readonly title: string;
  readonly text: string;
  /** Who should act; a chat mentions them where it can and where `mention` asks for it. */
  readonly owner?: { readonly id: string; readonly name: string; readonly email: string; readonly mention: boolean };
  readonly link?: string;
  readonly actions?: readonly ReportAction[];
  /** The key of the finding that it tells, of a digest: people may say what becomes of it. */
  readonly finding?: string;
}

/** A button. `value` is an opaque id; every click is authorised again. */
export interface ReportAction {
  /** The name of an action or a form in commands/. */
  readonly action: string;
  readonly label: string;
  readonly value: string;
  readonly style?: 'primary' | 'danger';
  /** What a person is asked before the click counts: for what is written elsewhere or not easily taken back. */
  readonly confirm?: ReportConfirm;
}

/** `yes` and `no` are the two answers, in words that say what each does: 'Remove', 'Keep it'. */
export interface ReportConfirm {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly no: string;
}
