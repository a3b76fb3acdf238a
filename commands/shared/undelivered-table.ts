import { say } from '../../src/lib/text.ts';
import type { SystemStatus } from '../../src/ports/system-status.ts';
import { formatInstant } from '../../src/report/format.ts';
import type { ReportPart } from '../../src/report/report.ts';
import type { CommandContext } from '../context.ts';

const MOST_LISTED = 10;

/** What did not arrive lately, or may not have, by what the chat calls its channels; nothing where everything did. */
export async function undeliveredTable(
  { language, timeZone, namesOf }: CommandContext,
  troubled: SystemStatus['troubled'],
): Promise<readonly ReportPart[]> {
  if (troubled.length === 0) return [];
  const listed = troubled.slice(-MOST_LISTED);
  const called = await namesOf(listed.map(({ channelId }) => channelId));
  const became = {
    refused: say(language, { en: 'refused', zh: '被拒绝' }),
    uncertain: say(language, { en: 'unknown: it may have arrived', zh: '未知：可能已送达' }),
  };
  return [
    {
      kind: 'table',
      title: say(language, { en: 'Not delivered for certain in the last 7 days', zh: '近 7 天未确认送达' }),
      columns: [
        { label: say(language, { en: 'Message', zh: '消息' }), align: 'left' },
        { label: say(language, { en: 'Channel', zh: '频道' }), align: 'left' },
        { label: say(language, { en: 'When', zh: '时间' }), align: 'left' },
        { label: say(language, { en: 'Outcome', zh: '结果' }), align: 'left' },
        { label: say(language, { en: 'Reason', zh: '原因' }), align: 'left' },
      ],
      rows: listed.map(({ what, channelId, at, outcome, reason }) => [
        say(language, what),
        called(channelId),
        formatInstant(language, at, timeZone),
        became[outcome],
        reason,
      ]),
    },
  ];
}
