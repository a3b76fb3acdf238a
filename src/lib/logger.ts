import { AsyncLocalStorage } from 'node:async_hooks';
import { type DestinationStream, destination, pino } from 'pino';
import { redact } from './redact.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Structured logs: a message for people and fields for machines. Never a secret, never a customer's data. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What the process is doing when it logs: a job's run, or a person's request; and for which tenant, where there are several. */
export interface LogScope {
  readonly tenant?: string;
  readonly job?: string;
  readonly run?: string;
  readonly request?: string;
}

const scopes = new AsyncLocalStorage<LogScope>();

/** Every line that is logged within `work`, however deep, carries these fields, and those of the scopes around it. */
export function withLogScope<Result>(scope: LogScope, work: () => Result): Result {
  return scopes.run({ ...scopes.getStore(), ...scope }, work);
}

/**
 * One JSON line per message, to standard error by default (standard output belongs to answers). `secrets` are values that are taken
 * out of every line wherever they stand, beside everything that looks like a token.
 */
export function createLogger(
  level: LogLevel,
  stream: DestinationStream = destination({ fd: 2, sync: true }),
  secrets: Iterable<string> = [],
): Logger {
  const log = pino({ level, base: null, mixin: () => ({ ...scopes.getStore() }) }, stream);
  const at =
    (name: Exclude<LogLevel, 'silent'>): Logger['info'] =>
    (message, fields = {}) => {
      if (!log.isLevelEnabled(name)) return;
      log[name](redact(fields, secrets), redact(message, secrets));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
