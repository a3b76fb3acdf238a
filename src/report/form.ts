import type { Language } from '../lib/text.ts';
import type { Report } from './report.ts';

/** Something that a person is asked for. `name` is unique in its form. */
export type FormField = {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly isOptional?: true;
} & (
  | { readonly kind: 'text'; readonly value?: string; readonly isLong?: true; readonly most?: number }
  | {
      readonly kind: 'number';
      readonly value?: number;
      readonly least?: number;
      readonly most?: number;
      readonly isWhole?: true;
    }
  | {
      readonly kind: 'choice';
      readonly options: readonly { readonly value: string; readonly label: string }[];
      readonly value?: string;
    }
  /** `value`: the chat's own id; a day is `YYYY-MM-DD`, a time `HH:MM`. */
  | { readonly kind: 'channel' | 'person' | 'day' | 'time'; readonly value?: string }
);

/** A few questions asked at once, independent of where: a chat shows it as a modal. Texts are plain, already in `language`. */
export interface Form {
  readonly language: Language;
  /** At most 24 characters. */
  readonly title: string;
  /** The button that hands it in; at most 24 characters. */
  readonly submit: string;
  /** '' when the questions speak for themselves. */
  readonly intro: string;
  readonly fields: readonly FormField[];
  /** Comes back with what was entered, in place of the button's own value; at most 2,000 characters. */
  readonly value?: string;
}

/** What was entered, by the fields' names; null where nothing was. */
export type FormValues = Readonly<Record<string, string | null>>;

export type FormOutcome =
  /** What is wrong, by the fields' names; the form stays open. */
  | { readonly kind: 'refused'; readonly problems: Readonly<Record<string, string>> }
  /** `report`, when there is one, is told to the person alone; `changesHome`: their Home is drawn anew. */
  | { readonly kind: 'done'; readonly report: Report | null; readonly changesHome: boolean };
