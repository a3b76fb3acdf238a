import type { Text } from '../lib/text.ts';
import type { Form, FormOutcome, FormValues } from '../report/form.ts';
import type { Report } from '../report/report.ts';

/**
 * A slash command. `Context` is what commands/ builds for a viewer; the port does not know it, so that integrations can list
 * commands without being able to run one.
 */
export interface Command<Context> {
  /** Without the slash: 'churn-risk'. */
  readonly name: string;
  /** One line for the help and the manifest. */
  readonly summary: Text;
  /** What may follow the name: '[owner|segment|customer]'; '' when nothing may. */
  readonly usage: string;
  /** `text` is what the person typed after the name, trimmed. */
  run(context: Context, text: string): Promise<Report>;
  /**
   * Whether running `text` changes nothing, so that its answer may be made anew: for a channel, as a file, for a follow-up.
   * A command that does not say so is never run but by whoever types it.
   */
  onlyReads?(text: string): boolean;
  /** Whether the answer to `text` is about the asker's own things: it is shown to them alone wherever it is asked, and speaks as they chose. */
  isPersonal?(text: string): boolean;
  /** Everybody in the list of customers behind an answer, in its order; null where the answer to `text` is no such list. */
  list?(context: Context, text: string): Promise<WholeList | null>;
}

/** All of a list of which an answer shows the first few; every row has a cell for each column. */
export interface WholeList {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** How many rows a file holds at most, where there were more; null where it has them all. */
  readonly cutAt: number | null;
}

/** A button's action. `value` is the opaque id that the button carried. */
export interface Action<Context> {
  readonly name: string;
  run(context: Context, value: string): Promise<ActionAnswer>;
}

/** A file that a person asked for; it is shown to them alone. */
export interface ReportFile {
  readonly name: string;
  readonly mediaType: 'text/csv' | 'application/pdf';
  readonly bytes: Uint8Array;
}

/** A click is answered to whoever clicked, unless it says otherwise. */
export interface ActionAnswer extends Report {
  readonly file?: ReportFile;
  readonly visibility?: 'channel' | 'only-you';
  /** The person's Home shows something else now. */
  readonly changesHome?: true;
}

/** A form that a button opens. `value` is the opaque id that the button carried, also when the form is handed in. */
export interface FormAction<Context> {
  readonly name: string;
  open(context: Context, value: string): Promise<Form>;
  submit(context: Context, value: string, entered: FormValues): Promise<FormOutcome>;
}

/** A person's own page. */
export interface HomeTab<Context> {
  run(context: Context): Promise<Report>;
}

/** What a person wrote in plain words, and where. */
export interface Question {
  readonly text: string;
  /** The thread that it was asked in; '' outside of threads. */
  readonly threadId: string;
  /** The message that the question is about (a shortcut on it), as plain text; ''. */
  readonly quoted: string;
}

/** Answers what people write to Kith in plain words. */
export interface QuestionDesk<Context> {
  run(context: Context, question: Question): Promise<QuestionAnswer>;
}

/** What was read decides who sees the answer. */
export interface QuestionAnswer extends Report {
  /** Of the asker's own things: shown to them alone. */
  readonly isPersonal?: true;
}

/** What a chat shows of a command before anybody runs it. */
export interface CommandListing {
  readonly name: string;
  readonly summary: Text;
  readonly usage: string;
  /** As the command says: whether its answer to a text may be made anew. */
  onlyReads?(text: string): boolean;
  /** As the command says: whether its answer to a text is the asker's alone. */
  isPersonal?(text: string): boolean;
}
