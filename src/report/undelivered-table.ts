import { type Language, say, type Text } from '../lib/text.ts';
import { formatInstant } from './format.ts';
import type { ReportPart } from './report.ts';

/** A message that the chat refused, or of which it is not known whether it arrived. */
export interface Undelivered {
  /** What it is to a person. */
  readonly what: Text;
  readonly channelId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly outcome: 'refused' | 'uncertain';
  readonly reason: string;
}

const MOST_LISTED = 10;

/** The newest of them, the newest last; `called`: a channel's name by its id. */
export function undeliveredTable(
  messages: readonly Undelivered[],
  {
    language,
    timeZone,
    title,
    called,
  }: {
    readonly language: Language;
    readonly timeZone: string;
    readonly title: Text;
    readonly called: (channelId: string) => string;
  },
): ReportPart {
  const column = (label: Text) => ({ label: say(language, label), align: 'left' as const });
  return {
    kind: 'table',
    title: say(language, title),
    columns: [
      column({ en: 'Message', zh: '消息' }),
      column({ en: 'Channel', zh: '频道' }),
      column({ en: 'When', zh: '时间' }),
      column({ en: 'Outcome', zh: '结果' }),
      column({ en: 'Reason', zh: '原因' }),
    ],
    rows: messages
      .slice(-MOST_LISTED)
      .map(({ what, channelId, at, outcome, reason }) => [
        say(language, what),
        called(channelId),
        formatInstant(language, at, timeZone),
        say(language, OUTCOMES[outcome]),
        reason,
      ]),
  };
}

const OUTCOMES: Readonly<Record<Undelivered['outcome'], Text>> = {
  refused: { en: 'refused', zh: '被拒绝' },
  uncertain: { en: 'unknown: it may have arrived', zh: '未知：可能已送达' },
};
