import { plainText } from '../../src/report/plain-text.ts';
import type { Report } from '../../src/report/report.ts';
import { cutEscaped, escapeText } from './escape.ts';

/** Slack recommends 4,000; a notification shows the first line. */
const LIMIT = 3000;

/** The message's `text`: the headline first, then every number, for notifications, search and screen readers. */
export function notificationText(report: Report): string {
  return cutEscaped(escapeText(plainText(report, { width: 80 })), LIMIT);
}
