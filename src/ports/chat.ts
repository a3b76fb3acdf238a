import type { Language } from '../lib/text.ts';
import type { Form, FormOutcome, FormValues } from '../report/form.ts';
import type { Report } from '../report/report.ts';
import type { CommandListing, Question, ReportFile } from './command.ts';

/** Who asks, and where. Ids are the chat's own. */
export interface ChatRequest {
  /** Stable per request, for the request's dedupe and the log. */
  readonly id: string;
  readonly teamId: string;
  readonly userId: string;
  readonly channelId: string;
  readonly channelKind: 'channel' | 'direct' | 'shared-externally';
  readonly userLanguage: Language;
  readonly userTimeZone: string;
  readonly userEmail: string;
}

export interface CommandRequest extends ChatRequest {
  readonly command: string;
  readonly text: string;
}

export interface ActionRequest extends ChatRequest {
  readonly action: string;
  readonly value: string;
}

/** What was made of people's rows is told only while nobody was forgotten since. */
export interface Fresh {
  /** One call to the chat; null, and none made, where somebody was forgotten. Erasures wait for it to end. */
  tell<Result>(call: () => Promise<Result>): Promise<{ readonly told: Result } | null>;
  /** What is said then; it names nobody. */
  readonly instead: Report;
}

/** `fresh` is absent of what was made of nobody's rows. */
export type Told<Made> = Made & { readonly fresh?: Fresh };

/** Where an answer is shown: to everybody in the channel, or to the person who asked alone. */
export interface Answer {
  readonly report: Report;
  readonly visibility: 'channel' | 'only-you';
  readonly file?: ReportFile;
  /** The asker's Home is drawn anew. */
  readonly changesHome?: true;
  /** Absent of what was made of nobody's rows. */
  readonly fresh?: Fresh;
}

/** Something in plain words: a mention, a direct message, a reply in a thread, a shortcut on a message. */
export interface QuestionRequest extends ChatRequest, Question {}

export interface ChatHandlers {
  readonly commands: readonly CommandListing[];
  readonly actions: readonly string[];
  /** Said at once, before the answer is ready: "working on it (data as of …)". */
  acknowledgement(request: CommandRequest): string;
  answer(request: CommandRequest): Promise<Answer>;
  act(request: ActionRequest): Promise<Answer>;
  /** What a person chose to be spoken to in; null for the chat's own. Said without waiting. */
  languageOf(userId: string): Language | null;
  /** Buttons that open a form instead of acting. */
  readonly forms: readonly string[];
  openForm(request: ActionRequest): Promise<Told<Form>>;
  submitForm(request: ActionRequest, entered: FormValues): Promise<Told<FormOutcome>>;
  home(request: ChatRequest): Promise<Told<Report>>;
  ask(request: QuestionRequest): Promise<Answer>;
  /** The app was taken out of the workspace, or its tokens were withdrawn: nothing can be said any more. */
  removed(): Promise<void>;
}

/** A message that nobody asked for: a digest. */
export interface OutgoingMessage {
  /** The outbox's key; two messages with one key are one message. */
  readonly key: string;
  /** A channel's id, or a person's: a direct message. */
  readonly channelId: string;
  readonly report: Report;
  /** The message under which it is said; null for one of its own. */
  readonly threadId: string | null;
  /** The sent message that it takes the place of; null for a new one. */
  readonly replaces: string | null;
  /** Goes along with it. */
  readonly file: ReportFile | null;
}

export type Delivery =
  | {
      readonly outcome: 'sent';
      readonly messageId: string;
      readonly chartBytes: number;
      readonly reduced: readonly string[];
      /** Where it arrived: of a direct message, its own channel. */
      readonly channelId: string;
      /** What was uploaded for it. */
      readonly fileIds: readonly string[];
    }
  /** The chat refused it; sending it again as it is would be refused again. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** Nothing was sent; it may be sent again after `retryAfterMs`. */
  | { readonly outcome: 'not-sent'; readonly reason: string; readonly retryAfterMs: number }
  /** It may or may not have arrived; it is never repeated by itself. */
  | { readonly outcome: 'uncertain'; readonly reason: string };

export interface Chat {
  /** Whether anything can be said: false once the app was taken out, and before it was added. */
  isConnected(): boolean;
  /** Checks the credentials and opens the connection; rejects with one clear KithError. */
  start(handlers: ChatHandlers): Promise<void>;
  deliver(message: OutgoingMessage): Promise<Delivery>;
  /** Takes a sent message and its files away again; 'gone' also when they were already. */
  retract(message: {
    readonly channelId: string;
    readonly messageId: string;
    readonly fileIds: readonly string[];
  }): Promise<'gone' | 'refused' | 'uncertain'>;
  /** What the chat calls people and channels, by id ('@ana', '#sales'); those that it does not tell at once are absent. */
  names(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Draws a person's Home anew. */
  showHome(userId: string, page: Report): Promise<void>;
  /** Waits for the handlers that run, then closes. */
  stop(): Promise<void>;
}
