import { type Language, say } from '../lib/text.ts';
import type { ReportAction } from '../report/report.ts';

/** What people may do about something that a digest told: look after it, put it off, or say that it is of no use. */
export function findingButtons(language: Language, digest: string, key: string): ReportAction[] {
  const value = JSON.stringify([digest, key]);
  return [
    { action: 'on-it', label: say(language, { en: 'On it', zh: '我来跟进' }), value },
    { action: 'snooze', label: say(language, { en: 'Snooze…', zh: '稍后提醒…' }), value },
    { action: 'not-useful', label: say(language, { en: 'Not useful', zh: '没用' }), value },
  ];
}
