import type { Language } from '../lib/text.ts';
import type { Report } from '../report/report.ts';
import type { CommandListing } from './command.ts';

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

/** Where an answer is shown: to everybody in the channel, or to the person who asked alone. */
export interface Answer {
  readonly report: Report;
  readonly visibility: 'channel' | 'only-you';
}

export interface ChatHandlers {
  readonly commands: readonly CommandListing[];
  readonly actions: readonly string[];
  /** Said at once, before the answer is ready: "working on it (data as of …)". */
  acknowledgement(request: CommandRequest): string;
  answer(request: CommandRequest): Promise<Answer>;
  act(request: ActionRequest): Promise<Answer>;
}

/** A message that nobody asked for: a digest. */
export interface OutgoingMessage {
  /** The outbox's key; two messages with one key are one message. */
  readonly key: string;
  readonly channelId: string;
  readonly report: Report;
}

export type Delivery =
  | {
      readonly outcome: 'sent';
      readonly messageId: string;
      readonly chartBytes: number;
      readonly reduced: readonly string[];
    }
  /** The chat refused it; sending it again as it is would be refused again. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** Nothing was sent; it may be sent again after `retryAfterMs`. */
  | { readonly outcome: 'not-sent'; readonly reason: string; readonly retryAfterMs: number }
  /** It may or may not have arrived; it is never repeated by itself. */
  | { readonly outcome: 'uncertain'; readonly reason: string };

export interface Chat {
  /** Checks the credentials and opens the connection; rejects with one clear KithError. */
  start(handlers: ChatHandlers): Promise<void>;
  deliver(message: OutgoingMessage): Promise<Delivery>;
  /** Waits for the handlers that run, then closes. */
  stop(): Promise<void>;
}
