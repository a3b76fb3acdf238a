import type { Text } from './text.ts';

/**
 * Every error that Kith raises on purpose, by code. `wrong-use` errors are the caller's to mend (exit code 2 on the
 * command line); `failed` ones are not (exit code 1).
 */
export const ERROR_CODES = {
  usage: 'wrong-use',
  config: 'wrong-use',
  'unknown-command': 'wrong-use',
  'unknown-customer': 'wrong-use',
  'not-allowed': 'wrong-use',
  'too-many': 'failed',
  'no-results': 'wrong-use',
  'bad-folder': 'wrong-use',
  'bad-data': 'failed',
  'crm-auth': 'failed',
  'crm-not-connected': 'failed',
  'crm-scope': 'failed',
  'crm-limit': 'failed',
  'crm-unreachable': 'failed',
  'crm-answer': 'failed',
  'chat-auth': 'failed',
  'chat-not-connected': 'failed',
  'chat-unreachable': 'failed',
  'chat-refused': 'failed',
  'store-locked': 'failed',
  'store-unwritable': 'failed',
  'store-damaged': 'failed',
  'store-query': 'failed',
  'store-memory': 'failed',
  'store-unreachable': 'failed',
  'state-damaged': 'failed',
  'identity-key': 'failed',
  'model-input': 'failed',
  'job-busy': 'failed',
  'job-timeout': 'failed',
  'write-back-refused': 'failed',
} as const satisfies Record<string, 'wrong-use' | 'failed'>;

export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * An error whose message a person may read: what happened, the value seen, and what to do. It carries no secret and has
 * no trailing full stop. `message` is English, for logs and the command line; one that a chat's people reach is given in
 * every language.
 */
export class KithError extends Error {
  readonly code: ErrorCode;
  /** What a person reads; English in every language where nothing else was given. */
  readonly text: Text;

  constructor(code: ErrorCode, message: string | Text, options?: { cause?: unknown }) {
    const text = typeof message === 'string' ? { en: message, zh: message } : message;
    super(text.en, options);
    this.name = 'KithError';
    this.code = code;
    this.text = text;
  }

  /** The command line's exit code for this error: 2 for wrong use, 1 for a failure. */
  get exitCode(): 1 | 2 {
    return ERROR_CODES[this.code] === 'wrong-use' ? 2 : 1;
  }
}

/** The message of anything thrown, for a log or a person. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same in every language; English where nothing else was given. */
export function textOf(error: unknown): Text {
  if (error instanceof KithError) return error.text;
  const message = messageOf(error);
  return { en: message, zh: message };
}

/** For `.catch`: what to do about one kind of error that is expected here; any other goes on. */
export function when<T>(code: ErrorCode, instead: () => T): (error: unknown) => T {
  return (error) => {
    if (error instanceof KithError && error.code === code) return instead();
    throw error;
  };
}
