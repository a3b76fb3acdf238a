import { type Logger as BoltLogger, LogLevel } from '@slack/bolt';
import type { Logger } from '../../src/lib/logger.ts';

/**
 * Slack's SDK speaking through Kith's log. Only texts are passed on: its debug lines hold message bodies, and its error
 * objects hold requests.
 */
export function boltLogger(logger: Logger, heard: (message: string) => void = () => {}): BoltLogger {
  const text = (parts: unknown[]) => {
    const message = parts
      .map((part) => (part instanceof Error ? part.message : typeof part === 'string' ? part : ''))
      .join(' ')
      .trim();
    heard(message);
    return message;
  };
  return {
    debug: () => {},
    info: (...parts) => logger.debug(text(parts), { from: 'slack' }),
    warn: (...parts) => logger.debug(text(parts), { from: 'slack' }),
    error: (...parts) => logger.warn(text(parts), { from: 'slack' }),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}
