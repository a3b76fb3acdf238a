/** A person of the made-up workspace. */
export interface StandInUser {
  readonly id: string;
  /** The handle: 'maya'. */
  readonly name: string;
  readonly realName: string;
  readonly email: string;
  /** What they do, as shown beside their name: 'Sales manager'. */
  readonly role: string;
  /** An IANA time zone. */
  readonly tz: string;
  /** As Slack writes it: 'en-US', 'zh-CN'. */
  readonly locale: string;
  /** What the app lets them do, when the made-up workspace knows it: 'manager'. The page shows it; the app is never told. */
  readonly access?: string;
}

export interface StandInChannel {
  readonly id: string;
  /** Without the number sign. */
  readonly name: string;
  readonly purpose: string;
  /** Ids of users. The app itself is a member unless `botIsMember` is false. */
  readonly members: readonly string[];
  readonly isExtShared: boolean;
  readonly isPrivate?: boolean;
  readonly botIsMember?: boolean;
  readonly isArchived?: boolean;
}

export interface StandInCommand {
  /** With its slash: '/churn-risk'. */
  readonly command: string;
  readonly description: string;
  readonly usageHint: string;
}

/** An entry that the app adds to every message's menu, or to the workspace's. */
export interface StandInShortcut {
  readonly kind: 'message' | 'global';
  readonly callbackId: string;
  /** At most 24 characters, as Slack asks. */
  readonly name: string;
}

export interface WorkspaceDefinition {
  readonly name?: string;
  /** The made-up company's unless given. */
  readonly teamId?: string;
  readonly users: readonly StandInUser[];
  readonly channels: readonly StandInChannel[];
  readonly commands: readonly StandInCommand[];
  readonly shortcuts?: readonly StandInShortcut[];
}

/** A block after validation: any of Block Kit's, with its `block_id` filled in. */
export interface Block {
  readonly type: string;
  readonly block_id: string;
  readonly [key: string]: unknown;
}

export interface StandInMessage {
  readonly channel: string;
  /** Slack's message id: seconds since 1970 and a counter, '1767225600.000100'. */
  readonly ts: string;
  /** Who wrote it: a user's id, the app's user id, or 'USLACKBOT'. */
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly threadTs: string | null;
  /** The only user who sees it; null when the whole channel does. */
  readonly ephemeralFor: string | null;
  readonly edited: boolean;
  /** Its author deleted it while there were answers below: its place is kept for them. */
  readonly deleted: boolean;
  readonly files: readonly string[];
  /** The slash command that brought it, when it came through that command's answer. */
  readonly cause: { readonly user: string; readonly text: string } | null;
  /** The path of the `response_url` that brought it, whether of a command or of a click. */
  readonly responsePath: string | null;
}

export interface StandInFile {
  readonly id: string;
  /** Who uploaded it: a user's id, or the app's user id. */
  readonly user: string;
  readonly name: string;
  readonly title: string;
  readonly altText: string;
  readonly bytes: Buffer;
  readonly mimetype: string;
  /** Whether `files.info` has told the mimetype: only then may a block show it. */
  readonly ready: boolean;
}

/** What became of something that was handed to the app. */
export interface Acknowledgement {
  readonly outcome: 'acknowledged' | 'timed-out' | 'not-connected' | 'refused' | 'unknown-command';
  readonly afterMs: number;
  /** What the app answered with, if anything. */
  readonly response: Readonly<Record<string, unknown>> | null;
  /** The path of the `response_url` that the app was given for a click on a message. */
  readonly responsePath?: string;
}

/** Trouble made on purpose; each is used up after `times` (1 by default). */
export type Fault = { readonly times?: number } & (
  | { readonly kind: 'rate-limited'; readonly method: string; readonly retryAfterSeconds: number }
  /** The call is carried out and then answered with HTTP 500. */
  | { readonly kind: 'accepted-then-500'; readonly method: string }
  /** Nothing is carried out; HTTP 500. */
  | { readonly kind: 'failed-500'; readonly method: string }
  | { readonly kind: 'refused'; readonly method: string; readonly error: string }
  /** An envelope or signed request is delivered twice. */
  | { readonly kind: 'duplicate-delivery' }
  /** The app's next acknowledgement is treated as if it came too late. */
  | { readonly kind: 'late-acknowledgement' }
  /** The next file that is uploaded stays without a mimetype for ever. */
  | { readonly kind: 'file-never-ready' }
);
